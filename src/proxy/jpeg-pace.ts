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
/** Weight of the newest picture's lag. */
const LAG_WEIGHT = 1 / 12;

/**
 * JPEGs carry no time but their arrival, which the network jitters. Where a camera keeps a rate, its pictures are placed at
 * that rate's spacing, following the arrivals slowly; where it keeps none, at their arrival.
 */
export class JpegPace {
  private readonly steps: number[] = [];
  private previous: number | undefined;
  private lag = 0;
  private correcting = false;
  private behind = 0;

  /** The next picture begins a new connection or follows a loss: it is placed at its arrival. */
  restart(): void {
    this.previous = undefined;
    this.lag = 0;
    this.correcting = false;
    this.behind = 0;
  }

  /**
   * Where the next picture goes. Milliseconds on the session's clock.
   * @param last where the picture before went
   * @param now its arrival
   */
  next(last: number, now: number): number {
    const interval = this.observe(now);
    if (interval === null) return now;
    let at = last + interval;
    let error = now - at;
    // A picture that is late is mostly just that, and its successors come in a burst. Only when they do not, one is missing.
    this.behind = error > 0.75 * interval ? this.behind + 1 : 0;
    if (error > REANCHOR_MS || error < -2 * interval) return this.anchor(now);
    if (this.behind >= PATIENCE) {
      at += Math.round(error / interval) * interval;
      error = now - at;
      this.behind = 0;
      this.lag = 0;
    }
    if (this.behind === 0) this.lag += (error - this.lag) * LAG_WEIGHT;
    const distance = Math.abs(this.lag) / interval;
    if (distance > WAKE) this.correcting = true;
    else if (distance < SLEEP) this.correcting = false;
    return this.correcting ? at + Math.sign(this.lag) * CORRECTION * interval : at;
  }

  private anchor(now: number): number {
    this.lag = 0;
    this.behind = 0;
    return now;
  }

  /** The camera's interval in ms, where it keeps one. */
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
    const mean = usual.reduce((sum, step) => sum + step, 0) / Math.max(usual.length, 1);
    const rate = RATES.find((one) => Math.abs((mean * one) / 1000 - 1) <= TOLERANCE);
    return rate === undefined ? null : 1000 / rate;
  }
}
