import fc from 'fast-check';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CLOSE } from '../../src/preview/live/live-protocol';
import { Api } from '../support/api';
import { PASSWORD, startTestClub, TestClub } from '../support/club';
import { LiveClient } from '../support/live-client';
import { property } from '../support/property';
import { VideoShelf } from '../support/video-shelf';
import { ApiRoute, fillPath, listRoutes, Schema } from './api-routes';

/** Requests of a kind; they are made twice, and memory is compared between. */
const RUNS = 250;
/** What may be left of them all: caches that fill once, what the code of the test itself keeps. */
const LEFT_MIB = 24;

describe('whatever is asked', () => {
  let club: TestClub;
  let routes: ApiRoute[];
  let video: string;
  let courtId: number;
  const seen = new Map<number, number>();

  beforeAll(async () => {
    club = await startTestClub({ env: { CAMERA_TIMEOUT_SECONDS: '1' } });
    routes = await listRoutes(club.operator);
    // Nobody listens there: a camera that is dialled says so at once.
    courtId = await club.addCourt('Court 1', 'rtsp://127.0.0.1:1/live');
    video = await (await VideoShelf.of(club.service, club.operator, club.clubId)).put({ bytes: 1_000 });
  });

  afterAll(() => club?.close());

  /** As the club's admin; whoever was signed out by what they asked signs in again. */
  async function ask(
    method: string,
    path: string,
    body?: string,
    headers: Record<string, string> = {},
  ): Promise<number> {
    const response = await fetch(`${club.service.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${club.desk.token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body }),
    });
    const { status } = response;
    const type = response.headers.get('content-type') ?? '';
    if (/multipart/.test(type)) await response.body?.cancel();
    else await response.arrayBuffer();
    if (status >= 400) expect(type).toMatch(/^application\/problem\+json/);
    if (status === 401) club.desk.token = (await Api.signedIn(club.service.url, 'desk@padelvar.test', PASSWORD)).token;
    seen.set(status, (seen.get(status) ?? 0) + 1);
    return status;
  }

  /**
   * A camera that is at fault is a 502 or 504, a machine that does not keep up (this test's own, at times) a 503: all of them
   * say what to do. Everything else that failed is our fault.
   */
  const isAnswer = (status: number): boolean => status < 500 || [502, 503, 504].includes(status);

  /** Ids of what there is, and of what there is not. */
  const idFor = (path: string): fc.Arbitrary<string> => {
    const real = path.startsWith('/api/clubs') ? club.clubId : path.startsWith('/api/users') ? club.ids.other : courtId;
    const none = fc.oneof(fc.constant(video), fc.integer({ min: 1_000 }).map(String), fc.uuid());
    return fc.oneof({ weight: 4, arbitrary: fc.constant(`${real}`) }, { weight: 1, arbitrary: none });
  };

  /** Values that fit, nearly fit, or do not. */
  function valueFor(name: string, schema: Schema): fc.Arbitrary<unknown> {
    // A password that nobody knows would sign the test out for good.
    if (name === 'new_password') return fc.oneof(fc.constant(PASSWORD), fc.string({ maxLength: 7 }), fc.integer());
    const fitting: fc.Arbitrary<unknown>[] = [];
    if (schema.enum) fitting.push(fc.constantFrom(...schema.enum));
    if (schema.type === 'boolean') fitting.push(fc.boolean());
    if (schema.type === 'integer' || schema.type === 'number') {
      fitting.push(fc.integer({ min: 0, max: 5 }), fc.constantFrom(courtId, club.clubId), fc.double());
    }
    if (name === 'name') fitting.push(fc.stringMatching(/^[a-z]{1,8}$/));
    if (name.endsWith('password')) fitting.push(fc.constant(PASSWORD));
    if (name === 'session_id') fitting.push(fc.constant(video), fc.uuid());
    if (name === 'email') fitting.push(fc.emailAddress());
    if (name === 'camera_url') {
      fitting.push(fc.webUrl({ validSchemes: ['rtsp', 'http'] }).map(atHome), fc.string({ unit: 'binary' }));
      fitting.push(fc.constantFrom('rtsp://169.254.169.254/', 'file:///etc/passwd'));
    }
    if (name === 'camera_networks') fitting.push(fc.array(fc.ipV4().map((ip) => `${ip}/16`)));
    if (name === 'player_ids') fitting.push(fc.array(fc.constantFrom(club.ids.other, club.ids.player, 7)));
    if (name === 'time_zone') fitting.push(fc.constantFrom('Europe/Paris', 'UTC', 'Mars/Olympus'));
    if (fitting.length === 0) fitting.push(fc.string({ unit: 'grapheme' }));
    return fc.oneof({ weight: 9, arbitrary: fc.oneof(...fitting) }, { weight: 1, arbitrary: fc.jsonValue() });
  }

  /** No test asks the world outside: names and addresses that are not forbidden anyway lead to a closed port here. */
  const atHome = (url: string): string => url.replace(/^(\w+):\/\/[^/]+/, '$1://127.0.0.1:1');

  function bodyFor(route: ApiRoute): fc.Arbitrary<string> {
    const fields = Object.entries(route.fields ?? {}).map(([name, schema]) => [name, valueFor(name, schema)] as const);
    const all = fc.record(Object.fromEntries(fields));
    const some = fc.record(Object.fromEntries(fields), { requiredKeys: [] });
    return fc.oneof(
      { weight: 5, arbitrary: fc.oneof(all, some).map((value) => JSON.stringify(value)) },
      { weight: 2, arbitrary: fc.json() },
      { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    );
  }

  /** Without a camera of somebody else's. */
  const spared = (body: string): string =>
    /"camera_url":"\s*(rtsps?|https?):\/\/(?!127\.0\.0\.1:1\b|169\.254\.)/i.test(body)
      ? body.replace('camera_url', 'camera')
      : body;

  const bodies = (turn: number): Promise<void> => {
    // Nor does an account that has erased itself.
    const lasting = routes.filter(({ path }) => path !== '/api/auth/me/erase');
    const changing = lasting.filter(({ method }) => method === 'POST' || method === 'PATCH');
    const one = fc
      .constantFrom(...changing)
      .chain((route) => fc.tuple(fc.constant(route), idFor(route.path), bodyFor(route)));
    return fc.assert(
      fc.asyncProperty(one, async ([route, id, body]) => {
        const status = await ask(route.method, fillPath(route, { id }), spared(body));
        if (!isAnswer(status)) throw new Error(`${status}`);
      }),
      property(RUNS, turn),
    );
  };

  const paths = (turn: number): Promise<void> => {
    const reading = routes.filter(({ method }) => method === 'GET');
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 20 }).map(encodeURIComponent),
      fc.constantFrom('..%2f', '%00', '%ff', '%', ';', '1', '__proto__', 'constructor', '%252e'),
    );
    const query = fc.array(
      fc
        .tuple(fc.oneof(piece, fc.constantFrom('limit', 'cursor', 'club_id', 'open', 'limit[]')), piece)
        .map((pair) => pair.join('=')),
      { maxLength: 3 },
    );
    const one = fc.tuple(fc.constantFrom(...reading), fc.option(piece, { nil: undefined }), query);
    return fc.assert(
      fc.asyncProperty(one, async ([route, id, parameters]) => {
        const path = fillPath(route, id === undefined ? { id: `${club.clubId}` } : { id, part: id, token: id });
        const status = await ask(route.method, `${path}?${parameters.join('&')}`);
        if (!isAnswer(status)) throw new Error(`${status}`);
      }),
      property(RUNS, turn),
    );
  };

  const ranges = (turn: number): Promise<void> => {
    const number = fc.oneof(fc.nat({ max: 1_200 }).map(String), fc.constantFrom('', '-', '9'.repeat(20), '0x1'));
    const part = fc.tuple(number, number).map((pair) => pair.join('-'));
    const range = fc.array(part, { maxLength: 5 }).map((parts) => `bytes=${parts.join(',')}`);
    return fc.assert(
      fc.asyncProperty(
        fc.oneof(
          range,
          fc.string({ maxLength: 20 }).map((text) => text.replace(/[^\x20-\x7e]/g, '')),
        ),
        async (header) => {
          const status = await ask('GET', `/api/video/files/${video}/download`, undefined, { range: header });
          expect([200, 206, 416]).toContain(status);
        },
      ),
      property(RUNS / 2, turn),
    );
  };

  it('is answered, and never with a fault of ours; nothing of it stays', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const all = async (turn: number): Promise<number> => {
      await bodies(turn);
      await paths(turn);
      await ranges(turn);
      collect();
      return process.memoryUsage().heapUsed / 2 ** 20;
    };
    // The first time fills what fills once.
    const before = await all(0);
    const after = await all(1);
    expect(after - before).toBeLessThan(LEFT_MIB);
    // It was not all refused at the door.
    for (const status of [200, 204, 400, 404]) expect([...seen.keys()]).toContain(status);
    expect(seen.get(500)).toBeUndefined();
  });

  it('over a WebSocket is answered, or ends it with a reason', async () => {
    const stream = fc.integer({ min: -1, max: 70_000 });
    const message = fc.oneof(
      fc
        .record({
          type: fc.constantFrom('subscribe', 'unsubscribe', 'ping', 'x'),
          stream,
          session_id: fc.constantFrom(video, 'x'),
          at: stream,
        })
        .map((value) => JSON.stringify(value)),
      fc.json(),
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 30 }), async (messages) => {
        const client = await LiveClient.open(club.service.url, club.player);
        for (const one of messages) client.say(one);
        // Whatever came before it was read; it is answered, unless there were too many that were none.
        client.say({ type: 'ping', at: 7.5 });
        const code = await Promise.race([
          client.next(({ type, at }) => type === 'pong' && at === 7.5).then(() => null),
          client.closed(),
        ]).catch(() => client.closeCode);
        client.hangUp();
        // A frame that is none, or too much of what is no message; our own fault would be 1011.
        if (code !== null) expect([1007, 1009, CLOSE.noMessages, CLOSE.flood]).toContain(code);
      }),
      property(40),
    );
    const health = await club.operator.get<{ status: string }>('/api/video/health');
    expect(health.body.status).toBe('ok');
  });
});
