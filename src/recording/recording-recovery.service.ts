import { Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../common/clock';
import { isDatabaseUnavailable } from '../common/database-error';
import { faultPoint } from '../common/fault-point';
import { ScheduledTasks } from '../maintenance/scheduled-tasks.service';
import { TASKS } from '../maintenance/task-table';
import { CourtRuntime, InterruptedSpec, RecordingFacts } from '../runtime/court-runtime';
import { SessionsService } from '../sessions/sessions.service';
import { Recording } from './entities/recording.entity';
import { RecordingLog } from './recording-log.service';
import { isActive } from './recording-state';

/** A file that could not be made is tried again at the start, and then after so long; the last one repeats. */
const RETRY_MS = [30_000, 60_000, 5 * 60_000] as const;
/** The port opens after so long, whatever is not yet known of interrupted recordings. */
const PATIENCE_MS = 5_000;
const UNREADABLE = 'Interrupted recordings could not be looked for.';

/**
 * Looks after recordings whose process is gone. One whose end lies ahead goes on, in the same session and file; of the others
 * a video is made from what is on disk. What another living process records is left alone. What failed and still has its
 * journal is tried again.
 */
@Injectable()
export class RecordingRecovery implements OnApplicationBootstrap {
  private readonly logger = new Logger(RecordingRecovery.name);
  private running: Promise<void> | undefined;
  /** When a failed recording may be tried again, by session; {@link Clock.monotonic}. */
  private readonly tries = new Map<string, { readonly count: number; readonly nextAt: number }>();

  constructor(
    private readonly log: RecordingLog,
    private readonly sessions: SessionsService,
    private readonly runtime: CourtRuntime,
    private readonly clock: Clock,
    private readonly tasks: ScheduledTasks,
  ) {}

  /**
   * Waits until recordings that go on are this process's again, but for no file: a long one must not keep the port closed.
   */
  async onApplicationBootstrap(): Promise<void> {
    const resuming = this.resumeAll().catch((error: unknown) => this.logger.warn({ err: error }, UNREADABLE));
    await Promise.race([resuming, new Promise<void>((resolve) => this.clock.after(PATIENCE_MS, resolve))]);
    void resuming.then(() => this.recover());
  }

  @Interval(TASKS.stuck_recordings.everyMs)
  async tick(): Promise<void> {
    await this.tasks.run('stuck_recordings', () => this.recover().then(() => ({})));
  }

  async recover(): Promise<void> {
    this.running ??= this.run()
      .catch((error: unknown) => this.logger.warn({ err: error }, UNREADABLE))
      .finally(() => (this.running = undefined));
    await this.running;
  }

  private async run(): Promise<void> {
    const postponed = await this.resumeAll();
    for (const row of await this.log.unfinished()) {
      if (postponed.has(row.sessionId) || !(await this.isInterrupted(row))) continue;
      await this.finish(row);
      await this.sessions.end(row.sessionId, 'service_restarted');
    }
    for (const row of await this.log.failedAmong(await this.runtime.journalsOnDisk())) {
      const { sessionId } = row;
      if (this.runtime.recording(sessionId) && !this.runtime.status(sessionId)) continue;
      const { count, nextAt } = this.tries.get(sessionId) ?? { count: 0, nextAt: 0 };
      if (this.clock.monotonic() < nextAt) continue;
      await this.finish(row);
      const pause = RETRY_MS[Math.min(count, RETRY_MS.length - 1)] as number;
      this.tries.set(sessionId, { count: count + 1, nextAt: this.clock.monotonic() + pause });
    }
  }

  private async isInterrupted({ sessionId }: Recording): Promise<boolean> {
    return !this.runtime.recording(sessionId) && (await this.sessions.isAbandoned(sessionId));
  }

  /**
   * All at once: each is a few reads of its journal, and every second counts.
   * @returns sessions of which nothing can be said while the database is away
   */
  private async resumeAll(): Promise<Set<string>> {
    const postponed = new Set<string>();
    const rows = (await this.log.unfinished()).filter(
      ({ status, plannedEndAt }) => isActive(status) && plannedEndAt.getTime() > this.clock.now(),
    );
    const matches = rows.filter(({ cameraPosition }) => cameraPosition === 0);
    const angles = rows.filter(({ cameraPosition }) => cameraPosition > 0);
    await Promise.all(matches.map((row) => this.resume(row, postponed)));
    // Angles go on with their match: while one of these waits, nothing can be said of them.
    if (postponed.size === 0) await Promise.all(angles.map((row) => this.resume(row, postponed)));
    else for (const { sessionId } of angles) postponed.add(sessionId);
    return postponed;
  }

  private async resume(row: Recording, postponed: Set<string>): Promise<void> {
    const { sessionId } = row;
    try {
      if (!(await this.isInterrupted(row))) return;
      const resumed = await this.sessions.resume(sessionId, await this.interrupted(row));
      if (resumed) this.logger.log({ sessionId }, 'An interrupted recording goes on.');
    } catch (error) {
      if (isDatabaseUnavailable(error)) {
        postponed.add(sessionId);
        this.logger.warn({ err: error, sessionId }, 'An interrupted recording waits for the database.');
      } else {
        this.logger.error({ err: error, sessionId }, 'An interrupted recording cannot go on; it is finished instead.');
      }
    }
  }

  /** What the rows say of a recording. */
  private async interrupted(row: Recording): Promise<Omit<InterruptedSpec, 'sessionId'>> {
    const { sessionId, clubId, startedAt, plannedEndAt, restarts } = row;
    const [gaps, partStarts] = await Promise.all([this.log.gapsOf(sessionId), this.log.partStarts(sessionId)]);
    const times = { startedAt: startedAt?.getTime() ?? null, plannedEndAt: plannedEndAt.getTime() };
    return { clubId, ...times, gaps, restarts, partStarts };
  }

  private async finish(row: Recording): Promise<void> {
    const { sessionId } = row;
    this.logger.log({ sessionId }, 'An interrupted recording is being finished.');
    const spec = await this.interrupted(row);
    const { startedAt, plannedEndAt, gaps, restarts } = spec;
    const known = { startedAt, plannedEndAt, gaps, restarts };
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
    await this.log.saveLate(sessionId, await this.runtime.finishInterrupted({ sessionId, ...spec }));
  }
}
