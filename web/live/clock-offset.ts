/** Answers remembered: at one every four seconds, the best of the last minute. */
const KEPT = 16;

/** Milliseconds since 1970 by a clock that never jumps while the page is open. */
export function localNow(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * How far the service's clock is from ours, by asking it the time. Of the last answers the quickest counts: its error is at
 * most half of its way there and back (the clock filter of NTP, RFC 5905 §10).
 */
export class ClockOffset {
  private readonly samples: { readonly offset: number; readonly roundTrip: number }[] = [];

  /** An answer: asked and heard by our clock, `now` by the service's. */
  add(askedAt: number, heardAt: number, now: number): void {
    const roundTrip = heardAt - askedAt;
    if (!(roundTrip >= 0) || !Number.isFinite(now)) return;
    this.samples.push({ roundTrip, offset: now + roundTrip / 2 - heardAt });
    if (this.samples.length > KEPT) this.samples.shift();
  }

  /** Milliseconds to add to {@link localNow}; `null` before the first answer. */
  get value(): number | null {
    let best: { offset: number; roundTrip: number } | undefined;
    for (const sample of this.samples) if (!best || sample.roundTrip <= best.roundTrip) best = sample;
    return best?.offset ?? null;
  }
}
