/** How a session is watched now, counted where viewers are served. */
export interface ViewerFigures {
  /** MJPEG streams. */
  readonly mjpeg: number;
  /** Streams over WebSockets: video, pictures and tiles. */
  readonly live: number;
  /** Those of `live` whose connection takes no more just now. */
  readonly slow: number;
  /** The most that waits for one of them, in bytes. */
  readonly queuedBytes: number;
  /** Pictures that those who watch now were too slow for. */
  readonly skippedFrames: number;
  /** The slowest answer of one of them to a ping, in milliseconds; `null`: none known. */
  readonly roundTripMs: number | null;
}

export const NO_VIEWERS: ViewerFigures = {
  mjpeg: 0,
  live: 0,
  slow: 0,
  queuedBytes: 0,
  skippedFrames: 0,
  roundTripMs: null,
};

/**
 * Tells how sessions are watched. The room that serves viewers provides it (`{ provide: ViewerSource, useClass: X }`), and
 * it is found at run time: that room needs sessions, not the other way round.
 */
export abstract class ViewerSource {
  abstract figures(sessionId: string): ViewerFigures;
}
