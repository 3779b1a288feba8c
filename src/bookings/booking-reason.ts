/**
 * Why a booking is as it is, or what is in its way; besides these, the code of the problem that was met (`camera_unreachable`,
 * `session_limit`, `overloaded`, `disk_full`, …).
 */
export type BookingReason =
  /** Somebody else has a session on the court. */
  | 'court_busy'
  /** The service, or its database, was not there when it was to begin. */
  | 'service_away'
  /** Its owner is no member of the club any more; of what a calendar planned, no admin. */
  | 'owner_gone'
  /** The court, or its camera, was deleted. */
  | 'court_gone'
  /** What was recorded could not be made a file. */
  | 'recording_failed'
  /** The recording ended before the booking: somebody stopped it, nobody played, or it was begun by hand for a shorter time. */
  | 'stopped_early'
  | 'cancelled_by_owner'
  | 'cancelled_by_admin'
  /** The calendar it came from has it no more. */
  | 'left_calendar';
