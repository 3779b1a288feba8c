import { DataSource } from 'typeorm';
import { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';

/** First half of the keys, "PDLV"; keys of two halves never meet the one that migrations use. */
const KEYSPACE = 0x50444c56;

interface Connection {
  query<Row>(sql: string, parameters: readonly unknown[]): Promise<{ rows: Row[] }>;
}

/**
 * Does `work` while this process alone, of all on the database, holds the lock of that name.
 *
 * An advisory lock, not a lease in a row: it goes with the connection, so a process that is killed holds up nobody, and
 * one that is merely slow needs no heartbeat to keep it. It is taken for the session on a connection of its own, for a
 * transaction that waits as long as some tasks take would be ended. Should that connection break in the middle, another
 * process may begin: what is done under it must bear that.
 * @returns what `work` returns, or `null` where another holds the lock: then nothing was done
 */
export async function underAdvisoryLock<T>(
  database: DataSource,
  name: string,
  work: () => Promise<T>,
): Promise<T | null> {
  const driver = database.driver as PostgresDriver;
  const [connection, release] = (await driver.obtainMasterConnection()) as [Connection, (error?: unknown) => void];
  const key = [KEYSPACE, name];
  let broken: unknown;
  try {
    const { rows } = await connection
      .query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1::integer, hashtext($2)) AS mine', key)
      .catch((error: unknown) => Promise.reject((broken = error)));
    if (!rows[0]?.mine) return null;
    try {
      return await work();
    } finally {
      await connection
        .query('SELECT pg_advisory_unlock($1::integer, hashtext($2))', key)
        .catch((error: unknown) => (broken = error));
    }
  } finally {
    // A connection that may still hold the lock is closed, never handed on: the lock ends with it.
    release(broken);
  }
}
