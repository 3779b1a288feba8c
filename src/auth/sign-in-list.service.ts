import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { CursorKey } from '../common/pagination';

/** A sign-in in force, as its owner recognises it. */
export interface OpenSignIn {
  readonly id: string;
  readonly clubId: number | null;
  readonly createdAt: Date;
  /** When its refresh token was last traded; an access token is good for some minutes from then. */
  readonly lastUsedAt: Date;
  /** Of the last trade. */
  readonly ip: string | null;
  readonly userAgent: string | null;
  /** Its place in the list: newest first. */
  readonly key: CursorKey;
}

/** Which sign-ins of somebody are meant. `clubIds`: those with one of these clubs active; `null`: all. */
export interface SignInScope {
  readonly userId: number;
  readonly clubIds: readonly number[] | null;
}

interface Row {
  id: string;
  active_club_id: number | null;
  created_at: Date;
  created_key: string;
  last_used_at: Date;
  ip: string | null;
  user_agent: string | null;
}

/** Neither revoked nor run out: it has a refresh token that is still good. */
const IN_FORCE = `s.revoked_at IS NULL AND s.expires_at > now() AND EXISTS (
  SELECT FROM refresh_tokens t WHERE t.sign_in_id = s.id AND t.used_at IS NULL AND t.expires_at > now())`;

const IN_SCOPE = 's.user_id = $1 AND ($2::integer[] IS NULL OR s.active_club_id = ANY($2))';

/** Sign-ins as their owner, or an admin, sees and ends them. */
@Injectable()
export class SignInListService {
  constructor(private readonly database: DataSource) {}

  /** @param after the key of the last one of the page before */
  async list(scope: SignInScope, after: CursorKey | null, limit: number): Promise<OpenSignIn[]> {
    const rows = await this.database.query<Row[]>(
      `SELECT s.id, s.active_club_id, s.created_at, s.created_at::text AS created_key,
              t.created_at AS last_used_at, host(t.ip) AS ip, t.user_agent
       FROM sign_ins s CROSS JOIN LATERAL (
         SELECT created_at, ip, user_agent FROM refresh_tokens WHERE sign_in_id = s.id ORDER BY created_at DESC LIMIT 1
       ) t
       WHERE ${IN_SCOPE} AND ${IN_FORCE} AND ($3::text IS NULL OR (s.created_at, s.id) < ($3::timestamptz, $4::uuid))
       ORDER BY s.created_at DESC, s.id DESC LIMIT $5`,
      [scope.userId, scope.clubIds, after?.[0] ?? null, after?.[1] ?? null, limit],
    );
    return rows.map((row) => ({
      id: row.id,
      clubId: row.active_club_id,
      createdAt: row.created_at,
      lastUsedAt: row.last_used_at,
      ip: row.ip,
      userAgent: row.user_agent,
      key: [row.created_key, row.id],
    }));
  }

  /** Ends one. @returns false where there is none such in force */
  async revoke(scope: SignInScope, id: string, manager: EntityManager): Promise<boolean> {
    const [, count] = await manager.query<[unknown, number]>(
      `UPDATE sign_ins s SET revoked_at = now(), revoked_because = 'revoked' WHERE s.id = $3 AND ${IN_SCOPE} AND ${IN_FORCE}`,
      [scope.userId, scope.clubIds, id],
    );
    return count > 0;
  }

  /** Ends all but one. @returns how many */
  async revokeOthers(scope: SignInScope, except: string, manager: EntityManager): Promise<number> {
    const [, count] = await manager.query<[unknown, number]>(
      `UPDATE sign_ins s SET revoked_at = now(), revoked_because = 'revoked'
       WHERE s.id <> $3 AND s.revoked_at IS NULL AND ${IN_SCOPE}`,
      [scope.userId, scope.clubIds, except],
    );
    return count;
  }
}
