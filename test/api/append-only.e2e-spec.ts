import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { sqlState } from '../../src/common/database-error';
import { migrationOptions } from '../../src/database/database-options';
import { withClient } from '../../src/database/embedded/connect';
import { asRole, grantServiceRole, SERVICE_ROLE } from '../../src/database/service-role';
import { Api } from '../support/api';
import { ADMIN } from '../support/club';
import { startTestApp, TestApp } from '../support/test-app';
import { createTestDatabase, TEST_DATABASE_URL, TestDatabase } from '../support/test-database';

const REFUSED = '42501';
const OWNERS = { ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password };

interface Health {
  details: { audit_trail: { grant: boolean; trigger: boolean } };
}

/** The SQLSTATE a statement is refused with; `null` where it is not. */
async function stateOf(statement: Promise<unknown>): Promise<string | null> {
  return statement.then(
    () => null,
    (error: unknown) => sqlState(error) ?? 'none',
  );
}

async function walls(service: TestApp): Promise<Health['details']['audit_trail']> {
  const operator = await Api.signedIn(service.url, ADMIN.email, ADMIN.password);
  return (await operator.get<Health>('/api/video/health')).body.details.audit_trail;
}

describe('the audit trail is only ever added to', () => {
  let service: TestApp;
  let database: DataSource;
  const adminUrl = (): string => process.env[TEST_DATABASE_URL] ?? '';

  beforeAll(async () => {
    service = await startTestApp({ env: OWNERS });
    database = service.app.get(DataSource);
  });

  afterAll(() => service?.close());

  it('on connections of the service, which are not the owner', async () => {
    const [row] = await database.query<{ now: string; before: string }[]>(
      'SELECT current_user AS now, session_user AS before',
    );
    expect(row?.now).toBe(SERVICE_ROLE);
    expect(row?.before).not.toBe(SERVICE_ROLE);
    expect(await walls(service)).toEqual({ grant: true, trigger: true });
  });

  it.each([
    ['UPDATE audit_log SET action = $$x$$'],
    ['UPDATE audit_log SET action = $$x$$ WHERE false'],
    ['DELETE FROM audit_log'],
    ['DELETE FROM audit_log WHERE id < 0'],
    ['TRUNCATE audit_log'],
    ['TRUNCATE users CASCADE'],
    ['SELECT 1 FROM audit_log FOR UPDATE'],
    ['INSERT INTO audit_log (action) VALUES ($$x$$) ON CONFLICT (id) DO UPDATE SET action = $$x$$'],
    ['ALTER TABLE audit_log DISABLE TRIGGER audit_log_append_only'],
    ['ALTER TABLE audit_log OWNER TO CURRENT_USER'],
    ['ALTER TABLE audit_log ADD COLUMN x integer'],
    ['DROP TRIGGER audit_log_append_only ON audit_log'],
    ['DROP TABLE audit_log'],
    ['CREATE TRIGGER a BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_log_refuse()'],
    ['CREATE OR REPLACE FUNCTION audit_log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$'],
    ['SET session_replication_role = replica'],
    [`RESET ROLE; DELETE FROM audit_log`],
    ['INSERT INTO migrations (timestamp, name) VALUES (1, $$x$$)'],
    ['CREATE ROLE padelvar_other'],
  ])('the service may not %s', async (statement) => {
    expect(await stateOf(database.query(statement))).toBe(REFUSED);
  });

  it('the service may not give itself more: such a grant gives nothing', async () => {
    await database.query(`GRANT UPDATE ON audit_log TO ${SERVICE_ROLE}`).catch(() => undefined);
    expect(await stateOf(database.query('UPDATE audit_log SET action = $1', ['x']))).toBe(REFUSED);
  });

  it('the service adds and reads', async () => {
    await database.query("INSERT INTO audit_log (action) VALUES ('court.changed')");
    const rows = await database.query<object[]>("SELECT * FROM audit_log WHERE action = 'court.changed'");
    expect(rows).toHaveLength(1);
  });

  it.each([
    ['UPDATE audit_log SET action = $$x$$ WHERE false'],
    ['DELETE FROM audit_log'],
    ['TRUNCATE audit_log'],
    ['SET session_replication_role = replica; DELETE FROM audit_log'],
  ])('the owner may not %s either, until the trigger is taken away', async (statement) => {
    await withClient(service.databaseUrl, async (owner) => {
      expect(await stateOf(owner.query(statement))).toBe(REFUSED);
    });
  });

  it('a table of a later migration is there for the service at once, and cannot be emptied', async () => {
    await withClient(service.databaseUrl, (owner) => owner.query('CREATE TABLE later (id serial, n integer)'));
    await database.query('INSERT INTO later (n) VALUES (1)');
    await database.query('UPDATE later SET n = 2');
    await database.query('DELETE FROM later');
    expect(await stateOf(database.query('TRUNCATE later'))).toBe(REFUSED);
  });

  it('rights that were taken away or given meanwhile are put right at the next start', async () => {
    const test = await createTestDatabase();
    try {
      await withClient(test.url, async (owner) => {
        await owner.query(`GRANT UPDATE, TRUNCATE ON audit_log TO ${SERVICE_ROLE}`);
        await owner.query(`REVOKE ALL ON users FROM ${SERVICE_ROLE}`);
      });
      const second = await startTestApp({ databaseUrl: test.url, env: OWNERS });
      expect(await walls(second)).toEqual({ grant: true, trigger: true });
      await second.close();
    } finally {
      await test.drop();
    }
  });

  it('options that DATABASE_URL has stay', async () => {
    const url = `${service.databaseUrl}?options=${encodeURIComponent('-c work_mem=7MB')}`;
    await withClient(asRole(url, SERVICE_ROLE), async (client) => {
      const { rows } = await client.query<{ work_mem: string; role: string }>(
        "SELECT current_setting('work_mem') AS work_mem, current_user AS role",
      );
      expect(rows[0]).toEqual({ work_mem: '7MB', role: SERVICE_ROLE });
    });
  });

  describe('where the user of DATABASE_URL is no superuser', () => {
    let test: TestDatabase;
    let user: string;
    let url: string;

    const asAdmin = <T>(task: (admin: Client) => Promise<T>): Promise<T> => withClient(adminUrl(), task);
    const makeUser = async (attributes: string): Promise<void> => {
      user = `test_${randomBytes(6).toString('hex')}`;
      test = await createTestDatabase();
      const name = new URL(test.url).pathname.slice(1);
      await asAdmin(async (admin) => {
        await admin.query(`CREATE ROLE ${user} LOGIN PASSWORD 'word' ${attributes}`);
        await admin.query(`ALTER DATABASE ${name} OWNER TO ${user}`);
      });
      await withClient(test.url, async (admin) => {
        const { rows } = await admin.query<{ name: string }>(
          `SELECT oid::regclass::text AS name FROM pg_class
            WHERE relnamespace IN ('public'::regnamespace, 'pgboss'::regnamespace) AND relkind IN ('r', 'p')`,
        );
        await admin.query(`ALTER SCHEMA pgboss OWNER TO ${user}`);
        for (const table of rows) await admin.query(`ALTER TABLE ${table.name} OWNER TO ${user}`);
        await admin.query(`ALTER FUNCTION audit_log_refuse OWNER TO ${user}`);
      });
      const changed = new URL(test.url);
      changed.username = user;
      changed.password = 'word';
      url = changed.href;
    };

    afterEach(async () => {
      await test.drop();
      await asAdmin((admin) => admin.query(`DROP ROLE ${user}`));
    });

    it('and may become the role, both walls stand', async () => {
      await makeUser('');
      await asAdmin((admin) => admin.query(`GRANT ${SERVICE_ROLE} TO ${user}`));
      // Somebody else's, in the same schema: none of our business.
      await withClient(test.url, (admin) => admin.query('CREATE TABLE strangers (id integer)'));
      const second = await startTestApp({ databaseUrl: url, env: OWNERS });
      expect(await walls(second)).toEqual({ grant: true, trigger: true });
      await second.close();
    });

    it('and may not, the trigger stands alone, the service runs, and health says so', async () => {
      await makeUser('');
      const second = await startTestApp({ databaseUrl: url, env: OWNERS });
      expect(await walls(second)).toEqual({ grant: false, trigger: true });
      expect(await stateOf(second.app.get(DataSource).query('DELETE FROM audit_log'))).toBe(REFUSED);
      await second.close();
    });

    it('and may make roles, it makes the role and becomes it', async () => {
      await makeUser('CREATEROLE');
      const role = `${user}_service`;
      const source = await new DataSource(migrationOptions(url)).initialize();
      const runner = source.createQueryRunner();
      expect(await grantServiceRole(runner, role)).toBe(true);
      expect(await grantServiceRole(runner, role)).toBe(true);
      await withClient(asRole(url, role), async (client) => {
        expect(await stateOf(client.query('SELECT 1 FROM users'))).toBeNull();
        expect(await stateOf(client.query('DELETE FROM audit_log'))).toBe(REFUSED);
      });
      await runner.query(`DROP OWNED BY ${role}`);
      await runner.query(`DROP ROLE ${role}`);
      await runner.release();
      await source.destroy();
    });
  });

  it('however many databases of a cluster make the role at the same moment', async () => {
    const databases = await Promise.all(Array.from({ length: 5 }, () => createTestDatabase()));
    const role = `padelvar_race_${randomBytes(6).toString('hex')}`;
    const sources = await Promise.all(databases.map(({ url }) => new DataSource(migrationOptions(url)).initialize()));
    const runners = sources.map((source) => source.createQueryRunner());
    try {
      for (let round = 0; round < 5; round += 1) {
        const granted = await Promise.all(runners.map((runner) => grantServiceRole(runner, role)));
        expect(granted).toEqual(databases.map(() => true));
        for (const runner of runners) await runner.query(`DROP OWNED BY ${role}`);
        await runners[0]?.query(`DROP ROLE ${role}`);
      }
    } finally {
      for (const runner of runners) await runner.release();
      for (const source of sources) await source.destroy();
      for (const one of databases) await one.drop();
    }
  });
});
