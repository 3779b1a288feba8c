import { spawnSync } from 'node:child_process';

/** One system call in a trace. */
export interface SystemCall {
  readonly name: string;
  /** As strace shows them; a descriptor with its path, `31</a/b>`. */
  readonly args: string;
  readonly result: number;
  /** Places in the trace: it was begun there, and had come back there. */
  readonly begun: number;
  readonly done: number;
}

/** Why no system call can be traced here; `null` where it can. */
export function untraceable(): string | null {
  const { status, stderr, error } = spawnSync('strace', ['-f', '-o', '/dev/null', 'true'], { encoding: 'utf8' });
  return status === 0 ? null : `no process can be traced here: ${error?.message ?? stderr.trim()}`;
}

/** Reads the output of `strace -f`: calls of different threads cut each other short, and are put together again. */
export function readTrace(text: string): SystemCall[] {
  const calls: SystemCall[] = [];
  const unfinished = new Map<string, { name: string; args: string; begun: number }>();
  text.split('\n').forEach((line, place) => {
    const [, pid = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    const begun = /^(\w+)\((.*) <unfinished \.\.\.>$/.exec(rest);
    if (begun) {
      unfinished.set(pid, { name: begun[1] ?? '', args: begun[2] ?? '', begun: place });
      return;
    }
    const resumed = /^<\.\.\. (\w+) resumed>(.*)\)\s+= (-?\d+)/.exec(rest);
    const waiting = unfinished.get(pid);
    if (resumed && waiting) {
      unfinished.delete(pid);
      calls.push({ ...waiting, args: waiting.args + (resumed[2] ?? ''), result: Number(resumed[3]), done: place });
      return;
    }
    const whole = /^(\w+)\((.*)\)\s+= (-?\d+)/.exec(rest);
    if (!whole) return;
    calls.push({ name: whole[1] ?? '', args: whole[2] ?? '', result: Number(whole[3]), begun: place, done: place });
  });
  return calls.sort((a, b) => a.begun - b.begun);
}
