import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { AuditService, BY_SERVICE } from '../auth/audit.service';
import { faultPoint } from '../common/fault-point';
import { Counts } from '../maintenance/task-table';
import { WebhookOutbox } from '../webhooks/webhook-outbox.service';
import { BookingReason } from './booking-reason';
import { AHEAD, BookingStatus, statusesBefore } from './booking-state';

/** As in the view: a recording is there some seconds after it was asked for. */
const PUNCTUAL = `interval '5 seconds'`;

/** A booking whose time has come, and what there is to know before it is recorded. */
export interface DueBooking {
  readonly id: number;
  readonly clubId: number;
  readonly courtId: number;
  readonly ownerId: number;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly sessionId: string | null;
  /** The other players who are members in force. */
  readonly playerIds: number[];
  /**
   * The owner is a member in force, or runs the service. Of what a calendar plans they are an admin still: whoever entered it as
   * one must not have all matches of a court as a player.
   */
  readonly ownerThere: boolean;
  readonly ownerAdmin: boolean;
  /** Neither the court nor its club is deleted. */
  readonly courtThere: boolean;
}

/** A booking that was moved. */
interface Moved {
  readonly id: number;
  readonly club_id: number;
  readonly court_id: number;
  readonly status: BookingStatus;
  readonly reason: string | null;
  readonly session_id: string | null;
  readonly starts_at: Date;
  readonly ends_at: Date;
  readonly source: string;
  readonly external_uid: string | null;
}

const MOVED =
  'b.id, b.club_id, b.court_id, b.status, b.reason, b.session_id, b.starts_at, b.ends_at, b.source, b.external_uid';
const IN_FORCE = 'm.disabled_at IS NULL AND u.disabled_at IS NULL AND u.deleted_at IS NULL';
const WITHOUT_RECORDING = 'NOT EXISTS (SELECT FROM recordings r WHERE r.session_id = b.session_id)';

/**
 * The rows of bookings, as the service moves them. Each move is one UPDATE that names the states it may come from, in one
 * transaction with its line in the audit trail; of any number of processes one makes it.
 */
@Injectable()
export class BookingStore {
  constructor(
    private readonly database: DataSource,
    private readonly audit: AuditService,
    private readonly outbox: WebhookOutbox,
  ) {}

  /**
   * Bookings to be seen to: they begin by then, are not over, and nothing is recorded of them yet.
   * @param now epoch milliseconds
   */
  async due(now: number, leadMs: number): Promise<DueBooking[]> {
    return this.database.query<DueBooking[]>(
      `SELECT b.id, b.club_id AS "clubId", b.court_id AS "courtId", b.owner_id AS "ownerId", b.starts_at AS "startsAt",
              b.ends_at AS "endsAt", b.session_id AS "sessionId",
              ARRAY (SELECT p.user_id FROM booking_players p JOIN users u ON u.id = p.user_id
                       JOIN memberships m ON m.user_id = u.id AND m.club_id = b.club_id
                      WHERE p.booking_id = b.id AND ${IN_FORCE} ORDER BY p.user_id) AS "playerIds",
              CASE b.source WHEN 'ical' THEN coalesce(m.role = 'CLUB_ADMIN', false) ELSE m.user_id IS NOT NULL END
                OR (u.is_super_admin AND u.disabled_at IS NULL AND u.deleted_at IS NULL) AS "ownerThere",
              u.is_super_admin OR coalesce(m.role = 'CLUB_ADMIN', false) AS "ownerAdmin",
              c.deleted_at IS NULL AND o.deleted_at IS NULL AS "courtThere"
         FROM bookings b JOIN users u ON u.id = b.owner_id JOIN courts c ON c.id = b.court_id JOIN clubs o ON o.id = b.club_id
         LEFT JOIN memberships m ON m.user_id = b.owner_id AND m.club_id = b.club_id AND ${IN_FORCE}
        WHERE b.status = ANY ($1) AND b.starts_at <= $2 AND b.ends_at > $3 AND ${WITHOUT_RECORDING}
        ORDER BY b.starts_at, b.id LIMIT 200`,
      [AHEAD, new Date(now + leadMs), new Date(now)],
    );
  }

  /**
   * The booking's session is this one. False: it was cancelled or moved meanwhile, became somebody else's, or is over.
   * @param booking as it was when its turn came
   */
  async attach({ id, startsAt, endsAt, ownerId }: DueBooking, sessionId: string, now: number): Promise<boolean> {
    faultPoint('booking.attach');
    const [, moved] = await this.database.query<[unknown, number]>(
      `UPDATE bookings SET session_id = $2, status = CASE status WHEN 'planned' THEN 'starting' ELSE status END,
              updated_at = now()
        WHERE id = $1 AND status = ANY ($3) AND starts_at = $4 AND ends_at = $5 AND owner_id = $6 AND ends_at > $7`,
      [id, sessionId, AHEAD, startsAt, endsAt, ownerId, new Date(now)],
    );
    faultPoint('booking.attached');
    return moved > 0;
  }

