import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PersonalData } from './dto/privacy.dto';

/** The newest so many of each list: more than anybody has, and a bound all the same. */
const MOST = 10_000;

/** Gives a person what is kept about them (GDPR, articles 15 and 20). */
@Injectable()
export class PersonalDataService {
  constructor(private readonly database: DataSource) {}

  /**
   * @param onlyClubId what is of this club alone: where its admin set the password, it may be they who ask; `null`: everything
   */
  async of(userId: number, onlyClubId: number | null): Promise<PersonalData> {
    const asked = [userId, onlyClubId] as const;
    const [account = {}] = await this.database.query<Record<string, unknown>[]>(
      'SELECT id, email, name, created_at, password_changed_at, is_super_admin FROM users WHERE id = $1',
      [userId],
    );
    const memberships = await this.rows(
      `SELECT m.club_id, c.name AS club, m.role, m.created_at, m.disabled_at
       FROM memberships m JOIN clubs c ON c.id = m.club_id WHERE m.user_id = $1 AND ${within('m.club_id')} ORDER BY m.club_id`,
      asked,
    );
    const signIns = await this.rows(
      `SELECT id, created_at, expires_at, revoked_at, revoked_because, host(ip) AS ip, user_agent
       FROM sign_ins WHERE user_id = $1 AND ${within('active_club_id')} ORDER BY created_at DESC LIMIT ${MOST}`,
      asked,
    );
    const sessions = await this.rows(
      `SELECT s.id AS session_id, s.club_id, s.court_id AS terrain_id, s.created_at, s.closed_at,
              s.user_id = $1 AS owned
       FROM camera_sessions s WHERE s.angle_of IS NULL AND ${OWN_SESSION} AND ${within('s.club_id')} ORDER BY s.created_at DESC LIMIT ${MOST}`,
      asked,
    );
    const videos = await this.rows(
      `SELECT v.session_id, v.angle_of, v.club_id, v.created_at, v.duration_seconds, v.size_bytes::float8 AS size_bytes,
              '/api/video/files/' || v.session_id || '/download' AS download
       FROM videos v JOIN camera_sessions s ON s.id = v.session_id
       WHERE v.deleted_at IS NULL AND ${OWN_SESSION} AND ${within('v.club_id')} ORDER BY v.created_at DESC LIMIT ${MOST}`,
      asked,
    );
    const markers = await this.rows(
      `SELECT m.session_id, m.club_id, m.kind, m.text, m.at_seconds, m.created_at
       FROM markers m WHERE m.author_id = $1 AND ${within('m.club_id')} ORDER BY m.id DESC LIMIT ${MOST}`,
      asked,
    );
    const shares = await this.rows(
      `SELECT h.session_id, h.club_id, h.created_at, h.expires_at, h.revoked_at, h.passphrase_hash IS NOT NULL AS passphrase,
              h.allow_download, h.views, h.downloads
       FROM shares h WHERE h.author_id = $1 AND ${within('h.club_id')} ORDER BY h.id DESC LIMIT ${MOST}`,
      asked,
    );
    const bookings = await this.rows(
      `SELECT b.id, b.club_id, b.court_id AS terrain_id, b.starts_at, b.ends_at, b.title, b.status, b.reason, b.created_at,
              b.owner_id = $1 AS owned, b.consent_at
       FROM bookings b
       WHERE (b.owner_id = $1 OR b.created_by = $1 OR EXISTS
               (SELECT FROM booking_players p WHERE p.booking_id = b.id AND p.user_id = $1))
         AND ${within('b.club_id')} ORDER BY b.starts_at DESC LIMIT ${MOST}`,
      asked,
    );
    const highlights = await this.rows(
      `SELECT h.id, h.session_id, h.club_id, h.text, h.start_seconds, h.end_seconds, h.status, h.created_at,
              h.size_bytes::float8 AS size_bytes, '/api/video/highlights/' || h.id || '/download' AS download
       FROM highlights h WHERE h.author_id = $1 AND h.deleted_at IS NULL AND ${within('h.club_id')}
       ORDER BY h.created_at DESC, h.id LIMIT ${MOST}`,
      asked,
    );
    const audit = await this.rows(
      // What others did to the person is theirs to know; from where others did it is not.
      `SELECT at, action, club_id, target, CASE WHEN actor_id = $1 THEN host(ip) END AS ip, details FROM audit_log
       WHERE (actor_id = $1 OR target = 'user:' || $1) AND ${within('club_id')} ORDER BY id DESC LIMIT ${MOST}`,
      asked,
    );
    const cut = [signIns, sessions, videos, markers, shares, bookings, highlights, audit].some(
      ({ length }) => length === MOST,
    );
    return {
      exported_at: new Date().toISOString(),
      only_club_id: onlyClubId,
      account,
      memberships,
      sign_ins: signIns,
      sessions,
      videos,
      markers,
      shares,
      bookings,
      highlights,
      audit,
      cut,
    };
  }

  private rows(sql: string, asked: readonly [number, number | null]): Promise<Record<string, unknown>[]> {
    return this.database.query(sql, [...asked]);
  }
}

/** Where `onlyClubId` ($2) is given, of that club. */
const within = (club: string): string => `($2::integer IS NULL OR ${club} = $2)`;

const OWN_SESSION = `(s.user_id = $1 OR EXISTS
  (SELECT FROM session_players p WHERE p.session_id = coalesce(s.angle_of, s.id) AND p.user_id = $1))`;
