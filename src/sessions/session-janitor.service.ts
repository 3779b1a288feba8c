import { Injectable, Logger, OnApplicationBootstrap, BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../common/clock';
import { AppConfig } from '../config/app-config';
import { endLeftover, listLeftovers } from '../media/process';
import { Toolchain } from '../media/toolchain';
import { RecordingLog } from '../recording/recording-log.service';
import { RecordingView } from '../recording/recording-view';
import { CourtRuntime } from '../runtime/court-runtime';
import { isOwn } from '../runtime/process-identity';
import { CameraSession } from './entities/camera-session.entity';
import { SessionOwners } from './session-owners.service';
import { SessionStore } from './session-store';
import { SessionsService } from './sessions.service';

const EVERY_MS = 15_000;
/** A session outlives its recording by this much, for a last look. */
const AFTER_RECORDING_MS = 5 * 60_000;
const MINUTE_MS = 60_000;
/** A row that says open may be ahead of the runtime by as long as an open takes. */
const GRACE_MS = 60_000;

/** What a clean-up did. */
export interface CleanUp {
  readonly cleanedSessions: number;
  readonly killedProcesses: number;
}

/**
 * Ends sessions nobody needs any more: those whose recording is over, those nobody uses, and those whose process is gone;
 * and FFmpeg processes that an earlier life of this service left behind.
 */
@Injectable()
export class SessionJanitor implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(SessionJanitor.name);
  private running: Promise<CleanUp> | undefined;
  private ended = false;

  constructor(
    private readonly store: SessionStore,
    private readonly sessions: SessionsService,
    private readonly owners: SessionOwners,
    private readonly recordings: RecordingLog,
    private readonly runtime: CourtRuntime,
    private readonly toolchain: Toolchain,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.cleanUp(null).catch((error: unknown) => this.logger.warn({ err: error }, 'The first clean-up failed.'));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.ended = true;
    await this.running?.catch(() => undefined);
  }

  @Interval(EVERY_MS)
  async tick(): Promise<void> {
    if (this.ended) return;
    await this.cleanUp(null).catch((error: unknown) => this.logger.warn({ err: error }, 'A clean-up failed.'));
  }

  /**
   * Idempotent; calls at the same time share one run.
   * @param clubId only this club's sessions; `null`: all.
   */
  async cleanUp(clubId: number | null): Promise<CleanUp> {
    // A run for one club must not answer for all, and the other way round: one after the other.
    while (this.running) await this.running.catch(() => undefined);
    this.running = this.run(clubId);
    try {
      return await this.running;
    } finally {
      this.running = undefined;
    }
  }

  private async run(clubId: number | null): Promise<CleanUp> {
    const open = (await this.store.allOpen()).filter((session) => clubId === null || session.clubId === clubId);
    const recordings = await this.recordings.viewsOf(open.map((session) => session.id));
    let cleanedSessions = 0;
    for (const session of open) {
      const reason = this.reasonToEnd(session, recordings.get(session.id) ?? null);
      if (reason === null) continue;
      const done = this.isOrphan(session)
        ? await this.store.end(session.id, { status: 'failed', reason })
        : await this.sessions.end(session.id, reason);
      if (!done) continue;
      cleanedSessions++;
      this.logger.log({ sessionId: session.id, reason }, 'A session was ended.');
    }
    return { cleanedSessions, killedProcesses: await this.endLeftovers() };
  }

  private reasonToEnd(session: CameraSession, recording: RecordingView | null): string | null {
    const now = this.clock.now();
    // What can be gone on with is not ended: the recovery of recordings takes it.
    const goesOn = recording?.active === true && Date.parse(recording.planned_end_at) > now;
    if (this.isOrphan(session)) return goesOn ? null : 'service_restarted';
    if (!session.owner || !isOwn(session.owner)) return null;
    if (recording && !recording.active) {
      const over = Date.parse(recording.stopped_at ?? session.createdAt.toISOString());
      return now - over >= AFTER_RECORDING_MS ? 'recording_over' : null;
    }
    if (recording || (this.runtime.status(session.id)?.viewers ?? 0) > 0) return null;
    const idleMs = now - session.lastUsedAt.getTime();
    return idleMs >= this.config.sessionIdleMinutes * MINUTE_MS ? 'idle' : null;
  }

  /** Its process is gone, or it is ours and we know nothing of it. */
  private isOrphan(session: CameraSession): boolean {
    if (!session.owner) return true;
    if (!isOwn(session.owner)) return this.owners.isGone(session);
    const known = this.runtime.status(session.id) !== null || this.sessions.isOpening(session.id);
    return !known && this.clock.now() - session.createdAt.getTime() > GRACE_MS;
  }

  /** FFmpeg processes with our marker whose parent is not us: what an earlier life left. */
  private async endLeftovers(): Promise<number> {
    const leftovers = await listLeftovers(this.toolchain.instance);
    const open = new Map((await this.store.allOpen()).map((session) => [session.id, session]));
    let killed = 0;
    for (const leftover of leftovers) {
      if (leftover.parent === process.pid) continue;
      const session = open.get(leftover.session);
      // Another service process on this installation's data may be alive and well.
      if (session?.owner && !isOwn(session.owner) && !this.owners.isGone(session)) continue;
      if (!endLeftover(leftover)) continue;
      killed++;
      this.logger.warn({ pid: leftover.pid, sessionId: leftover.session }, 'A leftover FFmpeg was ended.');
    }
    return killed;
  }
}
