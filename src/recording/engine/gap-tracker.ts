import { GapReason, TICKS_PER_SECOND } from '../../media/access-unit';

/** A time without a frame, on the session's timeline in ticks. */
export interface Gap {
  readonly startTicks: number;
  readonly endTicks: number;
  readonly reason: GapReason;
}

/** In ticks: what lasts no longer is no gap. */
export const SHORTEST_GAP = TICKS_PER_SECOND / 2;
const KEPT = 16;
/** So many intervals must be known before a mere interval, without a reason given, can be called a gap. */
const ENOUGH = 4;

/**
 * Tells gaps from slow cameras: a gap is more than 0.5 s between two frames, and more than three times what is usual for
 * this camera (a camera of one frame a second has no gaps).
 */
export class GapTracker {
  private readonly intervals = new Float64Array(KEPT);
  private known = 0;
  private last: number | null = null;

  /** @param last decode time of the last frame of a recording that is resumed */
  constructor(last: number | null = null) {
    this.last = last;
  }

  /**
   * Notes a frame.
   * @param reason why frames before it were lost, where that is known
   */
  frame(dts: number, reason?: GapReason): Gap | null {
    const last = this.last;
    this.last = dts;
    if (last === null) return null;
    const interval = dts - last;
    if (interval <= SHORTEST_GAP) {
      this.intervals[this.known++ % KEPT] = interval;
      return null;
    }
    return this.judge(last, interval, reason);
  }

  /** Notes the end of the recording, which may be a while after the last frame. */
  end(ticks: number, reason?: GapReason): Gap | null {
    return this.last !== null && ticks - this.last > SHORTEST_GAP
      ? this.judge(this.last, ticks - this.last, reason)
      : null;
  }

  private judge(start: number, interval: number, reason?: GapReason): Gap | null {
    const usual = this.median();
    const long = usual === null ? reason !== undefined : interval > 3 * usual;
    // Without a reason the camera may just have become slower (night mode): let the usual interval follow.
    if (reason === undefined || !long) this.intervals[this.known++ % KEPT] = interval;
    return long ? { startTicks: start, endTicks: start + interval, reason: reason ?? 'camera_stalled' } : null;
  }

  private median(): number | null {
    if (this.known < ENOUGH) return null;
    const sorted = this.intervals.slice(0, Math.min(this.known, KEPT)).sort();
    return sorted[sorted.length >> 1] ?? null;
  }
}
