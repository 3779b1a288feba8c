import { randomBytes } from 'node:crypto';
import { withClient } from '../../src/database/embedded/connect';

/** Name of the variable in which the set-up tells the test files where their PostgreSQL is. */
export const TEST_DATABASE_URL = 'PADELVAR_TEST_DATABASE_URL';
export const TEMPLATE = 'padelvar_template';

export interface TestDatabase {
  readonly url: string;
  /** Cuts what is still connected and deletes the database. */
  drop(): Promise<void>;
}

/** The same server, another database. */
export function databaseUrl(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

/** A migrated, empty database of the caller's own, cloned from the template in some 50 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const adminUrl = process.env[TEST_DATABASE_URL];
  if (!adminUrl) throw new Error('No test PostgreSQL: is this file in the e2e project of jest.config.js?');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withClient(adminUrl, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`));
  return {
    url: databaseUrl(adminUrl, name),
    drop: async () => {
      await withClient(adminUrl, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}
