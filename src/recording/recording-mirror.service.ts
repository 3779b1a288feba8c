import { Injectable, Logger, BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Subscription } from 'rxjs';
import { Clock } from '../common/clock';
import { WriteBehind } from '../common/write-behind';
import { CourtRuntime, RuntimeEvent } from '../runtime/court-runtime';
import { RecordingLog } from './recording-log.service';

/**
 * Keeps the rows of recordings as the runtime says. While the database is away nothing is lost: each session's parts and its
 * newest state, which is a whole picture, wait here and are written when it is back.
 */
@Injectable()
export class RecordingMirror implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(RecordingMirror.name);
  private readonly behind: WriteBehind;
  private subscription: Subscription | undefined;

  constructor(
    private readonly runtime: CourtRuntime,
    private readonly log: RecordingLog,
    clock: Clock,
  ) {
    this.behind = new WriteBehind(clock, (sessionId, err) =>
      this.logger.warn({ err, sessionId }, 'The state of a recording could not be written yet.'),
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

  /** Settles when all that has happened to the session's recording so far is in its row. */
  written(sessionId: string): Promise<void> {
    return this.behind.written(sessionId);
  }

  /** A recording of which not one frame was written is to have no row, whether it ever got one or not. */
  forget(sessionId: string): void {
    this.behind.note(sessionId, 'forget', () => this.log.forget(sessionId));
  }

  private note(event: RuntimeEvent): void {
    if (event.type === 'court.state' || event.type === 'court.closed') return;
    const { sessionId } = event;
    if (event.type === 'recording.part') {
      this.behind.note(sessionId, null, () => this.log.savePart(sessionId, event.part));
    } else {
      this.behind.note(sessionId, 'state', () => this.log.save(sessionId, event.recording));
    }
  }
}
