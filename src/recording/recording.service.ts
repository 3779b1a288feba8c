import { Injectable } from '@nestjs/common';
import { Author, authorOf } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { Principal } from '../auth/principal';
import { Clock } from '../common/clock';
import { isDatabaseUnavailable } from '../common/database-error';
import { ProblemException } from '../common/problem';
import { AppConfig } from '../config/app-config';
import { Admission } from '../runtime/admission.service';
import { CourtRuntime, RecordingFacts } from '../runtime/court-runtime';
import { isOpen, SessionStatus } from '../sessions/session-state';
import { SessionsService } from '../sessions/sessions.service';
import { NewRecording, RecordingLog } from './recording-log.service';
import { RecordingMirror } from './recording-mirror.service';
import { isActive } from './recording-state';
import { RecordingView, viewOfFacts } from './recording-view';

/** A caller of stop waits at most this long for the finished file. */
const STOP_PATIENCE_MS = 20_000;
/** What is still to be written of an earlier try is waited for this long; then the database answers for itself. */
const WRITE_PATIENCE_MS = 1_000;
const MINUTE_MS = 60_000;

/** Of a session, what its recording takes over. */
export interface RecordableSession {
  readonly id: string;
  readonly courtId: number;
  readonly clubId: number;
  readonly userId: number;
  readonly status: SessionStatus;
}

/** Starts, extends and stops the one recording of a session. */
@Injectable()
export class RecordingService {
  /**
   * Starts of this process that the runtime does not know of yet, by session: the row is there a moment before. Each settles
   * once the runtime knows, or never will.
   */
  private readonly starting = new Map<string, Promise<void>>();

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
   * @throws ProblemException `not_found`, `is_an_angle`, `forbidden`, `validation_failed` (duration), `session_not_live`,
   *   `already_recording`, `already_recorded`, `overloaded`, `disk_full`.
   */
  async start(
    principal: Principal,
    sessionId: string,
    caller: Caller,
    minutes: number = this.config.defaultDurationMinutes,
  ): Promise<{ minutes: number; recording: RecordingView }> {
    const session = await this.sessions.require(principal, sessionId, 'run');
    this.checkMinutes(minutes, 'duration_minutes');
    const end = (): number => this.clock.now() + minutes * MINUTE_MS;
    return { minutes, recording: await this.startUntil(end, session, authorOf(principal, caller)) };
  }

  /**
   * Starts the recording of a session whoever asks.
   * @param end when it is to end by itself, epoch milliseconds; asked at the last moment
   * @throws ProblemException `session_not_live`, `already_recording`, `already_recorded`, `overloaded`, `disk_full`
   */
  async startUntil(end: () => number, session: RecordableSession, author: Author): Promise<RecordingView> {
    const { id: sessionId, courtId, clubId, userId } = session;
    await this.within(WRITE_PATIENCE_MS, this.mirror.written(sessionId));
    await this.refuseSecond(sessionId);
    const status = this.runtime.status(sessionId);
    if (!isOpen(session.status) || !status) throw new ProblemException('session_not_live');
    this.admission.admit(status.facts.codec === 'mjpeg' ? 'encoded_recording' : 'recording');
    if (this.starting.has(sessionId)) throw new ProblemException('already_recording');
    const plannedEndAt = end();
    const recording = { sessionId, courtId, clubId, userId, plannedEndAt: new Date(plannedEndAt), author };
    const facts = await this.announced(sessionId, async (known) => {
      await this.begin(recording);
      const started = this.runtime.startRecording({ sessionId, clubId, plannedEndAt });
      known();
      return started.catch(async (error: unknown) => {
        this.mirror.forget(sessionId);
        await this.within(WRITE_PATIENCE_MS, this.mirror.written(sessionId));
        throw error;
      });
    });
    return viewOfFacts(sessionId, facts);
  }

  /**
   * Moves the end of a running recording.
   * @throws ProblemException `not_found`, `forbidden`, `validation_failed` (beyond `MAX_DURATION_MINUTES`), `not_recording`.
   */
  async extend(principal: Principal, sessionId: string, caller: Caller, minutes: number): Promise<RecordingView> {
    await this.sessions.require(principal, sessionId, 'run');
    const recording = await this.log.viewOf(sessionId);
    if (!recording?.active) throw new ProblemException('not_recording');
    const begin = Date.parse(recording.started_at ?? new Date(this.clock.now()).toISOString());
    const plannedEndAt = Date.parse(recording.planned_end_at) + minutes * MINUTE_MS;
    this.checkMinutes(Math.ceil((plannedEndAt - begin) / MINUTE_MS - 1 / 60), 'minutes');
    const author = authorOf(principal, caller);
    const extended = await this.log.extend(sessionId, new Date(plannedEndAt), minutes, author);
    if (!extended) throw new ProblemException('not_recording');
    this.runtime.extendRecording(sessionId, plannedEndAt);
    return (await this.log.viewOf(sessionId)) as RecordingView;
  }

  /**
   * Stops and waits for the finished file, at most 20 s; again: the same answer.
   * @throws ProblemException `not_found`, `forbidden`, or `not_recording` where nothing was recorded.
   */
  async stop(principal: Principal, sessionId: string, caller: Caller): Promise<RecordingView> {
    await this.sessions.require(principal, sessionId, 'run');
    await this.starting.get(sessionId);
    const row = await this.log.row(sessionId);
    if (!row) throw new ProblemException('not_recording', 'Nothing was recorded in this session.');
    if (isActive(row.status)) await this.log.noteStop(row, authorOf(principal, caller));
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

  /** Runs a start that callers of {@link stop} wait for until it says that it is known. */
  private async announced<T>(sessionId: string, start: (known: () => void) => Promise<T>): Promise<T> {
    let settle: () => void = () => undefined;
    const known = new Promise<void>((resolve) => (settle = resolve));
    this.starting.set(sessionId, known);
    const announce = (): void => {
      if (this.starting.get(sessionId) === known) this.starting.delete(sessionId);
      settle();
    };
    try {
      return await start(announce);
    } finally {
      announce();
    }
  }

  /** Makes the row. @throws ProblemException `already_recording`, `already_recorded`, or what the database throws */
  private async begin(recording: NewRecording): Promise<void> {
    const { sessionId } = recording;
    const begun = await this.log.begin(recording).catch((error: unknown) => {
      // The answer to its COMMIT may be all that was lost: the next try must not find a recording that nobody writes.
      if (isDatabaseUnavailable(error)) this.mirror.forget(sessionId);
      throw error;
    });
    if (begun) return;
    await this.refuseSecond(sessionId);
    throw new ProblemException('already_recording');
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
