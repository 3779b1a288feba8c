import type { DataSource, QueryRunner } from 'typeorm';
import { sqlState } from '../common/database-error';

/**
 * What the service is on its own connections. The user of `DATABASE_URL` owns the tables and migrates them; this role
 * reads and writes rows, adds to `audit_log` and changes nothing there, empties no table, and alters none. It belongs
 * to the cluster, not to a database, and nobody signs in as it.
 */
export const SERVICE_ROLE = 'padelvar_service';

/** Rows that the role adds and never changes. */
const ONLY_ADDED = ['audit_log'];
/** Rows that are the owner's business. */
const ONLY_READ = ['migrations'];

/** Where pg-boss keeps its tables, beside ours. */
export const JOBS_SCHEMA = 'pgboss';

const IN_OUR_SCHEMAS = `c.relnamespace IN (current_schema()::regnamespace, to_regnamespace('${JOBS_SCHEMA}'))`;

/** Other databases of the cluster make the same role at the same moment: it is there after few tries. */
const TRIES = 20;
/** duplicate_object, unique_violation, "tuple concurrently updated" (PostgreSQL manual, appendix A). */
const LOST_A_RACE = ['42710', '23505', 'XX000'];
const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Sees to it that the role is there, that this user may become it, and that it has its rights on every table: at each
 * start, after the migrations and under their lock. A database that was restored elsewhere finds no role there, and one
 * whose user may make none finds it once an administrator has made it.
 * @param runner of the owner, outside a transaction
 * @returns false: the user may not do this; nothing has changed for it
 */
export async function grantServiceRole(runner: QueryRunner, role = SERVICE_ROLE): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await ensureMembership(runner, role);
      if (!(await hasItsRights(runner, role))) await grantRights(runner, role);
      return await hasItsRights(runner, role);
    } catch (error) {
      const state = sqlState(error);
      if (state === INSUFFICIENT_PRIVILEGE) return false;
      if (state === null || !LOST_A_RACE.includes(state) || attempt === TRIES) throw error;
    }
  }
}

async function ensureMembership(runner: QueryRunner, role: string): Promise<void> {
  const [known] = await runner.manager.query<unknown[]>('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  if (!known) await runner.query(`CREATE ROLE ${role} NOLOGIN`);
  // Since PostgreSQL 16 who makes a role is its administrator, and becomes it only by a grant to themselves.
  const [{ may } = { may: false }] = await runner.manager.query<{ may: boolean }[]>(
    `SELECT pg_has_role(current_user, $1,
                        CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END)
            AS may`,
    [role],
  );
  if (!may) await runner.query(`GRANT ${role} TO CURRENT_USER`);
}

/** Whether the role has on every table of ours just what it is to have; others may keep tables beside them. */
async function hasItsRights(runner: QueryRunner, role: string): Promise<boolean> {
  const [{ right } = { right: false }] = await runner.manager.query<{ right: boolean }[]>(
    `SELECT coalesce(bool_and(
              has_schema_privilege($1, c.relnamespace, 'USAGE')
              AND has_table_privilege($1, c.oid, 'SELECT')
              AND has_table_privilege($1, c.oid, 'INSERT') = (c.relname <> ALL ($3))
              AND has_table_privilege($1, c.oid, 'UPDATE') = (c.relname <> ALL ($2 || $3))
              AND has_table_privilege($1, c.oid, 'DELETE') = (c.relname <> ALL ($2 || $3))
              AND NOT has_table_privilege($1, c.oid, 'TRUNCATE')
              AND NOT has_table_privilege($1, c.oid, 'TRIGGER')
            ), false) AS right
       FROM pg_class c
      WHERE ${IN_OUR_SCHEMAS} AND c.relkind IN ('r', 'p')
        AND pg_has_role(c.relowner, 'USAGE')`,
    [role, ONLY_ADDED, ONLY_READ],
  );
  return right;
}

/** All or nothing, so that a service that runs meanwhile never finds a right missing. */
async function grantRights(runner: QueryRunner, role: string): Promise<void> {
  const owned = await runner.manager.query<{ name: string; relname: string; relkind: 'r' | 'p' | 'S' }[]>(
    `SELECT c.oid::regclass::text AS name, c.relname, c.relkind FROM pg_class c
      WHERE ${IN_OUR_SCHEMAS} AND c.relkind IN ('r', 'p', 'S')
        AND pg_has_role(c.relowner, 'USAGE')`,
  );
  const schemas = await runner.manager.query<{ schema: string; enters: boolean }[]>(
    `SELECT quote_ident(n.nspname) AS schema, has_schema_privilege($1, n.oid, 'USAGE') AS enters
       FROM pg_namespace n
      WHERE n.nspname = current_schema() OR (n.nspname = '${JOBS_SCHEMA}' AND pg_has_role(n.nspowner, 'USAGE'))`,
    [role],
  );
  await runner.startTransaction();
  try {
    for (const { schema, enters } of schemas) {
      if (!enters) await runner.query(`GRANT USAGE ON SCHEMA ${schema} TO ${role}`);
    }
    for (const { name, relname, relkind } of owned) {
      if (relkind === 'S') {
        await runner.query(`GRANT USAGE, SELECT ON SEQUENCE ${name} TO ${role}`);
        continue;
      }
      await runner.query(`REVOKE ALL ON ${name} FROM ${role}`);
      await runner.query(`GRANT ${rightsOn(relname)} ON ${name} TO ${role}`);
    }
    for (const { schema } of schemas) {
      const later = `ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT`;
      await runner.query(`${later} SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${role}`);
      await runner.query(`${later} USAGE, SELECT ON SEQUENCES TO ${role}`);
    }
    await runner.commitTransaction();
  } catch (error) {
    await runner.rollbackTransaction();
    throw error;
  }
}

function rightsOn(table: string): string {
  if (ONLY_READ.includes(table)) return 'SELECT';
  return ONLY_ADDED.includes(table) ? 'SELECT, INSERT' : 'SELECT, INSERT, UPDATE, DELETE';
}

/**
 * The URL with the role as a parameter of the connection: it costs no round trip, it is there before the first query,
 * and `RESET ROLE` comes back to it (PostgreSQL manual, "SET ROLE").
 */
export function asRole(url: string, role: string): string {
  const changed = new URL(url);
  const given = changed.searchParams.get('options');
  changed.searchParams.set('options', `${given === null ? '' : `${given} `}-c role=${role}`);
  return changed.href;
}

/** What keeps the service from changing the audit trail, as it stands now. */
export interface TrailWalls {
  /** Its connections have no right to. */
  readonly grant: boolean;
  /** The table refuses it to everybody. */
  readonly trigger: boolean;
}

/** Looks at the walls from the service's own side: what holds is measured, not remembered. */
export async function trailWalls(database: DataSource): Promise<TrailWalls> {
  const [walls] = await database.query<TrailWalls[]>(
    `SELECT NOT (has_table_privilege('audit_log', 'UPDATE') OR has_table_privilege('audit_log', 'DELETE')
                 OR has_table_privilege('audit_log', 'TRUNCATE')) AS grant,
            EXISTS (SELECT FROM pg_trigger
                     WHERE tgrelid = 'audit_log'::regclass AND tgname = 'audit_log_append_only' AND tgenabled = 'A')
              AS trigger`,
  );
  return walls ?? { grant: false, trigger: false };
}
