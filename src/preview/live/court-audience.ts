import { filter, map, Observable } from 'rxjs';
import { CourtPicture, CourtRuntime, CourtStatus, LiveItem, RuntimeEvent } from '../../runtime/court-runtime';
import { gapNews, sameState, stateNews } from './court-news';
import { LiveFeed } from './live-feed';
import { CourtNews, LiveMode } from './live-protocol';
import type { LiveSocket } from './live-socket';
import { LiveStream, StreamRequest } from './live-stream';
import { PicturePace } from './picture-pace';

/** What is known of those who watch a court by WebSocket. */
export interface AudienceFigures {
  readonly viewers: number;
  /** Those whose connection takes no more just now. */
  readonly slow: number;
  /** The most that waits for one of them, in bytes. */
  readonly queuedBytes: number;
  /** Pictures that those who watch now were too slow for. */
  readonly skippedFrames: number;
  /** The slowest answer of one of them to a ping, in milliseconds; `null`: none known yet. */
  readonly roundTripMs: number | null;
}

export const NOBODY: AudienceFigures = {
  viewers: 0,
  slow: 0,
  queuedBytes: 0,
  skippedFrames: 0,
  roundTripMs: null,
};

/** All who watch one court: each mode's feed, shared, and the news all are told. */
export class CourtAudience {
  private readonly feeds = new Map<LiveMode, LiveFeed>();
  private readonly streams = new Set<LiveStream>();
  private state: Extract<CourtNews, { type: 'state' }>;
  private gapsTold: number;

  constructor(
    private readonly sessionId: string,
    private readonly runtime: CourtRuntime,
    status: CourtStatus,
  ) {
    this.state = stateNews(status);
    this.gapsTold = status.recording?.gaps.length ?? 0;
  }

  get empty(): boolean {
    return this.streams.size === 0;
  }

  get figures(): AudienceFigures {
    let { slow, queuedBytes, skippedFrames, roundTripMs } = NOBODY;
    for (const stream of this.streams) {
      if (stream.slow) slow++;
      queuedBytes = Math.max(queuedBytes, stream.queuedBytes);
      skippedFrames += stream.skipped;
      if (stream.roundTripMs !== null) roundTripMs = Math.max(roundTripMs ?? 0, stream.roundTripMs);
    }
    return { viewers: this.streams.size, slow, queuedBytes, skippedFrames, roundTripMs };
  }

  /**
   * Somebody comes, and is shown what there is at once.
   * @returns `null`: the session is not open any more
   */
  admit(request: StreamRequest, socket: LiveSocket, onClosed: () => void): LiveStream | null {
    const status = this.runtime.status(this.sessionId);
    const feed = this.feed(request.mode);
    if (!status || !feed) return null;
    const { codec } = status.facts;
    const kind = request.mode === 'video' && codec !== 'mjpeg' ? codec : 'jpeg';
    const stream = new LiveStream(request, kind, feed, socket, onClosed);
    this.streams.add(stream);
    stream.begin(stateNews(status));
    return stream;
  }

  dismiss(stream: LiveStream): void {
    this.streams.delete(stream);
    stream.end();
  }

  /** Something happened to the court: those who watch are told what of it is news. */
  hear(event: RuntimeEvent): void {
    const status = this.runtime.status(this.sessionId);
    if (!status || event.type === 'recording.part') return;
    const gaps = status.recording?.gaps ?? [];
    for (const gap of gaps.slice(this.gapsTold)) this.tell(gapNews(gap));
    this.gapsTold = gaps.length;
    const state = stateNews(status);
    if (sameState(state, this.state)) return;
    this.state = state;
    this.tell(state);
  }

  /** Tells all who watch. */
  tell(news: CourtNews): void {
    for (const stream of this.streams) stream.tell(news);
  }

  private feed(mode: LiveMode): LiveFeed | null {
    const shared = this.feeds.get(mode);
    if (shared) return shared;
    const source = this.source(mode);
    if (!source) return null;
    const feed = new LiveFeed(source, () => {
      if (this.feeds.get(mode) === feed) this.feeds.delete(mode);
    });
    this.feeds.set(mode, feed);
    return feed;
  }

  private source(mode: LiveMode): Observable<LiveItem> | null {
    if (mode === 'video') return this.runtime.live(this.sessionId);
    const pictures = this.runtime.pictures(this.sessionId, mode);
    return pictures && asItems(mode === 'pictures' ? paced(pictures) : pictures);
  }
}

function asItems(pictures: Observable<CourtPicture>): Observable<LiveItem> {
  return pictures.pipe(map(({ data, at }) => ({ type: 'jpeg', data, afterLoss: false, at })));
}

/** Not more than five a second. */
function paced(pictures: Observable<CourtPicture>): Observable<CourtPicture> {
  const pace = new PicturePace();
  return pictures.pipe(filter(({ at }) => pace.takes(at)));
}
