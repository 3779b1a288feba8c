import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { DataSource, EntityManager } from 'typeorm';
import { violatedUnique } from '../common/database-error';
import { deleteInSteps } from '../database/delete-in-steps';
import { Clock } from '../common/clock';
import { AuditService } from './audit.service';
import { Caller } from './caller';
import { DayLimits } from './day-limits';
import { RotationMemory } from './rotation-memory';
import { newToken, tokenHash } from './token-text';

/** A sign-in ends 90 days after it began, and after 30 days without a refresh. */
const SIGN_IN_DAYS = 90;
const REFRESH_DAYS = 30;
/** Of one account so many are in force at a time; one more takes the place of the oldest. */
const MAX_OF_ONE_ACCOUNT = 500;

export type RevokeReason =
  | 'signed_out'
  | 'revoked'
  | 'token_reused'
  | 'password_changed'
  | 'role_changed'
  | 'disabled'
  | 'removed'
  | 'superseded';

/** Who begins a sign-in. */
export interface Entrant {
  readonly userId: number;
  /** The club that is active in it. */
  readonly clubId: number | null;
  /** What the password was compared with; `null`: they came by a link, and no password was. */
  readonly passwordHash: string | null;
}

/** A refresh token as handed out: this is the only time it is known. */
export interface IssuedRefresh {
  readonly familyId: string;
  readonly token: string;
  readonly expiresAt: Date;
  /** The panel's way: the token travels as a cookie, never in a body. */
  readonly byCookie: boolean;
  /** To be called when the answer with the token has left; before that, a second request with the old one is no theft. */
  readonly delivered: () => void;
}

export interface IssuedMedia {
  readonly token: string;
  readonly expiresAt: Date;
}

/**
 * Sign-ins, one family of refresh tokens each. At any moment one token of a family is good, and it is good once: the
 * one UPDATE of {@link rotate} decides who was first. A token that comes a second time has been copied, by a thief or
 * from one, and ends the family.
 *
 * Two tabs that refresh at the same instant with the same cookie are no theft: a request that came in before the answer
 * with the new token had left cannot have known it. It gets a 401 and ends nothing. One that was slower on its way looks
 * just like a thief's, so tabs take turns: a Web Lock around the refresh, and after a 401 one more try with the cookie
 * the other tab got.
 */
@Injectable()
export class SignInsService {
  private readonly rotations: RotationMemory;
  /** Trades being made in this process, by the token's hash: whether they succeed. */
  private readonly underWay = new Map<string, Promise<boolean>>();

  constructor(
    private readonly database: DataSource,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    private readonly limits: DayLimits,
  ) {
    this.rotations = new RotationMemory(clock);
  }

  /**
   * Begins a sign-in. Whoever changes a password at this moment ends the sign-ins there are, so there must be none after
   * that with the one of before: the account is held while it is looked at once more.
   * @returns `null` where the password is another by now
   */
  async begin(
    { userId, clubId, passwordHash }: Entrant,
    byCookie: boolean,
    caller: Caller,
  ): Promise<IssuedRefresh | null> {
    const familyId = randomUUID();
    const token = newToken();
    const [row] = await this.database.query<{ expires_at: Date }[]>(
      `WITH u AS (
         SELECT id FROM users WHERE id = $2 AND ($8::text IS NULL OR password_hash = $8) FOR SHARE
       ), surplus AS (
         UPDATE sign_ins SET revoked_at = now(), revoked_because = 'superseded' WHERE id IN (
           SELECT o.id FROM sign_ins o JOIN u ON u.id = o.user_id WHERE o.revoked_at IS NULL
           ORDER BY o.created_at DESC OFFSET ${MAX_OF_ONE_ACCOUNT - 1})
       ), s AS (
         INSERT INTO sign_ins (id, user_id, active_club_id, by_cookie, user_agent, ip, expires_at)
         SELECT $1, u.id, $3, $4, $5, $6, now() + make_interval(days => ${SIGN_IN_DAYS}) FROM u RETURNING id
       )
       INSERT INTO refresh_tokens (hash, sign_in_id, user_agent, ip, expires_at)
       SELECT $7, s.id, $5, $6, now() + make_interval(days => ${REFRESH_DAYS}) FROM s RETURNING expires_at`,
      [familyId, userId, clubId, byCookie, caller.userAgent, caller.ip, tokenHash(token), passwordHash],
    );
    return row ? { familyId, token, expiresAt: row.expires_at, byCookie, delivered: () => undefined } : null;
  }

