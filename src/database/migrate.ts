import { DataSource } from 'typeorm';
import { migrationOptions } from './database-options';
import { grantServiceRole, SERVICE_ROLE } from './service-role';

/** Key of the advisory lock that lets one process migrate at a time ("PDLV"). */
const MIGRATION_LOCK = 0x50444c56;

export interface Migrated {
  /** Names of the migrations that ran. */
  readonly ran: readonly string[];
  /** What the service is to be on its connections; `null`: the user of the URL may not make it that. */
  readonly role: string | null;
}

/**
 * Brings the schema up to date, and the rights on it. Processes that start together wait for each other; the second finds
 * nothing to do.
 */
export async function migrate(url: string): Promise<Migrated> {
  const source = await new DataSource(migrationOptions(url)).initialize();
  try {
    const runner = source.createQueryRunner();
    await runner.connect();
    try {
      await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
      const ran = await source.runMigrations();
      const granted = await grantServiceRole(runner);
      return { ran: ran.map((migration) => migration.name), role: granted ? SERVICE_ROLE : null };
    } finally {
      // The lock goes with the connection too, should this fail.
      await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
      await runner.release();
    }
  } finally {
    await source.destroy();
  }
}
