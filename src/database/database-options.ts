import { join } from 'node:path';
import type { DataSourceOptions } from 'typeorm';
import { DATABASE_LIMITS, DatabaseClient } from './database-client';

/** Migrations beside the compiled or the TypeScript sources, whichever this file is. */
const EXTENSION = __filename.endsWith('.ts') ? 'ts' : 'js';
export const MIGRATIONS = [join(__dirname, '..', '..', 'migrations', `*.${EXTENSION}`)];

/**
 * How the service talks to PostgreSQL. The schema comes from migrations only.
 * @param onPoolError told when an idle connection breaks; the pool makes a new one when it needs it
 */
export function databaseOptions(url: string, onPoolError: (error: Error) => void = () => undefined) {
  return {
    type: 'postgres',
    url,
    synchronize: false,
    migrationsRun: false,
    logging: false,
    poolErrorHandler: onPoolError,
    applicationName: 'padelvar',
    extra: {
      Client: DatabaseClient,
      max: DATABASE_LIMITS.poolSize,
      connectionTimeoutMillis: DATABASE_LIMITS.connectMs,
      query_timeout: DATABASE_LIMITS.queryMs,
      statement_timeout: DATABASE_LIMITS.statementMs,
      lock_timeout: DATABASE_LIMITS.lockMs,
      idle_in_transaction_session_timeout: DATABASE_LIMITS.idleInTransactionMs,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    },
  } satisfies DataSourceOptions;
}

/** For migrations: one at a time, and as long as they take. */
export function migrationOptions(url: string) {
  return {
    type: 'postgres',
    url,
    synchronize: false,
    migrations: MIGRATIONS,
    migrationsTransactionMode: 'each',
    applicationName: 'padelvar-migrations',
    poolErrorHandler: () => undefined,
    extra: { max: 2, connectionTimeoutMillis: 5000, lock_timeout: 60_000 },
  } satisfies DataSourceOptions;
}
