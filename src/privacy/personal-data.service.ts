import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PersonalData } from './dto/privacy.dto';

/** The newest so many of each list: more than anybody has, and a bound all the same. */
const MOST = 10_000;

/** Gives a person what is kept about them (GDPR, articles 15 and 20). */
@Injectable()
export class PersonalDataService {
  constructor(private readonly database: DataSource) {}

  async of(userId: number): Promise<PersonalData> {
    const [account = {}] = await this.rows(
      `SELECT id, email, name, created_at, password_changed_at, is_super_admin FROM users WHERE id = $1`,
      userId,
    );
    const memberships = await this.rows(
      `SELECT m.club_id, c.name AS club, m.role, m.created_at, m.disabled_at
       FROM memberships m JOIN clubs c ON c.id = m.club_id WHERE m.user_id = $1 ORDER BY m.club_id`,
      userId,
    );
    const signIns = await this.rows(
      `SELECT id, created_at, expires_at, revoked_at, revoked_because, host(ip) AS ip, user_agent
       FROM sign_ins WHERE user_id = $1 ORDER BY created_at DESC LIMIT ${MOST}`,
      userId,
    );
    const sessions = await this.rows(
      `SELECT s.id AS session_id, s.club_id, s.court_id AS terrain_id, s.created_at, s.closed_at,
              s.user_id = $1 AS owned
       FROM camera_sessions s WHERE ${OWN_SESSION} ORDER BY s.created_at DESC LIMIT ${MOST}`,
      userId,
    );
    const videos = await this.rows(
      `SELECT v.session_id, v.club_id, v.created_at, v.duration_seconds, v.size_bytes::float8 AS size_bytes,
              '/api/video/files/' || v.session_id || '/download' AS download
       FROM videos v JOIN camera_sessions s ON s.id = v.session_id
       WHERE v.deleted_at IS NULL AND ${OWN_SESSION} ORDER BY v.created_at DESC LIMIT ${MOST}`,
      userId,
    );
    const audit = await this.rows(
      // What others did to the person is theirs to know; from where others did it is not.
      `SELECT at, action, club_id, target, CASE WHEN actor_id = $1 THEN host(ip) END AS ip, details FROM audit_log
       WHERE actor_id = $1 OR target = 'user:' || $1 ORDER BY id DESC LIMIT ${MOST}`,
      userId,
    );
    const cut = [signIns, sessions, videos, audit].some(({ length }) => length === MOST);
    return {
      exported_at: new Date().toISOString(),
      account,
      memberships,
      sign_ins: signIns,
      sessions,
      videos,
      audit,
      cut,
    };
  }

  private rows(sql: string, userId: number): Promise<Record<string, unknown>[]> {
    return this.database.query(sql, [userId]);
  }
}

const OWN_SESSION = `(s.user_id = $1 OR EXISTS
  (SELECT FROM session_players p WHERE p.session_id = s.id AND p.user_id = $1))`;
