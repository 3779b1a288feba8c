import type { Account } from './accounts.service';

/**
 * Of a user `u` and their membership `m`: whether a sign-in with the user's password reaches it. An admin who sets somebody's
 * password knows it, so it opens the club of that admin (`users.password_club_id`) and no other one, until the person has
 * chosen their own. This is the one place that says so; everything that reads memberships for a sign-in asks it.
 */
export const REACHED = '(u.password_club_id IS NULL OR u.password_club_id = m.club_id)';

/**
 * What becomes of the club of a password when somebody changes it who showed the one before: they may be the admin who set it.
 * While the person is in that club alone, the admin has their whole account anyway, and the new one is taken for the person's
 * own. Once they are in another club too, knowing the old one proves nothing to that club: only a link does, or a SUPER_ADMIN.
 */
export function clubAfterOwnChange({ passwordClubId, memberships }: Account): number | null {
  return memberships.every(({ clubId }) => clubId === passwordClubId) ? null : passwordClubId;
}

/**
 * Where a sign-in begins: nowhere for a SUPER_ADMIN, else the first club it reaches; `undefined`: it may not begin. Who became
 * SUPER_ADMIN with a password that a club's admin set waits for their own.
 */
export function firstPlace(account: Account): { readonly clubId: number | null } | undefined {
  if (account.disabled) return undefined;
  if (account.isSuperAdmin) return account.passwordClubId === null ? { clubId: null } : undefined;
  return account.memberships.find(({ disabled, reached }) => reached && !disabled);
}
