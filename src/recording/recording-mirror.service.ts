import { Injectable, Logger, BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Subject, Subscription } from 'rxjs';
import { Cancel, Clock } from '../common/clock';
import { CourtRuntime, PartFacts, RecordingFacts, RuntimeEvent } from '../runtime/court-runtime';
import { RecordingLog } from './recording-log.service';

const RETRY_MS = [250, 500, 1_000, 2_000, 5_000] as const;

/** What is not yet in the database for one session. Only the newest facts count: each is a whole picture. */
interface Backlog {
  facts: RecordingFacts | undefined;
  parts: PartFacts[];
  writing: boolean;
  failures: number;
  retry: Cancel | undefined;
  settled: Subject<void>;
}

/**
 * Keeps the rows of recordings as the runtime says. While the database is away nothing is lost: each session's newest
 * state waits here and is written when it is back.
 */
@Injectable()
export class RecordingMirror implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(RecordingMirror.name);
  private readonly backlogs = new Map<string, Backlog>();
  private subscription: Subscription | undefined;

  constructor(
    private readonly runtime: CourtRuntime,
    private readonly log: RecordingLog,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.subscription = this.runtime.watch().subscribe((event) => this.note(event));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.subscription?.unsubscribe();
    await Promise.all([...this.backlogs.keys()].map((sessionId) => this.settledOnce(sessionId)));
    for (const backlog of this.backlogs.values()) backlog.retry?.();
  }

  /** Sessions whose newest state is not in the database yet. */
  get pending(): number {
    return this.backlogs.size;
  }

  /** Settles when all that has happened to the session's recording so far is in its row. */
  async written(sessionId: string): Promise<void> {
    const backlog = this.backlogs.get(sessionId);
    if (!backlog) return;
    await new Promise<void>((resolve) => backlog.settled.subscribe({ complete: resolve }));
  }

  private note(event: RuntimeEvent): void {
    if (event.type === 'court.state' || event.type === 'court.closed') return;
    let backlog = this.backlogs.get(event.sessionId);
    if (!backlog) {
      backlog = { facts: undefined, parts: [], writing: false, failures: 0, retry: undefined, settled: new Subject() };
      this.backlogs.set(event.sessionId, backlog);
    }
    if (event.type === 'recording.part') backlog.parts.push(event.part);
    else backlog.facts = event.recording;
    if (!backlog.retry) void this.write(event.sessionId, backlog);
  }

  private async write(sessionId: string, backlog: Backlog): Promise<void> {
    if (backlog.writing) return;
    backlog.writing = true;
    backlog.retry = undefined;
    try {
      while (backlog.parts[0] || backlog.facts) {
        const [part] = backlog.parts;
        if (part) {
          await this.log.savePart(sessionId, part);
          backlog.parts.shift();
          continue;
        }
        const facts = backlog.facts as RecordingFacts;
        await this.log.save(sessionId, facts);
        if (backlog.facts === facts) backlog.facts = undefined;
      }
      this.backlogs.delete(sessionId);
      backlog.settled.complete();
    } catch (error) {
      const delay = RETRY_MS[Math.min(backlog.failures++, RETRY_MS.length - 1)] as number;
      this.logger.warn({ err: error, sessionId }, 'The state of a recording could not be written yet.');
      backlog.retry = this.clock.after(delay, () => void this.write(sessionId, backlog));
    } finally {
      backlog.writing = false;
    }
  }

  /** One last try, for the shutdown. */
  private async settledOnce(sessionId: string): Promise<void> {
    const backlog = this.backlogs.get(sessionId);
    if (!backlog) return;
    backlog.retry?.();
    await this.write(sessionId, backlog);
  }
}