  /** The session is, or will be, the one of another booking that is ahead. */
  async isAnothers(sessionId: string, id: number): Promise<boolean> {
    const rows = await this.database.query<unknown[]>(
      'SELECT FROM bookings WHERE session_id = $1 AND id <> $2 AND status = ANY ($3) LIMIT 1',
      [sessionId, id, AHEAD],
    );
    return rows.length > 0;
  }

  /** From here on nobody cancels or moves it: its recording begins. False: somebody has, or it is over. */
  async begin(id: number, sessionId: string): Promise<boolean> {
    const [, moved] = await this.database.query<[unknown, number]>(
      `UPDATE bookings SET status = 'recording', updated_at = now()
        WHERE id = $1 AND session_id = $2 AND status = ANY ($3)`,
      [id, sessionId, AHEAD],
    );
    faultPoint('booking.begun');
    return moved > 0;
  }

  /** Says what is in the way of one that is not recorded, and was not moved meanwhile. */
  async hinder({ id, startsAt }: DueBooking, reason: string): Promise<void> {
    await this.database.query(
      `UPDATE bookings b SET status = 'starting', reason = $2, updated_at = now()
        WHERE id = $1 AND status = ANY ($3) AND (status, reason) IS DISTINCT FROM ('starting', $2) AND ${WITHOUT_RECORDING}
          AND starts_at = $4`,
      [id, reason, AHEAD, startsAt],
    );
  }

  /** It cannot be recorded, unless it became somebody else's meanwhile. */
  async fail({ id, ownerId }: DueBooking, reason: BookingReason): Promise<void> {
    await this.moving(
      `UPDATE bookings b SET status = 'failed', reason = $2, updated_at = now()
        WHERE b.id = $1 AND b.owner_id = $4 AND b.status = ANY ($3) AND ${WITHOUT_RECORDING} RETURNING ${MOVED}`,
      [id, reason, statusesBefore('failed'), ownerId],
    );
  }

  /** Brings all bookings to what has become of their recordings, and of their time. Idempotent. */
  async settle(now: number): Promise<Counts> {
    // Attached, and its film has a first picture.
    const started = await this.moving(
      `UPDATE bookings b
          SET status = 'recording', started_at = r.started_at, updated_at = now(),
              reason = CASE WHEN r.started_at <= b.starts_at + ${PUNCTUAL} THEN NULL
                            WHEN b.reason IS NOT NULL THEN b.reason
                            -- Nobody was in the way of one that was asked for so late.
                            WHEN r.started_at > b.created_at + ${PUNCTUAL} THEN 'service_away' END
         FROM recordings r
        WHERE r.session_id = b.session_id AND r.started_at IS NOT NULL AND b.started_at IS NULL AND b.status = ANY ($1)
    RETURNING ${MOVED}`,
      [AHEAD],
    );
    const ended = await this.moving(
      `UPDATE bookings b
          SET status = CASE r.status WHEN 'failed' THEN 'failed' ELSE 'done' END, updated_at = now(),
              reason = CASE WHEN r.status = 'failed' THEN 'recording_failed'
                            WHEN r.stopped_at < b.ends_at - ${PUNCTUAL} THEN 'stopped_early'
                            WHEN b.reason <> 'recording_failed' THEN b.reason END
         FROM recordings r
        WHERE r.session_id = b.session_id
          AND ((b.status = 'recording' AND r.status IN ('ready', 'failed')) OR (b.status = 'failed' AND r.status = 'ready'))
    RETURNING ${MOVED}`,
      [],
    );
    const missed = await this.moving(
      `UPDATE bookings b SET status = 'missed', reason = coalesce(b.reason, 'service_away'), updated_at = now()
        WHERE b.status = ANY ($1) AND b.ends_at <= $2 AND ${WITHOUT_RECORDING}
    RETURNING ${MOVED}`,
      [statusesBefore('missed'), new Date(now)],
    );
    return { started_bookings: started, ended_bookings: ended, missed_bookings: missed };
  }

  private async moving(sql: string, parameters: unknown[]): Promise<number> {
    return this.database.transaction(async (manager) => {
      const [rows] = await manager.query<[Moved[], number]>(sql, parameters);
      for (const row of rows) await this.note(row, manager);
      return rows.length;
    });
  }

  private async note(moved: Moved, manager: EntityManager): Promise<void> {
    const { id, club_id: clubId, court_id: courtId, status, reason, session_id: sessionId } = moved;
    if (status === 'planned' || status === 'starting' || status === 'cancelled') return;
    const details = { terrain_id: courtId, session_id: sessionId, reason };
    const action = `booking.${status === 'recording' ? 'started' : status}` as const;
    await this.audit.record({ action, clubId, target: `booking:${id}`, details, ...BY_SERVICE }, manager);
    if (status !== 'missed') return;
    await this.outbox.tell(manager, clubId, 'booking.missed', {
      ...{ booking_id: id, terrain_id: courtId, reason, source: moved.source, external_uid: moved.external_uid },
      ...{ starts_at: moved.starts_at.toISOString(), ends_at: moved.ends_at.toISOString() },
    });
  }
}
