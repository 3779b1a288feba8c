import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withClient } from '../../src/database/embedded/connect';
import { EmbeddedPostgres, startEmbeddedPostgres } from '../../src/database/embedded/embedded-postgres';
import { migrate } from '../../src/database/migrate';
import { FINDINGS } from './secret-watch';
import { databaseUrl, TEMPLATE, TEST_DATABASE_URL } from './test-database';

/** What the teardown needs; both run in jest's parent process. */
export interface TestPostgres {
  readonly postgres: EmbeddedPostgres;
  readonly root: string;
}

export const testPostgres: { current: TestPostgres | null } = ((
  globalThis as unknown as { padelvarTestPostgres?: { current: TestPostgres | null } }
).padelvarTestPostgres ??= { current: null });

/** One PostgreSQL for all test files, without fsync, with a migrated template database to clone from. */
export default async function globalSetup(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'padelvar-test-'));
  const postgres = await startEmbeddedPostgres({
    dataDir: root,
    home: root,
    logsDir: join(root, 'logs'),
    durable: false,
    log: (level, message) => {
      if (level !== 'info') process.stderr.write(`${message}\n`);
    },
  });
  testPostgres.current = { postgres, root };
  const adminUrl = databaseUrl(postgres.url, 'postgres');
  await withClient(adminUrl, (client) => client.query(`CREATE DATABASE ${TEMPLATE}`));
  await migrate(databaseUrl(postgres.url, TEMPLATE));
  process.env[TEST_DATABASE_URL] = adminUrl;
  process.env[FINDINGS] = join(root, 'secret-findings');
}
