import { randomInt } from 'node:crypto';
import { MigrationInterface, QueryRunner } from 'typeorm';

/** Codes by which players join a match at the court, and who came into a match after it had ended. */
export class PlayersOfOpenSessions1700000000050 implements MigrationInterface {
  name = 'PlayersOfOpenSessions1700000000050';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE camera_sessions
        ADD COLUMN join_code text CHECK (join_code ~ '^[ABCDEFGHJKMNPQRSTVWXYZ23456789]{8}$');
      CREATE UNIQUE INDEX camera_sessions_join_code_key ON camera_sessions (join_code)
        WHERE status IN ('connecting', 'live', 'reconnecting');

      ALTER TABLE session_players
        -- Whoever was there at the end keeps the match; whoever was added later may be taken out again.
        ADD COLUMN added_later boolean NOT NULL DEFAULT false;
    `);
    const open = (await runner.query(
      `SELECT id FROM camera_sessions WHERE status IN ('connecting', 'live', 'reconnecting')`,
    )) as { id: string }[];
    for (const { id } of open) {
      const code = Array.from({ length: 8 }, () => 'ABCDEFGHJKMNPQRSTVWXYZ23456789'.charAt(randomInt(30))).join('');
      await runner.query('UPDATE camera_sessions SET join_code = $2 WHERE id = $1', [id, code]);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE session_players DROP COLUMN added_later;
      DROP INDEX camera_sessions_join_code_key;
      ALTER TABLE camera_sessions DROP COLUMN join_code;
    `);
  }
}
