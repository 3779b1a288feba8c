/** The messages of `/api/preview/live`; `docs/live-protocol.md` says what each means. Times are epoch milliseconds. */

/** What a viewer asks for: every frame, five pictures a second, or one picture a keyframe. */
export type StreamMode = 'video' | 'pictures' | 'tile';

/** What comes: H.264 or H.265 fragments for Media Source Extensions, or JPEGs. */
export type StreamKind = 'h264' | 'h265' | 'jpeg';

/** An error as the service words it; `code` is one of docs/errors.md. */
export interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly status?: number;
}

/** A recording as seen by who watches its court. */
export interface RecordingState {
  readonly status: 'starting' | 'recording' | 'reconnecting' | 'stopping' | 'finalizing' | 'ready' | 'failed';
  readonly started_at: string | number | null;
  readonly planned_end_at: string | number | null;
  readonly duration_seconds: number;
  /** How many there are so far. */
  readonly gaps: number;
}

export interface SubscribedMessage {
  readonly type: 'subscribed';
  readonly stream: number;
  readonly session_id: string;
  readonly mode: StreamMode;
  readonly kind: StreamKind;
}

export interface InitMessage {
  readonly type: 'init';
  readonly stream: number;
  /** RFC 6381, `avc1.…` or `hvc1.…`. */
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  /** Measured frames a second. */
  readonly fps: number | null;
}

export interface StateMessage {
  readonly type: 'state';
  readonly stream: number;
  readonly state: 'live' | 'reconnecting';
  readonly since: number;
  readonly recording: RecordingState | null;
  readonly error: Problem | null;
}

export interface GapMessage {
  readonly type: 'gap';
  readonly stream: number;
  /** In seconds of the recording. */
  readonly start_seconds: number;
  readonly end_seconds: number;
  readonly reason: string;
}

export type MarkerKind = 'point' | 'rally' | 'fault' | 'dispute' | 'highlight' | 'note';

/** A moment of the match that somebody marked, as the API has it. */
export interface LiveMarker {
  readonly id: number;
  readonly session_id: string;
  readonly kind: MarkerKind;
  readonly text: string | null;
  /** In seconds of the recording. */
  readonly at_seconds: number;
  readonly author: { readonly id: number; readonly name: string };
  readonly created_at: string;
}

export interface MarkerMessage {
  readonly type: 'marker';
  readonly stream: number;
  readonly marker_id: number;
  /** As it is now; `null`: it is no more. */
  readonly marker: LiveMarker | null;
}

export interface AutoStopMessage {
  readonly type: 'auto_stop';
  readonly stream: number;
  /** Nobody plays: the recording stops by itself then, ISO 8601; `null`: it goes on. */
  readonly at: string | null;
}

export interface SkippedMessage {
  readonly type: 'skipped';
  readonly stream: number;
  readonly frames: number;
}

export interface EndedMessage {
  readonly type: 'ended';
  readonly stream: number;
  readonly reason: 'closed' | 'withdrawn' | 'unsubscribed';
}

export interface ErrorMessage extends Problem {
  readonly type: 'error';
  /** Absent where the service could not read what it was sent. */
  readonly stream?: number;
}

export interface WelcomeMessage {
  readonly type: 'welcome';
  readonly heartbeat_ms: number;
  readonly max_streams: number;
}

export interface PongMessage {
  readonly type: 'pong';
  readonly at: number;
  readonly now: number;
}

/** Everything that belongs to one stream. */
export type StreamMessage =
  | SubscribedMessage
  | InitMessage
  | StateMessage
  | GapMessage
  | MarkerMessage
  | AutoStopMessage
  | SkippedMessage
  | EndedMessage
  | (ErrorMessage & { readonly stream: number });

export type ServerMessage = WelcomeMessage | PongMessage | StreamMessage | ErrorMessage;

/** Reads a text frame; `null` for what is no message. Types unknown to this version pass and are ignored by who switches. */
export function readServerMessage(text: string): ServerMessage | null {
  try {
    const message: unknown = JSON.parse(text);
    const isMessage = typeof message === 'object' && message !== null && 'type' in message;
    return isMessage && typeof message.type === 'string' ? (message as ServerMessage) : null;
  } catch {
    return null;
  }
}
