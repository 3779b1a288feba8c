import { MigrationInterface, QueryRunner } from 'typeorm';

/** Where else a club keeps its videos, and which of them are there. */
export class ClubStorage1700000000160 implements MigrationInterface {
  name = 'ClubStorage1700000000160';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE club_storage (
        club_id integer PRIMARY KEY REFERENCES clubs (id),
        kind text NOT NULL CHECK (kind IN ('s3', 'bunny')),
        -- Off: nothing more is uploaded; what is there is read from there.
        enabled boolean NOT NULL DEFAULT true,
        -- Endpoint, bucket and the like: nothing secret.
        place jsonb NOT NULL,
        keys_sealed text NOT NULL,
        key_id text NOT NULL,
        deliver text NOT NULL DEFAULT 'proxy' CHECK (deliver IN ('proxy', 'redirect')),
        -- So long the file stays here once the other copy was verified; null: as long as the video.
        keep_local_days integer CHECK (keep_local_days >= 0),
        upload_mbit integer CHECK (upload_mbit > 0),
        changed_at timestamptz(3) NOT NULL DEFAULT now()
      );

      -- The copy of a video in its club's storage.
      CREATE TABLE video_objects (
        session_id uuid PRIMARY KEY REFERENCES videos (session_id),
        club_id integer NOT NULL REFERENCES clubs (id),
        state text NOT NULL DEFAULT 'waiting'
          CHECK (state IN ('waiting', 'uploading', 'remote', 'failed', 'deleting', 'deleted')),
        object_key text NOT NULL,
        -- Which file it is of: another file, or one that was written to, has another one.
        stamp text,
        bytes bigint,
        sha256 text,
        -- Of an upload in parts that goes on.
        upload_id text,
        part_bytes integer,
        -- How often the storage had something else than was sent.
        mismatches integer NOT NULL DEFAULT 0,
        -- A stable word, and a sentence for people; null: nothing went wrong the last time.
        fault text,
        error text,
        uploaded_at timestamptz(3),
        -- 'leaving': the other copy is the one that counts, and the file goes at any moment.
        local text NOT NULL DEFAULT 'here' CHECK (local IN ('here', 'leaving', 'gone')),
        local_since timestamptz(3),
        -- Deletions that could not be made are tried again then.
        next_try_at timestamptz NOT NULL DEFAULT now(),
        created_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE INDEX video_objects_club_idx ON video_objects (club_id, state);
      CREATE INDEX video_objects_deleting_idx ON video_objects (next_try_at) WHERE state = 'deleting';

      -- What the storage has of an upload that goes on.
      CREATE TABLE video_object_parts (
        session_id uuid NOT NULL REFERENCES video_objects (session_id) ON DELETE CASCADE,
        number integer NOT NULL CHECK (number > 0),
        etag text NOT NULL,
        sha256 text NOT NULL,
        md5 text NOT NULL,
        PRIMARY KEY (session_id, number)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE video_object_parts, video_objects, club_storage;');
  }
}
