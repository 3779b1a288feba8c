/** A recording that ends no later than this after a booking's start is the match before. */
export const SLACK_MS = 5_000;
/** Who is early on the court presses the button no earlier than this before a booking's start. */
const EARLY_MS = 10 * 60_000;

/** A recording as callers see it; times in ISO 8601. */
interface Running {
  /** `null`: it begins just now. */
  readonly started_at: string | null;
  readonly planned_end_at: string;
}

/**
 * Whether a recording that a booking's owner began by hand is the booked match. At a desk one person begins those of everybody:
 * what ends about when the booking begins is the match before, and so is what began long before it and does not last until its
 * end. What lasts until then has the booked match on it, whatever else.
 */
export function isOfBooking(recording: Running, { startsAt, endsAt }: { startsAt: Date; endsAt: Date }): boolean {
  const ends = Date.parse(recording.planned_end_at);
  if (ends <= startsAt.getTime() + SLACK_MS) return false;
  const long = recording.started_at !== null && Date.parse(recording.started_at) < startsAt.getTime() - EARLY_MS;
  return !long || ends >= endsAt.getTime() - SLACK_MS;
}
