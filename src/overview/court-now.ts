import { afterSession, CameraState, SessionCamera, unknownCamera } from '../clubs/watch/camera-state';

/** What a court is just now, in one word. */
export const COURT_STATES = ['free', 'connecting', 'live', 'reconnecting', 'offline'] as const;
export type CourtStateName = (typeof COURT_STATES)[number];

/** A court's open session. Times are epoch milliseconds. */
export interface SessionNow {
  readonly status: 'connecting' | 'live' | 'reconnecting';
  readonly openedAt: number;
  /** Since when its status is so. */
  readonly since: number;
  /** When its newest picture came; `null`: none yet. */
  readonly lastFrameAt: number | null;
  /** Why the camera is away, where that is known. */
  readonly code: string | null;
}

/** All there is to say of a court. Times are epoch milliseconds. */
export interface CourtNow {
  readonly session: SessionNow | null;
  /** `null`: nobody watches it. */
  readonly camera: CameraState | null;
  /** When the court got another camera; `null`: not since it is watched. */
  readonly cameraSince: number | null;
  /** When the last session before ended, or the court was made. */
  readonly freeSince: number;
}

/**
 * What is known of the camera, with what its session knows better: that was written some seconds ago, and where nobody
 * watches, never. A session keeps the camera it began with: of the court's new one it says nothing.
 */
export function cameraNow({ session, camera, cameraSince }: CourtNow, now: number): CameraState | null {
  if (!session || session.lastFrameAt === null || session.openedAt < (cameraSince ?? 0)) return camera;
  const seen: SessionCamera = {
    live: session.status === 'live',
    since: session.since,
    lastFrameAt: session.lastFrameAt,
    code: session.code,
  };
  return afterSession(camera ?? unknownCamera(session.openedAt), seen, now);
}

/** Whoever plays comes first; a court without a session is offline where its camera is. */
export function courtState(court: CourtNow): { readonly state: CourtStateName; readonly since: number } {
  const { session, camera, freeSince } = court;
  if (session) return { state: session.status, since: session.since };
  if (camera?.online === false) return { state: 'offline', since: camera.since };
  return { state: 'free', since: Math.max(freeSince, camera?.online ? camera.since : freeSince) };
}
