import { DataSource } from 'typeorm';
import { monotonic } from '../cameras';
import { Api } from '../support/api';
import { PASSWORD } from '../support/club';
import { LiveClient } from '../support/live-client';
import { FRIEND, isSubscribed, LiveCourts, MAX_VIEWERS, NOBODY } from '../support/live-courts';

const own = LiveCourts.use();

describe('a ticket', () => {
  it('is random, good for half a minute, and for the signed in only', async () => {
    const answers = await Promise.all(
      [own.club.operator, own.club.desk, own.club.player, own.club.player].map((api) =>
        api.post<{ ticket: string; expires_at: string }>('/api/preview/ticket'),
      ),
    );
    for (const { status, body, headers } of answers) {
      expect(status).toBe(200);
      expect(Buffer.from(body.ticket, 'base64url')).toHaveLength(32);
      expect(Math.abs(Date.parse(body.expires_at) - Date.now() - 30_000)).toBeLessThan(5_000);
      expect(headers.get('cache-control')).toBe('no-store');
    }
    expect(new Set(answers.map(({ body }) => body.ticket)).size).toBe(4);
    const kept = await own.club.service.app.get(DataSource).query<object[]>('SELECT * FROM live_tickets');
    for (const { body } of answers) expect(JSON.stringify(kept)).not.toContain(body.ticket);
    const nobody = await new Api(own.club.service.url).post<{ code: string }>('/api/preview/ticket');
    expect([nobody.status, nobody.body.code]).toEqual([401, 'unauthorized']);
    // The media cookie opens GET of media, and nothing else.
    const login = await new Api(own.club.service.url).post('/api/auth/login', {
      email: 'player@padelvar.test',
      password: PASSWORD,
    });
    const cookie = login.headers.getSetCookie().map((line) => line.split(';')[0]);
    const byCookie = await fetch(`${own.club.service.url}/api/preview/ticket`, {
      method: 'POST',
      headers: { cookie: cookie.join('; ') },
    });
    expect(byCookie.status).toBe(401);
  });

  it('lets one in of ten who bring it at once', async () => {
    const shared = await own.ticket();
    const dialled = await Promise.all(Array.from({ length: 10 }, () => own.stranger()));
    const ends = dialled.map(({ client }) =>
      client.hears('welcome').then(
        () => 'welcome',
        () => client.closeCode,
      ),
    );
    for (const { client } of dialled) client.say({ ticket: shared });
    const outcome = (await Promise.all(ends)).map(String).sort();
    expect(outcome).toEqual([...Array<string>(9).fill('4401'), 'welcome']);
  });

  it('is no good when it is old, or its sign-in has ended', async () => {
    const database = own.club.service.app.get(DataSource);
    const old = await own.ticket();
    await database.query(`UPDATE live_tickets SET expires_at = now() - interval '1 millisecond'`);
    const credentials = { email: 'player@padelvar.test', password: PASSWORD };
    const api = await Api.signedIn(own.club.service.url, credentials.email, credentials.password);
    const orphan = await own.ticket(api);
    expect((await api.post('/api/auth/logout', {})).status).toBe(204);
    for (const bad of [old, orphan]) {
      const { client } = await own.stranger();
      client.say({ ticket: bad });
      expect(await client.closed()).toBe(4401);
      expect(client.messages).toEqual([]);
    }
    // The old one was taken with it, though it was no good; those nobody brings are cleared away.
    expect(await database.query(`SELECT 1 FROM live_tickets WHERE expires_at < now() AND false`)).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['a subscription', { type: 'subscribe', stream: 1, session_id: NOBODY }],
    ['no object', '[]'],
    ['no JSON', '{'],
    ['nothing', ''],
    ['a ticket that is none', { ticket: 'x'.repeat(43) }],
    ['a number', { ticket: 7 }],
    ['a long one', { ticket: 'x'.repeat(4000) }],
    ['bytes', Buffer.from([1, 2, 3])],
    ['NUL', '{"ticket":"\\u0000"}'],
    ['two', '{"ticket":"a","ticket":"b"}'],
  ])('is asked for first: %s ends it', async (_name, first) => {
    const { client } = await own.stranger();
    client.say(first);
    expect(await client.closed()).toBe(4401);
  });

  it('is asked for within five seconds', async () => {
    const { client } = await own.stranger();
    const began = monotonic();
    expect(await client.closed()).toBe(4408);
    expect(monotonic() - began).toBeGreaterThan(4_500);
  });

  it('may be followed at once by what one wants to see', async () => {
    const { client } = await own.stranger();
    client.say({ ticket: await own.ticket() });
    client.say({ type: 'subscribe', stream: 1, session_id: own.mjpegSession });
    client.say({ type: 'ping', at: 1.5 });
    expect(await client.next(isSubscribed)).toMatchObject({ stream: 1 });
    expect(client.messages[0]).toEqual({ type: 'welcome', heartbeat_ms: 15_000, max_streams: 64 });
    const { at, now } = await client.hears('pong');
    expect(at).toBe(1.5);
    expect(Math.abs(Number(now) - Date.now())).toBeLessThan(1_000);
  });
});

