import { TICKS_PER_SECOND } from '../access-unit';

/** The deepest reordering H.264 allows (`MaxDpbFrames`, ITU-T H.264 §A.3.1). */
const MAX_DEPTH = 16;
/** Deeper reordering than this, seen and not announced, is a clock that stepped back rather than B-frames. */
const MAX_DEPTH_SEEN = 4;
/** A step of the presentation time by more ticks than this is a jump of the camera's clock, not a slow camera. */
const JUMP_TICKS = TICKS_PER_SECOND;

/**
 * Decode times from presentation times in decode order, without delay: RTP carries presentation times only (RFC 6184
 * §5.1). With a reorder depth of d, the n-th picture is decoded when the (n−d)-th in presentation order is shown, and
 * since at most d pictures overtake any other, that one is known by then: it is the smallest of the d+1 latest.
 *
 * Where the depth is unknown or understated it grows with what is seen. Decode times strictly increase until the
 * camera's clock jumps or {@link restart} is called.
 */
export class DecodeTimes {
  /** The latest presentation times, ascending; the last `depth + 1` count. */
  private readonly latest: number[] = [];
  private currentDepth = 0;
  private last = -Infinity;
  private frameTicks = 3600;

  /**
   * @param depth frames of reordering (`H264Config.reorderDepth`), `null` where unknown
   * @param nominalFps to space the first `depth` decode times, until real ones are known
   */
  constructor(depth: number | null, nominalFps: number | null = null) {
    this.configure(depth, nominalFps);
  }

  /** Goes on with another stream configuration; decode times still increase. */
  configure(depth: number | null, nominalFps: number | null): void {
    this.currentDepth = Math.min(depth ?? 0, MAX_DEPTH);
    this.frameTicks = nominalFps !== null && nominalFps > 0 ? Math.round(TICKS_PER_SECOND / nominalFps) : 3600;
    this.restart();
  }

  /** Frames of reordering assumed by now. */
  get depth(): number {
    return this.currentDepth;
  }

  /** The decode time of the next picture in decode order, both in 90 kHz ticks. */
  next(pts: number): number {
    const newest = this.latest.at(-1);
    if (newest !== undefined) {
      const slow = Math.max(JUMP_TICKS, (this.currentDepth + 4) * this.frameTicks);
      const overtaken = this.countAfter(pts);
      if (Math.abs(pts - newest) > slow || overtaken > Math.max(this.currentDepth, MAX_DEPTH_SEEN)) {
        this.restart();
        this.last = -Infinity;
      } else {
        this.currentDepth = Math.max(this.currentDepth, overtaken);
      }
    }
    if (this.latest.length === 0) {
      if (pts < this.last - JUMP_TICKS) {
        this.last = -Infinity;
      }
      for (let i = this.currentDepth; i > 0; i--) {
        this.latest.push(pts - Math.round(i * this.frameTicks));
      }
    }
    this.insert(pts);
    const due = this.latest[Math.max(0, this.latest.length - 1 - this.currentDepth)] as number;
    const dts = Math.max(due, this.last + 1);
    const step = dts - this.last;
    if (step > 900 && step <= JUMP_TICKS) {
      this.frameTicks = step;
    }
    this.last = dts;
    return dts;
  }

  /** Forgets the pictures before a loss, so that the next one's decode time does not lie before it. */
  restart(): void {
    this.latest.length = 0;
  }

  private countAfter(pts: number): number {
    let count = 0;
    for (let i = this.latest.length - 1; i >= 0 && (this.latest[i] as number) > pts; i--) {
      count++;
    }
    return count;
  }

  private insert(pts: number): void {
    this.latest.push(pts);
    for (let i = this.latest.length - 1; i > 0 && (this.latest[i - 1] as number) > pts; i--) {
      this.latest[i] = this.latest[i - 1] as number;
      this.latest[i - 1] = pts;
    }
    if (this.latest.length > MAX_DEPTH + 1) {
      this.latest.shift();
    }
  }
}
