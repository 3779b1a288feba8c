import { readdirSync, readFileSync } from 'node:fs';

/**
 * A process's start in clock ticks since boot: with the pid it names one process for ever, a pid alone is handed out again.
 * Field 22 of `/proc/<pid>/stat` (proc_pid_stat(5)); the name in field 2 may hold blanks and brackets, so fields are
 * counted from the last bracket.
 * @returns `null` where there is no such process or no `/proc`.
 */
export function readStartTime(pid: number): string | null {
  try {
    return parseStartTime(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return null;
  }
}

/** {@link readStartTime} on the text of a stat file. */
export function parseStartTime(stat: string): string | null {
  const fields = stat
    .slice(stat.lastIndexOf(')') + 1)
    .trim()
    .split(' ');
  const start = fields[22 - 3];
  return start !== undefined && /^\d+$/.test(start) ? start : null;
}

/** Pid of a process's parent (field 4); `null` where there is no such process. */
export function readParent(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}

/** The arguments of a process, empty for one that is gone or a zombie. */
export function readArguments(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  } catch {
    return [];
  }
}

/** File descriptors this process has open; `null` where there is no `/proc`. */
export function countOpenFiles(): number | null {
  try {
    // The folder itself is open while it is read.
    return readdirSync('/proc/self/fd').length - 1;
  } catch {
    return null;
  }
}
