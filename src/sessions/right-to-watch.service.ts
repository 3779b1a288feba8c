import { Injectable, Logger } from '@nestjs/common';
import { Principal } from '../auth/principal';
import { PrincipalsService } from '../auth/principals.service';
import { Clock } from '../common/clock';
import { ProblemException } from '../common/problem';
import { toProblem } from '../common/to-problem';
import { SessionsService } from './sessions.service';

/** An open stream ends within 10 s of a logout, a change of role or a deletion. */
const CHECK_MS = 4_000;

/** Asks again and again, while a stream is open, whether its viewer may still see the session. */
@Injectable()
export class RightToWatch {
  private readonly logger = new Logger(RightToWatch.name);

  constructor(
    private readonly principals: PrincipalsService,
    private readonly sessions: SessionsService,
    private readonly clock: Clock,
  ) {}

  /**
   * @param withdrawn is called once, when the right is gone.
   * @returns ends the watch.
   */
  watch(principal: Principal, sessionId: string, withdrawn: () => void): () => void {
    let over = false;
    const later = (): (() => void) => this.clock.after(CHECK_MS, () => void check());
    let cancel = later();
    const check = async (): Promise<void> => {
      const may = await this.may(principal, sessionId);
      if (over) return;
      if (may) cancel = later();
      else withdrawn();
    };
    return () => {
      over = true;
      cancel();
    };
  }

  /** Looking is using: the session is not idle while somebody watches. */
  private async may(principal: Principal, sessionId: string): Promise<boolean> {
    try {
      const now = await this.principals.refreshed(principal);
      if (!now) return false;
      await this.sessions.require(now, sessionId, 'see');
      return true;
    } catch (error) {
      if (error instanceof ProblemException) return false;
      const { code } = toProblem(error);
      // While the database is away nobody can take a right away through it; the match goes on, and so does the picture.
      if (code === 'database_unavailable' || code === 'overloaded') return true;
      this.logger.error({ err: error, sessionId }, 'The right to watch could not be checked.');
      return false;
    }
  }
}
