import { Injectable } from '@nestjs/common';
import { AttemptLimiter, LimitedKey, takeAll } from '../auth/attempt-limiter';
import { networkOf } from '../auth/login-throttle';
import { Clock } from '../common/clock';

const MINUTE = 60_000;

/**
 * Limits wrong pass-phrases: 10 a quarter of an hour for a share from one address, 50 for an address, 100 an hour for a share from
 * everywhere. In memory: a restart forgives.
 */
@Injectable()
export class ShareThrottle {
  private readonly pairs: AttemptLimiter;
  private readonly addresses: AttemptLimiter;
  private readonly shares: AttemptLimiter;

  constructor(clock: Clock) {
    this.pairs = new AttemptLimiter(clock, 10, 15 * MINUTE);
    this.addresses = new AttemptLimiter(clock, 50, 15 * MINUTE);
    this.shares = new AttemptLimiter(clock, 100, 60 * MINUTE);
  }

  /**
   * Takes a try at a pass-phrase, and gives it back where `work` finds it right.
   * @throws ProblemException `too_many_attempts` with `Retry-After`; whatever `work` throws
   */
  async guess(shareId: number, ip: string | null, work: () => Promise<boolean>): Promise<boolean> {
    const place = networkOf(ip);
    const keys: LimitedKey[] = [
      [this.pairs, `${shareId}|${place}`],
      [this.addresses, place],
      [this.shares, `${shareId}`],
    ];
    takeAll(keys);
    const right = await work();
    if (right) for (const [limiter, key] of keys) limiter.giveBack(key);
    return right;
  }
}
