import { MigrationInterface, QueryRunner } from 'typeorm';

/** Stretches of matches that people keep as files of their own, and the buttons at courts that ask for them. */
export class Highlights1700000000081 implements MigrationInterface {
  name = 'Highlights1700000000081';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE highlights (
        id uuid PRIMARY KEY,
        session_id uuid NOT NULL REFERENCES camera_sessions (id),
        club_id integer NOT NULL REFERENCES clubs (id),
        -- NULL: the button at the court.
        author_id integer REFERENCES users (id),
        status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'making', 'ready', 'failed')),
        -- Whether it was asked for as the last seconds before the press.
        pressed boolean NOT NULL,
        cut text NOT NULL CHECK (cut IN ('keyframes', 'exact')),
        text text CHECK (char_length(text) BETWEEN 1 AND 200),
        -- From the recording's first frame: what was asked for, and once it is ready what is in the file.
        start_seconds double precision NOT NULL CHECK (start_seconds >= 0),
        end_seconds double precision NOT NULL,
        size_bytes bigint,
        error text,
        created_at timestamptz NOT NULL DEFAULT now(),
        ready_at timestamptz,
        -- Its file goes, then the row.
        deleted_at timestamptz,
        CHECK (end_seconds > start_seconds)
      );
      CREATE INDEX highlights_session_idx ON highlights (session_id, start_seconds, id) WHERE deleted_at IS NULL;
      CREATE INDEX highlights_author_idx ON highlights (author_id);
      CREATE INDEX highlights_deleted_idx ON highlights (deleted_at) WHERE deleted_at IS NOT NULL;
      CREATE INDEX highlights_unmade_idx ON highlights (created_at) WHERE status IN ('waiting', 'making');

      -- How many seconds a press keeps where it does not say.
      ALTER TABLE clubs
        ADD COLUMN highlight_seconds integer NOT NULL DEFAULT 30 CHECK (highlight_seconds BETWEEN 5 AND 120);

      -- The key of the button at a court; one at a time.
      CREATE TABLE court_buttons (
        court_id integer PRIMARY KEY REFERENCES courts (id),
        -- SHA-256.
        key_hash bytea NOT NULL UNIQUE,
        created_at timestamptz NOT NULL DEFAULT now()
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE court_buttons, highlights; ALTER TABLE clubs DROP COLUMN highlight_seconds;');
  }
}
