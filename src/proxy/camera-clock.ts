import { TICKS_PER_SECOND } from '../media/access-unit';

const TICKS_PER_MS = TICKS_PER_SECOND / 1000;

/** So many reports are weighed together: the middle one counts, for some cameras' are off by up to a picture. */
const KEPT = 5;
/** Reports that follow each other faster say nothing new, and too little of how fast the stamps run. */
const LEAST_STEP_MS = 4000;
/** Reports that differ by more (a picture of a slow camera) speak of two clocks, or of stamps that are not true. */
const AGREEMENT_MS = 80;
/** With no report for this long nobody knows what became of the camera's clock (RFC 3550 §6.2 has one every 5 s). */
const MAX_AGE_MS = 60_000;
/** Whole hours may be a time zone that all cameras have wrong alike; a clock whose very day is wrong was never set. */
const FURTHEST_MS = 24 * 3_600_000;

/**
 * A camera's wall clock as the sender reports of one connection tell it (RFC 3550 §6.4.1): which time it was at the camera
 * when a picture was taken. The first report is a hint; what two have said, so long apart that the stamps are known to run
 * true, is sure. Reports that contradict those before are believed when the next one agrees.
 */
export class CameraClock {
  /** By how much stamps are shown later than they are decoded at keyframes, in ticks: a file begins with such a one. */
  lead = 0;
  /** Wall clock minus stamps, in milliseconds, each. */
  private readonly kept: number[] = [];
  private middle = 0;
  /** Stamp of the newest one that was kept. */
  private newest = 0;
  private doubted = false;

  /** The stamps begin anew, or the connection does. */
  restart(): void {
    this.kept.length = 0;
    this.doubted = false;
  }

  /**
   * @param ntpMs the camera's wall clock, epoch milliseconds
   * @param stamp the same moment on its RTP clock, in presentation ticks
   * @param wallMs our wall clock
   */
  note(ntpMs: number, stamp: number, wallMs: number): void {
    const { kept } = this;
    const difference = ntpMs - stamp / TICKS_PER_MS;
    const strange = Math.abs(ntpMs - wallMs) > FURTHEST_MS;
    if (strange || kept.some((one) => Math.abs(one - difference) > AGREEMENT_MS)) {
      kept.length = 0;
      this.doubted = true;
    }
    if (strange || (kept.length > 0 && stamp - this.newest < LEAST_STEP_MS * TICKS_PER_MS)) return;
    if (kept.length === KEPT) kept.shift();
    kept.push(difference);
    this.newest = stamp;
    this.middle = [...kept].sort((a, b) => a - b)[kept.length >> 1] as number;
  }

  /** More than a hint. */
  get sure(): boolean {
    return this.kept.length > 1;
  }

  /**
   * The camera's wall clock, in epoch milliseconds, for the picture that a file shows where it has this decode stamp;
   * `undefined` where the camera tells none that can be believed.
   */
  wallAt(stamp: number): number | undefined {
    const believed = this.kept.length > (this.doubted ? 1 : 0);
    if (!believed || Math.abs(stamp - this.newest) > MAX_AGE_MS * TICKS_PER_MS) return undefined;
    return this.middle + (stamp + this.lead) / TICKS_PER_MS;
  }
}
