import { MigrationInterface, QueryRunner } from 'typeorm';

/** Scheduled tasks' last runs, what a club may keep, when a video was read last, and whether its file is there. */
export class Maintenance1700000000005 implements MigrationInterface {
  name = 'Maintenance1700000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE scheduled_tasks (
        name text PRIMARY KEY,
        started_at timestamptz(3) NOT NULL,
        duration_ms integer NOT NULL,
        outcome text NOT NULL CHECK (outcome IN ('ok', 'failed', 'skipped')),
        result jsonb NOT NULL DEFAULT '{}',
        error text,
        -- The process that ran it.
        host text NOT NULL,
        pid integer NOT NULL
      );

      -- One row: what belongs to the installation as a whole.
      CREATE TABLE installation (
        single boolean PRIMARY KEY DEFAULT true CHECK (single),
        -- The same is written in VIDEOS_DIR, so that another installation's directory is told from ours.
        videos_id uuid,
        -- The newest wall time that retention relied on.
        trusted_at timestamptz
      );
      INSERT INTO installation DEFAULT VALUES;

      ALTER TABLE videos
        ADD COLUMN last_read_at timestamptz,
        ADD COLUMN missing_since timestamptz;

      ALTER TABLE clubs
        ADD COLUMN retention_days integer CHECK (retention_days BETWEEN 1 AND 36500),
        ADD COLUMN quota_bytes bigint CHECK (quota_bytes > 0);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE clubs DROP COLUMN retention_days, DROP COLUMN quota_bytes;
      ALTER TABLE videos DROP COLUMN last_read_at, DROP COLUMN missing_since;
      DROP TABLE installation, scheduled_tasks;
    `);
  }
}
