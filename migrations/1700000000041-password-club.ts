import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The club whose CLUB_ADMIN set somebody's password: it opens that club alone until the person has chosen their own
 * (`src/auth/password-club.ts`).
 *
 * For the passwords that are there, the audit trail has the last word: the newest line that gave the account a password says
 * whether it was the person, a SUPER_ADMIN or a club's admin, and in which club. Where that is another club than one of theirs,
 * so be it: an admin who is not theirs any more knows the password. Where the trail has no line (shortened, or rows that came
 * from elsewhere), somebody in one club is taken for having it from that club's admin: it takes nothing from them today, and a
 * club that adds them later is safe. Of somebody in several clubs nobody knows which one it would be, and to guess would take
 * places away that they use: these stay as they are. So do a SUPER_ADMIN's without a line, or nobody might be left.
 */
export class PasswordClub1700000000041 implements MigrationInterface {
  name = 'PasswordClub1700000000041';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE users
        ADD COLUMN password_club_id integer REFERENCES clubs (id),
        ADD CONSTRAINT users_password_club_check CHECK (password_club_id IS NULL OR password_hash IS NOT NULL);

      UPDATE users u SET password_club_id = CASE
        WHEN last.club_id IS NOT NULL THEN last.club_id
        WHEN last.known IS NULL AND NOT u.is_super_admin THEN (
          SELECT min(m.club_id) FROM memberships m JOIN clubs c ON c.id = m.club_id AND c.deleted_at IS NULL
          WHERE m.user_id = u.id HAVING count(*) = 1)
      END
      FROM users p LEFT JOIN LATERAL (
        SELECT true AS known, CASE WHEN l.actor_id IS DISTINCT FROM p.id AND NOT coalesce(a.is_super_admin, false)
                                   THEN l.club_id END AS club_id
        FROM audit_log l LEFT JOIN users a ON a.id = l.actor_id
        WHERE (l.target = 'user:' || p.id AND (
            l.action IN ('user.created', 'auth.password_reset', 'registration.confirmed')
            OR (l.action = 'user.changed' AND l.details -> 'fields' ? 'password')))
          OR (l.actor_id = p.id AND (
            l.action = 'auth.password_changed'
            OR (l.action = 'invitation.accepted' AND l.details -> 'new_account' = 'true')))
        ORDER BY l.at DESC, l.id DESC LIMIT 1
      ) last ON true
      WHERE p.id = u.id AND u.password_hash IS NOT NULL AND u.deleted_at IS NULL;

      UPDATE sign_ins s SET revoked_at = now(), revoked_because = 'password_changed'
      FROM users u
      WHERE u.id = s.user_id AND s.revoked_at IS NULL AND u.password_club_id IS NOT NULL
        AND (u.is_super_admin OR s.active_club_id IS DISTINCT FROM u.password_club_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE users DROP COLUMN password_club_id');
  }
}
