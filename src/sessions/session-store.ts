import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager, In, IsNull } from 'typeorm';
import { AuditService, Author, BY_SERVICE } from '../auth/audit.service';
import { Principal } from '../auth/principal';
import { faultPoint } from '../common/fault-point';
import { CourtStatus, OpenedCourt } from '../runtime/court-runtime';
import { CameraSession } from './entities/camera-session.entity';
import { ownIdentity, ProcessIdentity } from '../runtime/process-identity';
import { withJoinCode } from './join-code';
import { refuseOverLimit, SessionLimits } from './session-limits';
import { OPEN_STATUSES, SessionStatus, statusesBefore } from './session-state';

export interface NewSession {
  readonly id: string;
  readonly courtId: number;
  readonly clubId: number;
  readonly userId: number;
  readonly playerIds: readonly number[];
  readonly author: Author;
}

/** How long an owner's word holds that it lives. */
export const LEASE_SECONDS = 15;

/** As the index of open cameras has it. */
export const OPEN = `status IN ('connecting', 'live', 'reconnecting')`;

/** Which sessions somebody may see, newest first; `before` is the last one of the page before. */
export interface SessionQuery {
  readonly principal: Principal;
  readonly openOnly: boolean;
  readonly limit: number;
  readonly before: { readonly createdAt: Date; readonly id: string } | null;
}

/** The rows of sessions. Every transition is one UPDATE that names the states it may come from. */
@Injectable()
export class SessionStore {
  private readonly identity: ProcessIdentity = ownIdentity();

  constructor(
    private readonly database: DataSource,
    private readonly audit: AuditService,
  ) {}

  /**
   * Enters a session as `connecting`. False: the court has an open one; the database arbitrates.
   * @param hold runs first in the same transaction: what must still be there when the row is; it says what limits hold
   * @throws ProblemException `session_limit`; of any number of calls at once none gets past a limit.
   */
  async begin(session: NewSession, hold: (manager: EntityManager) => Promise<SessionLimits>): Promise<boolean> {
    faultPoint('session.insert');
    const begun = await withJoinCode((code) => this.insert(session, code, hold));
    faultPoint('session.inserted');
    return begun;
  }

