import { Subject } from 'rxjs';
import type { LiveItem } from '../../runtime/court-runtime';
import { FeedReader, InitItem, LiveFeed } from './live-feed';

const MEGABYTE = 1024 * 1024;

function init(width: number): InitItem {
  return { type: 'init', data: Buffer.alloc(8), codec: 'avc1.640028', width, height: 1, fps: null };
}

function frame(at: number, keyframe = false, bytes = 8): LiveItem {
  return { type: 'fragment', data: Buffer.alloc(bytes), keyframe, afterLoss: false, at };
}

function jpeg(at: number): LiveItem {
  return { type: 'jpeg', data: Buffer.alloc(8), afterLoss: false, at };
}

describe('LiveFeed', () => {
  let source: Subject<LiveItem>;
  let empty: number;
  let feed: LiveFeed;

  beforeEach(() => {
    source = new Subject();
    empty = 0;
    feed = new LiveFeed(source, () => empty++);
  });

  /** Somebody who reads at once, unless told to stop. */
  class Reader implements FeedReader {
    readonly seen: number[] = [];
    skipped = 0;
    ended = 0;
    reading = true;
    private position: number | null = null;

    onMedia(): void {
      if (!this.reading) return;
      const batch = feed.read(this.position);
      if (!batch) return;
      this.position = batch.next;
      this.skipped += batch.skipped;
      this.seen.push(...batch.items.map(({ at }) => at));
    }

    onEnd(): void {
      this.ended++;
    }
  }

  function join(): Reader {
    const reader = new Reader();
    feed.join(reader);
    reader.onMedia();
    return reader;
  }

  function give(...items: LiveItem[]): void {
    for (const item of items) source.next(item);
  }

  it('asks for media with its first reader, once, and lets go with its last', () => {
    expect(source.observed).toBe(false);
    const readers = [join(), join()];
    expect(source.observed).toBe(true);
    readers.forEach((reader) => feed.leave(reader));
    feed.leave(readers[0] as Reader);
    expect([source.observed, empty]).toEqual([false, 1]);
  });

  it('gives everybody everything, late-comers from the newest keyframe on', () => {
    const early = join();
    give(init(1), frame(1, true), frame(2), frame(3, true), frame(4));
    const late = join();
    give(frame(5));
    expect(early.seen).toEqual([1, 2, 3, 4, 5]);
    expect([late.seen, late.skipped]).toEqual([[3, 4, 5], 0]);
  });

  it('keeps for a slow reader what it can, and skips the rest to the newest keyframe', () => {
    const [slow, other] = [join(), join()];
    give(init(1), frame(1, true), frame(2));
    slow.reading = false;
    give(frame(3), frame(4));
    slow.reading = true;
    slow.onMedia();
    expect([slow.seen, slow.skipped]).toEqual([[1, 2, 3, 4], 0]);
    slow.reading = false;
    give(frame(5), frame(6, true), frame(7), frame(8, true), frame(9));
    slow.reading = true;
    slow.onMedia();
    expect([slow.seen, slow.skipped]).toEqual([[1, 2, 3, 4, 8, 9], 3]);
    expect(other.seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    slow.onMedia();
    expect(slow.seen).toHaveLength(6);
  });

  it('begins anew with a new format', () => {
    const [slow, other] = [join(), join()];
    give(init(1), frame(1, true));
    slow.reading = false;
    give(frame(2), init(2));
    slow.reading = true;
    slow.onMedia();
    expect(slow.seen).toEqual([1]);
    give(frame(3, true));
    expect([slow.seen, slow.skipped, feed.init?.width]).toEqual([[1, 3], 1, 2]);
    expect(other.seen).toEqual([1, 2, 3]);
  });

  it('holds one JPEG, and tells when the kind changes', () => {
    const reader = join();
    expect(feed.kind).toBeNull();
    give(init(1), frame(1, true));
    expect([feed.kind, feed.init?.width]).toEqual(['h264', 1]);
    give(jpeg(2), jpeg(3));
    expect([feed.kind, feed.init]).toEqual(['jpeg', null]);
    expect([reader.seen, join().seen]).toEqual([[1, 2, 3], [3]]);
    give(init(4), frame(4, true));
    expect([feed.kind, feed.init?.width]).toEqual(['h264', 4]);
    give({ ...init(5), codec: 'hvc1.1.6.L93.90' }, frame(5, true));
    expect([feed.kind, feed.init?.width]).toEqual(['h265', 5]);
  });

  it('lets a group of pictures go that outgrows its bound: those up to date go on, others wait for the next keyframe', () => {
    const [slow, other] = [join(), join()];
    give(init(1), frame(1, true, 20 * MEGABYTE));
    slow.reading = false;
    give(frame(2), frame(3, false, 5 * MEGABYTE), frame(4));
    slow.reading = true;
    slow.onMedia();
    const late = join();
    expect([other.seen, slow.seen, late.seen]).toEqual([[1, 2, 3, 4], [1], []]);
    give(frame(5));
    expect([slow.seen, late.seen]).toEqual([[1], []]);
    give(frame(6, true), frame(7));
    expect([slow.seen, slow.skipped]).toEqual([[1, 6, 7], 4]);
    expect([late.seen, late.skipped]).toEqual([[6, 7], 0]);
    expect([other.seen, other.skipped]).toEqual([[1, 2, 3, 4, 5, 6, 7], 0]);
  });

  it('tells everybody the end, those too who come after it', () => {
    const readers = [join(), join()];
    source.complete();
    expect([readers.map(({ ended }) => ended), empty, join().ended]).toEqual([[1, 1], 1, 1]);
    readers.forEach((reader) => feed.leave(reader));
    expect(empty).toBe(1);
  });
});
