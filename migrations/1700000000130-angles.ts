import { MigrationInterface, QueryRunner } from 'typeorm';

/** Several cameras a court, and what each of them films of a match: its angles. */
export class Angles1700000000130 implements MigrationInterface {
  name = 'Angles1700000000130';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE cameras
        -- 0: the main camera. The address of another one is sealed for its court and position.
        ADD COLUMN position smallint NOT NULL DEFAULT 0 CHECK (position BETWEEN 0 AND 3),
        ADD COLUMN name text CHECK (char_length(name) BETWEEN 1 AND 120),
        DROP CONSTRAINT cameras_court_id_key,
        ADD CONSTRAINT cameras_court_position_key UNIQUE (court_id, position);

      ALTER TABLE camera_sessions
        -- The session of the match's main camera; NULL: this is it.
        ADD COLUMN angle_of uuid REFERENCES camera_sessions (id),
        ADD COLUMN camera_position smallint NOT NULL DEFAULT 0,
        -- As the camera was called then: cameras go.
        ADD COLUMN camera_name text,
        ADD CHECK ((angle_of IS NULL) = (camera_position = 0));
      CREATE INDEX camera_sessions_angle_idx ON camera_sessions (angle_of) WHERE angle_of IS NOT NULL;
      -- Exactly one open session a camera: the database arbitrates.
      DROP INDEX camera_sessions_open_court_key;
      CREATE UNIQUE INDEX camera_sessions_open_court_key ON camera_sessions (court_id, camera_position)
        WHERE status IN ('connecting', 'live', 'reconnecting');

      ALTER TABLE recordings ADD COLUMN camera_position smallint NOT NULL DEFAULT 0;
      -- One active recording a camera: exactly one writer.
      DROP INDEX recordings_active_court_key;
      CREATE UNIQUE INDEX recordings_active_court_key ON recordings (court_id, camera_position)
        WHERE status IN ('starting', 'recording', 'reconnecting');

      ALTER TABLE videos ADD COLUMN angle_of uuid REFERENCES camera_sessions (id);
      CREATE INDEX videos_angle_idx ON videos (angle_of) WHERE angle_of IS NOT NULL;
    `);
  }

  /** What further cameras filmed has no place in the schema of before: their files are left to the sweep. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM videos WHERE angle_of IS NOT NULL;
      ALTER TABLE videos DROP COLUMN angle_of;
      DELETE FROM recordings WHERE camera_position > 0;
      DROP INDEX recordings_active_court_key;
      ALTER TABLE recordings DROP COLUMN camera_position;
      CREATE UNIQUE INDEX recordings_active_court_key ON recordings (court_id)
        WHERE status IN ('starting', 'recording', 'reconnecting');
      DELETE FROM camera_sessions WHERE angle_of IS NOT NULL;
      DROP INDEX camera_sessions_open_court_key;
      ALTER TABLE camera_sessions DROP COLUMN angle_of, DROP COLUMN camera_position, DROP COLUMN camera_name;
      CREATE UNIQUE INDEX camera_sessions_open_court_key ON camera_sessions (court_id)
        WHERE status IN ('connecting', 'live', 'reconnecting');
      DELETE FROM cameras WHERE position > 0;
      ALTER TABLE cameras DROP COLUMN position, DROP COLUMN name, ADD CONSTRAINT cameras_court_id_key UNIQUE (court_id);
    `);
  }
}
