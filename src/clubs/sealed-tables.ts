import { DataSource } from 'typeorm';
import { SecretBox, SecretBoxError } from '../common/secret-box';

/** What clubs gave in confidence besides cameras: a table, its key, its sealed columns, and what these are bound to. */
interface SealedTable {
  readonly table: string;
  readonly id: string;
  readonly columns: readonly string[];
  readonly owner: (id: number) => string;
}

const TABLES: readonly SealedTable[] = [
  {
    table: 'webhooks',
    id: 'id',
    columns: ['url_sealed', 'secret_sealed', 'old_secret_sealed'],
    owner: (id) => `webhook:${id}`,
  },
  { table: 'court_calendars', id: 'court_id', columns: ['url_sealed'], owner: (id) => `calendar:${id}` },
  { table: 'club_storage', id: 'club_id', columns: ['keys_sealed'], owner: (id) => `storage:${id}` },
];
const BATCH = 100;

/** The key of every row that has something sealed, for sums over all of them. */
export const SEALED_KEYS = ['cameras', ...TABLES.map(({ table }) => table)]
  .map((table) => `SELECT key_id FROM ${table}`)
  .join(' UNION ALL ');

/**
 * Seals with the newest key what an older one sealed, in batches that are transactions of their own. A row of which one
 * column does not open is left as it is, whole.
 * @returns how many rows were sealed anew, and those of which that was not possible, as `table:id`
 */
export async function resealTables(
  database: DataSource,
  box: SecretBox,
): Promise<{ resealed: number; damaged: readonly string[] }> {
  const total = { resealed: 0, damaged: [] as string[] };
  if (box.keyIds.length < 2) return total;
  for (const table of TABLES) {
    for (let after: number | null = 0; after !== null;) {
      const batch = await resealBatch(database, box, table, after);
      total.resealed += batch.resealed;
      total.damaged.push(...batch.damaged);
      after = batch.last;
    }
  }
  return total;
}

type Row = Readonly<Record<string, string | number | null>>;

function resealBatch(
  database: DataSource,
  box: SecretBox,
  { table, id, columns, owner }: SealedTable,
  after: number,
): Promise<{ resealed: number; damaged: readonly string[]; last: number | null }> {
  return database.transaction(async (manager) => {
    const rows = await manager.query<Row[]>(
      `SELECT ${id} AS id, ${columns.join(', ')} FROM ${table} WHERE key_id = ANY ($1) AND ${id} > $2
        ORDER BY ${id} LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`,
      [box.keyIds.slice(1), after],
    );
    const damaged: string[] = [];
    for (const row of rows) {
      const rowId = row.id as number;
      const sealed = sealAnew(
        box,
        columns.map((column) => row[column] as string | null),
        owner(rowId),
      );
      if (sealed === null) {
        damaged.push(`${table}:${rowId}`);
        continue;
      }
      const set = columns.map((column, i) => `${column} = $${i + 3}`).join(', ');
      await manager.query(`UPDATE ${table} SET key_id = $2, ${set} WHERE ${id} = $1`, [rowId, box.keyId, ...sealed]);
    }
    const last = (rows.at(-1)?.id ?? null) as number | null;
    return { resealed: rows.length - damaged.length, damaged, last };
  });
}

/** `null`: one of them does not open. */
function sealAnew(box: SecretBox, texts: readonly (string | null)[], owner: string): (string | null)[] | null {
  try {
    return texts.map((text) => (text === null ? null : box.seal(box.open(text, owner), owner)));
  } catch (error) {
    if (!(error instanceof SecretBoxError)) throw error;
    return null;
  }
}
