import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { faultPoint } from '../common/fault-point';
import { ownIdentity, ProcessIdentity } from '../runtime/process-identity';
import { CameraSession } from './entities/camera-session.entity';
import { OPEN, LEASE_SECONDS } from './session-store';

/** A camera that is to film a match besides the main one. */
export interface NewAngle {
  readonly id: string;
  /** The match's session. */
  readonly matchId: string;
  readonly position: number;
}

/**
 * The rows of angles: sessions of further cameras. Invariant: an angle is open only while its match is. It is entered behind a
 * lock of the match's row, and the match's end, which takes that row, ends its angles in the same transaction
 * (`SessionStore.end`). So one that a crash leaves is never found without its match.
 */
@Injectable()
export class AngleStore {
  private readonly identity: ProcessIdentity = ownIdentity();

  constructor(private readonly database: DataSource) {}

  /**
   * Enters an angle as `connecting`, with the name that its camera has now.
   * @returns false: the match is over, the camera is gone, or it has an open session
   */
  async begin({ id, matchId, position }: NewAngle): Promise<boolean> {
    faultPoint('angle.insert');
    const begun = await this.database.transaction(async (manager) => {
      const held = await manager.query<unknown[]>(`SELECT FROM camera_sessions WHERE id = $1 AND ${OPEN} FOR SHARE`, [
        matchId,
      ]);
      if (held.length === 0) return false;
      const inserted = await manager.query<unknown[]>(
        `INSERT INTO camera_sessions (id, angle_of, camera_position, camera_name, court_id, club_id, user_id, status, owner,
                                      lease_until)
         SELECT $1, m.id, a.position, a.name, m.court_id, m.club_id, m.user_id, 'connecting', $4,
                now() + interval '${LEASE_SECONDS} seconds'
           FROM camera_sessions m JOIN cameras a ON a.court_id = m.court_id AND a.position = $3
          WHERE m.id = $2
         ON CONFLICT (court_id, camera_position) WHERE ${OPEN} DO NOTHING
         RETURNING id`,
        [id, matchId, position, JSON.stringify(this.identity)],
      );
      return inserted.length > 0;
    });
    faultPoint('angle.inserted');
    return begun;
  }

  /** The angles of a match that are open. */
  async openOf(matchId: string): Promise<CameraSession[]> {
    return this.database
      .getRepository(CameraSession)
      .createQueryBuilder('s')
      .where('s.angle_of = :matchId', { matchId })
      .andWhere(`s.${OPEN}`)
      .getMany();
  }

  /** Whether something is being recorded in this session, or waits to be gone on with or finished. */
  async isRecording(id: string): Promise<boolean> {
    const rows = await this.database.query<unknown[]>(
      `SELECT FROM recordings WHERE session_id = $1 AND status NOT IN ('ready', 'failed')`,
      [id],
    );
    return rows.length > 0;
  }

  /** Says what is in the way of an angle that is open; `null`: nothing any more. */
  async hinder(id: string, reason: string | null): Promise<void> {
    await this.database.query(
      `UPDATE camera_sessions SET close_reason = $2
        WHERE id = $1 AND angle_of IS NOT NULL AND ${OPEN} AND close_reason IS DISTINCT FROM $2`,
      [id, reason],
    );
  }

  /** Whether the match is open still. */
  async isOpen(matchId: string): Promise<boolean> {
    const rows = await this.database.query<unknown[]>(`SELECT FROM camera_sessions WHERE id = $1 AND ${OPEN}`, [
      matchId,
    ]);
    return rows.length > 0;
  }
}
