/** Rates that cameras are set to, pictures a second. Far enough apart that jitter does not take one for another. */
const RATES = [60, 50, 30, 25, 20, 15, 12.5, 10, 8, 6, 5, 4, 3, 2, 1] as const;
/** How far the measured interval may be from a rate's. */
const TOLERANCE = 0.03;
const WINDOW = 24;
const ENOUGH = 8;
/** Of an interval: lag at which the pace begins to be corrected, at which it is left alone again, and by how much a picture. */
const WAKE = 0.4;
const SLEEP = 0.05;
const CORRECTION = 0.05;
/** Pictures in a row that are late before the missing ones' places are left empty. */
const PATIENCE = 8;
/** A hole this long, in milliseconds, is one. */
const REANCHOR_MS = 400;
/** Of the usual interval: the same where no rate is kept. */
const HOLE = 2.5;
/** The first pictures after a hole are held at most this long, and only while they come faster than they were taken. */
const MAX_HOLD_MS = 300;
const MAX_HOLD_BYTES = 8 * 1024 * 1024;
/** Weight of the newest picture's lag. */
const LAG_WEIGHT = 1 / 12;

/** What the pace needs to know of a picture. */
interface Sized {
  readonly data: { readonly length: number };
}

/** A picture and its place on the session's clock, in milliseconds. */
export interface Placed<Picture> {
  readonly picture: Picture;
  readonly at: number;
}

interface Held<Picture> {
  readonly picture: Picture;
  readonly arrival: number;
}

/**
 * JPEGs carry no time but their arrival, which the network jitters. Where a camera keeps a rate, its pictures are placed at
 * that rate's spacing, following the arrivals slowly; where it keeps none, at their arrival.
 */
export class JpegPace<Picture extends Sized> {
  private readonly steps: number[] = [];
  private previous: number | undefined;
  private lag = 0;
  private correcting = false;
  private behind = 0;
  /** What came after a hole: the camera may have stood still, or the network, and then the missing pictures follow at once. */
  private held: Held<Picture>[] = [];
  private heldBytes = 0;
  private heldInterval = 0;

  /** True while pictures wait for company; {@link flush} when none came for a while. */
  get holding(): boolean {
    return this.held.length > 0;
  }

  /** The next picture begins a new connection or follows a loss: it is placed at its arrival. */
  restart(): void {
    this.previous = undefined;
    this.settle();
    this.correcting = false;
  }

  /**
   * Places one picture; none, one or several come out, in order. Milliseconds on the session's clock.
   * @param last where the picture before went
   * @param now its arrival
   */
  take(picture: Picture, last: number, now: number): Placed<Picture>[] {
    if (this.holding) return this.hold(picture, last, now);
    const usual = this.observe(now);
    if (usual === null) return [{ picture, at: now }];
    const interval = rateOf(usual);
    // Where a rate is kept, what is a little late has its place anyway.
    const hole = interval === null ? HOLE * usual : REANCHOR_MS + interval;
    if (now - last > hole) {
      this.heldInterval = usual;
      return this.hold(picture, last, now);
    }
    return [{ picture, at: interval === null ? now : this.pace(interval, last, now) }];
  }

  private pace(interval: number, last: number, now: number): number {
    let at = last + interval;
    let error = now - at;
    // A picture that is late is mostly just that, and its successors come in a burst. Only when they do not, one is missing.
    this.behind = error > 0.75 * interval ? this.behind + 1 : 0;
    if (error < -2 * interval) {
      this.settle();
      return now;
    }
    if (this.behind >= PATIENCE) {
      at += Math.round(error / interval) * interval;
      error = now - at;
      this.settle();
    }
    if (this.behind === 0) this.lag += (error - this.lag) * LAG_WEIGHT;
    const distance = Math.abs(this.lag) / interval;
    if (distance > WAKE) this.correcting = true;
    else if (distance < SLEEP) this.correcting = false;
    return this.correcting ? at + Math.sign(this.lag) * CORRECTION * interval : at;
  }

  /**
   * Ends the wait: the newest picture came when it was taken, the others before it, and all behind the hole's beginning.
   * @param last where the picture before went
   */
  flush(last: number): Placed<Picture>[] {
    const { held, heldInterval } = this;
    const newest = held.at(-1);
    if (!newest) return [];
    this.held = [];
    this.heldBytes = 0;
    this.settle();
    const from = Math.min(...held.map(({ arrival }, i) => arrival - i * heldInterval));
    // More than fit into the hole: they share it.
    const fits = from - last > heldInterval / 2;
    const interval = fits ? heldInterval : (newest.arrival - last) / held.length;
    const first = fits ? from : last + interval;
    return held.map(({ picture }, i) => ({ picture, at: first + i * interval }));
  }

  private hold(picture: Picture, last: number, now: number): Placed<Picture>[] {
    const before = this.held.at(-1);
    // The steps of a burst are not the camera's.
    this.previous = now;
    this.held.push({ picture, arrival: now });
    this.heldBytes += picture.data.length;
    if (!before) return [];
    const paced = now - before.arrival >= this.heldInterval / 2;
    const enough = now - (this.held[0] as Held<Picture>).arrival >= MAX_HOLD_MS || this.heldBytes > MAX_HOLD_BYTES;
    return paced || enough ? this.flush(last) : [];
  }

  private settle(): void {
    this.lag = 0;
    this.behind = 0;
  }

  /** The usual interval in ms, once enough are known. */
  private observe(now: number): number | null {
    if (this.previous !== undefined) {
      this.steps.push(now - this.previous);
      if (this.steps.length > WINDOW) this.steps.shift();
    }
    const first = this.previous === undefined;
    this.previous = now;
    if (first || this.steps.length < ENOUGH) return null;
    const median = [...this.steps].sort((a, b) => a - b)[this.steps.length >> 1] as number;
    const usual = this.steps.filter((step) => step < 1.7 * median && step > 0.3 * median);
    return usual.length === 0 ? null : usual.reduce((sum, step) => sum + step, 0) / usual.length;
  }
}

/** The interval in ms that a camera keeps whose usual one is this; `null` where it keeps none. */
function rateOf(usual: number): number | null {
  const rate = RATES.find((one) => Math.abs((usual * one) / 1000 - 1) <= TOLERANCE);
  return rate === undefined ? null : 1000 / rate;
}
