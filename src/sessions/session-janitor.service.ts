import { Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../common/clock';
import { AppConfig } from '../config/app-config';
import { endLeftover, isOwned, listLeftovers } from '../media/process';
import { ScheduledTasks } from '../maintenance/scheduled-tasks.service';
import { Counts, TASKS } from '../maintenance/task-table';
import { Toolchain } from '../media/toolchain';
import { RecordingLog } from '../recording/recording-log.service';
import { RecordingView } from '../recording/recording-view';
import { CourtRuntime } from '../runtime/court-runtime';
import { isOwn } from '../runtime/process-identity';
import { CameraSlots } from './camera-slots.service';
import { CameraSession } from './entities/camera-session.entity';
import { SessionOwners } from './session-owners.service';
import { SessionStore } from './session-store';
import { SessionsService } from './sessions.service';

/** A session outlives its recording by this much, for a last look. */
const AFTER_RECORDING_MS = 5 * 60_000;
const MINUTE_MS = 60_000;
/** A row that says open may be ahead of the runtime by as long as an open takes. */
const GRACE_MS = 60_000;

/**
 * Ends sessions nobody needs any more: those whose recording is over, those nobody uses, and those whose process is gone;
 * and FFmpeg processes that an earlier life of this service left behind.
 */
@Injectable()
export class SessionJanitor implements OnApplicationBootstrap {
  private readonly logger = new Logger(SessionJanitor.name);

  constructor(
    private readonly store: SessionStore,
    private readonly sessions: SessionsService,
    private readonly slots: CameraSlots,
    private readonly owners: SessionOwners,
    private readonly recordings: RecordingLog,
    private readonly runtime: CourtRuntime,
    private readonly toolchain: Toolchain,
    private readonly config: AppConfig,
    private readonly clock: Clock,
    private readonly tasks: ScheduledTasks,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.tick();
  }

  @Interval(TASKS.orphan_sessions.everyMs)
  async tick(): Promise<void> {
    await this.tasks.run('orphan_sessions', () => this.endOrphans(null));
    await this.tasks.run('orphan_processes', () => this.endLeftovers(null));
  }

  /**
   * Idempotent.
   * @param clubId only this club's sessions; `null`: all.
   */
  async endOrphans(clubId: number | null): Promise<Counts> {
    const open = (await this.store.allOpen()).filter((session) => clubId === null || session.clubId === clubId);
    const ids = new Set(open.map((session) => session.id));
    const recordings = await this.recordings.viewsOf([...ids]);
    let cleanedSessions = 0;
    for (const session of open) {
      const { angleOf } = session;
      // An angle lives and ends with its match; what is left of one whose match is gone nobody needs.
      const reason =
        angleOf === null
          ? this.reasonToEnd(session, recordings.get(session.id) ?? null)
          : ids.has(angleOf)
            ? null
            : 'match_over';
      if (reason === null) continue;
      const done = this.isOrphan(session)
        ? await this.store.end(session.id, { status: 'failed', reason })
        : await this.sessions.end(session.id, reason);
      if (!done) continue;
      cleanedSessions++;
      this.logger.log({ sessionId: session.id, reason }, 'A session was ended.');
    }
    return { cleaned_sessions: cleanedSessions };
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
    const known = this.runtime.status(session.id) !== null || this.slots.isOpening(session.id);
    return !known && this.clock.now() - session.createdAt.getTime() > GRACE_MS;
  }

  /**
   * FFmpeg processes with our marker whose service process is gone: what an earlier life left. Another service process on this
   * installation's data may be alive and well, and code a film of a session that is long over. Idempotent.
   * @param clubId only those of this club's sessions; `null`: all.
   */
  async endLeftovers(clubId: number | null): Promise<Counts> {
    const leftovers = await listLeftovers(this.toolchain.instance);
    const clubs = clubId === null ? null : await this.store.clubsOf(leftovers.map(({ session }) => session));
    const open = new Map((await this.store.allOpen()).map((session) => [session.id, session]));
    let killed = 0;
    for (const leftover of leftovers) {
      if (leftover.parent === process.pid || (clubs && clubs.get(leftover.session) !== clubId)) continue;
      if (isOwned(leftover) ?? this.isOfAnother(open.get(leftover.session))) continue;
      if (!endLeftover(leftover)) continue;
      killed++;
      this.logger.warn({ pid: leftover.pid, sessionId: leftover.session }, 'A leftover FFmpeg was ended.');
    }
    return { killed_processes: killed };
  }

  /** Of what does not say whose it is. */
  private isOfAnother(session: CameraSession | undefined): boolean {
    return !!session?.owner && !isOwn(session.owner) && !this.owners.isGone(session);
  }
}
