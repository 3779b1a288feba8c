import { MigrationInterface, QueryRunner } from 'typeorm';

/** How many sessions a club may have open at once, and what counts the open ones without reading the closed. */
export class SessionLimits1700000000006 implements MigrationInterface {
  name = 'SessionLimits1700000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- NULL: only the service's own limit holds.
      ALTER TABLE clubs ADD COLUMN max_sessions integer CHECK (max_sessions BETWEEN 1 AND 1000);

      CREATE INDEX camera_sessions_open_club_idx ON camera_sessions (club_id)
        WHERE status IN ('connecting', 'live', 'reconnecting');
      CREATE INDEX camera_sessions_open_user_idx ON camera_sessions (user_id)
        WHERE status IN ('connecting', 'live', 'reconnecting');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX camera_sessions_open_user_idx, camera_sessions_open_club_idx;
      ALTER TABLE clubs DROP COLUMN max_sessions;
    `);
  }
}
