import type { Batch, FeedReader, InitItem, LiveFeed, MediaItem } from './live-feed';
import type { CourtNews, LiveMode, StreamKind } from './live-protocol';
import type { LiveSocket } from './live-socket';
import { mediaHeader, MediaHeader } from './media-header';

/** What a viewer asked for. */
export interface StreamRequest {
  readonly stream: number;
  readonly sessionId: string;
  readonly mode: LiveMode;
}

/**
 * One viewer's view of one court. It reads the feed when there is something new, and when its socket has room again; what
 * it cannot take meanwhile stays in the feed, or is skipped where the feed no longer has it.
 */
export class LiveStream implements FeedReader {
  readonly sessionId: string;
  private position: number | null = null;
  private sequence = 0;
  private told: InitItem | null = null;
  private skippedFrames = 0;

  /**
   * @param kind what the first media will be, as far as known
   * @param onClosed the session closed
   */
  constructor(
    private readonly request: StreamRequest,
    private kind: StreamKind,
    private readonly feed: LiveFeed,
    private readonly socket: LiveSocket,
    private readonly onClosed: () => void,
  ) {
    this.sessionId = request.sessionId;
  }

  /** Pictures it never got because its viewer was too slow. */
  get skipped(): number {
    return this.skippedFrames;
  }

  /** Its viewer's connection takes no more media now. */
  get slow(): boolean {
    return this.socket.full;
  }

  get queuedBytes(): number {
    return this.socket.queuedBytes;
  }

  get roundTripMs(): number | null {
    return this.socket.roundTripMs;
  }

  /** Begins: what was asked for, how the court does, then what there is to see. */
  begin(news: CourtNews): void {
    this.announce();
    this.tell(news);
    this.feed.join(this);
    this.onMedia();
  }

  end(): void {
    this.feed.leave(this);
  }

  tell(news: CourtNews): void {
    this.socket.say(Object.assign({ type: news.type, stream: this.request.stream }, news));
  }

  onMedia(): void {
    if (this.socket.full || this.socket.closed) return;
    const begins = this.position === null;
    const batch = this.feed.read(this.position);
    if (!batch) return;
    this.position = batch.next;
    this.meetFormat(batch);
    if (batch.skipped > 0) {
      this.skippedFrames += batch.skipped;
      this.socket.say({ type: 'skipped', stream: this.request.stream, frames: batch.skipped });
    }
    const { items, skipped } = batch;
    if (!begins && skipped === 0) return this.send(items, false);
    // The keyframe by itself: it can be shown while the rest of its group is on its way.
    this.send(items.slice(0, 1), skipped > 0);
    if (items.length > 1) this.send(items.slice(1), false);
  }

  onEnd(): void {
    this.onClosed();
  }

  private announce(): void {
    const { stream, sessionId, mode } = this.request;
    this.socket.say({ type: 'subscribed', stream, session_id: sessionId, mode, kind: this.kind });
  }

  private meetFormat({ items }: Batch): void {
    const { kind, init } = this.feed;
    if (kind !== null && kind !== this.kind) {
      this.kind = kind;
      this.announce();
    }
    if (init === this.told) return;
    this.told = init;
    if (!init) return;
    const { stream } = this.request;
    const { codec, width, height, fps, data } = init;
    this.socket.say({ type: 'init', stream, codec, width, height, fps });
    const { at } = items[0] as MediaItem;
    this.socket.send(this.header({ kind: 'init', keyframe: false, discontinuity: false, at }), [data]);
  }

  private send(items: readonly MediaItem[], afterSkip: boolean): void {
    const oldest = items[0] as MediaItem;
    const newest = items[items.length - 1] as MediaItem;
    const header = this.header({
      kind: oldest.type,
      keyframe: oldest.type === 'jpeg' || oldest.keyframe,
      discontinuity: afterSkip || items.some(({ afterLoss }) => afterLoss),
      at: newest.at,
    });
    this.socket.send(
      header,
      items.map(({ data }) => data),
    );
  }

  private header(fields: Omit<MediaHeader, 'stream' | 'sequence'>): Buffer {
    return mediaHeader({ ...fields, stream: this.request.stream, sequence: this.sequence++ });
  }
}
