/** Beyond one frame: what loopback and a good network need. */
const MARGIN_SECONDS = 0.11;
const MAX_SECONDS = 1.2;
/** A wait longer than this is an outage, not jitter: no buffer helps against it. */
const LONGEST_JITTER_SECONDS = 1;
/** At most this is added for one wait: a hiccup of the machine shall not cost a second of delay for minutes. */
const MAX_STEP_SECONDS = 0.15;
const MIN_STEP_SECONDS = 0.01;
/** After so long without a wait the target goes down a step … */
const CALM_MS = 20_000;
const STEP = 0.75;
/** … but for so long not below what was found too little. */
const REMEMBER_MS = 180_000;

/**
 * How far behind the end of the buffer to play: as little as the network allows. Grows with each wait, shrinks slowly
 * when there are none.
 */
export class LiveTarget {
  private extra = 0;
  private floor = 0;
  private floorUntil = 0;
  private calmSince = 0;
  private frame = 1 / 25;

  /** @param fps the camera's, measured: a picture is only over when the next one is there */
  setFps(fps: number | null): void {
    this.frame = 1 / Math.min(120, Math.max(1, fps ?? 25));
  }

  /** Seconds. */
  get seconds(): number {
    return Math.min(MAX_SECONDS + this.frame, this.base + this.extra);
  }

  /** Playing waited for so many seconds; `now` in milliseconds of any steady clock. */
  stalled(seconds: number, now: number): void {
    this.calmSince = now;
    if (seconds > LONGEST_JITTER_SECONDS) return;
    this.floor = this.extra + 0.005;
    this.floorUntil = now + REMEMBER_MS;
    this.extra = Math.min(
      MAX_SECONDS - MARGIN_SECONDS,
      this.extra + MIN_STEP_SECONDS + Math.min(seconds, MAX_STEP_SECONDS),
    );
  }

  /** To be called now and then while playing goes well. */
  settle(now: number): void {
    if (now - this.calmSince < CALM_MS) return;
    this.calmSince = now;
    const floor = now < this.floorUntil ? this.floor : 0;
    const smaller = this.extra * STEP;
    this.extra = Math.max(floor, smaller < 0.01 ? 0 : smaller);
  }

  private get base(): number {
    return this.frame + MARGIN_SECONDS;
  }
}
