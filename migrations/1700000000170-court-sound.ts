import { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether a court's recordings have sound. Off, unless the club turns it on: people are heard who do not know it. */
export class CourtSound1700000000170 implements MigrationInterface {
  name = 'CourtSound1700000000170';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE courts ADD COLUMN record_sound boolean NOT NULL DEFAULT false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE courts DROP COLUMN record_sound');
  }
}
