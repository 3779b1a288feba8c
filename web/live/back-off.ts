const STEPS_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000];

/** Pauses between attempts: longer each time, up to 15 s, spread so that a club's tablets do not all return at once. */
export class BackOff {
  private attempts = 0;

  /** @param random gives 0 … 1 */
  constructor(private readonly random: () => number = randomFraction) {}

  /** Milliseconds to wait before the next attempt: between ¾ and 1¼ of its step. */
  next(): number {
    const step = STEPS_MS[Math.min(this.attempts, STEPS_MS.length - 1)] as number;
    this.attempts++;
    return step * (0.75 + this.random() / 2);
  }

  /** It worked: the next pause is the first again. */
  reset(): void {
    this.attempts = 0;
  }
}

function randomFraction(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;
}
