import { MigrationInterface, QueryRunner } from 'typeorm';

/** Calendars from which courts' bookings come. */
export class CourtCalendars1700000000102 implements MigrationInterface {
  name = 'CourtCalendars1700000000102';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE court_calendars (
        court_id integer PRIMARY KEY REFERENCES courts (id),
        -- The address may hold a secret; what is shown of it stands in origin.
        url_sealed text NOT NULL,
        key_id text NOT NULL,
        origin text NOT NULL,
        -- Whose bookings they are: the admin who set it.
        set_by integer NOT NULL REFERENCES users (id),
        consent_at timestamptz,
        set_at timestamptz(3) NOT NULL DEFAULT now(),
        next_fetch_at timestamptz NOT NULL DEFAULT now(),
        etag text,
        last_modified text,
        fetched_at timestamptz(3),
        -- When it was last read without a fault.
        read_at timestamptz(3),
        events integer NOT NULL DEFAULT 0,
        skipped integer NOT NULL DEFAULT 0,
        error text
      );
      CREATE INDEX court_calendars_due_idx ON court_calendars (next_fetch_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE court_calendars;');
  }
}
