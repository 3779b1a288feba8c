import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import PgBoss from 'pg-boss';
import { DataSource } from 'typeorm';
import { PG_BOSS } from '../../migrations/1700000000080-jobs';
import { Caller } from '../../src/auth/caller';
import { Principal, Role } from '../../src/auth/principal';
import { isDatabaseUnavailable } from '../../src/common/database-error';
import { ProblemException } from '../../src/common/problem';
import { JobContext, JobData, JobEnd, JobKind, JobRefused } from '../../src/jobs/job-kind';
import { JobList } from '../../src/jobs/job-list.service';
import { Jobs } from '../../src/jobs/jobs';
import { startTestClub, TestClub } from '../support/club';
import { DatabaseProxy } from '../support/database-proxy';
import { ENDLESS } from '../support/job-process';
import { Scrape } from '../support/prometheus';
import { startTestApp, TestApp } from '../support/test-app';
import { createTestDatabase, TestDatabase } from '../support/test-database';
import { until } from '../support/until';

interface JobView {
  readonly id: string;
  readonly kind: string;
  readonly club_id: number | null;
  readonly state: string;
  readonly attempts: number;
  readonly max_attempts: number;
  readonly progress: number;
  readonly error: string | null;
}
interface Listed {
  readonly jobs: JobView[];
  readonly next_cursor?: string;
  readonly code?: string;
}

/** Nobody needs another name for a kind than this file gives it. */
let kinds = 0;
function kind(facts: Partial<JobKind<JobData>> = {}): JobKind<JobData> {
  return {
    name: `kind_${'abcdefghijklmnopqrstuvwxyz'[kinds++]}`,
    retries: 2,
    backoffSeconds: 0,
    expireSeconds: 60,
    atOnce: 2,
    ...facts,
  };
}

/** A database that is just back may refuse another moment. */
function whileAway(error: unknown): undefined {
  if (!isDatabaseUnavailable(error)) throw error;
}

/** Work that ends when the test says so, or its signal aborts. */
class Bench {
  readonly begun: JobContext[] = [];
  private readonly ends: ((error?: Error) => void)[] = [];

  readonly work = (_: JobData, context: JobContext): Promise<void> =>
    new Promise((resolve, reject) => {
      this.begun.push(context);
      this.ends.push((error) => (error ? reject(error) : resolve()));
      context.signal.addEventListener('abort', () => reject(context.signal.reason as Error));
    });

  async begin(count = 1): Promise<JobContext> {
    return until(() => this.begun.length >= count && this.begun[count - 1]);
  }

  end(which = this.ends.length - 1, error?: Error): void {
    this.ends[which]?.(error);
  }
}

