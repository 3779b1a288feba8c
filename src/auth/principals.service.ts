import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import type { MediaUrlClaim } from './media-url-path';
import { REACHED } from './password-club';
import { Principal, PrincipalMembership } from './principal';
import { tokenHash } from './token-text';

/** What an access token claims; the database has the last word on all of it. */
export interface AccessClaims {
  readonly userId: number;
  readonly familyId: string;
  /** The club that was active when the token was made; `null` for a SUPER_ADMIN. */
  readonly clubId: number | null;
}

interface Row {
  readonly id: number;
  readonly email: string;
  readonly name: string;
  readonly is_super_admin: boolean;
  readonly password_club_id: number | null;
  readonly sign_in_id: string;
  readonly active_club_id: number | null;
  readonly memberships: PrincipalMembership[];
}

const SELECT = `
  SELECT u.id, u.email, u.name, u.is_super_admin, u.password_club_id, s.id AS sign_in_id, s.active_club_id,
         coalesce((
           SELECT json_agg(json_build_object('clubId', m.club_id, 'role', m.role) ORDER BY m.club_id)
           FROM memberships m JOIN clubs c ON c.id = m.club_id AND c.deleted_at IS NULL
           WHERE m.user_id = u.id AND m.disabled_at IS NULL AND ${REACHED}
         ), '[]') AS memberships
  FROM sign_ins s JOIN users u ON u.id = s.user_id`;

const IN_FORCE = `s.revoked_at IS NULL AND s.expires_at > now() AND u.disabled_at IS NULL AND u.deleted_at IS NULL`;

/**
 * Reads who asks, in one query: account, memberships and sign-in as they are now. `null` always means "not signed in":
 * disabled, deleted, signed out, revoked, moved out of the club, out of the password's reach, or never heard of.
 */
@Injectable()
export class PrincipalsService {
  constructor(private readonly database: DataSource) {}

  async byAccess(claims: AccessClaims, manager?: EntityManager): Promise<Principal | null> {
    const parameters = [claims.familyId, claims.userId];
    const rows = await this.query(`${SELECT} WHERE s.id = $1 AND s.user_id = $2 AND ${IN_FORCE}`, parameters, manager);
    return toPrincipal(rows[0], claims.clubId, 'bearer');
  }

  /** By the value of the media cookie. */
  async byMediaToken(token: string): Promise<Principal | null> {
    const rows = await this.query(
      `${SELECT} JOIN media_tokens t ON t.sign_in_id = s.id WHERE t.hash = $1 AND t.expires_at > now() AND ${IN_FORCE}`,
      [tokenHash(token)],
    );
    return toPrincipal(rows[0], rows[0]?.active_club_id ?? null, 'media');
  }

  /** By what a media URL claims: as long as it is neither revoked nor over, and the sign-in it was made in is in force. */
  async byMediaUrl(claim: MediaUrlClaim): Promise<Principal | null> {
    const rows = await this.query(
      `${SELECT} JOIN media_urls t ON t.sign_in_id = s.id
       WHERE t.hash = $1 AND t.session_id = $2 AND t.purpose = ANY($3) AND t.expires_at > now() AND ${IN_FORCE}`,
      [tokenHash(claim.token), claim.sessionId, claim.purposes],
    );
    const principal = toPrincipal(rows[0], rows[0]?.active_club_id ?? null, 'url');
    return principal && { ...principal, mediaUrl: claim };
  }

  /** In the club that is active for the sign-in now. */
  async bySignIn(familyId: string): Promise<Principal | null> {
    const rows = await this.query(`${SELECT} WHERE s.id = $1 AND ${IN_FORCE}`, [familyId]);
    return toPrincipal(rows[0], rows[0]?.active_club_id ?? null, 'bearer');
  }

  /**
   * The same person as they are now: for open streams, which must end within 10 s of a logout, a change of role or a
   * deletion. `null`, or without what the stream needs: end it.
   */
  async refreshed(principal: Principal, manager?: EntityManager): Promise<Principal | null> {
    const { userId, familyId, clubId, mediaUrl } = principal;
    if (mediaUrl !== undefined) return this.byMediaUrl(mediaUrl);
    return this.byAccess({ userId, familyId, clubId }, manager);
  }

  /** {@link refreshed} of many at once, in their order: one query, however many. */
  async refreshedAll(principals: readonly Principal[]): Promise<(Principal | null)[]> {
    if (principals.length === 0) return [];
    const families = [...new Set(principals.map(({ familyId }) => familyId))];
    const rows = await this.query(`${SELECT} WHERE s.id = ANY($1::uuid[]) AND ${IN_FORCE}`, [families]);
    const byFamily = new Map(rows.map((row) => [row.sign_in_id, row]));
    return principals.map(({ familyId, clubId }) => toPrincipal(byFamily.get(familyId), clubId, 'bearer'));
  }

  private query(sql: string, parameters: unknown[], manager = this.database.manager): Promise<Row[]> {
    return manager.query<Row[]>(sql, parameters);
  }
}

function toPrincipal(row: Row | undefined, clubId: number | null, via: Principal['via']): Principal | null {
  if (!row) return null;
  const { id: userId, email, name, sign_in_id: familyId } = row;
  const passwordChosen = row.password_club_id === null;
  const person = { userId, email, name, passwordChosen, familyId, via };
  if (row.is_super_admin) {
    // A token made before the person became SUPER_ADMIN names a club: that is somebody who moved.
    // Nor does a password that a club's admin knows open the service.
    if (clubId !== null || !passwordChosen) return null;
    return { ...person, role: 'SUPER_ADMIN', clubId: null, memberships: [] };
  }
  const active = row.memberships.find((membership) => membership.clubId === clubId);
  if (!active) return null;
  return { ...person, role: active.role, clubId, memberships: row.memberships };
}
