import { Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../common/clock';
import { faultPoint } from '../common/fault-point';
import { CourtRuntime, RecordingFacts } from '../runtime/court-runtime';
import { SessionsService } from '../sessions/sessions.service';
import { Recording } from './entities/recording.entity';
import { RecordingLog } from './recording-log.service';

const EVERY_MS = 10_000;
/** A file that could not be made is tried again at the start and then after so long each time. */
const RETRY_MS = 5 * 60_000;

/**
 * Finishes recordings whose process is gone: from their journal on disk a video is made, and the row says so. What another
 * living process records is left alone. What failed and still has its journal is tried again.
 */
@Injectable()
export class RecordingRecovery implements OnApplicationBootstrap {
  private readonly logger = new Logger(RecordingRecovery.name);
  private running: Promise<void> | undefined;
  /** When a failed recording was last tried, by session; {@link Clock.monotonic}. */
  private readonly tried = new Map<string, number>();

  constructor(
    private readonly log: RecordingLog,
    private readonly sessions: SessionsService,
    private readonly runtime: CourtRuntime,
    private readonly clock: Clock,
  ) {}

  /** Not waited for: a long file must not keep the port closed. */
  onApplicationBootstrap(): void {
    void this.recover();
  }

  @Interval(EVERY_MS)
  async recover(): Promise<void> {
    this.running ??= this.run()
      .catch((error: unknown) => this.logger.warn({ err: error }, 'Interrupted recordings could not be looked for.'))
      .finally(() => (this.running = undefined));
    await this.running;
  }

  private async run(): Promise<void> {
    for (const row of await this.log.unfinished()) {
      if (this.runtime.recording(row.sessionId) || !(await this.sessions.isAbandoned(row.sessionId))) continue;
      await this.finish(row);
    }
    const now = this.clock.monotonic();
    for (const row of await this.log.failedAmong(await this.runtime.journalsOnDisk())) {
      const { sessionId } = row;
      if (this.runtime.recording(sessionId) && !this.runtime.status(sessionId)) continue;
      if (now - (this.tried.get(sessionId) ?? -RETRY_MS) < RETRY_MS) continue;
      this.tried.set(sessionId, now);
      await this.finish(row);
    }
  }

  private async finish(row: Recording): Promise<void> {
    const { sessionId, clubId, startedAt, plannedEndAt, restarts } = row;
    this.logger.log({ sessionId }, 'An interrupted recording is being finished.');
    const [gaps, partStarts] = await Promise.all([this.log.gapsOf(sessionId), this.log.partStarts(sessionId)]);
    const known = { startedAt: startedAt?.getTime() ?? null, plannedEndAt: plannedEndAt.getTime(), gaps, restarts };
    const finalizing: RecordingFacts = {
      ...known,
      phase: 'finalizing',
      stoppedAt: row.stoppedAt?.getTime() ?? null,
      durationSeconds: row.durationSeconds,
      bytesWritten: Number(row.bytesWritten),
      video: null,
      error: null,
    };
    await this.log.save(sessionId, finalizing);
    faultPoint('recovery.finish');
    await this.log.save(sessionId, await this.runtime.finishInterrupted({ sessionId, clubId, partStarts, ...known }));
  }
}
