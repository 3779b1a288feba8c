import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readArguments, readParent } from '../../src/media/process/proc-stat';

/** A process as `/proc` shows it. */
export interface ProcessSeen {
  readonly pid: number;
  readonly args: readonly string[];
}

/** An open file of a process. */
export interface OpenFile {
  readonly fd: number;
  /** `pipe:[…]`, `socket:[…]` for what has no name. */
  readonly path: string;
  readonly writable: boolean;
}

/** All processes that run now; one that waits to be reaped has no arguments and is none. */
export function listProcesses(): ProcessSeen[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), args: readArguments(Number(name)) }))
    .filter(({ args }) => args.length > 0);
}

/** The children of a process. */
export function childrenOf(pid: number): ProcessSeen[] {
  return listProcesses().filter((one) => readParent(one.pid) === pid);
}

/** What a process has open; empty once it is gone. */
export function openFiles(pid: number): OpenFile[] {
  const files: OpenFile[] = [];
  for (const name of list(`/proc/${pid}/fd`)) {
    try {
      const path = readlinkSync(`/proc/${pid}/fd/${name}`);
      const flags = /^flags:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/fdinfo/${name}`, 'latin1'))?.[1] ?? '0';
      files.push({ fd: Number(name), path, writable: (Number.parseInt(flags, 8) & 3) !== 0 });
    } catch {
      // Closed meanwhile.
    }
  }
  return files;
}

/**
 * The limit of descriptors (a number that none may reach) that leaves a process so many more than it has: those it closed
 * before left free numbers below.
 */
export function limitLeaving(pid: number, spare: number): number {
  const taken = new Set(openFiles(pid).map(({ fd }) => fd));
  let limit = Math.max(...taken) + 1;
  let free = limit - taken.size;
  for (; free < spare; free++) limit++;
  for (; free > spare; limit--) if (!taken.has(limit - 1)) free--;
  return limit;
}

/** TCP ports on which a process listens, ascending. */
export function listeningPorts(pid: number): number[] {
  const sockets = new Set(openFiles(pid).map(({ path }) => /^socket:\[(\d+)\]$/.exec(path)?.[1]));
  const ports = new Set<number>();
  for (const table of ['tcp', 'tcp6']) {
    for (const line of readFileSync(`/proc/net/${table}`, 'latin1').split('\n').slice(1)) {
      const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
      // 0A: LISTEN.
      if (state === '0A' && sockets.has(inode)) ports.add(Number.parseInt(local.split(':')[1] ?? '', 16));
    }
  }
  return [...ports].sort((a, b) => a - b);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
