import { readFileSync } from 'node:fs';
import { readFile, readlink, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** The server process that a `postmaster.pid` names (PostgreSQL manual, "Database File Layout"). */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

interface PidFile {
  readonly pid: number;
  readonly directory: string;
  readonly startedAt: number;
  readonly port: number;
  readonly status: string;
}

async function readPidFile(data: string): Promise<PidFile | null> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => null);
  if (text === null) return null;
  const [pid, directory = '', startedAt, port, , , , status = ''] = text.split('\n');
  return { pid: Number(pid), directory, startedAt: Number(startedAt), port: Number(port), status: status.trim() };
}

/**
 * Whether a process runs. One that ended and waits to be reaped does not: in a container nobody may ever reap what
 * outlived its parent.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat[stat.lastIndexOf(')') + 2] !== 'Z';
  } catch {
    return process.platform !== 'linux';
  }
}

/**
 * The live server of this data directory, or `null`. A pid alone proves nothing, numbers are used again: the process
 * must be a PostgreSQL whose working directory is this data directory, and it must have started when the file says.
 */
export async function findPostmaster(data: string): Promise<Postmaster | null> {
  const file = await readPidFile(data);
  if (!file || !Number.isSafeInteger(file.pid) || file.pid <= 1 || !isAlive(file.pid)) return null;
  const here = await realpath(data).catch(() => data);
  if (file.directory !== here && file.directory !== data) return null;
  if (process.platform === 'linux' && !(await isOurs(file, here))) return null;
  return { pid: file.pid, port: file.port, ready: file.status === 'ready' };
}

async function isOurs(file: PidFile, data: string): Promise<boolean> {
  const [program, directory] = await Promise.all([
    readlink(`/proc/${file.pid}/exe`).catch(() => ''),
    readlink(`/proc/${file.pid}/cwd`).catch(() => ''),
  ]);
  // After an upgrade of the package the running program's file is gone: "postgres (deleted)".
  if (basename(program.replace(/ \(deleted\)$/, '')) !== 'postgres') return false;
  return directory === data && (await startedAbout(file.pid, file.startedAt));
}

/** Whether the process began at this time of the wall clock (seconds), give or take a clock that was set meanwhile: ± 1 day. */
async function startedAbout(pid: number, seconds: number): Promise<boolean> {
  const [processStat, machineStat] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''),
    readFile('/proc/stat', 'utf8').catch(() => ''),
  ]);
  const ticks = Number(processStat.slice(processStat.lastIndexOf(')') + 2).split(' ')[19]);
  const boot = Number(/^btime (\d+)$/m.exec(machineStat)?.[1]);
  if (!Number.isFinite(ticks) || !Number.isFinite(boot)) return false;
  return Math.abs(boot + ticks / 100 - seconds) < 86_400;
}

/**
 * The pid in a file that names no live server of ours but does name some live process. PostgreSQL would refuse to start
 * because of it; told as its grandparent's pid (`PG_GRANDPARENT_PID`, as pg_ctl does) it does not, and still checks
 * for shared memory in use, which removing the file would not.
 */
export async function strangerInPidFile(data: string): Promise<number | null> {
  const file = await readPidFile(data);
  return file && Number.isSafeInteger(file.pid) && file.pid > 0 && isAlive(file.pid) ? file.pid : null;
}
