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
}

/**
 * `padelvar:<instance>:<session>`, harmless as the value of an FFmpeg option (`-metadata comment=…`).
 * @throws RangeError when a part is not 1 to 64 letters, digits, `_` or `-`.
 */
export function formatMarker({ instance, session }: ChildMarker): string {
  if (!WORD.test(instance) || !WORD.test(session)) throw new RangeError('a marker is made of plain words');
  return `${MARKER}:${instance}:${session}`;
}

/** The marker in a process's arguments, `null` where it carries none. */
export function findMarker(args: readonly string[]): ChildMarker | null {
  for (const arg of args) {
    const match = /^(?:comment=)?padelvar:([A-Za-z0-9_-]{1,64}):([A-Za-z0-9_-]{1,64})$/.exec(arg);
    if (match?.[1] && match[2]) return { instance: match[1], session: match[2] };
  }
  return null;
}
