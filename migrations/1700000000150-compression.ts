import { MigrationInterface, QueryRunner } from 'typeorm';

/** Finished videos that are coded anew to take less room, and what a club wishes of that. */
export class Compression1700000000150 implements MigrationInterface {
  name = 'Compression1700000000150';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE video_compressions (
        session_id uuid PRIMARY KEY REFERENCES camera_sessions (id),
        club_id integer NOT NULL REFERENCES clubs (id),
        codec text NOT NULL CHECK (codec IN ('h264', 'h265')),
        crf integer NOT NULL CHECK (crf BETWEEN 18 AND 34),
        -- 'swapping': the file is being replaced; which of the two it is says its size.
        state text NOT NULL DEFAULT 'queued'
          CHECK (state IN ('queued', 'running', 'swapping', 'done', 'kept', 'failed')),
        progress real NOT NULL DEFAULT 0,
        -- Of the file as it was, and of what it became or is about to become.
        original_size_bytes bigint,
        size_bytes bigint,
        -- Why it was kept or failed, in one word.
        reason text,
        created_at timestamptz NOT NULL DEFAULT now(),
        ended_at timestamptz,
        CHECK (state NOT IN ('swapping', 'done') OR size_bytes < original_size_bytes)
      );
      CREATE INDEX video_compressions_open_idx ON video_compressions (created_at)
        WHERE state IN ('queued', 'running', 'swapping');

      ALTER TABLE clubs
        ADD COLUMN compression text NOT NULL DEFAULT 'off' CHECK (compression IN ('off', 'h264', 'h265')),
        -- NULL: the codec's own.
        ADD COLUMN compression_crf integer CHECK (compression_crf BETWEEN 18 AND 34),
        ADD COLUMN compression_after_minutes integer NOT NULL DEFAULT 60
          CHECK (compression_after_minutes BETWEEN 0 AND 10080),
        -- Older videos are left as they are.
        ADD COLUMN compression_since timestamptz;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE video_compressions;
      ALTER TABLE clubs
        DROP COLUMN compression, DROP COLUMN compression_crf,
        DROP COLUMN compression_after_minutes, DROP COLUMN compression_since;
    `);
  }
}
