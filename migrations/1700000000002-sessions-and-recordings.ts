import { MigrationInterface, QueryRunner } from 'typeorm';

/** Camera sessions, who takes part, their recordings with parts and gaps, and the finished videos. */
export class SessionsAndRecordings1700000000002 implements MigrationInterface {
  name = 'SessionsAndRecordings1700000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE camera_sessions (
        id uuid PRIMARY KEY,
        court_id integer NOT NULL REFERENCES courts (id),
        club_id integer NOT NULL REFERENCES clubs (id),
        user_id integer NOT NULL REFERENCES users (id),
        status text NOT NULL CHECK (status IN ('connecting', 'live', 'reconnecting', 'closed', 'failed')),
        protocol text,
        codec text,
        width integer,
        height integer,
        fps real,
        proxy_port integer,
        reconnects integer NOT NULL DEFAULT 0,
        -- The process that moves this session's bytes: dead owner, interrupted session.
        owner jsonb,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        last_frame_at timestamptz,
        last_used_at timestamptz NOT NULL DEFAULT now(),
        closed_at timestamptz,
        close_reason text,
        CHECK ((status IN ('closed', 'failed')) = (closed_at IS NOT NULL))
      );
      -- Exactly one open session a court: the database arbitrates.
      CREATE UNIQUE INDEX camera_sessions_open_court_key ON camera_sessions (court_id)
        WHERE status IN ('connecting', 'live', 'reconnecting');
      CREATE INDEX camera_sessions_club_idx ON camera_sessions (club_id, created_at DESC, id);
      CREATE INDEX camera_sessions_user_idx ON camera_sessions (user_id, created_at DESC);

      CREATE TABLE session_players (
        session_id uuid NOT NULL REFERENCES camera_sessions (id) ON DELETE CASCADE,
        user_id integer NOT NULL REFERENCES users (id),
        PRIMARY KEY (session_id, user_id)
      );
      CREATE INDEX session_players_user_idx ON session_players (user_id);

      CREATE TABLE recordings (
        -- One recording a session, ever.
        session_id uuid PRIMARY KEY REFERENCES camera_sessions (id),
        court_id integer NOT NULL REFERENCES courts (id),
        club_id integer NOT NULL REFERENCES clubs (id),
        user_id integer NOT NULL REFERENCES users (id),
        status text NOT NULL CHECK (status IN
          ('starting', 'recording', 'reconnecting', 'stopping', 'finalizing', 'ready', 'failed')),
        requested_at timestamptz NOT NULL DEFAULT now(),
        started_at timestamptz,
        stopped_at timestamptz,
        planned_end_at timestamptz NOT NULL,
        duration_seconds double precision NOT NULL DEFAULT 0,
        bytes_written bigint NOT NULL DEFAULT 0,
        restarts integer NOT NULL DEFAULT 0,
        video_path text,
        error text,
        updated_at timestamptz NOT NULL DEFAULT now()
      );
      -- One active recording a court: exactly one writer.
      CREATE UNIQUE INDEX recordings_active_court_key ON recordings (court_id)
        WHERE status IN ('starting', 'recording', 'reconnecting');
      CREATE INDEX recordings_unfinished_idx ON recordings (status) WHERE status NOT IN ('ready', 'failed');

      CREATE TABLE recording_parts (
        session_id uuid NOT NULL REFERENCES recordings (session_id) ON DELETE CASCADE,
        part integer NOT NULL,
        init bytea NOT NULL,
        codec text NOT NULL,
        -- On the session's clock, 90 kHz.
        start_ticks bigint NOT NULL,
        reserve_bytes integer NOT NULL,
        PRIMARY KEY (session_id, part)
      );

      CREATE TABLE recording_gaps (
        session_id uuid NOT NULL REFERENCES recordings (session_id) ON DELETE CASCADE,
        start_seconds double precision NOT NULL,
        end_seconds double precision NOT NULL CHECK (end_seconds > start_seconds),
        reason text NOT NULL,
        PRIMARY KEY (session_id, start_seconds)
      );

      CREATE TABLE videos (
        session_id uuid PRIMARY KEY REFERENCES recordings (session_id),
        court_id integer NOT NULL REFERENCES courts (id),
        club_id integer NOT NULL REFERENCES clubs (id),
        user_id integer NOT NULL REFERENCES users (id),
        video_path text NOT NULL,
        size_bytes bigint NOT NULL,
        duration_seconds double precision NOT NULL,
        width integer NOT NULL,
        height integer NOT NULL,
        codec text NOT NULL,
        -- As the file has them: [{start_seconds, end_seconds, reason}].
        gaps jsonb NOT NULL DEFAULT '[]',
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        deleted_at timestamptz
      );
      CREATE INDEX videos_club_idx ON videos (club_id, created_at DESC, session_id) WHERE deleted_at IS NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE videos, recording_gaps, recording_parts, recordings, session_players, camera_sessions;
    `);
  }
}
