import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { AttemptLimiter, takeAll } from './attempt-limiter';

const DAY_MS = 24 * 60 * 60_000;
/** Of one account in a day. A desk whose page is open on fifty screens trades a token every ten minutes on each: 7,200. */
const SIGN_INS = 1_000;
const TRADES = 10_000;

/**
 * Limits what somebody with the right password may do by the thousand: each sign-in and each trade of a refresh token leaves a
 * row that has to be kept for months, so that a token which comes a second time is known. In memory, as the other limits.
 */
@Injectable()
export class DayLimits {
  private readonly signIns: AttemptLimiter;
  private readonly trades: AttemptLimiter;

  constructor(clock: Clock) {
    this.signIns = new AttemptLimiter(clock, SIGN_INS, DAY_MS);
    this.trades = new AttemptLimiter(clock, TRADES, DAY_MS);
  }

  /** Takes one sign-in of an account. @throws ProblemException `too_many_attempts` with `Retry-After` */
  signIn(userId: number): void {
    takeAll([[this.signIns, String(userId)]]);
  }

  /** Takes one trade of a refresh token: a refresh, or a change of club. @throws ProblemException `too_many_attempts` */
  trade(userId: number): void {
    takeAll([[this.trades, String(userId)]]);
  }
}
