import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager, In } from 'typeorm';
import { Observable, Subject } from 'rxjs';
import { AuditService, Author, BY_SERVICE } from '../auth/audit.service';
import { faultPoint } from '../common/fault-point';
import { VideoCatalogue } from '../files/video-catalogue.service';
import { CourtRuntime, GapFacts, PartFacts, RecordingFacts } from '../runtime/court-runtime';
import { WebhookData, WebhookEventType } from '../webhooks/webhook-events';
import { WebhookOutbox } from '../webhooks/webhook-outbox.service';
import { isInDoubt } from './engine/journal-error';
import { Recording, RecordingGap, RecordingPart } from './entities/recording.entity';
import { ACTIVE_STATUSES, RecordingStatus, statusesBefore, statusSaid } from './recording-state';
import { RecordingView, viewOfFacts, viewOfRow } from './recording-view';

/** What the log needs to know of a recording that is to start. */
export interface NewRecording {
  readonly sessionId: string;
  readonly courtId: number;
  readonly clubId: number;
  readonly userId: number;
  readonly plannedEndAt: Date;
  readonly author: Author;
}

/** What a write finds of the row. */
interface SavedRow {
  readonly court_id: number;
  readonly club_id: number;
  readonly user_id: number;
  readonly camera_position: number;
  /** As it was before. */
  readonly was: RecordingStatus;
  /** It had a first picture before. */
  readonly begun: boolean;
}

/** The rows of recordings, and how a recording looks to a caller: from the runtime while it runs here, else from its row. */
@Injectable()
export class RecordingLog {
  private readonly late = new Subject<string>();

  constructor(
    private readonly database: DataSource,
    private readonly runtime: CourtRuntime,
    private readonly videos: VideoCatalogue,
    private readonly audit: AuditService,
    private readonly outbox: WebhookOutbox,
  ) {}

  /** Sessions whose recordings an earlier life of the service left unfinished, once their rows say what became of them. */
  finishedLate(): Observable<string> {
    return this.late;
  }

  /** The runtime tells nothing of these: it does not know their sessions. */
  async saveLate(sessionId: string, facts: RecordingFacts): Promise<void> {
    await this.save(sessionId, facts);
    this.late.next(sessionId);
  }

  /**
   * Enters a recording as `starting`. False: the session has one, or its camera has another active one. That angles are recorded
   * with their match is nobody's deed: the trail has the match.
   */
  async begin(recording: NewRecording): Promise<boolean> {
    faultPoint('recording.insert');
    const { sessionId, courtId, clubId, userId, plannedEndAt, author } = recording;
    const begun = await this.database.transaction(async (manager) => {
      const [inserted] = await manager.query<{ camera_position: number }[]>(
        `INSERT INTO recordings (session_id, court_id, club_id, user_id, status, planned_end_at, camera_position)
         SELECT $1, $2, $3, $4, 'starting', $5, camera_position FROM camera_sessions WHERE id = $1
         ON CONFLICT DO NOTHING
         RETURNING camera_position`,
        [sessionId, courtId, clubId, userId, plannedEndAt],
      );
      if (!inserted) return false;
      if (inserted.camera_position > 0) return true;
      const details = { planned_end_at: plannedEndAt.toISOString() };
      await this.audit.record({ action: 'recording.started', clubId, target: sessionId, details, ...author }, manager);
      return true;
    });
    faultPoint('recording.inserted');
    return begun;
  }

