import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AttemptLimiter } from '../auth/attempt-limiter';
import { networkOf } from '../auth/login-throttle';
import { Clock } from '../common/clock';
import { ProblemException } from '../common/problem';

const MINUTE = 60_000;

/**
 * Limits what anybody may ask for: an hour 5 mails of a kind to an address, 50 asked for from one place; a quarter of an hour
 * 100 tokens that are none. It makes no difference whether the address has an account. In memory: a restart forgives.
 */
@Injectable()
export class LinkThrottle {
  private readonly mails: AttemptLimiter;
  private readonly places: AttemptLimiter;
  private readonly tokens: AttemptLimiter;

  constructor(clock: Clock) {
    this.mails = new AttemptLimiter(clock, 5, 60 * MINUTE);
    this.places = new AttemptLimiter(clock, 50, 60 * MINUTE);
    this.tokens = new AttemptLimiter(clock, 100, 15 * MINUTE);
  }

  /**
   * Takes a mail.
   * @param email in lower case
   * @throws ProblemException `too_many_attempts` with `Retry-After`
   */
  ask(kind: 'registration' | 'password_reset', email: string, ip: string | null): void {
    const address = createHash('sha256').update(email).digest('base64url');
    take([
      [this.mails, `${kind}|${address}`],
      [this.places, networkOf(ip)],
    ]);
  }

  /**
   * Takes a try at a token, and gives it back where `work` finds it good.
   * @throws ProblemException `too_many_attempts` with `Retry-After`; whatever `work` throws
   */
  async guess<T>(ip: string | null, work: () => Promise<T>): Promise<T> {
    const place = networkOf(ip);
    take([[this.tokens, place]]);
    const found = await work();
    this.tokens.giveBack(place);
    return found;
  }
}

function take(keys: readonly [AttemptLimiter, string][]): void {
  const wait = Math.max(...keys.map(([limiter, key]) => limiter.blockedFor(key)));
  if (wait > 0) {
    throw new ProblemException('too_many_attempts', undefined, { retryAfterSeconds: Math.ceil(wait / 1000) });
  }
  for (const [limiter, key] of keys) limiter.take(key);
}
