import { readStartTime } from './proc-stat';

/**
 * The words in a child's arguments by which we recognise our own leftovers after a crash: never its name, which belongs
 * to everybody. `instance` is one installation (two services on one machine must not end each other's children).
 */
const MARKER = 'padelvar';
const WORD = /^[A-Za-z0-9_-]{1,64}$/;

export interface ChildMarker {
  readonly instance: string;
  /** The session the child works for. */
  readonly session: string;
  /** The service process that started it; markers of older versions do not say. */
  readonly owner?: ChildOwner;
}

/** One service process for ever, on this boot of this machine: no child outlives either. */
export interface ChildOwner {
  readonly pid: number;
  /** {@link readStartTime} */
  readonly startTime: string;
}

/**
 * `padelvar:<instance>:<session>:<owner's pid>-<its start time>`, harmless as the value of an FFmpeg option (`-metadata comment=…`).
 * @throws RangeError when a part is not 1 to 64 letters, digits, `_` or `-`.
 */
export function formatMarker({ instance, session, owner }: ChildMarker): string {
  if (!WORD.test(instance) || !WORD.test(session)) throw new RangeError('a marker is made of plain words');
  return `${MARKER}:${instance}:${session}${owner ? `:${owner.pid}-${owner.startTime}` : ''}`;
}

/** The marker of a child that this process starts. @throws RangeError as {@link formatMarker} */
export function ownMarker(child: Pick<ChildMarker, 'instance' | 'session'>): string {
  const startTime = readStartTime(process.pid);
  return formatMarker({ ...child, ...(startTime !== null && { owner: { pid: process.pid, startTime } }) });
}

/** The marker in a process's arguments, `null` where it carries none. */
export function findMarker(args: readonly string[]): ChildMarker | null {
  for (const arg of args) {
    const match = /^(?:comment=)?padelvar:([A-Za-z0-9_-]{1,64}):([A-Za-z0-9_-]{1,64})(?::(\d{1,10})-(\d+))?$/.exec(arg);
    const [, instance, session, pid, startTime] = match ?? [];
    if (instance === undefined || session === undefined) continue;
    return { instance, session, ...(startTime !== undefined && { owner: { pid: Number(pid), startTime } }) };
  }
  return null;
}
