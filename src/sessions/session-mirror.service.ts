import { Injectable, Logger, BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Subscription } from 'rxjs';
import { Clock } from '../common/clock';
import { WriteBehind } from '../common/write-behind';
import { CourtRuntime, RuntimeEvent } from '../runtime/court-runtime';
import { SessionStore } from './session-store';

/** Keeps the rows of sessions at what the runtime says of their cameras, also after the database was away. */
@Injectable()
export class SessionMirror implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(SessionMirror.name);
  private readonly behind: WriteBehind;
  private subscription: Subscription | undefined;

  constructor(
    private readonly store: SessionStore,
    private readonly runtime: CourtRuntime,
    clock: Clock,
  ) {
    this.behind = new WriteBehind(clock, (sessionId, err) =>
      this.logger.warn({ err, sessionId }, 'The state of a session could not be written yet.'),
    );
  }

  onModuleInit(): void {
    this.subscription = this.runtime.watch().subscribe((event) => this.note(event));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.subscription?.unsubscribe();
    await this.behind.end();
  }

  /** Sessions whose newest state is not in the database yet. */
  get pending(): number {
    return this.behind.pending;
  }

  /** A session that never opened, or is no more, is to be `failed`, whether its row was ever written or not. */
  fail(sessionId: string, reason: string): void {
    this.behind.note(sessionId, 'fail', async () => {
      await this.store.end(sessionId, { status: 'failed', reason });
    });
  }

  private note(event: RuntimeEvent): void {
    if (event.type !== 'court.state') return;
    const { sessionId, state } = event;
    this.behind.note(sessionId, 'state', async () => {
      await this.store.setState(sessionId, state, this.runtime.status(sessionId));
    });
  }
}
