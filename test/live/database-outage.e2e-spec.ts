import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { toProblem } from '../../src/common/to-problem';
import { EmbeddedPostgres, startEmbeddedPostgres } from '../../src/database/embedded/embedded-postgres';
import { ScheduledTasks } from '../../src/maintenance/scheduled-tasks.service';
import { Api } from '../support/api';
import { ADMIN } from '../support/club';
import { startTestApp, TestApp } from '../support/test-app';

/** The contract: without the database, a 503 within this many milliseconds. */
const LIMIT_MS = 2000;

/** The server and its children, which are no process group of its own. */
function serverProcesses(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return [pid, ...children.trim().split(' ').map(Number)];
}

describe('the service without its database', () => {
  const root = mkdtempSync(join(tmpdir(), 'padelvar-outage-'));
  const home = mkdtempSync(join(tmpdir(), 'padelvar-outage-pg-'));
  let postgres: EmbeddedPostgres;
  let service: TestApp;
  let runsAgain: () => void = () => undefined;

  beforeAll(async () => {
    postgres = await startEmbeddedPostgres({
      dataDir: root,
      home,
      logsDir: join(root, 'logs'),
      durable: false,
      log: (_level, message) => message.includes('runs again') && runsAgain(),
    });
    const env = { ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password };
    service = await startTestApp({ databaseUrl: postgres.url, root, env });
  });
  afterAll(async () => {
    await service.close();
    await postgres.stop();
    for (const path of [root, home]) rmSync(path, { recursive: true, force: true });
  });

  interface Health {
    readonly status: number;
    readonly ms: number;
    readonly database?: string;
    readonly reason?: string;
  }

  async function health(of = '', headers: Record<string, string> = {}): Promise<Health> {
    const before = performance.now();
    const answer = await fetch(`${service.url}/api/video/health${of}`, { headers });
    const { database, reason } = (await answer.json()) as Partial<Health>;
    return {
      status: answer.status,
      ms: performance.now() - before,
      ...(database && { database }),
      ...(reason && { reason }),
    };
  }

  it('says so within two seconds while the server is silent, and goes on by itself', async () => {
    expect(await health()).toMatchObject({ status: 200 });
    const admin = await Api.signedIn(service.url, ADMIN.email, ADMIN.password);
    const server = serverProcesses(postgres.pid() ?? 0);
    server.forEach((pid) => process.kill(pid, 'SIGSTOP'));
    try {
      const silent = await health();
      expect(silent).toMatchObject({ status: 503, database: 'unavailable' });
      expect(silent.ms).toBeLessThan(LIMIT_MS);
      // Whoever asks has to be looked up first: that must not come on top.
      const asked = await health('', { authorization: `Bearer ${admin.token}` });
      expect(asked).toMatchObject({ status: 503, database: 'unavailable' });
      expect(asked.ms).toBeLessThan(LIMIT_MS);
      // As many as come: they share one question to the database.
      const ready = await Promise.all(Array.from({ length: 50 }, () => health('/ready')));
      for (const { status, reason, ms } of ready) {
        expect([status, reason]).toEqual([503, 'database_unavailable']);
        expect(ms).toBeLessThan(LIMIT_MS);
      }
      expect(await health('/live')).toMatchObject({ status: 200 });
      const before = performance.now();
      const error: unknown = await service.app
        .get(DataSource)
        .query('SELECT 1')
        .catch((reason: unknown) => reason);
      expect(toProblem(error).code).toBe('database_unavailable');
      expect(performance.now() - before).toBeLessThan(LIMIT_MS);
    } finally {
      server.forEach((pid) => process.kill(pid, 'SIGCONT'));
    }
    expect(await health()).toMatchObject({ status: 200, database: 'ok' });
    expect(await health('/ready')).toMatchObject({ status: 200 });
  });

  it('fails a scheduled task quietly, remembers it, and does it at its next turn', async () => {
    const tasks = service.app.get(ScheduledTasks, { strict: false });
    const work = jest.fn().mockResolvedValue({ did: 1 });
    const warn = jest.spyOn(tasks['logger'], 'warn').mockImplementation();
    const last = () => tasks.lastHere().find(({ name }) => name === 'trash');
    const server = serverProcesses(postgres.pid() ?? 0);
    server.forEach((pid) => process.kill(pid, 'SIGSTOP'));
    try {
      for (let turn = 0; turn < 2; turn++) expect(await tasks.run('trash', work)).toMatchObject({ outcome: 'failed' });
      expect(warn.mock.calls.filter(([facts]) => (facts as { task?: string }).task === 'trash')).toHaveLength(1);
      expect(last()).toMatchObject({ outcome: 'failed', error: 'The database is unavailable' });
      expect(work).not.toHaveBeenCalled();
    } finally {
      server.forEach((pid) => process.kill(pid, 'SIGCONT'));
      warn.mockRestore();
    }
    expect(await tasks.run('trash', work)).toMatchObject({ outcome: 'ok', result: { did: 1 } });
    expect(last()).toMatchObject({ outcome: 'ok', error: null });
  });

  it('survives the death of the server in the middle of a transaction, and reconnects', async () => {
    const again = new Promise<void>((resolve) => (runsAgain = resolve));
    const runner = service.app.get(DataSource).createQueryRunner();
    await runner.startTransaction();
    const waiting = runner.query('SELECT pg_sleep(1)').catch((reason: unknown) => reason);
    process.kill(postgres.pid() ?? 0, 'SIGKILL');
    expect(toProblem(await waiting).code).toBe('database_unavailable');
    await runner.release().catch(() => undefined);
    const away = await health();
    expect(away.ms).toBeLessThan(LIMIT_MS);
    await again;
    expect(await health()).toMatchObject({ status: 200, database: 'ok' });
  });
});
