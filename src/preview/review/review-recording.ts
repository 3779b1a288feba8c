import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { RecordedPart, RecordedPosition } from '../../runtime/court-runtime';
import { playlistFrame, segmentLines, targetDuration } from './review-playlist';
import { ReviewSegment, SegmentGrouper, StretchedFrame } from './review-segments';

const compress = promisify(gzip);

/** A part's bytes as reviewers may have them. */
export interface ReviewPart {
  readonly number: number;
  readonly init: Buffer;
  readonly reserveBytes: number;
  /** Offset of the byte after its last segment: none before it ever changes. */
  end: number;
  /** By offset, ascending. */
  readonly stretched: StretchedFrame[];
  /** Offsets of the types of boxes that are shown as free space, ascending. */
  readonly silenced: number[];
}

/** A playlist as it stands now. */
export interface ReviewPlaylist {
  readonly etag: string;
  readonly text: Buffer;
  /** Compressed once, whoever asks. */
  gzipped(): Promise<Buffer>;
}

/**
 * One recording as reviewers see it: grows with its fragments, each of which is looked at once. The text is made anew once a
 * change, not once a request.
 */
export class ReviewRecording {
  private readonly grouper = new SegmentGrouper();
  private readonly begun = new Map<number, Pick<ReviewPart, 'init' | 'reserveBytes'>>();
  private readonly listed = new Map<number, ReviewPart>();
  private waiting: ReviewSegment[] = [];
  private zeroTicks: number | null = null;
  /** As bytes: half a megabyte of text is not put together and encoded anew every second. */
  private body = Buffer.alloc(0);
  private segments = 0;
  private hasGaps = false;
  private partBefore: number | null = null;
  private current: ReviewPlaylist | null = null;
  private ended = false;

  /** What it wants next of a runtime. */
  position: RecordedPosition = { part: 1, fragment: 0 };

  /**
   * @param startedAt epoch milliseconds of the first frame
   * @param targetSeconds `EXT-X-TARGETDURATION`, where an earlier life of the playlist has told it
   */
  constructor(
    readonly startedAt: number,
    public targetSeconds: number | null = null,
  ) {}

  /** Nothing comes any more. */
  get over(): boolean {
    return this.ended;
  }

  /** Those of which a segment is complete. */
  get parts(): ReadonlyMap<number, ReviewPart> {
    return this.listed;
  }

  /** Takes what is new, from {@link position} on. */
  grow(parts: readonly RecordedPart[]): void {
    for (const { part: number, init, reserveBytes, startTicks, first, fragments } of parts) {
      if (fragments.length === 0) continue;
      this.zeroTicks ??= startTicks;
      this.begun.set(number, { init, reserveBytes });
      for (const fragment of fragments) this.list(this.grouper.take(number, startTicks - this.zeroTicks, fragment));
      this.position = { part: number, fragment: first + fragments.length };
    }
  }

  /** The recording is over: its rest is listed. */
  finish(): void {
    if (this.ended) return;
    this.ended = true;
    this.list(this.grouper.end());
    this.current = null;
  }

  /** Once there is a part. */
  playlist(): ReviewPlaylist {
    if (this.current) return this.current;
    const targetSeconds = (this.targetSeconds ??= this.longest());
    this.write(targetSeconds);
    const { head, tail } = playlistFrame({ targetSeconds, hasGaps: this.hasGaps, over: this.ended });
    const text = Buffer.concat([Buffer.from(head), this.body, Buffer.from(tail)]);
    let gzipped: Promise<Buffer> | undefined;
    // Weak: the same text travels compressed and not. What is listed never changes, so its amount says which text it is.
    const etag = `W/"${this.segments}-${text.length}-${targetSeconds}"`;
    this.current = { etag, text, gzipped: () => (gzipped ??= compress(text)) };
    return this.current;
  }

  private list(segments: readonly ReviewSegment[]): void {
    for (const segment of segments) {
      this.waiting.push(segment);
      this.current = null;
      if (segment.kind === 'gap') continue;
      const part = this.part(segment.part);
      part.end = segment.offset + segment.bytes;
      if (segment.silenced) part.silenced.push(...segment.silenced);
      if (segment.stretched) part.stretched.push(segment.stretched);
    }
  }

  private part(number: number): ReviewPart {
    let part = this.listed.get(number);
    if (!part) {
      const { init, reserveBytes } = this.begun.get(number) as Pick<ReviewPart, 'init' | 'reserveBytes'>;
      this.listed.set(number, (part = { number, init, reserveBytes, end: 0, stretched: [], silenced: [] }));
    }
    return part;
  }

  /**
   * It holds for the playlist's life (RFC 8216 §6.2.1), so what the camera does by now decides, the group under way
   * included.
   */
  private longest(): number {
    let ticks = this.grouper.pendingTicks;
    for (const { kind, start, end } of this.waiting) if (kind === 'media') ticks = Math.max(ticks, end - start);
    return targetDuration(ticks);
  }

  private write(targetSeconds: number): void {
    let lines = '';
    for (const segment of this.waiting) {
      const { startedAt, partBefore } = this;
      lines += segmentLines(segment, { startedAt, targetSeconds, partBefore });
      if (segment.kind === 'gap') this.hasGaps = true;
      else this.partBefore = segment.part;
    }
    this.segments += this.waiting.length;
    this.waiting = [];
    this.body = Buffer.concat([this.body, Buffer.from(lines)]);
  }
}
