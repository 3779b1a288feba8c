/** States of a camera session; `camera_sessions.status` and the wire's `session.status`. */
export type SessionStatus = 'connecting' | 'live' | 'reconnecting' | 'closed' | 'failed';

/** The legal transitions; whatever is not listed changes nothing. */
const TRANSITIONS: Readonly<Record<SessionStatus, readonly SessionStatus[]>> = {
  connecting: ['live', 'closed', 'failed'],
  live: ['reconnecting', 'closed', 'failed'],
  reconnecting: ['live', 'closed', 'failed'],
  closed: [],
  failed: [],
};

/** States in which a session holds its court and its camera. */
export const OPEN_STATUSES = ['connecting', 'live', 'reconnecting'] as const satisfies readonly SessionStatus[];

export function isOpen(status: SessionStatus): boolean {
  return (OPEN_STATUSES as readonly SessionStatus[]).includes(status);
}

/** The states from which `to` may be reached: the `WHERE` of the one UPDATE that moves a session. */
export function statusesBefore(to: SessionStatus): SessionStatus[] {
  return (Object.keys(TRANSITIONS) as SessionStatus[]).filter((from) => TRANSITIONS[from].includes(to));
}
