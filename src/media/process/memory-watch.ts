import { readFileSync, writeFileSync } from 'node:fs';
import { Cancel, Clock } from '../../common/clock';

/** Far beyond what FFmpeg needs for one court (some 150 MB at 4K): what takes more is out of its mind. */
export const MOST_MEMORY_BYTES = 1024 ** 3;
const LOOK_MS = 5_000;
/** From -1000 to 1000; a child of a process that has none gets 0. */
const FIRST_TO_GO = '500';
const PAGE_BYTES = 4096;

/**
 * When the machine runs out of memory the kernel is to take a child, which is started again, and not the service
 * (proc_pid_oom_score_adj(5); raising it needs no rights).
 */
export function offerToOomKiller(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, FIRST_TO_GO);
  } catch {
    // Gone already, or no such thing here.
  }
}

/** Memory of a process in bytes (second field of proc_pid_statm(5)); 0 where it is gone. */
export function residentBytes(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * PAGE_BYTES;
  } catch {
    return 0;
  }
}

/**
 * Looks at a process every five seconds, and tells when it has more memory than it may: `RLIMIT_AS` would do as an address
 * space goes, but FFmpeg's threads and mappings make that many times what it uses.
 * @returns ends the watch
 */
export function watchMemory(clock: Clock, pid: number, mostBytes: number, onTooMuch: () => void): Cancel {
  let cancel: Cancel = () => undefined;
  const look = (): void => {
    if (residentBytes(pid) > mostBytes) onTooMuch();
    else cancel = clock.after(LOOK_MS, look);
  };
  cancel = clock.after(LOOK_MS, look);
  return () => cancel();
}
