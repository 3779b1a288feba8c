import { MigrationInterface, QueryRunner } from 'typeorm';

/** URLs for players that send neither headers nor cookies; where a club's cameras may be; what its players are told. */
export class MediaUrlsAndClubRules1700000000009 implements MigrationInterface {
  name = 'MediaUrlsAndClubRules1700000000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE media_urls (
        id uuid PRIMARY KEY,
        hash bytea NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
        sign_in_id uuid NOT NULL REFERENCES sign_ins (id) ON DELETE CASCADE,
        session_id uuid NOT NULL REFERENCES camera_sessions (id) ON DELETE CASCADE,
        purpose text NOT NULL CHECK (purpose IN ('preview', 'snapshot', 'play', 'download')),
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX media_urls_sign_in_idx ON media_urls (sign_in_id, created_at);
      CREATE INDEX media_urls_expiry_idx ON media_urls (expires_at);

      ALTER TABLE clubs
        -- NULL: anywhere a camera may be. Networks as text: the service judges addresses, not the database.
        ADD COLUMN camera_networks text[] CHECK (cardinality(camera_networks) BETWEEN 1 AND 32),
        ADD COLUMN consent_note text CHECK (char_length(consent_note) BETWEEN 1 AND 2000);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE clubs DROP COLUMN camera_networks, DROP COLUMN consent_note;
      DROP TABLE media_urls;
    `);
  }
}
