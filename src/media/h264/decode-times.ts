import { TICKS_PER_SECOND } from '../access-unit';

/** The deepest reordering H.264 allows (`MaxDpbFrames`, ITU-T H.264 §A.3.1). */
const MAX_DEPTH = 16;
/** Deeper reordering than this, seen and not announced, is a clock that stepped back rather than B-frames. */
const MAX_DEPTH_SEEN = 4;
/** A step of the presentation time by more ticks than this is a jump of the camera's clock, not a slow camera. */
const JUMP_TICKS = TICKS_PER_SECOND;
/** Steps below this are no frame distance: doubled time stamps. */
const LEAST_FRAME_TICKS = 450;
/** A decode time that leaps this many frames may be the first sign of B-frames that nobody announced. */
const LEAP_FRAMES = 1.75;
/** So many leaps without B-frames behind them are a camera that leaves pictures out. */
const MAX_FALSE_LEAPS = 3;

/**
 * Decode times from presentation times in decode order, without delay: RTP carries presentation times only (RFC 6184
 * §5.1). With a reorder depth of d, the n-th picture is decoded when the (n−d)-th in presentation order is shown, and
 * since at most d pictures overtake any other, that one is known by then: it is the smallest of the d+1 latest.
 *
 * Where the depth is not announced, {@link begin} finds it in the first pictures. Where it is understated or grows, the
 * decode times fall behind by half a frame a picture until they are right again: steps of a tick would tell a clock
 * recovery loop of a camera a hundred times too fast. Decode times strictly increase until the camera's clock jumps.
 */
export class DecodeTimes {
  /** The latest presentation times, ascending; the last `depth + 1` count. */
  private readonly latest: number[] = [];
  private currentDepth = 0;
  private announced = false;
  private last = -Infinity;
  private frameTicks = 3600;
  private lastDue = -Infinity;
  private lastStep = 3600;
  /** Decode times are ahead of where the depth wants them. */
  private ahead = false;
  /** The last picture's decode time was kept from leaping. */
  private leapt = false;
  private falseLeaps = 0;

  /**
   * @param depth frames of reordering (`H264Config.reorderDepth`), `null` where unknown
   * @param nominalFps to space the first `depth` decode times, until real ones are known
   */
  constructor(depth: number | null, nominalFps: number | null = null) {
    this.configure(depth, nominalFps);
  }

  /** Goes on with another stream configuration; decode times still increase. */
  configure(depth: number | null, nominalFps: number | null): void {
    this.announced = depth !== null;
    this.currentDepth = Math.min(depth ?? 0, MAX_DEPTH);
    this.frameTicks = nominalFps !== null && nominalFps > 0 ? Math.round(TICKS_PER_SECOND / nominalFps) : 3600;
    this.lastStep = this.frameTicks;
    this.falseLeaps = 0;
    this.restart();
  }

  /** Frames of reordering assumed by now. */
  get depth(): number {
    return this.currentDepth;
  }

  /**
   * The decode times of the first pictures, a keyframe and what follows it in decode order: depth and frame distance are
   * what they show. The depth is that of `max_num_reorder_frames` (ITU-T H.264 §E.2.1): the most pictures that precede
   * another in decode order and follow it in presentation order.
   */
  begin(pts: readonly number[]): number[] {
    const distances: number[] = [];
    let run: number[] = [];
    let jump = -1;
    const endRun = (): void => {
      run.slice(1).forEach((time, i) => distances.push(time - (run[i] as number)));
    };
    pts.forEach((time, i) => {
      const overtaken = run.filter((other) => other > time).length;
      const jumps = run.length > 0 && Math.abs(time - (run.at(-1) as number)) > JUMP_TICKS;
      // Nothing is shown before a keyframe that comes after it.
      if (jumps || overtaken > MAX_DEPTH_SEEN || (jump < 0 && time < (pts[0] as number))) {
        endRun();
        run = [];
        jump = jump < 0 ? i : jump;
      } else {
        this.currentDepth = Math.max(this.currentDepth, overtaken);
      }
      run.push(time);
      run.sort((a, b) => a - b);
    });
    endRun();
    const seen = distances.filter((ticks) => ticks > LEAST_FRAME_TICKS).sort((a, b) => a - b);
    // The median: behind the newest pictures there are holes yet to be filled.
    this.frameTicks = seen[(seen.length - 1) >> 1] ?? this.frameTicks;
    this.lastStep = this.frameTicks;
    return pts.map((time, i) => {
      if (i === jump) {
        this.jumped();
      }
      return this.next(time);
    });
  }

  /** The decode time of the next picture in decode order, both in 90 kHz ticks. */
  next(pts: number): number {
    const newest = this.latest.at(-1);
    if (newest !== undefined) {
      const slow = Math.max(JUMP_TICKS, (this.currentDepth + 4) * this.frameTicks);
      const overtaken = this.countAfter(pts);
      if (Math.abs(pts - newest) > slow || overtaken > Math.max(this.currentDepth, MAX_DEPTH_SEEN)) {
        this.jumped();
      } else if (overtaken > this.currentDepth) {
        this.currentDepth = overtaken;
        this.ahead = true;
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
    return this.date(this.latest[Math.max(0, this.latest.length - 1 - this.currentDepth)] as number);
  }

  /** Forgets the pictures before a loss, so that the next one's decode time does not lie before it. */
  restart(): void {
    this.latest.length = 0;
    this.ahead = false;
    this.leapt = false;
  }

  /** Increasing decode times in even steps, as near to `due` as may be. */
  private date(due: number): number {
    const { last } = this;
    let dts = Math.max(due, last + 1);
    const wasHeld = this.leapt && !this.ahead;
    this.leapt = false;
    if (this.mayHideFrames(due)) {
      if (wasHeld) {
        this.falseLeaps++;
      } else {
        // If B-frames follow, this was their anchor; if not, the next picture makes up for it.
        dts = last + this.frameTicks;
        this.leapt = true;
      }
    } else if (this.ahead || (due <= last && this.currentDepth > 0)) {
      const least = last + Math.max(1, this.frameTicks >> 1);
      this.ahead = due < least;
      dts = Math.max(due, least);
    }
    this.measure(due - this.lastDue);
    this.lastDue = due;
    this.last = dts;
    return dts;
  }

  private mayHideFrames(due: number): boolean {
    return (
      !this.announced &&
      this.latest.length > this.currentDepth + 1 &&
      this.falseLeaps < MAX_FALSE_LEAPS &&
      due - this.last > this.frameTicks * LEAP_FRAMES
    );
  }

  /** The smaller of two steps in a row: one picture left out is no slower camera. */
  private measure(step: number): void {
    if (step > LEAST_FRAME_TICKS && step <= JUMP_TICKS) {
      this.frameTicks = Math.min(step, this.lastStep);
      this.lastStep = step;
    }
  }

  private jumped(): void {
    this.restart();
    this.last = -Infinity;
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
