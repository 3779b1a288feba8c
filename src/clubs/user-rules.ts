import { Account } from '../auth/accounts.service';
import { Principal, Role } from '../auth/principal';
import { isAdminOf, roleIn } from '../auth/tenant';
import { ProblemException } from '../common/problem';

/** Key of the advisory lock under which rights are changed ("PDLR"). */
export const RIGHTS_LOCK = 0x50444c52;

/** Somebody's account, as one who may manage them sees it. */
export interface ManagedUser {
  readonly account: Account;
  /** The club they are managed in; `null` where there is none to name: a SUPER_ADMIN, or an account without a club. */
  readonly clubId: number | null;
}

/**
 * Lets a manager at somebody, and says in which club. One sees whom one shares a club with; SUPER_ADMINs share none.
 * @param wanted the club the caller named
 * @throws ProblemException `not_found`: shares no club with the caller; `forbidden`: does, but the caller is no admin
 * there; `validation_failed`: in several clubs, and none was named
 */
export function manage(principal: Principal, account: Account | null, wanted?: number): ManagedUser {
  // A SUPER_ADMIN is in no club. Should one ever be, that club's admins get no power over the service with it.
  const places = account === null || account.isSuperAdmin ? [] : account.memberships;
  const shared = places.filter(({ clubId }) => roleIn(principal, clubId) !== null);
  if (account === null || (shared.length === 0 && principal.role !== 'SUPER_ADMIN')) {
    throw new ProblemException('not_found');
  }
  const managed = shared.filter(({ clubId }) => isAdminOf(principal, clubId)).map(({ clubId }) => clubId);
  if (managed.length === 0 && principal.role !== 'SUPER_ADMIN') throw new ProblemException('forbidden');
  if (wanted !== undefined) {
    if (!managed.includes(wanted)) throw new ProblemException('not_found', 'They are not a member of this club.');
    return { account, clubId: wanted };
  }
  const active = managed.find((clubId) => clubId === principal.clubId);
  return { account, clubId: active ?? managed[0] ?? null };
}

/**
 * What belongs to the person rather than to a club (e-mail address, name, password) is changed by a club's admin only
 * while the person is in no club but theirs: nobody gets into another club through its members.
 * @throws ProblemException `forbidden`
 */
export function requireWholeAccount(principal: Principal, account: Account): void {
  if (principal.role === 'SUPER_ADMIN' || account.memberships.every(({ clubId }) => isAdminOf(principal, clubId)))
    return;
  throw new ProblemException(
    'forbidden',
    'This person belongs to another club too: only they themselves change their name, address and password.',
  );
}

/**
 * The club that a password counts as set in: the one it opens until the person has chosen their own. `null`: a SUPER_ADMIN set
 * it, who reaches every club anyway. Who administers several of the person's clubs sets it in one of them.
 */
export function passwordClubOf(principal: Principal, clubId: number | null): number | null {
  return principal.role === 'SUPER_ADMIN' ? null : clubId;
}

/** @throws ProblemException `forbidden`: only a SUPER_ADMIN makes another */
export function requireGrantable(principal: Principal, role: Role): void {
  if (role !== 'SUPER_ADMIN' || principal.role === 'SUPER_ADMIN') return;
  throw new ProblemException('forbidden', 'Only a SUPER_ADMIN makes another SUPER_ADMIN.');
}

/**
 * Nobody takes their own rights away: that is how a club would be left without an admin, or the service without a
 * SUPER_ADMIN.
 * @throws ProblemException `own_account`
 */
export function requireOther(principal: Principal, account: Account): void {
  if (principal.userId === account.id) throw new ProblemException('own_account');
}
