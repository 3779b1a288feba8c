import { readdir } from 'node:fs/promises';
import { ChildOwner, findMarker } from './marker';
import { readArguments, readParent, readStartTime } from './proc-stat';

/** A child of an earlier life of this installation. */
export interface Leftover {
  readonly pid: number;
  readonly startTime: string;
  readonly session: string;
  /** Pid of its parent now: ours for a child of this process, another's once its own is gone. */
  readonly parent: number | null;
  /** The service process that started it, where its marker says so. */
  readonly owner?: ChildOwner;
}

/** Running processes that carry this installation's marker, but for those in `own` (pids of children we have now). */
export async function listLeftovers(instance: string, own: ReadonlySet<number> = new Set()): Promise<Leftover[]> {
  const entries = await readdir('/proc').catch(() => [] as string[]);
  const found: Leftover[] = [];
  for (const entry of entries) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid || own.has(pid)) continue;
    const marker = findMarker(readArguments(pid));
    const startTime = marker?.instance === instance ? readStartTime(pid) : null;
    if (!marker || startTime === null) continue;
    const { session, owner } = marker;
    found.push({ pid, startTime, session, parent: readParent(pid), ...(owner && { owner }) });
  }
  return found;
}

/** Whether the service process that started it lives; `null` where its marker does not say which one that is. */
export function isOwned({ owner }: Leftover): boolean | null {
  return owner ? readStartTime(owner.pid) === owner.startTime : null;
}

/**
 * Ends a leftover with SIGKILL: nobody reads what it would still write.
 * @returns false where that very process is gone, or the pid is somebody else's by now.
 */
export function endLeftover(leftover: Leftover): boolean {
  if (readStartTime(leftover.pid) !== leftover.startTime) return false;
  try {
    process.kill(leftover.pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}
