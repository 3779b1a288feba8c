import { Injectable, Logger, OnModuleDestroy } from '@nestjs/common';
import { Principal } from '../../auth/principal';
import { PrincipalsService } from '../../auth/principals.service';
import { Cancel, Clock } from '../../common/clock';
import { toProblem } from '../../common/to-problem';
import { SessionsService } from '../../sessions/sessions.service';

/** Streams end within 10 s of a logout, a change of role or a deletion. */
const CHECK_MS = 4_000;

/** A connection whose right to watch is asked about again and again. */
export interface WatchedViewer {
  readonly principal: Principal;
  /** What it watches now. */
  readonly sessionIds: Iterable<string>;
  /**
   * How it stands.
   * @param principal the same person as they are now; `null`: signed out, disabled, gone
   */
  judge(principal: Principal | null, maySee: (sessionId: string) => boolean): void;
  /** It could not be found out, for a fault of ours. */
  giveUp(): void;
}

/**
 * Asks again, while connections are open, whether their viewers may still see what they watch: for all of them together,
 * in a handful of queries, however many there are.
 */
@Injectable()
export class LiveRights implements OnModuleDestroy {
  private readonly logger = new Logger(LiveRights.name);
  private readonly viewers = new Set<WatchedViewer>();
  private timer: Cancel | null = null;

  constructor(
    private readonly principals: PrincipalsService,
    private readonly sessions: SessionsService,
    private readonly clock: Clock,
  ) {}

  onModuleDestroy(): void {
    this.viewers.clear();
    this.timer?.();
  }

  /** @returns ends the watch. */
  watch(viewer: WatchedViewer): () => void {
    this.viewers.add(viewer);
    this.arm();
    return () => this.viewers.delete(viewer);
  }

  private arm(): void {
    this.timer ??= this.clock.after(CHECK_MS, () => {
      void this.check([...this.viewers]).finally(() => {
        this.timer = null;
        if (this.viewers.size > 0) this.arm();
      });
    });
  }

  /** Asks at once about all who watch a session: before they are told what nobody else may know. */
  async checkNow(sessionId: string): Promise<void> {
    await this.check([...this.viewers].filter(({ sessionIds }) => [...sessionIds].includes(sessionId)));
  }

  private async check(viewers: readonly WatchedViewer[]): Promise<void> {
    if (viewers.length === 0) return;
    try {
      const ids = new Set(viewers.flatMap(({ sessionIds }) => [...sessionIds]));
      const [people, maySee] = await Promise.all([
        this.principals.refreshedAll(viewers.map(({ principal }) => principal)),
        this.sessions.visibility([...ids]),
      ]);
      viewers.forEach((viewer, i) => {
        const now = people[i] ?? null;
        // What was subscribed since we asked was looked at when it was; it comes up next time.
        if (this.viewers.has(viewer)) viewer.judge(now, (id) => !ids.has(id) || (now !== null && maySee(now, id)));
      });
    } catch (error) {
      const { code } = toProblem(error);
      // While the database is away nobody can take a right away through it; the match goes on, and so does the picture.
      if (code === 'database_unavailable' || code === 'overloaded') return;
      this.logger.error({ err: error }, 'The right to watch could not be checked.');
      for (const viewer of viewers) if (this.viewers.has(viewer)) viewer.giveUp();
    }
  }
}
