import { createHash } from 'node:crypto';
import { Clock } from '../common/clock';
import { ProblemException } from '../common/problem';

interface Window {
  count: number;
  /** Monotonic milliseconds at which the count starts anew. */
  readonly endsAt: number;
}

/**
 * Counts attempts by key in fixed windows, in memory and bounded. An attempt is taken before it is known how it ends,
 * so that a hundred at once do not slip by, and given back where it ends well.
 */
export class AttemptLimiter {
  private readonly windows = new Map<string, Window>();

  /**
   * @param limit attempts in a window
   * @param windowMs its length in milliseconds
   * @param maxKeys how many keys are remembered; the oldest are forgotten first
   */
  constructor(
    private readonly clock: Clock,
    private readonly limit: number,
    private readonly windowMs: number,
    private readonly maxKeys = 20_000,
  ) {}

  /** Milliseconds until this key may try again; 0: now. */
  blockedFor(key: string): number {
    const window = this.current(key);
    return window && window.count >= this.limit ? window.endsAt - this.clock.monotonic() : 0;
  }

  /** Takes one attempt, even beyond the limit; ask {@link blockedFor} first. */
  take(key: string): void {
    const window = this.current(key);
    if (window) {
      window.count += 1;
      return;
    }
    this.makeRoom();
    this.windows.set(key, { count: 1, endsAt: this.clock.monotonic() + this.windowMs });
  }

  /** Gives one attempt back. */
  giveBack(key: string): void {
    const window = this.current(key);
    if (window) window.count = Math.max(0, window.count - 1);
  }

  /** Forgets all attempts of a key. */
  reset(key: string): void {
    this.windows.delete(key);
  }

  private current(key: string): Window | undefined {
    const window = this.windows.get(key);
    if (window && window.endsAt <= this.clock.monotonic()) {
      this.windows.delete(key);
      return undefined;
    }
    return window;
  }

  private makeRoom(): void {
    if (this.windows.size < this.maxKeys) return;
    const now = this.clock.monotonic();
    for (const [key, window] of this.windows) if (window.endsAt <= now) this.windows.delete(key);
    // Windows are as long for every key, so the map's order is the order in which they end.
    for (const key of this.windows.keys()) {
      if (this.windows.size < this.maxKeys) return;
      this.windows.delete(key);
    }
  }
}

/** A key of a limiter. */
export type LimitedKey = readonly [AttemptLimiter, string];

/**
 * Takes an attempt of each of these keys, or of none.
 * @throws ProblemException `too_many_attempts` with `Retry-After`: as long as the longest of them
 */
export function takeAll(keys: readonly LimitedKey[]): void {
  const wait = Math.max(...keys.map(([limiter, key]) => limiter.blockedFor(key)));
  if (wait > 0) {
    throw new ProblemException('too_many_attempts', undefined, { retryAfterSeconds: Math.ceil(wait / 1000) });
  }
  for (const [limiter, key] of keys) limiter.take(key);
}

/** How an e-mail address is kept as a key: by its hash. @param email in lower case */
export function keyOfAddress(email: string): string {
  return createHash('sha256').update(email).digest('base64url');
}
