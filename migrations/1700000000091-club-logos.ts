import { MigrationInterface, QueryRunner } from 'typeorm';

/** A club's logo: made by our own FFmpeg, never as it came. */
export class ClubLogos1700000000091 implements MigrationInterface {
  name = 'ClubLogos1700000000091';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE club_logos (
        club_id integer PRIMARY KEY REFERENCES clubs (id),
        png bytea NOT NULL CHECK (octet_length(png) BETWEEN 1 AND 2097152)
      );
      -- Since when it has this one; null: it has none.
      ALTER TABLE clubs ADD COLUMN logo_at timestamptz;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE club_logos; ALTER TABLE clubs DROP COLUMN logo_at;');
  }
}
