import { MigrationInterface, QueryRunner } from 'typeorm';

/** What is known of each court's camera, also while nobody plays, and its outages. */
export class CameraWatch1700000000060 implements MigrationInterface {
  name = 'CameraWatch1700000000060';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE camera_states (
        court_id integer PRIMARY KEY REFERENCES courts (id),
        -- NULL: not known yet.
        online boolean,
        since timestamptz NOT NULL,
        last_seen_at timestamptz,
        -- Why it was not seen at the last look; NULL: it was.
        code text,
        failed_looks integer NOT NULL DEFAULT 0,
        failing_since timestamptz,
        -- When the court got another camera; NULL: not since it is watched. A session of before says nothing of it.
        camera_since timestamptz,
        next_look_at timestamptz NOT NULL,
        -- The look that is under way, and until when its process stands for it.
        look_id uuid,
        look_until timestamptz,
        CHECK ((look_id IS NULL) = (look_until IS NULL))
      );

      CREATE TABLE camera_outages (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        court_id integer NOT NULL REFERENCES courts (id),
        club_id integer NOT NULL REFERENCES clubs (id),
        began_at timestamptz NOT NULL,
        -- NULL: it goes on.
        ended_at timestamptz CHECK (ended_at >= began_at),
        code text NOT NULL
      );
      -- One outage of a camera goes on at a time, whatever number of processes finds it.
      CREATE UNIQUE INDEX camera_outages_open_court_key ON camera_outages (court_id) WHERE ended_at IS NULL;
      CREATE INDEX camera_outages_club_idx ON camera_outages (club_id, began_at DESC, id);
      CREATE INDEX camera_outages_ended_idx ON camera_outages (ended_at);

      -- Since when a court is free: asked for every court of a club, again and again.
      CREATE INDEX camera_sessions_court_idx ON camera_sessions (court_id, closed_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX camera_sessions_court_idx;
      DROP TABLE camera_outages, camera_states;
    `);
  }
}
