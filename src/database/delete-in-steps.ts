import { DataSource } from 'typeorm';

/** Rows deleted by one statement: few enough that nobody waits for their locks. */
const STEP = 5_000;

/**
 * Deletes all rows of a table that are meant, however many, some at a time.
 * @param where on the table's columns; with an `id`
 */
export async function deleteInSteps(database: DataSource, table: string, where: string): Promise<void> {
  for (;;) {
    const [, count] = await database.query<[unknown, number]>(
      `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE ${where} LIMIT ${STEP})`,
    );
    if (count < STEP) return;
  }
}
