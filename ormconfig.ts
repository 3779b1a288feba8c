import { DataSource } from 'typeorm';
import { loadConfig } from './src/config/load-config';
import { readEnvironment } from './src/config/prepare-config';
import { migrationOptions } from './src/database/database-options';

/**
 * For TypeORM's command line (`npm run migration:run`). It needs `DATABASE_URL`; the embedded database is migrated by
 * the service itself, each time it starts.
 */
const { databaseUrl } = loadConfig(readEnvironment(), process.cwd());
if (databaseUrl === null) {
  throw new Error('Set DATABASE_URL. The embedded database needs no command: it is migrated when the service starts.');
}

export default new DataSource(migrationOptions(databaseUrl));
