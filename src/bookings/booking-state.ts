/**
 * States of a booking; `bookings.status` and the wire's `booking.status`. `starting`: its time has come, and what is in the way
 * stands in `reason`; `missed`: its time is over and nothing was recorded; `failed`: it cannot be recorded, or its file could
 * not be made.
 */
export type BookingStatus = 'planned' | 'starting' | 'recording' | 'done' | 'missed' | 'failed' | 'cancelled';

/** The legal transitions; whatever is not listed changes nothing. */
const TRANSITIONS: Readonly<Record<BookingStatus, readonly BookingStatus[]>> = {
  planned: ['starting', 'recording', 'missed', 'failed', 'cancelled'],
  // Back: its calendar has it at another time.
  starting: ['planned', 'recording', 'missed', 'failed', 'cancelled'],
  // Back: a start of which not one picture was written is taken back, and tried again.
  recording: ['starting', 'done', 'missed', 'failed'],
  done: [],
  missed: [],
  // A file that could not be made may be made by a later try.
  failed: ['done'],
  cancelled: [],
};

export const BOOKING_STATUSES = Object.keys(TRANSITIONS) as readonly BookingStatus[];

/** States in which a booking holds its court's time. */
export const AHEAD: readonly BookingStatus[] = ['planned', 'starting', 'recording'];

/** The states from which `to` may be reached: the `WHERE` of the one UPDATE that moves a booking. */
export function statusesBefore(to: BookingStatus): BookingStatus[] {
  return BOOKING_STATUSES.filter((from) => TRANSITIONS[from].includes(to));
}
