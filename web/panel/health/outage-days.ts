/** A time a camera was away, in epoch milliseconds. */
export interface Outage {
  readonly begin: number;
  readonly end: number;
}

/** A day of a strip: how much of it the camera was away, and when on it. */
export interface StripDay {
  /** Epoch milliseconds of its beginning. */
  readonly begin: number;
  /** 0…1 */
  readonly away: number;
  /** The camera was watched on it, if only for a part. */
  readonly known: boolean;
}

const DAY_MS = 86_400_000;

/**
 * The last days up to now, the oldest first. A day is 24 hours that end where the next begins, the last one now: so each is
 * as long as any other, whatever the clocks of the club do.
 * @param knownSince epoch milliseconds; nobody knows how it was before
 */
export function stripDays(
  outages: readonly Outage[],
  now: number,
  days: number,
  knownSince: number,
): readonly StripDay[] {
  return Array.from({ length: days }, (_, i) => {
    const begin = now - (days - i) * DAY_MS;
    const away = outages.reduce((sum, outage) => sum + overlap(outage, begin, begin + DAY_MS), 0);
    return { begin, away: Math.min(1, away / DAY_MS), known: begin + DAY_MS > knownSince };
  });
}

function overlap({ begin, end }: Outage, from: number, to: number): number {
  return Math.max(0, Math.min(end, to) - Math.max(begin, from));
}
