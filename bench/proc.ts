import { readdirSync, readFileSync } from 'node:fs';

/** `_SC_CLK_TCK`: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

interface ProcessStat {
  readonly parent: number;
  /** User and system time of the process and of its children that ended and were waited for, in clock ticks. */
  readonly ticks: number;
}

function readStat(pid: number): ProcessStat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name stands in parentheses and may hold anything; field 3 (state) follows the last one. See proc(5).
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const field = (number: number): number => Number(fields[number - 3]);
    return { parent: field(4), ticks: field(14) + field(15) + field(16) + field(17) };
  } catch {
    // It ended between the listing and the reading.
    return null;
  }
}

/** The processes `roots` and all that descend from them. */
export function processTree(roots: readonly number[]): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = readStat(Number(name))?.parent;
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const tree = [...roots];
  for (let i = 0; i < tree.length; i++) tree.push(...(children.get(tree[i] as number) ?? []));
  return tree;
}

/**
 * CPU seconds that `roots` and everything below them have used so far: `utime`, `stime` of what lives, `cutime`, `cstime`
 * for what was started below it and is gone.
 */
export function cpuSeconds(roots: readonly number[]): number {
  const ticks = processTree(roots).reduce((sum, pid) => sum + (readStat(pid)?.ticks ?? 0), 0);
  return ticks / TICKS_PER_SECOND;
}

/** Per cent of a core that each side, given by its roots, uses while something goes on. */
export async function cpuShares(
  sides: readonly (readonly number[])[],
  during: () => Promise<unknown>,
): Promise<number[]> {
  const began = performance.now();
  const before = sides.map(cpuSeconds);
  await during();
  const seconds = (performance.now() - began) / 1000;
  return sides.map((roots, i) => ((cpuSeconds(roots) - (before[i] as number)) / seconds) * 100);
}

/** CPU seconds of all children of this process that have ended, and of theirs. */
export function endedChildrenSeconds(): number {
  const text = readFileSync('/proc/self/stat', 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[16 - 3]) + Number(fields[17 - 3])) / TICKS_PER_SECOND;
}

/** Proportional set size in MiB of `roots` and everything below them: pages that processes share are counted once. */
export function pssMib(roots: readonly number[]): number {
  let kib = 0;
  for (const pid of processTree(roots)) {
    try {
      kib += Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1] ?? 0);
    } catch {
      // Gone meanwhile, or a zombie: no memory.
    }
  }
  return kib / 1024;
}

/** Load average of the last minute. */
export function loadAverage(): number {
  return Number(readFileSync('/proc/loadavg', 'latin1').split(' ')[0]);
}
