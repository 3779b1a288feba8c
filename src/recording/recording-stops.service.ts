import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService, Author, BY_SERVICE } from '../auth/audit.service';
import { faultPoint } from '../common/fault-point';
import { WebhookOutbox } from '../webhooks/webhook-outbox.service';
import { ACTIVE_STATUSES } from './recording-state';

/** A recording under way, and what its court says of stopping by itself. */
export interface StoppableRow {
  readonly session_id: string;
  readonly started_at: Date | null;
  readonly kept_at: Date | null;
  /** It was said that it stops then. */
  readonly auto_stop_at: Date | null;
  readonly stop_reason: string | null;
  /** `null`: it does not. */
  readonly auto_stop_minutes: number | null;
}

/**
 * The rows of recordings that stop by themselves. Whether somebody's wish that it goes on or the stop was first, the row says:
 * a stop is one UPDATE that finds the warning as it was given, and a wish takes the warning back.
 */
@Injectable()
export class RecordingStops {
  constructor(
    private readonly database: DataSource,
    private readonly audit: AuditService,
    private readonly outbox: WebhookOutbox,
  ) {}

  /** Those of these sessions that record a match; its angles stop with it. */
  async among(sessionIds: readonly string[]): Promise<StoppableRow[]> {
    return this.database.query<StoppableRow[]>(
      `SELECT r.session_id, r.started_at, r.kept_at, r.auto_stop_at, r.stop_reason, c.auto_stop_minutes
         FROM recordings r JOIN courts c ON c.id = r.court_id
        WHERE r.session_id = ANY($1) AND r.status = ANY($2) AND r.camera_position = 0`,
      [sessionIds, [...ACTIVE_STATUSES]],
    );
  }

  /**
   * Says when it stops by itself, or that it does not.
   * @param was what the row said; false: it says something else by now
   */
  async announce(sessionId: string, was: Date | null, at: Date | null): Promise<boolean> {
    const [, changed]: [unknown, number] = await this.database.query(
      `UPDATE recordings SET auto_stop_at = $3
        WHERE session_id = $1 AND auto_stop_at IS NOT DISTINCT FROM $2 AND stop_reason IS NULL AND status = ANY($4)`,
      [sessionId, was, at, [...ACTIVE_STATUSES]],
    );
    return changed > 0;
  }

  /**
   * Decides that it stops, with its line in the audit trail; the recorder is told afterwards, by whoever decided.
   * @param announced as it was said
   * @param idleSeconds how much of its end is without play
   * @returns false: somebody wants it to go on, or it has ended
   */
  async decide(sessionId: string, announced: Date, idleSeconds: number): Promise<boolean> {
    faultPoint('auto_stop.decide');
    const decided = await this.database.transaction(async (manager) => {
      const [[row]] = await manager.query<[{ club_id: number; court_id: number }[], number]>(
        `UPDATE recordings SET stop_reason = 'no_play', idle_tail_seconds = $3, auto_stop_at = NULL
          WHERE session_id = $1 AND auto_stop_at = $2 AND stop_reason IS NULL AND status = ANY($4)
      RETURNING club_id, court_id`,
        [sessionId, announced, idleSeconds, [...ACTIVE_STATUSES]],
      );
      if (!row) return false;
      const { club_id: clubId, court_id: courtId } = row;
      const why = { reason: 'no_play', idle_seconds: idleSeconds };
      await this.audit.record(
        { action: 'recording.stopped', clubId, target: sessionId, details: why, ...BY_SERVICE },
        manager,
      );
      const about = { session_id: sessionId, terrain_id: courtId };
      await this.outbox.tell(manager, clubId, 'recording.stopped_by_itself', { ...about, ...why });
      return true;
    });
    faultPoint('auto_stop.decided');
    return decided;
  }

  /**
   * Somebody wants it to go on.
   * @returns false: it has ended, or its end is decided
   */
  async keep(sessionId: string, at: Date, author: Author): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      const [[row]] = await manager.query<[{ club_id: number }[], number]>(
        `UPDATE recordings SET kept_at = $2, auto_stop_at = NULL
          WHERE session_id = $1 AND stop_reason IS NULL AND status = ANY($3) RETURNING club_id`,
        [sessionId, at, [...ACTIVE_STATUSES]],
      );
      if (!row) return false;
      await this.audit.record({ action: 'recording.kept', clubId: row.club_id, target: sessionId, ...author }, manager);
      return true;
    });
  }
}
