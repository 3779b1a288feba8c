import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { networkOf } from '../auth/login-throttle';
import { Caller } from '../auth/caller';
import { Clock } from '../common/clock';
import { ProblemException } from '../common/problem';

/** Whatever one visitor asks of one share within this time is one visit. */
const VISIT_MS = 12 * 3_600_000;
/** Visitors kept in mind; one who is forgotten counts again. */
const MOST_KEPT = 20_000;
/** Answers with a file that may be under way: of one share, and of all. The line is for recordings' viewers too. */
const MOST_OF_ONE = 100;
const MOST_OF_ALL = 300;

/** Who is there: counts each visitor once, and keeps a link that everybody has from taking the whole line. */
@Injectable()
export class Visitors {
  /** When a visit began, by visitor; {@link Clock.monotonic}. */
  private readonly begun = new Map<string, number>();
  private readonly reading = new Map<number, number>();
  private all = 0;

  constructor(private readonly clock: Clock) {}

  /** Answers with a file that are under way. */
  get readers(): number {
    return this.all;
  }

  /**
   * Whether this is somebody new.
   * @param visit the number their browser was given; `null`: by address and browser, of which nothing but a hash is kept
   */
  isNew(what: string, shareId: number, visit: string | null, { ip, userAgent }: Caller): boolean {
    const who =
      visit ??
      createHash('sha256')
        .update(`${networkOf(ip)}|${userAgent}`)
        .digest('base64url');
    const key = `${what}|${shareId}|${who}`;
    const now = this.clock.monotonic();
    const before = this.begun.get(key);
    if (before !== undefined && now - before < VISIT_MS) return false;
    this.begun.delete(key);
    this.begun.set(key, now);
    for (const [oldest] of this.begun) {
      if (this.begun.size <= MOST_KEPT) break;
      this.begun.delete(oldest);
    }
    return true;
  }

  /** Does `read` while there is room for one more. @throws ProblemException `viewer_limit` */
  async reader(shareId: number, read: () => Promise<void>): Promise<void> {
    const own = this.reading.get(shareId) ?? 0;
    if (own >= MOST_OF_ONE || this.all >= MOST_OF_ALL) {
      throw new ProblemException('viewer_limit', 'Too many people watch this now.', { retryAfterSeconds: 30 });
    }
    this.reading.set(shareId, own + 1);
    this.all++;
    try {
      await read();
    } finally {
      const left = (this.reading.get(shareId) ?? 1) - 1;
      if (left === 0) this.reading.delete(shareId);
      else this.reading.set(shareId, left);
      this.all--;
    }
  }
}