  /**
   * Trades a refresh token for the next one. `null`: it is not good; if it was used before, its family has ended.
   * @throws ProblemException `too_many_attempts`: it stays good
   */
  async rotate(token: string, caller: Caller): Promise<IssuedRefresh | null> {
    const arrival = this.clock.monotonic();
    const hash = tokenHash(token);
    const key = hash.toString('base64');
    // The database tells winner and losers at once, and their answers come in any order: losers wait for the winner here.
    const earlier = this.underWay.get(key);
    if (earlier && (await earlier)) return null;
    const trade = this.tradeOnce(hash, caller);
    const won = trade.then((issued) => issued !== null).catch(() => false);
    this.underWay.set(key, won);
    try {
      const issued = await trade;
      if (issued === null && !this.rotations.overlapped(hash, arrival)) await this.endReused(hash, caller);
      return issued;
    } finally {
      if (this.underWay.get(key) === won) this.underWay.delete(key);
    }
  }

  /** Makes another club active, and trades whatever refresh token the sign-in has. `null`: it has ended. */
  async switchClub(familyId: string, clubId: number, caller: Caller): Promise<IssuedRefresh | null> {
    const token = newToken();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.database.transaction((manager) => this.trade(manager, familyId, clubId, token, caller));
      } catch (error) {
        // A refresh came between: its new token is the one to trade now.
        if (violatedUnique(error) === null || attempt === 3) throw error;
      }
    }
  }

  /** The media token of a sign-in: the one it has, where it is shown; else a new one in its place. */
  async media(familyId: string, shown: string | null): Promise<IssuedMedia | null> {
    if (shown !== null) {
      const [kept] = await this.database.query<{ expires_at: Date }[]>(
        'SELECT expires_at FROM media_tokens WHERE hash = $1 AND sign_in_id = $2 AND expires_at > now()',
        [tokenHash(shown), familyId],
      );
      if (kept) return { token: shown, expiresAt: kept.expires_at };
    }
    const token = newToken();
    const [row] = await this.database.query<{ expires_at: Date }[]>(
      `INSERT INTO media_tokens (hash, sign_in_id, expires_at)
       SELECT $1, id, expires_at FROM sign_ins WHERE id = $2 AND revoked_at IS NULL
       ON CONFLICT (sign_in_id) DO UPDATE SET hash = excluded.hash, created_at = now() RETURNING expires_at`,
      [tokenHash(token), familyId],
    );
    return row ? { token, expiresAt: row.expires_at } : null;
  }

  /** Ends one sign-in. */
  async revoke(familyId: string, reason: RevokeReason): Promise<void> {
    await this.end(this.database.manager, reason, 'id = $2', [familyId]);
  }

  /** Ends the sign-in a refresh token belongs to, if it is this person's. */
  async revokeByToken(token: string, userId: number): Promise<void> {
    await this.end(
      this.database.manager,
      'signed_out',
      'user_id = $2 AND id = (SELECT sign_in_id FROM refresh_tokens WHERE hash = $3)',
      [userId, tokenHash(token)],
    );
  }

  /**
   * Ends a person's sign-ins.
   * @param scope `clubId`: only those with this club active; `except`: all but this one
   */
  async revokeUser(
    userId: number,
    reason: RevokeReason,
    scope: { clubId?: number; except?: string } = {},
    manager: EntityManager = this.database.manager,
  ): Promise<void> {
    await this.end(
      manager,
      reason,
      'user_id = $2 AND ($3::integer IS NULL OR active_club_id = $3) AND ($4::uuid IS NULL OR id <> $4)',
      [userId, scope.clubId ?? null, scope.except ?? null],
    );
  }

  /** Ends a person's sign-ins and forgets that there were any: addresses, browsers, tokens. */
  async forgetUser(userId: number, manager: EntityManager): Promise<void> {
    await manager.query('DELETE FROM sign_ins WHERE user_id = $1', [userId]);
  }

  /** Ends every sign-in in a club. */
  async revokeClub(clubId: number, manager: EntityManager = this.database.manager): Promise<void> {
    await this.end(manager, 'removed', 'active_club_id = $2', [clubId]);
  }

  /** Forgets sign-ins that ended a month ago; until then a reused token is still recognised. */
  @Cron('23 4 * * *', { name: 'sign-ins.prune', waitForCompletion: true })
  async prune(): Promise<void> {
    await deleteInSteps(this.database, 'sign_ins', "least(expires_at, revoked_at) < now() - interval '30 days'");
  }

  /** The one UPDATE: whoever finds the token unused has it. */
  private async tradeOnce(hash: Buffer, caller: Caller): Promise<IssuedRefresh | null> {
    const next = newToken();
    // Within the trade, not before it: when this request came in must not depend on how long the look takes.
    const holder = await this.holderOf(hash);
    if (holder !== null) this.limits.trade(holder);
    const [row] = await this.database.query<{ sign_in_id: string; by_cookie: boolean; expires_at: Date }[]>(
      `WITH used AS (
         UPDATE refresh_tokens t SET used_at = now() FROM sign_ins s
         WHERE t.hash = $1 AND t.used_at IS NULL AND t.expires_at > now()
           AND s.id = t.sign_in_id AND s.revoked_at IS NULL AND s.expires_at > now()
         RETURNING t.sign_in_id, s.by_cookie, s.expires_at
       ), fresh AS (
         INSERT INTO refresh_tokens (hash, sign_in_id, user_agent, ip, expires_at)
         SELECT $2, sign_in_id, $3, $4, least(expires_at, now() + make_interval(days => ${REFRESH_DAYS})) FROM used
         RETURNING expires_at
       )
       SELECT used.sign_in_id, used.by_cookie, fresh.expires_at FROM used, fresh`,
      [hash, tokenHash(next), caller.userAgent, caller.ip],
    );
    if (!row) return null;
    const delivered = this.rotations.note([hash]);
    return { familyId: row.sign_in_id, token: next, expiresAt: row.expires_at, byCookie: row.by_cookie, delivered };
  }

  /** Whose a token is that is still good. */
  private async holderOf(hash: Buffer): Promise<number | null> {
    const [row] = await this.database.query<{ user_id: number }[]>(
      `SELECT s.user_id FROM refresh_tokens t JOIN sign_ins s ON s.id = t.sign_in_id
       WHERE t.hash = $1 AND t.used_at IS NULL AND t.expires_at > now() AND s.revoked_at IS NULL`,
      [hash],
    );
    return row?.user_id ?? null;
  }

  private async end(manager: EntityManager, reason: RevokeReason, where: string, parameters: unknown[]): Promise<void> {
    await manager.query(
      `UPDATE sign_ins SET revoked_at = now(), revoked_because = $1 WHERE revoked_at IS NULL AND ${where}`,
      [reason, ...parameters],
    );
  }

  private async trade(
    manager: EntityManager,
    familyId: string,
    clubId: number,
    token: string,
    caller: Caller,
  ): Promise<IssuedRefresh | null> {
    const [[signIn]] = await manager.query<[{ by_cookie: boolean }[], number]>(
      'UPDATE sign_ins SET active_club_id = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING by_cookie',
      [familyId, clubId],
    );
    if (!signIn) return null;
    const [used] = await manager.query<[{ hash: Buffer }[], number]>(
      'UPDATE refresh_tokens SET used_at = now() WHERE sign_in_id = $1 AND used_at IS NULL RETURNING hash',
      [familyId],
    );
    const [row] = await manager.query<{ expires_at: Date }[]>(
      `INSERT INTO refresh_tokens (hash, sign_in_id, user_agent, ip, expires_at)
       SELECT $1, id, $3, $4, least(expires_at, now() + make_interval(days => ${REFRESH_DAYS}))
       FROM sign_ins WHERE id = $2 RETURNING expires_at`,
      [tokenHash(token), familyId, caller.userAgent, caller.ip],
    );
    const delivered = this.rotations.note(used.map(({ hash }) => hash));
    const { expires_at: expiresAt } = row as { expires_at: Date };
    return { familyId, token, expiresAt, byCookie: signIn.by_cookie, delivered };
  }

  private async endReused(hash: Buffer, caller: Caller): Promise<void> {
    const [rows] = await this.database.query<
      [{ id: string; user_id: number; active_club_id: number | null }[], number]
    >(
      `UPDATE sign_ins SET revoked_at = now(), revoked_because = 'token_reused'
       WHERE revoked_at IS NULL
         AND id = (SELECT sign_in_id FROM refresh_tokens WHERE hash = $1 AND used_at IS NOT NULL)
       RETURNING id, user_id, active_club_id`,
      [hash],
    );
    for (const { id, user_id: userId, active_club_id: clubId } of rows) {
      const entry = { actorId: null, clubId, target: `user:${userId}`, ip: caller.ip, details: { id } };
      await this.audit.record({ action: 'auth.token_reused', ...entry });
    }
  }
}
