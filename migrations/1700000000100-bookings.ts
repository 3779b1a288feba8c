import { MigrationInterface, QueryRunner } from 'typeorm';

/** Planned recordings, and whether a club's players may plan them. */
export class Bookings1700000000100 implements MigrationInterface {
  name = 'Bookings1700000000100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE clubs ADD COLUMN players_book boolean NOT NULL DEFAULT false;

      CREATE TABLE bookings (
        id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        club_id integer NOT NULL REFERENCES clubs (id),
        court_id integer NOT NULL REFERENCES courts (id),
        -- Whose session it will be.
        owner_id integer NOT NULL REFERENCES users (id),
        created_by integer NOT NULL REFERENCES users (id),
        starts_at timestamptz(3) NOT NULL,
        ends_at timestamptz(3) NOT NULL,
        title text CHECK (char_length(title) BETWEEN 1 AND 120),
        status text NOT NULL DEFAULT 'planned'
          CHECK (status IN ('planned', 'starting', 'recording', 'done', 'missed', 'failed', 'cancelled')),
        -- Why it is so, or what is in the way; a stable word.
        reason text,
        session_id uuid REFERENCES camera_sessions (id),
        -- When its recording was there.
        started_at timestamptz(3),
        source text NOT NULL DEFAULT 'manual' CHECK (source IN ('manual', 'ical')),
        -- Of the calendar's event, and of which of its repetitions.
        external_uid text,
        external_recurrence text,
        -- Who said that the players have been told of the club's note; of a club without one nobody had to.
        consent_by integer REFERENCES users (id),
        consent_at timestamptz,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CHECK (starts_at < ends_at),
        CHECK ((source = 'ical') = (external_uid IS NOT NULL)),
        -- One match a court at a time: the database arbitrates. A range of one number, for it needs no extension.
        CONSTRAINT bookings_no_overlap EXCLUDE USING gist
          (int4range(court_id, court_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&)
          WHERE (status IN ('planned', 'starting', 'recording'))
      );
      CREATE INDEX bookings_club_idx ON bookings (club_id, starts_at, id);
      CREATE INDEX bookings_owner_idx ON bookings (owner_id);
      CREATE INDEX bookings_ahead_idx ON bookings (starts_at) WHERE status IN ('planned', 'starting', 'recording');
      CREATE INDEX bookings_session_idx ON bookings (session_id) WHERE session_id IS NOT NULL;
      CREATE UNIQUE INDEX bookings_event_key ON bookings (court_id, external_uid, external_recurrence)
        WHERE source = 'ical' AND status IN ('planned', 'starting', 'recording');

      CREATE TABLE booking_players (
        booking_id integer NOT NULL REFERENCES bookings (id) ON DELETE CASCADE,
        user_id integer NOT NULL REFERENCES users (id),
        PRIMARY KEY (booking_id, user_id)
      );
      CREATE INDEX booking_players_user_idx ON booking_players (user_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE booking_players, bookings;
      ALTER TABLE clubs DROP COLUMN players_book;
    `);
  }
}
