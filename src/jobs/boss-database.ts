import PgBoss from 'pg-boss';
import { DataSource, EntityManager, QueryRunner } from 'typeorm';

/** What pg-boss asks for. */
export type BossDatabase = PgBoss.Db;

type Structured = { records?: unknown[] };

/** pg-boss on the service's own pool, with its limits, its role and its notion of "the database is away". */
export function onPool(database: DataSource): BossDatabase {
  return {
    executeSql: async (text, values) => {
      const runner = database.createQueryRunner();
      try {
        return await ask(runner, text, values);
      } finally {
        await runner.release();
      }
    },
  };
}

/**
 * pg-boss within a transaction of ours. `fetch` takes any failure for "no job"; the caller asks {@link failure} what it was,
 * before the transaction goes on in vain.
 */
export class InTransaction implements BossDatabase {
  failure: unknown = null;

  constructor(private readonly manager: EntityManager) {}

  async executeSql(text: string, values: unknown[]): Promise<{ rows: unknown[] }> {
    const { queryRunner } = this.manager;
    if (!queryRunner) throw new Error('This manager is in no transaction');
    try {
      return await ask(queryRunner, text, values);
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}

async function ask(runner: QueryRunner, text: string, values: unknown[]): Promise<{ rows: unknown[] }> {
  const { records = [] } = (await runner.query(text, values, true)) as Structured;
  return { rows: records };
}
