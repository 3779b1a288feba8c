import { ProblemException } from '../common/problem';
import { Principal, Role } from './principal';

/** Least role that an action asks for in a club. */
export type ClubAccess = 'member' | 'admin';

/** What the principal is in this club, active or not; `null` where they are nothing in it. */
export function roleIn(principal: Principal, clubId: number): Role | null {
  if (principal.role === 'SUPER_ADMIN') return 'SUPER_ADMIN';
  return principal.memberships.find((membership) => membership.clubId === clubId)?.role ?? null;
}

/** SUPER_ADMIN, or CLUB_ADMIN of this club. */
export function isAdminOf(principal: Principal, clubId: number): boolean {
  const role = roleIn(principal, clubId);
  return role === 'SUPER_ADMIN' || role === 'CLUB_ADMIN';
}

/**
 * The one rule between clubs. Call it with the club of what was found, or with `null` where nothing was found:
 * a foreign thing and a thing that does not exist answer the same 404, and only what one sees can be a 403.
 * @returns the role that lets the principal in.
 * @throws ProblemException `not_found` (foreign or unknown) or `forbidden` (the role is too low).
 */
export function requireClub(principal: Principal, clubId: number | null | undefined, access: ClubAccess): Role {
  const role = clubId === null || clubId === undefined ? null : roleIn(principal, clubId);
  if (role === null) throw new ProblemException('not_found');
  if (access === 'admin' && role === 'PLAYER') throw new ProblemException('forbidden');
  return role;
}

/** The clubs a list is limited to; `null` means all (SUPER_ADMIN). */
export function visibleClubIds(principal: Principal): readonly number[] | null {
  return principal.role === 'SUPER_ADMIN' ? null : principal.memberships.map((membership) => membership.clubId);
}
