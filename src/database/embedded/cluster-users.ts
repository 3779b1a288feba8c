import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from './postmaster';

/**
 * Which of our processes use the server: the service, `admin:create`, a second service. The last one that ends stops it.
 * One file a process, named after its pid and holding its start time, so that one killed without a word does not count.
 * To be called under the cluster's lock.
 */
export class ClusterUsers {
  private readonly name = `${process.pid}.${randomBytes(4).toString('hex')}`;

  constructor(private readonly directory: string) {}

  async add(): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    await writeFile(this.own(), await startOf(process.pid));
  }

  async remove(): Promise<void> {
    await rm(this.own(), { force: true });
  }

  /** How many others use the server, ourselves not counted. */
  async others(): Promise<number> {
    let count = 0;
    for (const name of await readdir(this.directory).catch(() => [] as string[])) {
      if (name === this.name) continue;
      const pid = Number.parseInt(name, 10);
      const path = join(this.directory, name);
      const recorded = await readFile(path, 'utf8').catch(() => '');
      if (pid > 0 && isAlive(pid) && recorded === (await startOf(pid))) count += 1;
      else await rm(path, { force: true });
    }
    return count;
  }

  private own(): string {
    return join(this.directory, this.name);
  }
}

/** The start of a process in clock ticks since boot, and the boot's id; the pid alone is used again. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return `${boot.trim()} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`;
}
