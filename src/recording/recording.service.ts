import { Injectable } from '@nestjs/common';
import { Principal } from '../auth/principal';
import { Clock } from '../common/clock';
import { isDatabaseUnavailable } from '../common/database-error';
import { ProblemException } from '../common/problem';
import { AppConfig } from '../config/app-config';
import { Admission } from '../runtime/admission.service';
import { CourtRuntime, RecordingFacts } from '../runtime/court-runtime';
import { isOpen } from '../sessions/session-state';
import { SessionsService } from '../sessions/sessions.service';
import { RecordingLog } from './recording-log.service';
import { RecordingMirror } from './recording-mirror.service';
import { RecordingView, viewOfFacts } from './recording-view';

/** A caller of stop waits at most this long for the finished file. */
const STOP_PATIENCE_MS = 20_000;
/** What is still to be written of an earlier try is waited for this long; then the database answers for itself. */
const WRITE_PATIENCE_MS = 1_000;
const MINUTE_MS = 60_000;

/** Starts, extends and stops the one recording of a session. */
@Injectable()
export class RecordingService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly log: RecordingLog,
    private readonly mirror: RecordingMirror,
    private readonly runtime: CourtRuntime,
    private readonly admission: Admission,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * @param minutes default: `DEFAULT_DURATION_MINUTES`
   * @throws ProblemException `not_found`, `forbidden`, `validation_failed` (duration), `session_not_live`,
   *   `already_recording`, `already_recorded`, `overloaded`, `disk_full`.
   */
  async start(
    principal: Principal,
    sessionId: string,
    minutes: number = this.config.defaultDurationMinutes,
  ): Promise<{ minutes: number; recording: RecordingView }> {
    const session = await this.sessions.require(principal, sessionId, 'run');
    this.checkMinutes(minutes, 'duration_minutes');
    await this.within(WRITE_PATIENCE_MS, this.mirror.written(sessionId));
    await this.refuseSecond(sessionId);
    const status = this.runtime.status(sessionId);
    if (!isOpen(session.status) || !status) throw new ProblemException('session_not_live');
    this.admission.admit(status.facts.codec === 'h264' ? 'recording' : 'encoded_recording');
    const plannedEndAt = this.clock.now() + minutes * MINUTE_MS;
    const { courtId, clubId, userId } = session;
    const recording = { sessionId, courtId, clubId, userId, plannedEndAt: new Date(plannedEndAt) };
    const begun = await this.log.begin(recording).catch((error: unknown) => {
      // The answer to its COMMIT may be all that was lost: the next try must not find a recording that nobody writes.
      if (isDatabaseUnavailable(error)) this.mirror.forget(sessionId);
      throw error;
    });
    if (!begun) {
      await this.refuseSecond(sessionId);
      throw new ProblemException('already_recording');
    }
    try {
      const facts = await this.runtime.startRecording({ sessionId, clubId, plannedEndAt });
      return { minutes, recording: viewOfFacts(sessionId, facts) };
    } catch (error) {
      this.mirror.forget(sessionId);
      await this.within(WRITE_PATIENCE_MS, this.mirror.written(sessionId));
      throw error;
    }
  }

  /**
   * Moves the end of a running recording.
   * @throws ProblemException `not_found`, `forbidden`, `validation_failed` (beyond `MAX_DURATION_MINUTES`), `not_recording`.
   */
  async extend(principal: Principal, sessionId: string, minutes: number): Promise<RecordingView> {
    await this.sessions.require(principal, sessionId, 'run');
    const recording = await this.log.viewOf(sessionId);
    if (!recording?.active) throw new ProblemException('not_recording');
    const begin = Date.parse(recording.started_at ?? new Date(this.clock.now()).toISOString());
    const plannedEndAt = Date.parse(recording.planned_end_at) + minutes * MINUTE_MS;
    this.checkMinutes(Math.ceil((plannedEndAt - begin) / MINUTE_MS - 1 / 60), 'minutes');
    if (!(await this.log.setPlannedEnd(sessionId, new Date(plannedEndAt)))) throw new ProblemException('not_recording');
    this.runtime.extendRecording(sessionId, plannedEndAt);
    return (await this.log.viewOf(sessionId)) as RecordingView;
  }

  /**
   * Stops and waits for the finished file, at most 20 s; again: the same answer.
   * @throws ProblemException `not_found`, `forbidden`, or `not_recording` where nothing was recorded.
   */
  async stop(principal: Principal, sessionId: string): Promise<RecordingView> {
    await this.sessions.require(principal, sessionId, 'run');
    const row = await this.log.row(sessionId);
    if (!row) throw new ProblemException('not_recording', 'Nothing was recorded in this session.');
    if (row.status !== 'ready') await this.waitForFile(sessionId);
    const view = await this.log.viewOf(sessionId);
    // It was stopped while it started, and the start failed.
    if (!view) throw new ProblemException('not_recording', 'Nothing was recorded in this session.');
    return view;
  }

  /** `null` where nothing was recorded. @throws ProblemException `not_found`. */
  async status(principal: Principal, sessionId: string): Promise<RecordingView | null> {
    await this.sessions.require(principal, sessionId, 'see');
    return this.log.viewOf(sessionId);
  }

  private async waitForFile(sessionId: string): Promise<void> {
    const finished = this.runtime.stopRecording(sessionId).then((facts: RecordingFacts | null) =>
      // `ready` is said only once the row says so too.
      facts ? this.mirror.written(sessionId) : undefined,
    );
    await this.within(STOP_PATIENCE_MS, finished);
  }

  /** Settles with it, or when the time is over. */
  private async within(ms: number, work: Promise<void>): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const cancel = this.clock.after(ms, resolve);
      work.then(resolve, reject).finally(cancel);
    });
  }

  private async refuseSecond(sessionId: string): Promise<void> {
    const existing = await this.log.viewOf(sessionId);
    if (existing) throw new ProblemException(existing.active ? 'already_recording' : 'already_recorded');
  }

  private checkMinutes(minutes: number, field: string): void {
    const { maxDurationMinutes } = this.config;
    if (minutes <= maxDurationMinutes) return;
    const message = `A recording lasts at most ${maxDurationMinutes} minutes.`;
    throw new ProblemException('validation_failed', message, { errors: [{ field, message }] });
  }
}
