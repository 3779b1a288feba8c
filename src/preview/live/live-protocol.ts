import type { MarkerView } from '../../markers/dto/markers.dto';
import type { GapReason } from '../../media/access-unit';
import type { CourtState } from '../../runtime/court-runtime';
import type { RecordingStatus } from '../../recording/recording-state';

/** The protocol of `/api/preview/live` as docs/live-protocol.md has it: numbers, and the shapes of what the service says. */

export const LIVE_PATH = '/api/preview/live';

/** Bounds on what a viewer may send. */
export const MAX_MESSAGE_BYTES = 4096;
export const MAX_STREAMS = 64;
export const MAX_STREAM_NUMBER = 65_535;

/** Milliseconds. */
export const HEARTBEAT_MS = 15_000;
export const TICKET_WITHIN_MS = 5_000;

/** Close codes (RFC 6455 §7.4): ours from 4000 on, after the HTTP status that says the same. */
export const CLOSE = {
  goingAway: 1001,
  internal: 1011,
  tryAgainLater: 1013,
  noMessages: 4400,
  unauthorized: 4401,
  tooSlow: 4408,
  flood: 4429,
} as const;

export type LiveMode = 'video' | 'pictures' | 'tile';
/** `h265`: as `h264`, for the browsers that play it. */
export type StreamKind = 'h264' | 'h265' | 'jpeg';
export type EndReason = 'closed' | 'withdrawn' | 'unsubscribed';

/** A recording in a `state` message: fields of the API's `recording`, gaps counted. */
export interface RecordingNews {
  readonly status: RecordingStatus;
  readonly started_at: string | null;
  readonly planned_end_at: string;
  readonly duration_seconds: number;
  readonly gaps: number;
}

/** What every viewer of a court is told alike, but for the stream's number. */
export type CourtNews =
  | {
      readonly type: 'state';
      readonly state: CourtState;
      readonly since: number;
      readonly recording: RecordingNews | null;
      readonly error: { readonly code: string; readonly detail: string } | null;
    }
  | {
      readonly type: 'gap';
      readonly start_seconds: number;
      readonly end_seconds: number;
      readonly reason: GapReason;
    }
  | {
      readonly type: 'marker';
      readonly marker_id: number;
      /** `null`: it is no more. */
      readonly marker: MarkerView | null;
    }
  | {
      readonly type: 'auto_stop';
      /** The recording stops by itself then, for nobody plays; `null`: it goes on. */
      readonly at: string | null;
    };

export type ServerMessage =
  | { readonly type: 'welcome'; readonly heartbeat_ms: number; readonly max_streams: number }
  | { readonly type: 'pong'; readonly at: number; readonly now: number }
  | {
      readonly type: 'subscribed';
      readonly stream: number;
      readonly session_id: string;
      readonly mode: LiveMode;
      readonly kind: StreamKind;
    }
  | {
      readonly type: 'init';
      readonly stream: number;
      readonly codec: string;
      readonly width: number;
      readonly height: number;
      readonly fps: number | null;
    }
  | (CourtNews & { readonly stream: number })
  | { readonly type: 'skipped'; readonly stream: number; readonly frames: number }
  | { readonly type: 'ended'; readonly stream: number; readonly reason: EndReason }
  | {
      readonly type: 'error';
      readonly stream?: number;
      readonly code: string;
      readonly status?: number;
      readonly detail: string;
    };
