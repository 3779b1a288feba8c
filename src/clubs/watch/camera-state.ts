/** Looks in a row that must fail before a camera counts as offline: one alone may be a packet lost, or a camera busy. */
export const FAILED_LOOKS = 2;
/** A session's camera counts as offline when it has given no picture for so long. */
export const AWAY_MS = 30_000;

/** What is known of a court's camera. Times are epoch milliseconds. */
export interface CameraState {
  /** `null`: not known yet. */
  readonly online: boolean | null;
  /** Since when it is so. */
  readonly since: number;
  readonly lastSeenAt: number | null;
  /** Why the last look failed; `null`: it did not. */
  readonly code: string | null;
  /** Looks in a row that failed, and when the first of them did. */
  readonly failedLooks: number;
  readonly failingSince: number | null;
}

/** What came of dialling a camera; `code` says what is wrong with it, `null`: it gave a picture. */
export interface CameraLook {
  readonly at: number;
  readonly code: string | null;
}

/** How an open session's camera does. Times are epoch milliseconds. */
export interface SessionCamera {
  readonly live: boolean;
  /** Since when it is live, or being reached for again. */
  readonly since: number;
  readonly lastFrameAt: number;
  /** Why it is away, where that is known. */
  readonly code: string | null;
}

/** Of a court that nobody has looked at. */
export function unknownCamera(since: number): CameraState {
  return { online: null, since, lastSeenAt: null, code: null, failedLooks: 0, failingSince: null };
}

/** Online with the first good look, offline with the second bad one in a row, since the first of those. */
export function afterLook(state: CameraState, { at, code }: CameraLook): CameraState {
  if (code === null) return seen(state, at, at);
  const failedLooks = state.failedLooks + 1;
  const failingSince = state.failingSince ?? at;
  const failing = { ...state, code, failedLooks, failingSince };
  if (failedLooks < FAILED_LOOKS || state.online === false) return failing;
  return { ...failing, online: false, since: Math.max(failingSince, state.since) };
}

/** Online while the session gets pictures, offline when it has had none for {@link AWAY_MS}, since its last one. */
export function afterSession(state: CameraState, session: SessionCamera, now: number): CameraState {
  const { live, lastFrameAt, code } = session;
  // Another machine's clock, or one that was set: nothing is seen in the future.
  const lastSeenAt = Math.min(lastFrameAt, now);
  if (now - lastSeenAt <= AWAY_MS) return live ? seen(state, lastSeenAt, session.since) : state;
  const away = {
    ...state,
    lastSeenAt: Math.max(lastSeenAt, state.lastSeenAt ?? lastSeenAt),
    code: code ?? state.code ?? 'camera_unreachable',
    failedLooks: FAILED_LOOKS,
    failingSince: state.failingSince ?? lastSeenAt,
  };
  if (state.online === false) return away;
  return { ...away, online: false, since: Math.max(lastSeenAt, state.since) };
}

/** What the step from one state to the next means for the list of outages. */
export function outageChange(before: CameraState, after: CameraState): 'begins' | 'ends' | null {
  const [was, is] = [before.online === false, after.online === false];
  if (was === is) return null;
  return is ? 'begins' : 'ends';
}

function seen(state: CameraState, at: number, since: number): CameraState {
  const lastSeenAt = Math.max(at, state.lastSeenAt ?? at);
  const fine = { lastSeenAt, code: null, failedLooks: 0, failingSince: null };
  if (state.online === true) return { ...state, ...fine };
  return { online: true, since: Math.min(Math.max(since, state.since), lastSeenAt), ...fine };
}
