import { Injectable } from '@nestjs/common';
import { AttemptLimiter, LimitedKey, takeAll } from '../auth/attempt-limiter';
import { networkOf } from '../auth/login-throttle';
import { Clock } from '../common/clock';
import { ProblemException } from '../common/problem';

const MINUTE = 60_000;

/**
 * Limits guessing around a match. A quarter of an hour, 10 codes that open nothing for a person, and 100 for an address, which a
 * whole club may share; 10 people who are not members for a player, and 50 for an address. An hour, 60 people whom a player
 * adds, so that nobody reads a club's list of members out of a match of theirs. In memory: a restart forgives.
 */
@Injectable()
export class PlayerThrottle {
  private readonly codes: AttemptLimiter;
  private readonly codePlaces: AttemptLimiter;
  private readonly people: AttemptLimiter;
  private readonly peoplePlaces: AttemptLimiter;
  private readonly added: AttemptLimiter;

  constructor(clock: Clock) {
    this.codes = new AttemptLimiter(clock, 10, 15 * MINUTE);
    this.codePlaces = new AttemptLimiter(clock, 100, 15 * MINUTE);
    this.people = new AttemptLimiter(clock, 10, 15 * MINUTE);
    this.peoplePlaces = new AttemptLimiter(clock, 50, 15 * MINUTE);
    this.added = new AttemptLimiter(clock, 60, 60 * MINUTE);
  }

  /**
   * Takes a try at a code, and gives it back where `work` finds it good.
   * @throws ProblemException `too_many_attempts` with `Retry-After`; whatever `work` throws
   */
  code<T>(userId: number, ip: string | null, work: () => Promise<T>): Promise<T> {
    return guess(
      [
        [this.codes, String(userId)],
        [this.codePlaces, networkOf(ip)],
      ],
      [],
      work,
    );
  }

  /**
   * Takes a try of a player at somebody to add, and gives it back where `work` finds them.
   * @throws ProblemException `too_many_attempts` with `Retry-After`; whatever `work` throws
   */
  person<T>(userId: number, ip: string | null, work: () => Promise<T>): Promise<T> {
    return guess(
      [
        [this.people, String(userId)],
        [this.peoplePlaces, networkOf(ip)],
      ],
      [[this.added, String(userId)]],
      work,
    );
  }
}

/**
 * Only what was not found was a guess: an attempt that ended otherwise, well or not, is given back.
 * @param spent keys whose attempt is not given back
 */
async function guess<T>(keys: readonly LimitedKey[], spent: readonly LimitedKey[], work: () => Promise<T>): Promise<T> {
  takeAll([...keys, ...spent]);
  let wrong = false;
  try {
    return await work();
  } catch (error) {
    wrong = error instanceof ProblemException && (error.code === 'not_found' || error.code === 'player_not_found');
    throw error;
  } finally {
    if (!wrong) for (const [limiter, key] of keys) limiter.giveBack(key);
  }
}