describe('background work', () => {
  let database: TestDatabase;
  let proxy: DatabaseProxy;
  let club: TestClub;
  let jobs: Jobs;
  const services: TestApp[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    proxy = await DatabaseProxy.start(database.url);
    club = await startTestClub({ databaseUrl: proxy.url });
    jobs = club.service.app.get(Jobs);
  });

  afterAll(async () => {
    for (const service of services) await service.close();
    await club?.close();
    await proxy?.stop();
    await database?.drop();
  });

  const source = (): DataSource => club.service.app.get(DataSource);
  const another = async (): Promise<TestApp> => {
    const service = await startTestApp({ databaseUrl: database.url, root: club.service.root });
    services.push(service);
    return service;
  };
  // Not by HTTP: of several services in one process the last one says who is signed in (Passport keeps one strategy).
  const job = async (id: string): Promise<JobView | undefined> => {
    const { jobs: all } = await club.service.app.get(JobList).list(operator(), { limit: 200 });
    return all.find((one) => one.id === id);
  };
  const become = (id: string, state: string): Promise<JobView> =>
    until(async () => {
      const found = await job(id).catch(whileAway);
      return found?.state === state && found;
    });
  const operator = (role: Role = 'SUPER_ADMIN'): Principal => {
    const membership = { clubId: club.clubId, role: 'CLUB_ADMIN' } as const;
    const who = {
      userId: club.ids.desk,
      email: '',
      name: '',
      passwordChosen: true,
      familyId: '',
      via: 'bearer',
    } as const;
    const admin = role === 'CLUB_ADMIN';
    return { ...who, role, clubId: admin ? club.clubId : null, memberships: admin ? [membership] : [] };
  };
  const cancel = (id: string): Promise<void> =>
    club.service.app.get(JobList).cancel(operator('CLUB_ADMIN'), id, { ip: null } as Caller);
  const data = (): JobData => ({ clubId: club.clubId });

  it('is seen by admins, page by page', async () => {
    const own = kind();
    const startAfter = new Date(Date.now() + 3_600_000);
    const list = async (query: string): Promise<Listed> =>
      (await club.operator.get<Listed>(`/api/video/jobs${query}`)).body;
    const ids: string[] = [];
    for (const clubId of [club.clubId, null, club.clubId])
      ids.push(await jobs.enqueue(own, { clubId }, { startAfter }));
    const [first = '', foreign = '', last = ''] = ids;
    const all = await list(`?kind=${own.name}`);
    expect(all.jobs.map(({ id }) => id)).toEqual([last, foreign, first]);
    expect(all.next_cursor).toBeUndefined();
    const page = await list(`?kind=${own.name}&limit=2&state=waiting`);
    expect(page.jobs.map(({ id }) => id)).toEqual([last, foreign]);
    const rest = await list(`?kind=${own.name}&limit=2&state=waiting&cursor=${page.next_cursor}`);
    expect([rest.jobs.map(({ id }) => id), rest.next_cursor]).toEqual([[first], undefined]);

    const desk = await club.desk.get<Listed>(`/api/video/jobs?kind=${own.name}`);
    expect(desk.body.jobs.map(({ id }) => id)).toEqual([last, first]);
    expect((await club.desk.get<Listed>('/api/video/jobs?club_id=2147483646')).status).toBe(404);
    expect((await club.player.get<Listed>('/api/video/jobs')).status).toBe(403);
    expect((await club.desk.delete(`/api/video/jobs/${foreign}`)).status).toBe(404);
    expect((await club.player.delete(`/api/video/jobs/${first}`)).status).toBe(403);
    expect((await club.desk.get<Listed>('/api/video/jobs?cursor=x')).status).toBe(400);
    expect((await club.desk.delete(`/api/video/jobs/${randomUUID()}`)).status).toBe(404);
    expect((await club.desk.delete(`/api/video/jobs/${last}`)).status).toBe(204);
    expect((await list(`?kind=${own.name}&state=cancelled`)).jobs.map(({ id }) => id)).toEqual([last]);

    const health = await club.operator.get<{ details: { jobs: { waiting: number } } }>('/api/video/health');
    expect(health.body.details.jobs.waiting).toBe(2);
    const { body } = await club.operator.bytes('/metrics');
    const scrape = new Scrape(body.toString());
    expect(scrape.value('padelvar_jobs', { state: 'waiting' })).toBe(health.body.details.jobs.waiting);
  });

  it('has the very tables that this pg-boss wants', () => {
    const words = (text: string): string => text.replace(/\s+|;/g, ' ').replace(/ +/g, ' ').trim();
    const [, plan = ''] =
      /CREATE SCHEMA IF NOT EXISTS pgboss\s*;([^]*)COMMIT;/.exec(PgBoss.getConstructionPlans('pgboss')) ?? [];
    expect(words(PG_BOSS)).toBe(words(plan));
  });

  it('begins with the COMMIT of its transaction, at once, and not without one', async () => {
    const own = kind();
    const bench = new Bench();
    jobs.handle(own, bench.work);
    const runner = source().createQueryRunner();
    await runner.startTransaction();
    await jobs.enqueue(own, data(), { manager: runner.manager });
    await runner.rollbackTransaction();
    await runner.startTransaction();
    const id = await jobs.enqueue(own, data(), { manager: runner.manager });
    // A look has passed by when another job of this kind, enqueued later, has come and gone.
    const witness = await jobs.enqueue(own, data());
    expect((await bench.begin()).id).toBe(witness);
    bench.end();
    await become(witness, 'done');
    const committed = performance.now();
    await runner.commitTransaction();
    await runner.release();
    expect((await bench.begin(2)).id).toBe(id);
    expect(performance.now() - committed).toBeLessThan(1_000);
    bench.end();
    expect(await become(id, 'done')).toMatchObject({ club_id: club.clubId, attempts: 1, max_attempts: 3, progress: 1 });
    expect(bench.begun).toHaveLength(2);
  });

  it('waits or runs once a key', async () => {
    const own = kind();
    const bench = new Bench();
    const later = { key: 'one', startAfter: new Date(Date.now() + 3_600_000) };
    const waiting = await jobs.enqueue(own, data(), later);
    expect(await jobs.enqueue(own, data(), later)).toBe(waiting);
    expect(await jobs.enqueue(own, data(), { ...later, key: 'two' })).not.toBe(waiting);
    await jobs.cancel(own, waiting);
    jobs.handle(own, bench.work);
    const active = await jobs.enqueue(own, data(), { key: 'one' });
    await bench.begin();
    const again = await Promise.all([1, 2, 3].map(() => jobs.enqueue(own, data(), { key: 'one' })));
    expect(again).toEqual([active, active, active]);
    bench.end();
    await become(active, 'done');
    expect(await jobs.enqueue(own, data(), { key: 'one' })).not.toBe(active);
    await bench.begin(2);
    bench.end();
  });

  it('is tried again, later each time, and then has failed', async () => {
    const own = kind({ backoffSeconds: 1, maxBackoffSeconds: 2 });
    const at: number[] = [];
    const contexts: JobContext[] = [];
    jobs.handle(own, (_, context) => {
      at.push(performance.now());
      contexts.push(context);
      throw new ProblemException('disk_full', 'No room. password=hunter2 rtsp://me:hunter2@camera/');
    });
    const id = await jobs.enqueue(own, data());
    const failed = await become(id, 'failed');
    expect(failed).toMatchObject({ attempts: 3, max_attempts: 3 });
    expect(failed.error).toContain('No room.');
    expect(failed.error).not.toContain('hunter2');
    expect(contexts.map(({ attempt, last }) => [attempt, last])).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
    const [first = 0, second = 0, third = 0] = at;
    expect(second - first).toBeGreaterThan(990);
    expect(third - second).toBeGreaterThan(1_980);
  });

  it('is not tried again where that is of no use, and says nothing of what is not ours', async () => {
    const own = kind();
    let refuse = true;
    jobs.handle(own, () =>
      Promise.reject(refuse ? new JobRefused('The match was deleted.') : new Error('/srv/secret')),
    );
    const refused = await become(await jobs.enqueue(own, data()), 'failed');
    expect(refused).toMatchObject({ attempts: 1, error: 'The match was deleted.' });
    refuse = false;
    expect((await become(await jobs.enqueue(own, data()), 'failed')).error).toBe('It failed; the log says why.');
  });

  it('is ended when it takes too long', async () => {
    const own = kind({ expireSeconds: 1, retries: 0 });
    const bench = new Bench();
    jobs.handle(own, bench.work);
    const id = await jobs.enqueue(own, data());
    expect(await become(id, 'failed')).toMatchObject({ error: 'It took too long.' });
    expect((bench.begun[0]?.signal.reason as JobEnd).why).toBe('expired');
  });

  it('is cancelled while it waits, while it runs, and while it runs in another process', async () => {
    const own = kind({ atOnce: 1 });
    const [here, there] = [new Bench(), new Bench()];
    jobs.handle(own, here.work);
    const running = await jobs.enqueue(own, data());
    await here.begin();
    const waiting = await jobs.enqueue(own, data());
    expect(await job(waiting)).toMatchObject({ state: 'waiting', attempts: 0 });
    for (const id of [waiting, running]) await cancel(id);
    await until(() => here.begun[0]?.signal.aborted);
    expect((here.begun[0]?.signal.reason as JobEnd).why).toBe('cancelled');
    for (const id of [waiting, running]) expect(await job(id)).toMatchObject({ state: 'cancelled' });

    const other = (await another()).app.get(Jobs);
    const theirs = kind();
    other.handle(theirs, there.work);
    const id = await jobs.enqueue(theirs, data());
    await there.begin();
    await cancel(id);
    await until(() => there.begun[0]?.signal.aborted);
    expect(await job(id)).toMatchObject({ state: 'cancelled', error: null });
    // It has ended: nothing to do, and no line.
    await cancel(id);
    const lines = await source().query<object[]>(
      `SELECT action, actor_id, club_id, details FROM audit_log WHERE target = $1`,
      [`job:${id}`],
    );
    const line = {
      action: 'job.cancelled',
      actor_id: club.ids.desk,
      club_id: club.clubId,
      details: { kind: theirs.name },
    };
    expect(lines).toEqual([line]);
    expect(here.begun).toHaveLength(1);
  });

  it('is done once by two processes that share it', async () => {
    const own = kind({ atOnce: 3 });
    const done = new Map<string, string[]>();
    const doing =
      (who: string) =>
      async (_: JobData, { id }: JobContext) => {
        done.set(id, [...(done.get(id) ?? []), who]);
        await source().query('SELECT pg_sleep(0.02)');
      };
    const other = (await another()).app.get(Jobs);
    const ids: string[] = [];
    for (let n = 0; n < 60; n++) ids.push(await jobs.enqueue(own, data()));
    jobs.handle(own, doing('here'));
    other.handle(own, doing('there'));
    for (const id of ids) await become(id, 'done');
    const doers = ids.map((id) => done.get(id) ?? []);
    expect(doers.every(({ length }) => length === 1)).toBe(true);
    expect(new Set(doers.flat())).toEqual(new Set(['here', 'there']));
  });

  it('goes on elsewhere when its process is killed, within seconds, and that was no try', async () => {
    const program = ['-r', join(__dirname, '../support/register.js'), join(__dirname, '../support/job-process.ts')];
    const child = spawn(process.execPath, [...program, club.service.root, database.url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const id = await jobs.enqueue(ENDLESS, data());
      await until(async () => (await job(id))?.state === 'active');
      const bench = new Bench();
      jobs.handle(ENDLESS, bench.work);
      // It lives: nobody else takes it, however often they look.
      const later = kind();
      const witness = new Bench();
      (await another()).app.get(Jobs).handle(later, witness.work);
      await jobs.enqueue(later, data());
      await witness.begin();
      witness.end();
      expect(bench.begun).toHaveLength(0);
      const killed = performance.now();
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(await bench.begin()).toMatchObject({ id, attempt: 1 });
      expect(performance.now() - killed).toBeLessThan(10_000);
      bench.end();
      await become(id, 'done');
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('is given back when its process ends in order', async () => {
    const own = kind();
    const [first, second] = [new Bench(), new Bench()];
    const ending = await another();
    ending.app.get(Jobs).handle(own, first.work);
    const id = await jobs.enqueue(own, data());
    await first.begin();
    jobs.handle(own, second.work);
    await ending.shutDown();
    expect((first.begun[0]?.signal.reason as JobEnd).why).toBe('shutting_down');
    expect(await second.begin()).toMatchObject({ id, attempt: 1 });
    second.end();
    await become(id, 'done');
  });

  it('survives the database: what ended meanwhile is told when it is back, and nothing is done twice', async () => {
    const own = kind();
    const bench = new Bench();
    jobs.handle(own, bench.work);
    const [ends, fails] = [await jobs.enqueue(own, data()), await jobs.enqueue(own, data())];
    await bench.begin(2);
    const at = (id: string): number => bench.begun.findIndex((context) => context.id === id);
    proxy.cut();
    bench.end(at(ends));
    bench.end(at(fails), new JobRefused('No.'));
    await expect(jobs.enqueue(own, data())).rejects.toThrow();
    proxy.heal();
    await become(ends, 'done');
    await become(fails, 'failed');
    const next = await jobs.enqueue(own, data());
    await bench.begin(3);
    bench.end();
    await become(next, 'done');
    expect(bench.begun).toHaveLength(3);
  });

  it('is not lost where the answer to its taking is', async () => {
    const own = kind();
    const bench = new Bench();
    jobs.handle(own, bench.work);
    const lost = proxy.loseCommitOf((statement) => statement.includes('INSERT INTO job_runs'));
    const id = await jobs.enqueue(own, data());
    await lost;
    expect((await bench.begin()).id).toBe(id);
    bench.end();
    await become(id, 'done');
    expect(bench.begun).toHaveLength(1);
  });
});