  /** Takes back a recording of which not one frame was written, so that it can be tried again. */
  async forget(sessionId: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      const [[row]] = await manager.query<[{ club_id: number; camera_position: number }[], number]>(
        `DELETE FROM recordings
          WHERE session_id = $1 AND (status = 'starting' OR (status <> 'ready' AND bytes_written = 0))
      RETURNING club_id, camera_position`,
        [sessionId],
      );
      if (!row || row.camera_position > 0) return;
      await this.audit.record(
        { action: 'recording.taken_back', clubId: row.club_id, target: sessionId, ...BY_SERVICE },
        manager,
      );
    });
  }

  /** Moves the end of a recording that runs. False: it does not. */
  async extend(sessionId: string, plannedEndAt: Date, minutes: number, author: Author): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      const running = { sessionId, status: In([...ACTIVE_STATUSES]) };
      const { affected } = await manager.update(Recording, running, { plannedEndAt });
      if (!affected) return false;
      const { clubId } = await manager.findOneByOrFail(Recording, { sessionId });
      const details = { minutes, planned_end_at: plannedEndAt.toISOString() };
      await this.audit.record({ action: 'recording.extended', clubId, target: sessionId, details, ...author }, manager);
      return true;
    });
  }

  /** Moves the end of an angle's recording with its match's. */
  async moveEnd(sessionId: string, plannedEndAt: Date): Promise<void> {
    const running = { sessionId, status: In([...ACTIVE_STATUSES]) };
    await this.database.getRepository(Recording).update(running, { plannedEndAt });
  }

  /** Enters in the audit trail that somebody stops a recording; that it ends by itself is nobody's deed. */
  async noteStop({ sessionId, clubId }: Recording, author: Author): Promise<void> {
    await this.audit.record({ action: 'recording.stopped', clubId, target: sessionId, ...author });
  }

  /** Where a recording's parts begin on the session's clock, by number. */
  async partStarts(sessionId: string): Promise<Map<number, number>> {
    const parts = await this.database.getRepository(RecordingPart).findBy({ sessionId });
    return new Map(parts.map((part) => [part.part, Number(part.startTicks)]));
  }

  /** The parts of a recording as they were begun, in order. */
  async parts(sessionId: string): Promise<PartFacts[]> {
    const rows = await this.database
      .getRepository(RecordingPart)
      .find({ where: { sessionId }, order: { part: 'ASC' } });
    return rows.map(({ part, init, codec, startTicks, reserveBytes }) => {
      return { part, init, codec, startTicks: Number(startTicks), reserveBytes };
    });
  }

  async gapsOf(sessionId: string): Promise<GapFacts[]> {
    const gaps = await this.database
      .getRepository(RecordingGap)
      .find({ where: { sessionId }, order: { startSeconds: 'ASC' } });
    return gaps.map(({ startSeconds, endSeconds, reason }) => ({ startSeconds, endSeconds, reason }));
  }

  /** The row alone; `null` where the session was never recorded. */
  async row(sessionId: string): Promise<Recording | null> {
    return this.database.getRepository(Recording).findOneBy({ sessionId });
  }

  /** Rows that are not in a last state. */
  async unfinished(): Promise<Recording[]> {
    return this.database
      .getRepository(Recording)
      .findBy({ status: In(['starting', 'recording', 'reconnecting', 'stopping', 'finalizing']) });
  }

  /** Those of these sessions whose recording could not be finished and may be tried again. */
  async failedAmong(sessionIds: readonly string[]): Promise<Recording[]> {
    if (sessionIds.length === 0) return [];
    const failed = { sessionId: In([...sessionIds]), status: 'failed' as const };
    const rows = await this.database.getRepository(Recording).findBy(failed);
    return rows.filter(({ error }) => !isInDoubt(error));
  }

  /** How the recordings of these sessions stand by their rows; sessions without one are not in the map. */
  async statusesOf(sessionIds: readonly string[]): Promise<Map<string, RecordingStatus>> {
    if (sessionIds.length === 0) return new Map();
    const rows = await this.database
      .getRepository(Recording)
      .find({ where: { sessionId: In([...sessionIds]) }, select: { sessionId: true, status: true } });
    return new Map(rows.map(({ sessionId, status }) => [sessionId, status]));
  }

  async viewOf(sessionId: string): Promise<RecordingView | null> {
    return (await this.viewsOf([sessionId])).get(sessionId) ?? null;
  }

  /** How these sessions' recordings stand; sessions without one are not in the map. */
  async viewsOf(sessionIds: readonly string[]): Promise<Map<string, RecordingView>> {
    const views = new Map<string, RecordingView>();
    if (sessionIds.length === 0) return views;
    const ids = In([...sessionIds]);
    const [rows, gaps] = await Promise.all([
      this.database.getRepository(Recording).findBy({ sessionId: ids }),
      this.database.getRepository(RecordingGap).find({ where: { sessionId: ids }, order: { startSeconds: 'ASC' } }),
    ]);
    for (const row of rows) {
      const facts = this.runtime.recording(row.sessionId);
      const own = gaps.filter((gap) => gap.sessionId === row.sessionId);
      views.set(row.sessionId, facts ? viewOfFacts(row.sessionId, written(row, facts), row) : viewOfRow(row, own));
    }
    return views;
  }

  /** Writes how a recording stands. A state that is behind the row's changes nothing. */
  async save(sessionId: string, facts: RecordingFacts): Promise<void> {
    faultPoint(`recording.${facts.phase}.write`);
    await this.database.transaction(async (manager) => {
      const moved: [SavedRow[], number] = await manager.query(
        `UPDATE recordings r
            SET status = $2, started_at = $3, stopped_at = $4, planned_end_at = $5, duration_seconds = $6,
                bytes_written = $7, restarts = $8, video_path = $9, error = $10, updated_at = now()
           FROM (SELECT session_id, status, started_at FROM recordings WHERE session_id = $1 FOR UPDATE) old
          WHERE r.session_id = old.session_id AND old.status = ANY($11)
      RETURNING r.court_id, r.club_id, r.user_id, r.camera_position, old.status AS was, old.started_at IS NOT NULL AS begun`,
        [
          sessionId,
          facts.phase,
          facts.startedAt === null ? null : new Date(facts.startedAt),
          facts.stoppedAt === null ? null : new Date(facts.stoppedAt),
          new Date(facts.plannedEndAt),
          facts.durationSeconds,
          facts.bytesWritten,
          facts.restarts,
          facts.video?.videoPath ?? null,
          facts.error,
          statusesBefore(facts.phase),
        ],
      );
      const row = moved[0][0];
      if (!row) return;
      await this.tell(manager, sessionId, row, facts);
      for (const gap of facts.gaps) {
        await manager.query(
          `INSERT INTO recording_gaps (session_id, start_seconds, end_seconds, reason) VALUES ($1, $2, $3, $4)
           ON CONFLICT (session_id, start_seconds) DO UPDATE SET end_seconds = EXCLUDED.end_seconds,
                                                                 reason = EXCLUDED.reason`,
          [sessionId, gap.startSeconds, gap.endSeconds, gap.reason],
        );
      }
      if (facts.phase !== 'ready' || !facts.video) return;
      await this.videos.add(manager, {
        sessionId,
        courtId: row.court_id,
        clubId: row.club_id,
        userId: row.user_id,
        facts: facts.video,
        gaps: facts.gaps,
      });
      faultPoint(`recording.${facts.phase}.uncommitted`);
    });
    faultPoint(`recording.${facts.phase}.written`);
  }

  /** In the transaction that writes it, and once: what is written again has been told. Of matches: their angles are told of by nobody. */
  private async tell(manager: EntityManager, sessionId: string, row: SavedRow, facts: RecordingFacts): Promise<void> {
    if (row.camera_position > 0) return;
    const { phase, startedAt, durationSeconds, video, error } = facts;
    const about = { session_id: sessionId, terrain_id: row.court_id };
    const tell = (type: WebhookEventType, data: WebhookData): Promise<void> =>
      this.outbox.tell(manager, row.club_id, type, { ...about, ...data });
    if (!row.begun && startedAt !== null) {
      const times = [startedAt, facts.plannedEndAt].map((at) => new Date(at).toISOString());
      await tell('recording.started', { started_at: times[0] as string, planned_end_at: times[1] as string });
    }
    if (phase === row.was) return;
    if (phase === 'failed') await tell('recording.failed', { error });
    if (phase !== 'ready' || !video) return;
    const file = { size_bytes: video.sizeBytes, gaps: facts.gaps.length };
    const download = `/api/video/files/${sessionId}/download`;
    await tell('recording.ready', { duration_seconds: durationSeconds, ...file, download });
  }

  async savePart(sessionId: string, part: PartFacts): Promise<void> {
    faultPoint('recording.part.write');
    await this.database.query(
      `INSERT INTO recording_parts (session_id, part, init, codec, start_ticks, reserve_bytes)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (session_id, part) DO UPDATE SET init = EXCLUDED.init, codec = EXCLUDED.codec,
                                                    start_ticks = EXCLUDED.start_ticks,
                                                    reserve_bytes = EXCLUDED.reserve_bytes`,
      [sessionId, part.part, part.init, part.codec, part.startTicks, part.reserveBytes],
    );
    faultPoint('recording.part.written');
  }
}

function written(row: Recording, facts: RecordingFacts): RecordingFacts {
  const phase = statusSaid(row.status, facts.phase);
  return phase === facts.phase ? facts : { ...facts, phase, video: null };
}
