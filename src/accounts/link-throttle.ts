import { Injectable } from '@nestjs/common';
import { AttemptLimiter, keyOfAddress, takeAll } from '../auth/attempt-limiter';
import { networkOf } from '../auth/login-throttle';
import { Clock } from '../common/clock';

const MINUTE = 60_000;

/** What an admin has sent to somebody else. */
type SentKind = 'invitation' | 'password_reset';

/**
 * Limits what anybody may ask for: an hour 5 mails of a kind to an address, 50 asked for from one place; a quarter of an hour
 * 100 tokens that are none. An admin has an hour 10 links of a kind for an address in one club, and 500 in all: enough for a
 * whole club, and nobody's mailbox is filled through us. It makes no difference whether the address has an account. In memory:
 * a restart forgives.
 */
@Injectable()
export class LinkThrottle {
  private readonly mails: AttemptLimiter;
  private readonly places: AttemptLimiter;
  private readonly tokens: AttemptLimiter;
  private readonly sent: AttemptLimiter;
  private readonly senders: AttemptLimiter;

  constructor(clock: Clock) {
    this.mails = new AttemptLimiter(clock, 5, 60 * MINUTE);
    this.places = new AttemptLimiter(clock, 50, 60 * MINUTE);
    this.tokens = new AttemptLimiter(clock, 100, 15 * MINUTE);
    this.sent = new AttemptLimiter(clock, 10, 60 * MINUTE);
    this.senders = new AttemptLimiter(clock, 500, 60 * MINUTE);
  }

  /**
   * Takes a mail.
   * @param email in lower case
   * @throws ProblemException `too_many_attempts` with `Retry-After`
   */
  ask(kind: 'registration' | 'password_reset', email: string, ip: string | null): void {
    takeAll([
      [this.mails, `${kind}|${keyOfAddress(email)}`],
      [this.places, networkOf(ip)],
    ]);
  }

  /**
   * Takes a link that an admin has sent.
   * @param email in lower case
   * @param clubId `null`: of no club
   * @throws ProblemException `too_many_attempts` with `Retry-After`
   */
  send(kind: SentKind, email: string, clubId: number | null, senderId: number): void {
    takeAll([
      [this.sent, `${kind}|${clubId}|${keyOfAddress(email)}`],
      [this.senders, String(senderId)],
    ]);
  }

  /**
   * Takes a try at a token, and gives it back where `work` finds it good.
   * @throws ProblemException `too_many_attempts` with `Retry-After`; whatever `work` throws
   */
  async guess<T>(ip: string | null, work: () => Promise<T>): Promise<T> {
    const place = networkOf(ip);
    takeAll([[this.tokens, place]]);
    const found = await work();
    this.tokens.giveBack(place);
    return found;
  }
}
