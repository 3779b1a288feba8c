import { MigrationInterface, QueryRunner } from 'typeorm';

/** How much moved in recordings, and recordings that stop by themselves when nobody plays. */
export class Activity1700000000140 implements MigrationInterface {
  name = 'Activity1700000000140';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE activity_minutes (
        session_id uuid NOT NULL REFERENCES recordings (session_id) ON DELETE CASCADE,
        -- Of the recording's file, from 0.
        minute integer NOT NULL CHECK (minute >= 0),
        -- One a second, 0 to 100; NULL: not known.
        scores smallint[] NOT NULL CHECK (cardinality(scores) = 60),
        PRIMARY KEY (session_id, minute)
      );

      -- After so many minutes without play a recording stops by itself; NULL: it does not.
      ALTER TABLE courts ADD COLUMN auto_stop_minutes smallint CHECK (auto_stop_minutes BETWEEN 2 AND 60);

      ALTER TABLE recordings
        -- It has been said that it stops by itself then.
        ADD COLUMN auto_stop_at timestamptz(3),
        -- Somebody wanted it to go on.
        ADD COLUMN kept_at timestamptz(3),
        -- Why it ended, where neither somebody nor its planned end was the cause.
        ADD COLUMN stop_reason text CHECK (stop_reason IN ('no_play')),
        ADD COLUMN idle_tail_seconds integer CHECK (idle_tail_seconds >= 0);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE recordings DROP COLUMN auto_stop_at, DROP COLUMN kept_at, DROP COLUMN stop_reason,
        DROP COLUMN idle_tail_seconds;
      ALTER TABLE courts DROP COLUMN auto_stop_minutes;
      DROP TABLE activity_minutes;
    `);
  }
}
