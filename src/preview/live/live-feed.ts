import { Observable, Subscription } from 'rxjs';
import type { LiveItem } from '../../runtime/court-runtime';
import type { StreamKind } from './live-protocol';

export type InitItem = Extract<LiveItem, { type: 'init' }>;
export type MediaItem = Exclude<LiveItem, InitItem>;

/** Somebody who reads a feed. */
export interface FeedReader {
  /** There is more to read. */
  onMedia(): void;
  /** There will be no more: the session closed. */
  onEnd(): void;
}

/** What a reader has not read yet. */
export interface Batch {
  /** In order; the first one continues what the reader read last, or is a keyframe. */
  readonly items: readonly MediaItem[];
  /** Pictures that were there and are no longer to be had. */
  readonly skipped: number;
  /** What to read from next time. */
  readonly next: number;
}

/** What a browser must be able to play, by the init of the fragments. */
function kindOf(init: InitItem | null): StreamKind {
  return init?.codec.startsWith('hvc1') ? 'h265' : 'h264';
}

/** As the proxy's GOP buffer: a group of pictures that outgrows it is let go. */
const MAX_LOG_BYTES = 24 * 1024 * 1024;

/**
 * One court's media in one mode, for all who watch it so: reads the runtime once, and keeps what came since the newest
 * keyframe. Readers have no queues; each knows where it stands in this log. One that comes late finds that its place is
 * gone and goes on at the newest keyframe, so whatever readers do, there is one log of bounded size and no bytes twice.
 */
export class LiveFeed {
  private readonly readers = new Set<FeedReader>();
  private log: MediaItem[] = [];
  private logBytes = 0;
  /** Number of the log's first item, counted from the feed's beginning. */
  private first = 0;
  /** The log begins with a keyframe: whoever is not up to date can start there. */
  private startable = false;
  private subscription: Subscription | null = null;
  private current: InitItem | null = null;
  private known: StreamKind | null = null;
  private ended = false;

  /** @param onEmpty the last reader has left, or it has ended: it is of no use any more */
  constructor(
    private readonly source: Observable<LiveItem>,
    private readonly onEmpty: () => void,
  ) {}

  /** The init segment of the log's fragments; `null` for JPEGs. */
  get init(): InitItem | null {
    return this.current;
  }

  /** Of the newest media; `null` before there is any. */
  get kind(): StreamKind | null {
    return this.known;
  }

  /** From now on the reader is told of media; what there is already it can read at once. */
  join(reader: FeedReader): void {
    // What the first one finds is read in one go, so nobody is told of it piece by piece.
    if (!this.subscription) {
      this.subscription = new Subscription();
      this.subscription.add(this.source.subscribe({ next: (item) => this.take(item), complete: () => this.end() }));
    }
    if (this.ended) return reader.onEnd();
    this.readers.add(reader);
  }

  leave(reader: FeedReader): void {
    if (!this.readers.delete(reader) || this.readers.size > 0 || this.ended) return;
    this.ended = true;
    this.subscription?.unsubscribe();
    this.onEmpty();
  }

  /**
   * @param from what {@link Batch.next} said; `null` for who has read nothing yet
   * @returns `null` where there is nothing to read now
   */
  read(from: number | null): Batch | null {
    const { first, log } = this;
    const next = first + log.length;
    if (from !== null && from >= first) {
      return from < next ? { items: log.slice(from - first), skipped: 0, next } : null;
    }
    if (!this.startable) return null;
    return { items: [...log], skipped: from === null ? 0 : first - from, next };
  }

  private take(item: LiveItem): void {
    if (item.type === 'init') {
      this.current = item;
      this.restart();
      return;
    }
    if (item.type === 'jpeg') this.current = null;
    this.known = item.type === 'jpeg' ? 'jpeg' : kindOf(this.current);
    this.keep(item);
    for (const reader of this.readers) reader.onMedia();
  }

  private keep(item: MediaItem): void {
    const keyframe = item.type === 'jpeg' || item.keyframe;
    if (keyframe || this.logBytes + item.data.length > MAX_LOG_BYTES) {
      this.restart();
      this.startable = keyframe;
    }
    this.log.push(item);
    this.logBytes += item.data.length;
  }

  private restart(): void {
    this.first += this.log.length;
    this.log = [];
    this.logBytes = 0;
    this.startable = false;
  }

  private end(): void {
    if (this.ended) return;
    this.ended = true;
    this.onEmpty();
    for (const reader of [...this.readers]) reader.onEnd();
    this.readers.clear();
  }
}
