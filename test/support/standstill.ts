import { DataSource } from 'typeorm';
import { TestApp } from './test-app';
import { until } from './until';

/** Holds rows of a service's database, so that a test says which of two deeds comes first. */
export class Standstill {
  private constructor(
    private readonly database: DataSource,
    /** Lets everybody go on. */
    readonly release: () => Promise<void>,
  ) {}

  /** @param sql selects the rows to hold, without its `FOR UPDATE` */
  static async of(service: TestApp, sql: string, parameters: unknown[]): Promise<Standstill> {
    const database = service.app.get(DataSource);
    const runner = database.createQueryRunner();
    await runner.startTransaction();
    await runner.query(`${sql} FOR UPDATE`, parameters);
    return new Standstill(database, async () => {
      await runner.commitTransaction();
      await runner.release();
    });
  }

  /** Settles when so many wait for a lock in this database, or one of `others` has its answer. */
  async waiting(count: number, ...others: Promise<unknown>[]): Promise<void> {
    let answered = false;
    for (const other of others) void other.finally(() => (answered = true));
    await until(async () => {
      const [row] = await this.database.query<{ count: number }[]>(
        `SELECT count(DISTINCT l.pid)::int AS count FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
         WHERE NOT l.granted AND a.datname = current_database()`,
      );
      return answered || (row?.count ?? 0) >= count;
    });
  }
}
