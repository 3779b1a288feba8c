import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file system of its own, so small that it can be filled. Where mounting is not allowed there is none. */
export class SmallDisk {
  private constructor(readonly path: string) {}

  /** @returns why not, where it cannot be mounted here */
  static mount(path: string, mebibytes: number): SmallDisk | string {
    mkdirSync(path, { recursive: true });
    const options = ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=750`, 'padelvar-test', path];
    const { status, stderr, error } = spawnSync('mount', options, { encoding: 'utf8' });
    if (status === 0) return new SmallDisk(path);
    return `no file system can be mounted here: ${error?.message ?? stderr.trim()}`;
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize;
  }

  /** Fills it but for so many bytes. */
  fill(butBytes: number): void {
    writeFileSync(this.ballast, Buffer.alloc(Math.max(0, this.freeBytes - butBytes)));
  }

  /** Takes the filling away. */
  empty(): void {
    rmSync(this.ballast, { force: true });
  }

  unmount(): void {
    spawnSync('umount', ['--lazy', this.path]);
  }

  private get ballast(): string {
    return join(this.path, 'ballast');
  }
}