  private insert(
    session: NewSession,
    code: string,
    hold: (manager: EntityManager) => Promise<SessionLimits>,
  ): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      const limits = await hold(manager);
      const inserted: unknown[] = await manager.query(
        `INSERT INTO camera_sessions (id, court_id, club_id, user_id, status, owner, lease_until, join_code, camera_name)
         VALUES ($1, $2, $3, $4, 'connecting', $5, now() + interval '${LEASE_SECONDS} seconds', $6,
                 (SELECT name FROM cameras WHERE court_id = $2 AND position = 0))
         ON CONFLICT (court_id, camera_position) WHERE ${OPEN} DO NOTHING
         RETURNING id`,
        [session.id, session.courtId, session.clubId, session.userId, JSON.stringify(this.identity), code],
      );
      if (inserted.length === 0) return false;
      await refuseOverLimit(manager, session, limits);
      if (session.playerIds.length > 0) {
        await manager.query(`INSERT INTO session_players (session_id, user_id) SELECT $1, unnest($2::integer[])`, [
          session.id,
          session.playerIds,
        ]);
      }
      const { id: target, clubId, courtId, playerIds, author } = session;
      const details = { terrain_id: courtId, player_ids: playerIds };
      await this.audit.record({ action: 'session.opened', clubId, target, details, ...author }, manager);
      faultPoint('session.uncommitted');
      return true;
    });
  }

  async setLive(id: string, opened: OpenedCourt): Promise<boolean> {
    const { facts, proxyPort, zero } = opened;
    const { protocol, codec, width, height, fps } = facts;
    const now = new Date();
    const found = { protocol, codec, width, height, fps, proxyPort, zero };
    // What was in the way of an angle is so no more.
    return this.move(id, 'live', { ...found, closeReason: null, lastFrameAt: now, lastUsedAt: now });
  }

  /**
   * Takes over a session whose owner is gone. False: it has ended, or another process was faster; the database arbitrates.
   * @param owner as it was when it was found gone
   */
  async claim(id: string, owner: ProcessIdentity | null): Promise<boolean> {
    const [, taken]: [unknown, number] = await this.database.query(
      `UPDATE camera_sessions
          SET owner = $2, lease_until = now() + interval '${LEASE_SECONDS} seconds'
        WHERE id = $1 AND status = ANY($3) AND owner IS NOT DISTINCT FROM $4::jsonb`,
      [id, JSON.stringify(this.identity), [...OPEN_STATUSES], owner && JSON.stringify(owner)],
    );
    return taken > 0;
  }

  /** Says that this process lives: for those who cannot see it. */
  async renewLeases(): Promise<void> {
    await this.database.query(
      `UPDATE camera_sessions SET lease_until = now() + interval '${LEASE_SECONDS} seconds'
        WHERE status = ANY($1) AND owner = $2::jsonb`,
      [[...OPEN_STATUSES], JSON.stringify(this.identity)],
    );
  }

  /** Its camera is being reached for again, by this process. */
  async setResumed(id: string, proxyPort: number): Promise<boolean> {
    await this.move(id, 'reconnecting', {});
    const { affected } = await this.sessions.update({ id, status: In([...OPEN_STATUSES]) }, { proxyPort });
    return (affected ?? 0) > 0;
  }

  /** The camera came back or went; a session that ended meanwhile stays as it is. */
  async setState(id: string, state: 'live' | 'reconnecting', status: CourtStatus | null): Promise<boolean> {
    if (!status) return this.move(id, state, {});
    const { facts, reconnects } = status;
    const { protocol, codec, width, height, fps } = facts;
    return this.move(id, state, {
      protocol,
      codec,
      width,
      height,
      fps,
      reconnects,
      lastFrameAt: new Date(status.lastFrameAt),
    });
  }

  /** With its angles, and its line in the audit trail, where it is no angle. False: it had ended before. */
  async end(
    id: string,
    how: { status: 'closed' | 'failed'; reason: string | null; last?: CourtStatus | null; author?: Author },
  ): Promise<boolean> {
    const { status, reason, last, author = BY_SERVICE } = how;
    const change = {
      closeReason: reason,
      closedAt: new Date(),
      joinCode: null,
      ...(last ? { lastFrameAt: new Date(last.lastFrameAt), reconnects: last.reconnects } : {}),
    };
    faultPoint(`session.${status}.write`);
    const ended = await this.database.transaction(async (manager) => {
      if (!(await this.update(id, status, change, manager))) return false;
      const { clubId, angleOf } = await manager.findOneByOrFail(CameraSession, { id });
      if (angleOf !== null) return true;
      await endAngles(manager, id, status, reason);
      const action = `session.${status}` as const;
      await this.audit.record({ action, clubId, target: id, details: { reason }, ...author }, manager);
      return true;
    });
    faultPoint(`session.${status}.written`);
    return ended;
  }

  async find(id: string): Promise<CameraSession | null> {
    return this.sessions.findOneBy({ id });
  }

  async findAll(ids: readonly string[]): Promise<CameraSession[]> {
    return ids.length === 0 ? [] : this.sessions.findBy({ id: In([...ids]) });
  }

  /** Whose these sessions are, by session; ids that are none are not in the map. */
  async clubsOf(ids: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.database.query<{ id: string; club_id: number }[]>(
      'SELECT id, club_id FROM camera_sessions WHERE id::text = ANY($1)',
      [ids],
    );
    return new Map(rows.map((row) => [row.id, row.club_id]));
  }

  /** Matches: an angle is open only while its match is. */
  async openOnCourts(courtIds: readonly number[]): Promise<CameraSession[]> {
    if (courtIds.length === 0) return [];
    return this.sessions.findBy({ courtId: In([...courtIds]), angleOf: IsNull(), status: In([...OPEN_STATUSES]) });
  }

  /** What the court's camera at this position is open for. */
  async openAt(courtId: number, cameraPosition: number): Promise<CameraSession | null> {
    return this.sessions.findOneBy({ courtId, cameraPosition, status: In([...OPEN_STATUSES]) });
  }

  async openOf(userId: number): Promise<CameraSession[]> {
    return this.sessions.findBy({ userId, angleOf: IsNull(), status: In([...OPEN_STATUSES]) });
  }

  /** Matches and angles. */
  async allOpen(): Promise<CameraSession[]> {
    return this.sessions.findBy({ status: In([...OPEN_STATUSES]) });
  }

  /** The other players of these sessions, by session; an angle's are its match's. */
  async playersOf(ids: readonly string[]): Promise<Map<string, number[]>> {
    const players = new Map<string, number[]>(ids.map((id) => [id, []]));
    if (ids.length === 0) return players;
    const rows = await this.database.query<{ id: string; user_id: number }[]>(
      `SELECT s.id, p.user_id FROM camera_sessions s JOIN session_players p ON p.session_id = coalesce(s.angle_of, s.id)
        WHERE s.id = ANY ($1::uuid[]) ORDER BY p.user_id`,
      [ids],
    );
    for (const row of rows) players.get(row.id)?.push(row.user_id);
    return players;
  }

  async list(query: SessionQuery): Promise<CameraSession[]> {
    const { principal, before } = query;
    const builder = this.sessions
      .createQueryBuilder('s')
      .where('s.angle_of IS NULL')
      .orderBy('s.created_at', 'DESC')
      .addOrderBy('s.id', 'DESC')
      .limit(query.limit);
    if (principal.role !== 'SUPER_ADMIN') builder.andWhere('s.club_id = :clubId', { clubId: principal.clubId });
    if (principal.role === 'PLAYER') {
      builder.andWhere(
        `(s.user_id = :userId OR EXISTS
          (SELECT 1 FROM session_players p WHERE p.session_id = s.id AND p.user_id = :userId))`,
        { userId: principal.userId },
      );
    }
    if (query.openOnly) builder.andWhere('s.status IN (:...open)', { open: [...OPEN_STATUSES] });
    if (before) builder.andWhere('(s.created_at, s.id) < (:at, :id)', { at: before.createdAt, id: before.id });
    return builder.getMany();
  }

  /** Notes that somebody uses these sessions; who uses an angle uses its match. */
  async touch(sessions: readonly CameraSession[]): Promise<void> {
    const ids = new Set(sessions.map(({ id, angleOf }) => angleOf ?? id));
    if (ids.size > 0) await this.sessions.update({ id: In([...ids]) }, { lastUsedAt: new Date() });
  }

  private get sessions() {
    return this.database.getRepository(CameraSession);
  }

  private async move(id: string, to: SessionStatus, change: Partial<CameraSession>): Promise<boolean> {
    faultPoint(`session.${to}.write`);
    const moved = await this.update(id, to, change, this.database.manager);
    faultPoint(`session.${to}.written`);
    return moved;
  }

  private async update(
    id: string,
    to: SessionStatus,
    change: Partial<CameraSession>,
    manager: EntityManager,
  ): Promise<boolean> {
    const from = In(statusesBefore(to));
    const { affected } = await manager.update(CameraSession, { id, status: from }, { ...change, status: to });
    return (affected ?? 0) > 0;
  }
}

/**
 * With their match, in its transaction: its row is held, so none is opened any more. What was in the way of an angle stays said; of
 * the others it is the match's end.
 */
async function endAngles(
  manager: EntityManager,
  matchId: string,
  status: 'closed' | 'failed',
  reason: string | null,
): Promise<void> {
  await manager.query(
    `UPDATE camera_sessions
        SET status = CASE WHEN status = 'connecting' AND close_reason IS NOT NULL THEN 'failed' ELSE $2 END,
            close_reason = coalesce(close_reason, $3), closed_at = now()
      WHERE angle_of = $1 AND ${OPEN}`,
    [matchId, status, reason],
  );
}
