import { MigrationInterface, QueryRunner } from 'typeorm';

/** Links by which people show a match to others, and what a club allows of it. */
export class Shares1700000000090 implements MigrationInterface {
  name = 'Shares1700000000090';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE clubs ADD COLUMN sharing_enabled boolean NOT NULL DEFAULT true;

      CREATE TABLE shares (
        id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        -- SHA-256 of the word in the link, which is nowhere.
        hash bytea NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
        session_id uuid NOT NULL REFERENCES camera_sessions (id),
        -- Null: the whole match. Not a reference: who deletes a highlight does not ask who shared it.
        highlight_id uuid,
        club_id integer NOT NULL REFERENCES clubs (id),
        author_id integer NOT NULL REFERENCES users (id),
        -- argon2id in PHC form; null: whoever has the link needs no pass-phrase.
        passphrase_hash text,
        allow_download boolean NOT NULL,
        -- How its film with the club's logo stands; null: it is of the recording as it is.
        branding text CHECK (branding IN ('waiting', 'making', 'ready', 'failed')),
        -- How much of that film is made, 0 to 1.
        branding_progress real,
        -- Visitors who began to watch, and who downloaded.
        views integer NOT NULL DEFAULT 0,
        downloads integer NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        revoked_at timestamptz
      );
      CREATE INDEX shares_session_idx ON shares (session_id, id);
      CREATE INDEX shares_author_idx ON shares (author_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE shares; ALTER TABLE clubs DROP COLUMN sharing_enabled;');
  }
}
