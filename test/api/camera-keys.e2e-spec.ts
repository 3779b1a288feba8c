import { Logger } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretBox } from '../../src/common/secret-box';
import { CameraKeys } from '../../src/clubs/camera-keys.service';
import { CamerasService } from '../../src/clubs/cameras.service';
import { withClient } from '../../src/database/embedded/connect';
import { Api } from '../support/api';
import { ADMIN } from '../support/club';
import { Service, ServiceEnded } from '../support/service';
import { startTestApp, TestApp } from '../support/test-app';
import { createTestDatabase, TestDatabase } from '../support/test-database';
import { until } from '../support/until';

interface Row {
  court_id: number;
  url_sealed: string;
  key_id: string;
}
interface Task {
  name: string;
  outcome: string | null;
  result: Record<string, number> | null;
  error: string | null;
}
interface Details {
  camera_keys: { waiting: number; unreadable: number };
  tasks: Task[];
}

/** More than two batches. */
const CAMERAS = 250;
const urlOf = (courtId: number): string => `rtsp://user:word-${courtId}@127.0.0.1:554/court/${courtId}`;
const HOOK = 'https://hook.example/key';
const ownerOf = (courtId: number): string => `court:${courtId}`;

describe("the key of the cameras' addresses is rotated", () => {
  const [older, newer, third] = [1, 2, 3].map(() => randomBytes(32)) as [Buffer, Buffer, Buffer];
  const boxes = { older: new SecretBox([older]), newer: new SecretBox([newer]), both: new SecretBox([newer, older]) };
  const BOTH = `${newer.toString('hex')},${older.toString('hex')}`;
  const OWNERS = { ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password };
  let root: string;
  let database: TestDatabase;
  let services: TestApp[];

  const sql = <T>(text: string, parameters: unknown[] = []): Promise<T[]> =>
    withClient(database.url, async (client) => (await client.query<object>(text, parameters)).rows as T[]);
  const rows = (): Promise<Row[]> => sql<Row>('SELECT court_id, url_sealed, key_id FROM cameras ORDER BY court_id');
  const start = async (SECRETS_KEY: string): Promise<TestApp> => {
    const service = await startTestApp({ root, databaseUrl: database.url, env: { ...OWNERS, SECRETS_KEY } });
    services.push(service);
    return service;
  };
  const details = async (url: string): Promise<Details> => {
    const operator = await Api.signedIn(url, ADMIN.email, ADMIN.password);
    return (await operator.get<{ details: Details }>('/api/video/health')).body.details;
  };
  const ran = (url: string): Promise<Task> =>
    until(async () => {
      const task = (await details(url)).tasks.find(({ name }) => name === 'camera_keys');
      return task !== undefined && task.outcome !== null && task;
    });
  const expectAll = async (box: SecretBox): Promise<void> => {
    const all = await rows();
    expect(all).toHaveLength(CAMERAS);
    for (const { court_id: id, url_sealed: sealed, key_id: key } of all) {
      expect(box.open(sealed, ownerOf(id))).toBe(urlOf(id));
      expect(sealed.split('.')[1]).toBe(key);
    }
  };

  beforeEach(async () => {
    services = [];
    root = mkdtempSync(join(tmpdir(), 'padelvar-reseal-'));
    database = await createTestDatabase();
    await sql("INSERT INTO clubs (id, name, time_zone) VALUES (1, 'Club', 'UTC')");
    await sql(
      `INSERT INTO courts (id, club_id, name) SELECT n, 1, 'Court ' || n FROM generate_series(1, ${CAMERAS}) AS n`,
    );
    const ids = Array.from({ length: CAMERAS }, (_, at) => at + 1);
    await sql(
      `INSERT INTO cameras (court_id, url_sealed, key_id, protocol, host, has_credentials)
       SELECT *, $3, 'rtsp', '127.0.0.1', true FROM unnest($1::integer[], $2::text[])`,
      [ids, ids.map((id) => boxes.older.seal(urlOf(id), ownerOf(id))), boxes.older.keyId],
    );
  });

  afterEach(async () => {
    for (const service of services) await service.shutDown();
    await database.drop();
    rmSync(root, { recursive: true, force: true });
  });

  it('at the start: afterwards the newest opens everything, and health says that nothing waits', async () => {
    const further = boxes.older.seal('rtsp://127.0.0.1:554/back', 'court:7/camera:2');
    await sql(
      `INSERT INTO cameras (court_id, position, url_sealed, key_id, protocol, host, has_credentials)
       VALUES (7, 2, $1, $2, 'rtsp', '127.0.0.1', false)`,
      [further, boxes.older.keyId],
    );
    const service = await start(BOTH);
    expect(await ran(service.url)).toMatchObject({
      outcome: 'ok',
      result: { resealed_cameras: CAMERAS + 1, unreadable_cameras: 0 },
      error: null,
    });
    const [resealed] = await sql<Row>('DELETE FROM cameras WHERE position = 2 RETURNING url_sealed, key_id');
    expect(resealed).toMatchObject({ key_id: boxes.newer.keyId });
    expect(boxes.newer.open(resealed!.url_sealed, 'court:7/camera:2')).toBe('rtsp://127.0.0.1:554/back');
    await expectAll(boxes.newer);
    expect((await details(service.url)).camera_keys).toEqual({ waiting: 0, unreadable: 0 });
    expect((await service.app.get(CamerasService).accessTo(7)).cameraUrl).toBe(urlOf(7));
    const before = await rows();
    expect(await service.app.get(CameraKeys).reseal()).toEqual({ resealed_cameras: 0, unreadable_cameras: 0 });
    expect(await rows()).toEqual(before);
  });

  it('with webhooks and calendars, of which one that is damaged is left as it is', async () => {
    const { older: box } = boxes;
    const [whole, torn] = [1, 2];
    // Makes the operator, whose they are.
    await (await start(older.toString('hex'))).shutDown();
    // What its own run came to is not what is waited for.
    await sql("DELETE FROM scheduled_tasks WHERE name = 'camera_keys'");
    const [operator] = await sql<{ id: number }>('SELECT id FROM users');
    for (const id of [whole, torn]) {
      const url = id === torn ? box.seal('https://elsewhere.example/', 'webhook:77') : box.seal(HOOK, `webhook:${id}`);
      await sql(
        `INSERT INTO webhooks (id, club_id, url_sealed, origin, secret_sealed, old_secret_sealed, key_id, events, created_by)
         VALUES ($1, 1, $2, 'https://hook.example', $3, $4, $5, '{recording.ready}', $6)`,
        [
          id,
          url,
          box.seal('new', `webhook:${id}`),
          id === whole ? box.seal('old', `webhook:${id}`) : null,
          box.keyId,
          operator!.id,
        ],
      );
    }
    await sql(
      `INSERT INTO court_calendars (court_id, url_sealed, key_id, origin, set_by) VALUES (5, $1, $2, 'https://cal.example', $3)`,
      [box.seal('https://cal.example/5', 'calendar:5'), box.keyId, operator!.id],
    );
    const before = await sql('SELECT * FROM webhooks WHERE id = $1', [torn]);
    const logged = jest.spyOn(Logger.prototype, 'error');
    const service = await start(BOTH);
    expect(await ran(service.url)).toMatchObject({
      result: { resealed_cameras: CAMERAS, resealed_others: 2 },
      error: '1 sealed addresses or secrets (cameras, webhooks, calendars) are damaged: enter them again.',
    });
    expect(logged.mock.calls.map(([what]) => what as unknown)).toContainEqual({ row: `webhooks:${torn}` });
    logged.mockRestore();
    expect((await details(service.url)).camera_keys).toEqual({ waiting: 1, unreadable: 0 });
    const [hook] = await sql<Record<string, string>>(
      'SELECT url_sealed, secret_sealed, old_secret_sealed FROM webhooks WHERE id = $1',
      [whole],
    );
    const opened = Object.values(hook!).map((text) => boxes.newer.open(text, `webhook:${whole}`));
    expect(opened).toEqual([HOOK, 'new', 'old']);
    const [calendar] = await sql<{ url_sealed: string }>('SELECT url_sealed FROM court_calendars');
    expect(boxes.newer.open(calendar!.url_sealed, 'calendar:5')).toBe('https://cal.example/5');
    expect(await sql('SELECT * FROM webhooks WHERE id = $1', [torn])).toEqual(before);
  });

  it('by two processes at once: each camera is sealed anew once', async () => {
    const service = await start(BOTH);
    await ran(service.url);
    const second = await start(BOTH);
    await ran(second.url);
    await sql(
      'UPDATE cameras SET url_sealed = s, key_id = $3 FROM unnest($1::integer[], $2::text[]) AS o (id, s) WHERE court_id = o.id',
      [
        (await rows()).map(({ court_id: id }) => id),
        (await rows()).map(({ court_id: id }) => boxes.older.seal(urlOf(id), ownerOf(id))),
        boxes.older.keyId,
      ],
    );
    const counts = await Promise.all([service, second].map(({ app }) => app.get(CameraKeys).reseal()));
    expect(counts.reduce((sum, { resealed_cameras: some }) => sum + (some ?? 0), 0)).toBe(CAMERAS);
    await expectAll(boxes.newer);
  });

  it.each([
    ['uncommitted', CAMERAS],
    ['committed', CAMERAS - 100],
  ])('and a crash in the middle (%s) loses nothing: the next start goes on', async (point, waiting) => {
    const env = { SECRETS_KEY: BOTH };
    const dying = Service.start(root, database.url, { env, faultPoint: `cameras.reseal.${point}` });
    // Whether it says that it listens before it dies is a race; that it dies is none.
    const ending = await dying.then(
      (service) => service.ended,
      (error: unknown) => (error instanceof ServiceEnded ? error.ending : Promise.reject(error as Error)),
    );
    expect(ending.signal).toBe('SIGKILL');
    const left = await sql<{ count: string }>('SELECT count(*) FROM cameras WHERE key_id = $1', [boxes.older.keyId]);
    expect(Number(left[0]?.count)).toBe(waiting);
    await expectAll(boxes.both);

    const service = await start(BOTH);
    expect(await ran(service.url)).toMatchObject({ result: { resealed_cameras: waiting } });
    await expectAll(boxes.newer);
  });

  it('and a key that is taken away too early is told, and nothing is lost', async () => {
    const before = await rows();
    const service = await start(newer.toString('hex'));
    const task = await ran(service.url);
    expect(task).toMatchObject({ outcome: 'failed', result: { resealed_cameras: 0, unreadable_cameras: CAMERAS } });
    expect(task.error).toMatch(
      /^250 sealed addresses or secrets \(cameras, webhooks, calendars\) .* SECRETS_KEY no longer has: put it back/,
    );
    expect((await details(service.url)).camera_keys).toEqual({ waiting: CAMERAS, unreadable: CAMERAS });
    const operator = await Api.signedIn(service.url, ADMIN.email, ADMIN.password);
    const answer = await operator.post<{ code: string; detail: string }>('/api/terrains/7/camera/test');
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal_error' } });
    expect(answer.text).not.toContain('word-7');
    expect(await rows()).toEqual(before);
    await service.shutDown();

    const again = await start(`${third.toString('hex')} ${newer.toString('hex')} ${older.toString('hex')}`);
    await until(async () => (await details(again.url)).camera_keys.waiting === 0);
    await expectAll(new SecretBox([third]));
  });

  it('and an address that is damaged stays as it is, the others go on', async () => {
    await sql("UPDATE cameras SET url_sealed = left(url_sealed, -4) || 'AAAA' WHERE court_id = 120");
    const damaged = (await rows()).find(({ court_id: id }) => id === 120);
    const service = await start(BOTH);
    const task = await ran(service.url);
    expect(task).toMatchObject({
      outcome: 'failed',
      result: { resealed_cameras: CAMERAS - 1, unreadable_cameras: 1 },
      error: '1 sealed addresses or secrets (cameras, webhooks, calendars) are damaged: enter them again.',
    });
    expect((await rows()).find(({ court_id: id }) => id === 120)).toEqual(damaged);
    expect((await details(service.url)).camera_keys).toEqual({ waiting: 1, unreadable: 0 });
  });
});
