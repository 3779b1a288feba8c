import { MigrationInterface, QueryRunner } from 'typeorm';

/** What people mark in a match, and how far its file has heard of it. */
export class Markers1700000000070 implements MigrationInterface {
  name = 'Markers1700000000070';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE markers (
        id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        session_id uuid NOT NULL REFERENCES camera_sessions (id),
        club_id integer NOT NULL REFERENCES clubs (id),
        author_id integer NOT NULL REFERENCES users (id),
        kind text NOT NULL CHECK (kind IN ('point', 'rally', 'fault', 'dispute', 'highlight', 'note')),
        text text CHECK (char_length(text) BETWEEN 1 AND 200),
        -- From the file's first frame.
        at_seconds double precision NOT NULL CHECK (at_seconds >= 0),
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX markers_session_idx ON markers (session_id, at_seconds, id);
      CREATE INDEX markers_author_idx ON markers (author_id);

      -- A row for each session that ever had a marker. Its lock puts the changes of one session in order.
      CREATE TABLE marker_chapters (
        session_id uuid PRIMARY KEY REFERENCES camera_sessions (id),
        -- Counts the changes of the session's markers.
        revision integer NOT NULL DEFAULT 0,
        -- The revision that its file's chapters show.
        written integer NOT NULL DEFAULT 0,
        -- Its file cannot be given chapters in place.
        unsupported boolean NOT NULL DEFAULT false,
        -- So many chapters did not fit, and the file has those of before; the next change may.
        no_room boolean NOT NULL DEFAULT false,
        -- Which process is writing its file, see ProcessIdentity, and until when that is believed of another machine's.
        writer jsonb,
        writer_until timestamptz
      );
      CREATE INDEX marker_chapters_waiting_idx ON marker_chapters (session_id) WHERE written < revision AND NOT unsupported;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE marker_chapters, markers;');
  }
}
