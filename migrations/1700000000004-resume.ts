import { MigrationInterface, QueryRunner } from 'typeorm';

/** What a session needs to be gone on with by another process: the zero of its clock, and who says it still lives. */
export class Resume1700000000004 implements MigrationInterface {
  name = 'Resume1700000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- {bootId, monotonicMs, wallMs}: see src/runtime/session-zero.ts.
      ALTER TABLE camera_sessions ADD COLUMN zero jsonb;
      -- Renewed by the owner: on another machine nobody can see whether its process lives.
      ALTER TABLE camera_sessions ADD COLUMN lease_until timestamptz;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE camera_sessions DROP COLUMN zero, DROP COLUMN lease_until`);
  }
}
