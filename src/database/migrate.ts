import { DataSource } from 'typeorm';
import { migrationOptions } from './database-options';

/** Key of the advisory lock that lets one process migrate at a time ("PDLV"). */
const MIGRATION_LOCK = 0x50444c56;

/**
 * Brings the schema up to date. Processes that start together wait for each other; the second finds nothing to do.
 * @returns the names of the migrations that ran
 */
export async function migrate(url: string): Promise<string[]> {
  const source = await new DataSource(migrationOptions(url)).initialize();
  try {
    const runner = source.createQueryRunner();
    await runner.connect();
    try {
      await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
      const ran = await source.runMigrations();
      return ran.map((migration) => migration.name);
    } finally {
      // The lock goes with the connection too, should this fail.
      await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
      await runner.release();
    }
  } finally {
    await source.destroy();
  }
}