describe('the handshake', () => {
  it.each(['https://evil.example', 'null', 'http://127.0.0.1:1', 'file://', 'http://127.0.0.1.evil.example'])(
    'is refused to pages of %s',
    async (origin) => {
      const { status, body } = await own.stranger({ origin });
      expect(status).toBe(403);
      expect(JSON.parse(body)).toMatchObject({ code: 'forbidden', status: 403 });
    },
  );

  it('is made with own pages, friends, and programs that are no browser', async () => {
    for (const origin of [own.club.service.url, FRIEND, undefined])
      expect((await own.stranger({ origin })).status).toBe(101);
    expect((await own.stranger({ path: '/api/preview/live?t=1' })).status).toBe(101);
  });

  it('is made nowhere else', async () => {
    for (const path of ['/api/preview/live/', '/', '/api/preview/%6Cive', '//']) {
      expect((await own.stranger({ path })).status).toBe(404);
    }
    const plain = await own.club.desk.get<{ code: string }>('/api/preview/live');
    expect(plain.status).toBe(404);
  });
});

describe('a viewer', () => {
  it('sees nobody else’s court', async () => {
    const foreign = await foreignAdmin();
    const viewer = await own.watch(foreign);
    for (const [stream, session] of [
      [1, own.h264Session],
      [2, NOBODY],
      [3, own.h264Session.toUpperCase()],
    ] as const) {
      expect(await viewer.subscribe(stream, session)).toEqual({
        type: 'error',
        stream,
        code: 'not_found',
        status: 404,
        detail: 'Not found',
      });
    }
    const bystander = await own.club.addUser('bystander@padelvar.test', 'PLAYER');
    expect(await (await own.watch(bystander.api)).subscribe(1, own.h264Session)).toMatchObject({ code: 'not_found' });
    // The operator of the service sees every court.
    expect(await (await own.watch(own.club.operator)).subscribe(1, own.h264Session)).toMatchObject({
      type: 'subscribed',
    });
  });

  it('is told which subscription was wrong, and goes on', async () => {
    const viewer = await own.watch();
    await viewer.subscribe(1, own.mjpegSession);
    for (const [session, mode, code] of [
      ['nonsense', 'video', 'validation_failed'],
      [own.mjpegSession, 'radio', 'validation_failed'],
      ['../../etc', 'tile', 'validation_failed'],
    ] as const) {
      expect(await viewer.subscribe(2, session, mode)).toMatchObject({ type: 'error', stream: 2, code, status: 400 });
    }
    expect(await viewer.subscribe(1, own.h264Session)).toMatchObject({ type: 'error', code: 'in_use', status: 409 });
    const unknown = viewer.next(({ type }) => type === 'error');
    viewer.say({ type: 'unsubscribe', stream: 17 });
    expect(await unknown).toMatchObject({ stream: 17, code: 'not_found', status: 404 });
    await viewer.takeMedia(1, 3);
    expect(await viewer.subscribe(2, own.mjpegSession)).toMatchObject({ type: 'subscribed' });
  });

  it('may leave before it is let in', async () => {
    const viewer = await own.watch();
    viewer.say({ type: 'subscribe', stream: 1, session_id: own.h264Session });
    viewer.say({ type: 'unsubscribe', stream: 1 });
    await viewer.hears('ended', 1);
    expect(await viewer.subscribe(1, own.mjpegSession)).toMatchObject({ type: 'subscribed' });
    await viewer.takeMedia(1, 3);
    expect(viewer.media.every(({ kind }) => kind === 'jpeg')).toBe(true);
    expect(viewer.messages.filter(isSubscribed)).toHaveLength(1);
  });

  it('is refused beyond the limit of a session, and let in when somebody leaves', async () => {
    const viewer = await own.watch();
    const seated = await Promise.all(
      Array.from({ length: MAX_VIEWERS }, (_, i) => viewer.subscribe(i + 1, own.mjpegSession, 'tile')),
    );
    expect(seated.every(isSubscribed)).toBe(true);
    const other = await own.watch(own.club.player);
    expect(await other.subscribe(1, own.mjpegSession)).toMatchObject({
      type: 'error',
      stream: 1,
      code: 'viewer_limit',
      status: 429,
    });
    expect(await other.subscribe(2, own.h264Session)).toMatchObject({ type: 'subscribed' });
    // A connection has 64 streams, whatever the sessions allow.
    const more = await Promise.all(
      Array.from({ length: 24 }, (_, i) => viewer.subscribe(100 + i, own.h264Session, 'tile')),
    );
    expect(more.every(isSubscribed)).toBe(true);
    expect(await viewer.subscribe(200, own.h264Session)).toMatchObject({ code: 'viewer_limit' });
    viewer.say({ type: 'unsubscribe', stream: 1 });
    await viewer.hears('ended', 1);
    expect(await other.subscribe(1, own.mjpegSession)).toMatchObject({ type: 'subscribed' });
  });

  it('may say nine things that mean nothing, not ten', async () => {
    const viewer = await own.watch();
    const nonsense: unknown[] = [
      '',
      'null',
      '[]',
      '{"type":"subscribe"',
      { type: 'dance' },
      { type: 'subscribe', stream: 0, session_id: own.mjpegSession },
      { type: 'subscribe', stream: 1.5, session_id: own.mjpegSession },
      { type: 'ping', at: '1' },
      Buffer.alloc(16),
    ];
    for (const words of nonsense) {
      const answer = viewer.next(() => true);
      viewer.say(words);
      const error = await answer;
      expect(error).toMatchObject({ type: 'error', code: 'validation_failed', detail: expect.any(String) });
      expect(error).not.toHaveProperty('stream');
    }
    expect(await viewer.subscribe(1, own.mjpegSession)).toMatchObject({ type: 'subscribed' });
    viewer.say('{"type":"unsubscribe","stream":1,"stream":2}');
    expect(await viewer.closed()).toBe(4400);
  });

  it.each<[string, (viewer: LiveClient) => void, number]>([
    ['a message of 5 KiB', (viewer) => viewer.say({ type: 'ping', at: 1, pad: 'x'.repeat(5_000) }), 1009],
    [
      'a message in a hundred pieces',
      (viewer) => {
        for (let i = 0; i < 100; i++) viewer.ws.send('x', { fin: false });
      },
      1008,
    ],
    ['text that is none', (viewer) => viewer.ws.send(Buffer.from([0xff, 0xfe]), { binary: false }), 1007],
  ])('is cut off by %s', async (_name, speak, code) => {
    const viewer = await own.watch();
    speak(viewer);
    expect(await viewer.closed()).toBe(code);
  });

  it('that signs out is let go of within ten seconds, others stay', async () => {
    const login = await new Api(own.club.service.url).post<{ access_token: string; refresh_token: string }>(
      '/api/auth/login',
      { email: 'player@padelvar.test', password: PASSWORD },
    );
    const api = new Api(own.club.service.url);
    api.token = login.body.access_token;
    const [viewer, stays] = await Promise.all([own.watch(api), own.watch(own.club.player)]);
    await Promise.all([viewer.subscribe(1, own.h264Session), stays.subscribe(1, own.h264Session)]);
    await viewer.takeMedia(1, 3);
    const out = await api.post('/api/auth/logout', { refresh_token: login.body.refresh_token });
    expect(out.status).toBe(204);
    const began = monotonic();
    expect(await viewer.closed()).toBe(4401);
    expect(monotonic() - began).toBeLessThan(10_000);
    await stays.takeMedia(1, 5);
  });

  it('that takes part no longer loses that court, and keeps the others', async () => {
    const viewer = await own.watch(own.club.other);
    await Promise.all([viewer.subscribe(1, own.h264Session), viewer.subscribe(2, own.mjpegSession)]);
    await viewer.takeMedia(1, 3);
    const began = monotonic();
    const database = own.club.service.app.get(DataSource);
    const who = [own.h264Session, own.club.ids.other];
    await database.query('DELETE FROM session_players WHERE session_id = $1 AND user_id = $2', who);
    expect(await viewer.hears('ended', 1)).toEqual({ type: 'ended', stream: 1, reason: 'withdrawn' });
    expect(monotonic() - began).toBeLessThan(10_000);
    await viewer.takeMedia(2, 5);
    expect(await viewer.subscribe(1, own.h264Session)).toMatchObject({ code: 'not_found' });
    await database.query('INSERT INTO session_players (session_id, user_id) VALUES ($1, $2)', who);
  });

  it('that is disabled is let go of', async () => {
    const guest = await own.club.addUser('guest@padelvar.test', 'CLUB_ADMIN');
    const viewer = await own.watch(guest.api);
    await viewer.subscribe(1, own.h264Session);
    expect((await own.club.operator.patch(`/api/users/${guest.id}`, { disabled: true })).status).toBe(200);
    expect(await viewer.closed()).toBe(4401);
  });
});

/** An admin of another own.club of the same service. */
async function foreignAdmin(): Promise<Api> {
  const body = { name: 'Padel Sud', time_zone: 'Europe/Paris' };
  const { id } = (await own.club.operator.post<{ id: number }>('/api/clubs', body)).body;
  const email = 'foreign@padelvar.test';
  const user = { email, name: 'Foreign', password: PASSWORD, role: 'CLUB_ADMIN' };
  await own.club.operator.post(`/api/clubs/${id}/users`, user);
  return Api.signedIn(own.club.service.url, email, PASSWORD);
}
