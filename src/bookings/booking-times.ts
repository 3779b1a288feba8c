import { FieldError, ProblemException } from '../common/problem';

const MINUTE_MS = 60_000;
/** Shorter ones are slips of the pen. */
const LEAST_MS = MINUTE_MS;
/** Nobody plans further, and a wrong year is found. */
const FARTHEST_MS = 400 * 24 * 60 * MINUTE_MS;

/** From when to when, in epoch milliseconds. */
export interface BookingTimes {
  readonly startsAt: number;
  readonly endsAt: number;
}

/**
 * Lets times pass that a booking may have. One that has begun may still be made, for it is recorded late.
 * @param now epoch milliseconds
 * @param longestMinutes `MAX_DURATION_MINUTES`
 * @throws ProblemException `validation_failed`
 */
export function checkTimes({ startsAt, endsAt }: BookingTimes, now: number, longestMinutes: number): void {
  const errors: FieldError[] = [];
  const fault = (field: string, message: string): void => void errors.push({ field, message });
  if (endsAt - startsAt < LEAST_MS) fault('ends_at', 'must lie at least a minute after starts_at');
  else if (endsAt - startsAt > longestMinutes * MINUTE_MS)
    fault('ends_at', `a recording lasts at most ${longestMinutes} minutes`);
  if (endsAt <= now) fault('ends_at', 'must lie ahead');
  if (startsAt > now + FARTHEST_MS) fault('starts_at', 'must lie within the next 400 days');
  if (errors.length === 0) return;
  throw new ProblemException('validation_failed', 'These times cannot be booked.', { errors });
}
