import { Client } from 'pg';
import { until } from './until';

/** Key of `src/database/advisory-lock.ts`. */
const KEYSPACE = 0x50444c56;

/** Holds an advisory lock that somebody else will want. */
export interface HeldLock {
  /** Settles when another connection has asked for the lock. */
  wanted(): Promise<void>;
  release(): Promise<void>;
}

/** Takes the lock of a scheduled task. Whoever asks for it asks again and again, and is seen by the statement it sent last. */
export async function holdLock(databaseUrl: string, name: string): Promise<HeldLock> {
  const client = new Client(databaseUrl);
  await client.connect();
  await client.query('SELECT pg_advisory_lock($1::integer, hashtext($2))', [KEYSPACE, name]);
  const asked = `SELECT 1 FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'SELECT pg_try_advisory_lock%'
      AND state_change > $1`;
  const { rows } = await client.query<{ now: Date }>('SELECT clock_timestamp() AS now');
  return {
    wanted: async () => {
      // The import itself holds a lock of its own name by such a statement: a second connection of its program has asked, too.
      await until(async () => ((await client.query(asked, [rows[0]?.now])).rowCount ?? 0) >= 2);
    },
    release: () => client.end(),
  };
}
