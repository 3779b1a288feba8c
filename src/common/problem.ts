import { HttpException } from '@nestjs/common';

/**
 * Every error the API answers with: its stable `code`, the HTTP status it travels under, and a title.
 * The table is the contract; `docs/errors.md` is its prose.
 */
export const PROBLEMS = {
  validation_failed: [400, 'The request is malformed'],
  malformed_json: [400, 'The body is not valid JSON'],
  unauthorized: [401, 'Not signed in'],
  forbidden: [403, 'Your role does not allow this'],
  sharing_disabled: [403, 'This club shares no matches'],
  passphrase_required: [403, 'This share has a pass-phrase'],
  passphrase_wrong: [403, 'This is not the pass-phrase'],
  not_found: [404, 'Not found'],
  thumbnail_unavailable: [404, 'No thumbnail can be made of this video'],
  player_not_found: [404, 'No such player in this club'],
  method_not_allowed: [405, 'Method not allowed'],
  terrain_in_session: [409, 'This court already has an open session'],
  already_recording: [409, 'This session is already recording'],
  already_recorded: [409, 'This session has its recording'],
  not_recording: [409, 'Nothing is being recorded'],
  in_use: [409, 'Still in use'],
  email_taken: [409, 'This e-mail address has an account'],
  own_account: [409, 'Not on your own account'],
  session_over: [409, 'The session is over'],
  session_full: [409, 'The session has all the players it may have'],
  booking_overlap: [409, 'This court is booked at that time'],
  booking_begun: [409, 'This booking has begun, or is over'],
  booking_limit: [409, 'You have all the bookings you may have'],
  webhook_limit: [409, 'The club has all the webhooks it may have'],
  from_calendar: [409, 'This booking comes from a calendar'],
  camera_limit: [409, 'The court has all the cameras it may have'],
  is_an_angle: [409, 'This is an angle of a match'],
  marker_limit: [409, 'The session has all the markers it may have'],
  share_limit: [409, 'The match has all the links it may have'],
  already_compressed: [409, 'This video is compressed already'],
  logo_missing: [409, 'The club has no logo'],
  share_preparing: [409, 'The film of this share is not ready'],
  highlight_limit: [409, 'The session has all highlights it may have'],
  highlight_not_ready: [409, 'The highlight is not made yet'],
  session_not_live: [409, 'The session is not live'],
  storage_in_use: [409, 'Videos are in this storage'],
  storage_off: [409, 'The club keeps its videos here only'],
  review_file_only: [409, 'This recording is played as its file'],
  link_invalid: [410, 'This link is no longer good'],
  share_ended: [410, 'This match is no longer shared'],
  payload_too_large: [413, 'The body is too large'],
  unsupported_media_type: [415, 'Unsupported media type'],
  range_not_satisfiable: [416, 'Range not satisfiable'],
  misdirected_request: [421, 'This service goes by another name'],
  camera_address_forbidden: [422, 'This camera address is not allowed'],
  camera_scheme_unsupported: [422, 'This camera address has an unsupported scheme'],
  picture_unreadable: [422, 'This picture cannot be read'],
  codec_unavailable: [422, 'This service cannot code that'],
  url_forbidden: [422, 'This address is not allowed'],
  session_limit: [429, 'Too many open sessions'],
  viewer_limit: [429, 'Too many viewers'],
  too_many_attempts: [429, 'Too many attempts'],
  internal_error: [500, 'Something went wrong on our side'],
  camera_unreachable: [502, 'The camera cannot be reached'],
  camera_unauthorized: [502, 'The camera refuses its user name or password'],
  camera_stream_not_found: [502, 'The camera has no stream at this path'],
  camera_redirected: [502, 'The camera redirects elsewhere'],
  camera_unsupported: [502, "The camera's stream is not supported"],
  mail_failed: [502, 'The mail could not be sent'],
  storage_unreachable: [502, "The storage of the club's videos cannot be reached"],
  camera_timeout: [504, 'The camera did not answer in time'],
  database_unavailable: [503, 'The database is unavailable'],
  mail_not_configured: [503, 'This service sends no mail'],
  overloaded: [503, 'The service is overloaded'],
  shutting_down: [503, 'The service is shutting down'],
  disk_full: [507, 'Not enough disk space'],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemCode = keyof typeof PROBLEMS;

/** One fault of one field, as listed in `errors` of a 400. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** Fields that some problems carry beyond RFC 9457's own. */
export interface ProblemExtras {
  readonly errors?: readonly FieldError[];
  /** With `terrain_in_session`, where the caller may use that session. */
  readonly session_id?: string;
  /** Seconds for the `Retry-After` header of a 429 or 503. */
  readonly retryAfterSeconds?: number;
}

/**
 * The one exception for everything a caller is told (RFC 9457, `application/problem+json`).
 * `detail` is a sentence for people and never holds a secret or an internal path.
 */
export class ProblemException extends HttpException {
  constructor(
    readonly code: ProblemCode,
    readonly detail: string = PROBLEMS[code][1],
    readonly extras: ProblemExtras = {},
    options?: { cause?: unknown },
  ) {
    super(detail, PROBLEMS[code][0], options);
  }
}
