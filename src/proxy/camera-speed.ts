import { TICKS_PER_SECOND } from '../media/access-unit';

const TICKS_PER_MS = TICKS_PER_SECOND / 1000;

/** Gains of the clock recovery loop, per second and per second squared: critically damped, settled in about 8 s. */
const PHASE_GAIN = 0.5;
const RATE_GAIN = 0.0625;
/** How much faster or slower than its stamps say a camera may really be (25 said and 5 sent is a rate of +4). */
const MIN_RATE = -0.75;
const MAX_RATE = 9;
/** A speed that differs by less than this from the one learned is no other speed. */
const RATE_TOLERANCE = 0.1;
const LEARNING_MS = 1500;
/** The two halves of a measured time differ by less than this part where a camera keeps its speed. */
const STEADINESS = 0.2;
/** Further from the clock than this, the speed is measured anew. */
const RELEARN_LAG_MS = 250;
/**
 * The loop sleeps while the timeline is this close to the clock, so that an honest camera's spacing comes out to the tick:
 * players and FFmpeg take pictures a hair too close to each other for doubled ones. It sleeps again once this near.
 */
const WAKE_MS = 60;
const SLEEP_MS = 5;
/** For the camera of another angle: with the first one's {@link WAKE_MS} the two are within 100 ms (were both 60: 120). */
export const ANGLE_WAKE_MS = 30;
/** A clock error below this is a crystal's, not a camera that lies about its rate. */
const HONEST_RATE = 0.0005;
/** Time constant of the filter that keeps network jitter out of the loop, in milliseconds. */
const JITTER_FILTER_MS = 500;
/** No arrival moves the loop by more than this much time, so that one late packet is not taken for a slow clock. */
const MAX_CONTROL_MS = 200;

/** A picture's arrival in ms and its stamp in ticks. */
export interface Instant {
  readonly arrival: number;
  readonly stamp: number;
}

/** A picture, and how far it lies from the one before: milliseconds of arrival, and of the camera's stamps. */
export interface Step extends Instant {
  readonly arrivalStep: number;
  readonly stampStep: number;
}

/**
 * How fast a camera's clock really runs, and how a timeline follows the wall's clock at it: a second-order loop, and before
 * that a measure of cameras that are far from their word. Kept over reconnects.
 */
export class CameraSpeed {
  /** The camera's clock error: true time passes `1 + rate` times as fast as its stamps say. */
  private rate = 0;
  /** How far the timeline lies behind the clock, filtered; milliseconds. */
  private lag = 0;
  private slewing = false;
  /** Where a connection's paced pictures began, until its speed is measured. */
  private learning: (Instant & { half?: Instant }) | undefined;

  /** @param wakeMs further from the clock than this the timeline is moved towards it */
  constructor(private readonly wakeMs: number = WAKE_MS) {}

  /** True time for each unit of the camera's. */
  get scale(): number {
    return 1 + this.rate;
  }

  /** It was measured, and the camera's stamps run as fast as the clock. */
  get honest(): boolean {
    return this.rate === 0 && !this.learning;
  }

  /** A connection's paced pictures begin. */
  begin(at: Instant): void {
    this.lag = 0;
    this.learning = at;
  }

  /** The timeline is anchored anew: what was measured up to here says nothing about what comes. */
  forget(): void {
    this.lag = 0;
    this.learning = undefined;
  }

  stopLearning(): void {
    this.learning = undefined;
  }

  /**
   * Where a picture goes, in milliseconds.
   * @param last where the one before is
   * @param error how far behind the clock it would lie by the present speed, in milliseconds
   */
  follow(step: Step, last: number, error: number): number {
    const { arrivalStep, stampStep } = step;
    const predicted = last + stampStep * this.scale;
    this.learn(step);
    const control = Math.max(0, Math.min(arrivalStep, stampStep * (1 + Math.max(0, this.rate)), MAX_CONTROL_MS));
    this.lag += (error - this.lag) * (1 - Math.exp(-control / JITTER_FILTER_MS));
    if (!this.mustSlew()) return predicted;
    const seconds = control / 1000;
    if (stampStep > 0) {
      // The loop runs in true time; the rate it corrects is per unit of the camera's time.
      const scale = Math.max(control / stampStep, 1);
      this.rate = clamp(this.rate + RATE_GAIN * (this.lag / 1000) * seconds * scale, MIN_RATE, MAX_RATE);
    }
    const corrected = predicted + PHASE_GAIN * this.lag * seconds;
    return Math.max(corrected, last + stampStep * this.scale * 0.25);
  }

  private mustSlew(): boolean {
    const distance = Math.abs(this.lag);
    if (this.slewing && distance < SLEEP_MS && Math.abs(this.rate) < HONEST_RATE) {
      this.slewing = false;
      this.rate = 0;
    } else if (distance > this.wakeMs || this.rate !== 0) this.slewing = true;
    return this.slewing;
  }

  /**
   * A camera far from its word is measured early in its connection, and again when it runs away from the clock later, so
   * that the loop has little left to do. Both halves of the measure must agree: a freeze or a burst is no speed.
   */
  private learn(now: Instant): void {
    const { learning } = this;
    if (!learning) {
      if (Math.abs(this.lag) > RELEARN_LAG_MS) this.learning = now;
      return;
    }
    if (now.arrival - learning.arrival < LEARNING_MS / 2) return;
    if (!learning.half) {
      learning.half = now;
      return;
    }
    if (now.arrival - learning.arrival < LEARNING_MS) return;
    const speed = speedBetween(learning, now);
    const steady = Math.abs(speedBetween(learning, learning.half) / speedBetween(learning.half, now) - 1) < STEADINESS;
    if (speed > 0 && steady && Math.abs(speed / (1 + this.rate) - 1) > RATE_TOLERANCE) {
      this.rate = clamp(speed - 1, MIN_RATE, MAX_RATE);
    }
    this.learning = undefined;
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** True time that passed for each unit of the camera's; not finite or not positive where its clock did not run. */
function speedBetween(from: Instant, to: Instant): number {
  return (to.arrival - from.arrival) / ((to.stamp - from.stamp) / TICKS_PER_MS);
}
