import type { Booking } from './bookings-data';

/** How one sees a booking: its status, and where in the day it is. */
export type BookingLook = 'next' | 'now' | Booking['status'];

/** What is on its court at this moment. */
const ON: readonly Booking['status'][] = ['starting', 'recording'];

/** The look of each of a day's: of those planned on a court the first that is ahead is its next one. */
export function looksOf(bookings: readonly Booking[], now: number): ReadonlyMap<number, BookingLook> {
  const next = new Map<number, number>();
  for (const { id, terrain_id, status, starts_at } of bookings) {
    if (status === 'planned' && Date.parse(starts_at) > now && !next.has(terrain_id)) next.set(terrain_id, id);
  }
  return new Map(
    bookings.map((booking) => {
      const { id, terrain_id, status, starts_at } = booking;
      if (status === 'planned') {
        if (Date.parse(starts_at) <= now) return [id, 'now'];
        return [id, next.get(terrain_id) === id ? 'next' : 'planned'];
      }
      return [id, status];
    }),
  );
}

/** Whether its time is over, or it never will be: shown as something of the past. */
export function isOver({ status, ends_at }: Pick<Booking, 'status' | 'ends_at'>, now: number): boolean {
  return Date.parse(ends_at) <= now || !(status === 'planned' || ON.includes(status));
}

/** Who looks at it. */
interface Reader {
  readonly id: number;
  readonly admin: boolean;
  /** Players may book in this club. */
  readonly playersBook: boolean;
}

/** Whether somebody may give it another time: before it begins, and only what no calendar plans. */
export function mayChange({ status, source, owner }: Booking, { id, admin, playersBook }: Reader): boolean {
  return source === 'manual' && status === 'planned' && (admin || (playersBook && owner?.id === id));
}

/** Whether somebody may cancel it: until it is recorded. */
export function mayCancel({ status, source, owner }: Booking, { id, admin }: Pick<Reader, 'id' | 'admin'>): boolean {
  return source === 'manual' && (status === 'planned' || status === 'starting') && (admin || owner?.id === id);
}
