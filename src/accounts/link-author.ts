/** The author is CLUB_ADMIN, in force, of the club that `club` names. */
const administers = (club: string): string => `EXISTS (
  SELECT FROM memberships o
  WHERE o.user_id = a.id AND o.club_id = ${club} AND o.role = 'CLUB_ADMIN' AND o.disabled_at IS NULL)`;

/**
 * A link `l` that an admin made is worth no more than what they may do when it is used: who is no admin any more leaves no
 * way in behind. The rules are those of making it: an invitation is for admins of its club, a password for admins of every
 * club the person is in (`requireWholeAccount` of clubs/user-rules.ts), and never for a CLUB_ADMIN where the person has become
 * SUPER_ADMIN. True for links that no admin made.
 */
export const AUTHOR_STILL_MAY = `(l.created_by IS NULL OR EXISTS (
  SELECT FROM users a WHERE a.id = l.created_by AND a.deleted_at IS NULL AND a.disabled_at IS NULL AND (
    a.is_super_admin
    OR (l.kind = 'invitation' AND ${administers('l.club_id')})
    OR (l.kind = 'password_reset'
      AND NOT EXISTS (SELECT FROM users p WHERE p.id = l.user_id AND p.is_super_admin)
      AND NOT EXISTS (
        SELECT FROM memberships m JOIN clubs c ON c.id = m.club_id AND c.deleted_at IS NULL
        WHERE m.user_id = l.user_id AND NOT ${administers('m.club_id')})))))`;
