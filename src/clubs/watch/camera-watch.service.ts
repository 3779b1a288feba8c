import { Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../../common/clock';
import { EventLoop } from '../../common/event-loop';
import { AppConfig } from '../../config/app-config';
import { ScheduledTasks } from '../../maintenance/scheduled-tasks.service';
import { Counts, TASKS } from '../../maintenance/task-table';
import { overloadFor } from '../../runtime/admission';
import { CameraInUse } from '../court-usage';
import { CourtUsageProvider } from '../court-usage.provider';
import { CameraLooks } from './camera-looks.service';
import { afterSession, CameraState } from './camera-state';
import { CameraFigures, CameraStates, CameraStep, KnownCamera } from './camera-states.service';

/** Cameras dialled at once. */
const AT_ONCE = 2;
/** A run ends after so long even where it is always some camera's turn, so that one sees how it went. */
const LONGEST_RUN_MS = 60_000;
/** That a session's camera is still there is written no more often than this. */
const WRITE_SEEN_MS = 30_000;

interface Done {
  looked_at: number;
  gave_way: number;
  went_offline: number;
  came_back: number;
}

/**
 * Knows whether every court's camera is there, also while nobody plays. A court with an open session is judged by that, in
 * the process that has it; the others are dialled, a few at a time and each at most once in `CAMERA_WATCH_SECONDS`.
 */
@Injectable()
export class CameraWatch implements OnApplicationBootstrap {
  private readonly logger = new Logger(CameraWatch.name);
  private known: CameraFigures = { watched: 0, offline: 0 };
  /** When stock was taken last; {@link Clock.monotonic}. */
  private stockAt = 0;

  constructor(
    private readonly tasks: ScheduledTasks,
    private readonly looks: CameraLooks,
    private readonly states: CameraStates,
    private readonly usage: CourtUsageProvider,
    private readonly eventLoop: EventLoop,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** After a while without a service all looks would be due at once. */
  async onApplicationBootstrap(): Promise<void> {
    const { cameraWatchSeconds } = this.config;
    try {
      if (!this.isOn) return await this.states.endAll();
      await this.states.enterNew();
      await this.states.spread(cameraWatchSeconds);
    } catch (error) {
      this.logger.warn({ err: error }, 'What is known of cameras could not be prepared.');
    }
  }

  @Interval(TASKS.camera_watch.everyMs)
  async tick(): Promise<void> {
    if (this.isOn) await this.tasks.run('camera_watch', () => this.work());
  }

  get isOn(): boolean {
    return this.config.cameraWatchSeconds > 0;
  }

  /** As they were some seconds ago; of all processes that share the database. */
  get figures(): CameraFigures {
    return this.known;
  }

  private async work(): Promise<Counts> {
    const done: Done = { looked_at: 0, gave_way: 0, went_offline: 0, came_back: 0 };
    await this.takeStock(done);
    const until = this.clock.monotonic() + LONGEST_RUN_MS;
    const rounds = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => this.lookRound(until, done)));
    // A run is over when both have come to an end, and failed where one has.
    for (const round of rounds) if (round.status === 'rejected') throw round.reason;
    await this.takeStock(done);
    return { ...done, watched: this.known.watched, offline: this.known.offline };
  }

  /** One look after the other while it is some camera's turn. @param until the next run goes on then */
  private async lookRound(until: number, done: Done): Promise<void> {
    while (this.clock.monotonic() < until && !this.isBehind()) {
      const outcome = await this.looks.next();
      if (!outcome) return;
      if (outcome.step) done.looked_at += 1;
      else done.gave_way += 1;
      this.tell(outcome.courtId, outcome.step, done);
      if (this.clock.monotonic() - this.stockAt >= TASKS.camera_watch.everyMs) await this.takeStock(done);
    }
  }

  /** A machine that is behind would take its own lateness for a camera's. */
  private isBehind(): boolean {
    const loopP99Ms = this.eventLoop.delay()?.p99Ms ?? null;
    return overloadFor('session', { loopP99Ms, encodersLateForMs: [] }) !== null;
  }

  /** What takes no look: new courts, courts in session, and the figures. */
  private async takeStock(done: Done): Promise<void> {
    this.stockAt = this.clock.monotonic();
    await this.states.enterNew();
    await this.judgeSessions(done);
    this.known = await this.states.figures();
  }

  private async judgeSessions(done: Done): Promise<void> {
    const inUse = await this.usage.get().camerasInUse();
    const known = await this.states.of(inUse.map(({ courtId }) => courtId));
    for (const session of inUse) {
      const camera = known.get(session.courtId);
      if (camera) await this.judge(session, camera, done);
    }
  }

  private async judge({ courtId, openedAt, camera }: CameraInUse, known: KnownCamera, done: Done): Promise<void> {
    // A session keeps the camera it began with: of the court's new one it says nothing.
    if (openedAt < (known.cameraSince ?? 0)) return;
    if (!isNews(known.state, afterSession(known.state, camera, this.clock.now()))) return;
    this.tell(courtId, await this.states.step(courtId, (state, now) => afterSession(state, camera, now)), done);
  }

  private tell(courtId: number, step: CameraStep | null, done: Done): void {
    if (!step) return;
    const { before, after } = step;
    if (before.online !== false && after.online === false) {
      done.went_offline += 1;
      this.logger.warn({ courtId, code: after.code }, 'A camera is offline.');
    } else if (before.online === false && after.online === true) {
      done.came_back += 1;
      this.logger.log(
        { courtId, offlineSeconds: Math.round((after.since - before.since) / 1000) },
        'A camera is back.',
      );
    }
  }
}

function isNews(before: CameraState, after: CameraState): boolean {
  if (before.online !== after.online) return true;
  return (after.lastSeenAt ?? 0) - (before.lastSeenAt ?? 0) >= WRITE_SEEN_MS;
}
