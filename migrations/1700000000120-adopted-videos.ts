import { MigrationInterface, QueryRunner } from 'typeorm';

/** Since when a video is ours that was recorded by another system: retention counts from there, not from the match. */
export class AdoptedVideos1700000000120 implements MigrationInterface {
  name = 'AdoptedVideos1700000000120';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE videos ADD COLUMN adopted_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE videos DROP COLUMN adopted_at');
  }
}
