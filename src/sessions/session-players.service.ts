import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { AccountsService, MemberKey } from '../auth/accounts.service';
import { AuditAction, AuditService } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { Principal } from '../auth/principal';
import { isAdminOf } from '../auth/tenant';
import { ProblemException } from '../common/problem';
import { AddPlayerDto, MAX_PLAYERS, PlayerDto } from './dto/session.dto';
import { normalizeJoinCode, withJoinCode } from './join-code';
import { ADD_DAYS, MatchState, requireAddable, requireRemovable } from './player-rules';
import { PlayerThrottle } from './player-throttle';
import { OPEN_STATUSES } from './session-state';
import { SessionView } from './session-view';
import { SessionsService } from './sessions.service';

/** A session whose row is held until the transaction ends: its end, and others who add players, wait. */
interface HeldSession extends MatchState {
  readonly id: string;
  readonly clubId: number;
  readonly userId: number;
}

const OPEN = `status IN (${OPEN_STATUSES.map((status) => `'${status}'`).join()})`;
const HELD = `
  SELECT id, club_id AS "clubId", user_id AS "userId", ${OPEN} AS open,
         ${OPEN} OR closed_at > now() - interval '${ADD_DAYS} days' AS lately
    FROM camera_sessions`;
/** Against what changes the row, not against rows that point at it. */
const HOLD = 'FOR NO KEY UPDATE';

/** Who takes part in a match besides its owner: they watch, and its video is theirs too. */
@Injectable()
export class SessionPlayers {
  constructor(
    private readonly database: DataSource,
    private readonly sessions: SessionsService,
    private readonly accounts: AccountsService,
    private readonly audit: AuditService,
    private readonly throttle: PlayerThrottle,
  ) {}

  /**
   * Adds a member of the club; adding one who is in changes nothing.
   * @throws ProblemException `not_found`, `forbidden`, `validation_failed`, `player_not_found`, `session_full`, `session_over`,
   *   `too_many_attempts`
   */
  async add(principal: Principal, dto: AddPlayerDto, caller: Caller): Promise<SessionView> {
    const { session_id: id } = dto;
    const { clubId } = await this.sessions.require(principal, id, 'run');
    const person = personOf(dto);
    const add = (): Promise<void> =>
      this.database.transaction(async (manager) => {
        const session = await this.hold(id, manager);
        requireAddable(session);
        const userId = await this.accounts.holdMember(clubId, person, manager);
        if (userId === null) throw new ProblemException('player_not_found');
        await this.enter('session.player_added', principal, session, userId, caller, manager);
      });
    // An admin has the list of members anyway.
    await (isAdminOf(principal, clubId) ? add() : this.throttle.person(principal.userId, caller.ip, add));
    return this.sessions.view(principal, id);
  }

  /**
   * Takes somebody out, or leaves; who is not in it is out already. Whoever was taken out of an open match does not come back
   * with the code they know: it is another one from then on.
   * @returns `null` where the caller sees the session no more
   * @throws ProblemException `not_found`, `forbidden`, `validation_failed` (the owner), `session_over`
   */
  async remove(principal: Principal, dto: PlayerDto, caller: Caller): Promise<SessionView | null> {
    const { session_id: id, user_id: userId } = dto;
    const leaves = userId === principal.userId;
    const found = await this.sessions.require(principal, id, leaves ? 'act' : 'run');
    if (userId === found.userId) {
      const message = 'The owner cannot be taken out of their match.';
      throw new ProblemException('validation_failed', message, { errors: [{ field: 'user_id', message }] });
    }
    const by = leaves ? 'themselves' : isAdminOf(principal, found.clubId) ? 'admin' : 'owner';
    await withJoinCode((code) =>
      this.database.transaction(async (manager) => {
        const session = await this.hold(id, manager);
        const [player] = await manager.query<{ addedLater: boolean }[]>(
          'SELECT added_later AS "addedLater" FROM session_players WHERE session_id = $1 AND user_id = $2',
          [id, userId],
        );
        if (!player) return;
        requireRemovable(session, by, player);
        await manager.query('DELETE FROM session_players WHERE session_id = $1 AND user_id = $2', [id, userId]);
        if (session.open && !leaves) {
          await manager.query('UPDATE camera_sessions SET join_code = $2 WHERE id = $1', [id, code]);
        }
        const action = leaves ? 'session.player_left' : 'session.player_removed';
        await this.note(action, principal, session, userId, caller, manager);
      }),
    );
    return leaves && !isAdminOf(principal, found.clubId) ? null : this.sessions.view(principal, id);
  }

  /**
   * Takes part in an open match of a club one is a member of, by its code.
   * @throws ProblemException `not_found` (unknown, closed, another club's), `session_full`, `too_many_attempts`
   */
  async join(principal: Principal, code: string, caller: Caller): Promise<SessionView> {
    const clubs = principal.memberships.map((membership) => membership.clubId);
    const id = await this.throttle.code(principal.userId, caller.ip, () =>
      this.database.transaction(async (manager) => {
        // One question, whatever is wrong with the code: no time tells which.
        const [session] = await manager.query<HeldSession[]>(
          `${HELD} WHERE join_code = $1 AND ${OPEN} AND club_id = ANY($2::integer[]) ${HOLD}`,
          [normalizeJoinCode(code), clubs],
        );
        const { userId } = principal;
        if (!session || (await this.accounts.holdMember(session.clubId, { id: userId }, manager)) === null) {
          throw new ProblemException('not_found');
        }
        await this.enter('session.player_joined', principal, session, userId, caller, manager);
        return session.id;
      }),
    );
    return this.sessions.view(principal, id);
  }

  private async hold(id: string, manager: EntityManager): Promise<HeldSession> {
    const [session] = await manager.query<HeldSession[]>(`${HELD} WHERE id = $1 ${HOLD}`, [id]);
    if (!session) throw new ProblemException('not_found');
    return session;
  }

  /** The session's row is held, so whoever counts sees all who came before. */
  private async enter(
    action: AuditAction,
    principal: Principal,
    session: HeldSession,
    userId: number,
    caller: Caller,
    manager: EntityManager,
  ): Promise<void> {
    if (userId === session.userId) return;
    const entered = await manager.query<unknown[]>(
      `INSERT INTO session_players (session_id, user_id, added_later) VALUES ($1, $2, $3)
       ON CONFLICT DO NOTHING RETURNING user_id`,
      [session.id, userId, !session.open],
    );
    if (entered.length === 0) return;
    const [{ count } = { count: 0 }] = await manager.query<{ count: number }[]>(
      'SELECT count(*)::integer AS count FROM session_players WHERE session_id = $1',
      [session.id],
    );
    if (count > MAX_PLAYERS) throw new ProblemException('session_full');
    await this.note(action, principal, session, userId, caller, manager);
  }

  private note(
    action: AuditAction,
    principal: Principal,
    { id: target, clubId }: HeldSession,
    userId: number,
    caller: Caller,
    manager: EntityManager,
  ): Promise<void> {
    const details = { user_id: userId };
    return this.audit.record({ action, actorId: principal.userId, clubId, target, ip: caller.ip, details }, manager);
  }
}

/** @throws ProblemException `validation_failed` unless there is just one of the two */
function personOf({ email, user_id: id }: AddPlayerDto): MemberKey {
  if (email !== undefined && id === undefined) return { email };
  if (id !== undefined && email === undefined) return { id };
  const message = 'give either email or user_id';
  const errors = ['email', 'user_id'].map((field) => ({ field, message }));
  throw new ProblemException('validation_failed', 'Name the player by one of email and user_id.', { errors });
}
