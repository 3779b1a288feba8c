/** Seconds for which it is said that one has come over a gap. */
const SAID_SECONDS = 3;
/** A step back lands on the last picture before the gap. */
const BEFORE_SECONDS = 0.1;

interface Gap {
  readonly start_seconds: number;
  readonly end_seconds: number;
}

/** The gap that is to be spoken of at a position of the recording: players go around it. */
export function gapNear<T extends Gap>(position: number, gaps: readonly T[]): T | null {
  const near = gaps.filter(
    ({ start_seconds, end_seconds }) =>
      position > start_seconds - BEFORE_SECONDS && position < end_seconds + SAID_SECONDS,
  );
  // Of several in a row the one that was last.
  return near.at(-1) ?? null;
}
