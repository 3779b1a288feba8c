import type { Schemas } from '../api/client';

type Ahead = Pick<Schemas['BookingView'], 'terrain_id' | 'status' | 'starts_at' | 'ends_at'>;

/** What lies further ahead says nothing about the court as it is now. */
const NEAR_MS = 24 * 3_600_000;

/** The next one of a court that is not recorded yet; `null`: none within a day. @param ahead by their start */
export function nextOf<T extends Ahead>(ahead: readonly T[], courtId: number, now: number): T | null {
  const next = ahead.find(
    ({ terrain_id, status, ends_at }) =>
      terrain_id === courtId && (status === 'planned' || status === 'starting') && Date.parse(ends_at) > now,
  );
  return next !== undefined && Date.parse(next.starts_at) < now + NEAR_MS ? next : null;
}
