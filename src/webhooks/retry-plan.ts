const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Between two tries of one message: a restart is over in a minute, an outage in a night; a day in all. */
const PAUSES_MS: readonly number[] = [
  ...[1, 5, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 8, 12].map((hours) => hours * HOUR_MS),
];

/** So many times a message is tried. */
export const MOST_ATTEMPTS = PAUSES_MS.length + 1;

/** A receiver that has taken nothing for so long is told nothing more until somebody switches it on again. */
export const GIVEN_UP_MS = 5 * 24 * HOUR_MS;

/**
 * When a message that could not be delivered is tried again, in milliseconds from now; `null`: no more.
 * @param attempts how many there were
 * @param unevenness between 0 and 1, drawn anew: what failed together is not tried together
 */
export function pauseAfter(attempts: number, unevenness: number): number | null {
  const pause = PAUSES_MS[attempts - 1];
  return pause === undefined ? null : Math.round(pause * (1 + 0.1 * unevenness));
}
