import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { unknownCamera } from '../../src/clubs/watch/camera-state';
import { CameraStates } from '../../src/clubs/watch/camera-states.service';
import { SecretBox } from '../../src/common/secret-box';
import { WebhookDeliveries } from '../../src/webhooks/webhook-deliveries.service';
import { MOST_WEBHOOKS } from '../../src/webhooks/webhooks.service';
import { WebhookSender } from '../../src/webhooks/webhook-sender.service';
import { h264Clip, RtspCamera } from '../cameras';
import { Canary } from '../security/canary';
import { Answer } from '../support/api';
import { Booked } from '../support/booked';
import { makeCertificate } from '../support/certificate';
import { startTestClub, TestClub } from '../support/club';
import { Courtside } from '../support/courtside';
import { startTestApp } from '../support/test-app';
import { until } from '../support/until';
import { isSignedBy, ReceivedMessage, WebhookReceiver } from '../support/webhook-receiver';

interface Webhook {
  readonly id: number;
  readonly origin: string;
  readonly events: string[];
  readonly enabled: boolean;
  readonly disabled_because: string | null;
  readonly failing_since: string | null;
}
interface Delivery {
  readonly id: number;
  readonly message_id: string;
  readonly type: string;
  readonly status: string;
  readonly attempts: number;
  readonly next_attempt_at: string | null;
  readonly response_status: number | null;
  readonly duration_ms: number | null;
  readonly error: string | null;
}
interface Body {
  readonly webhook?: Webhook;
  readonly webhooks?: Webhook[];
  readonly secret?: string;
  readonly delivery?: Delivery;
  readonly deliveries?: Delivery[];
  readonly next_cursor?: string;
  readonly code?: string;
}

const ALL = ['recording.started', 'recording.ready', 'camera.offline', 'camera.online', 'booking.missed'];

describe('webhooks', () => {
  let club: TestClub;
  let receiver: WebhookReceiver;

  beforeAll(async () => {
    club = await startTestClub();
    receiver = await WebhookReceiver.start();
  });

  beforeEach(async () => {
    receiver.behaviour = 200;
    receiver.received.length = 0;
    await sql('DELETE FROM webhooks');
  });

  afterAll(async () => {
    await club?.close();
    await receiver?.stop();
  });

  const sql = <Row>(text: string, parameters: unknown[] = []): Promise<Row[]> =>
    club.service.app.get(DataSource).query<Row[]>(text, parameters);
  const path = (): string => `/api/clubs/${club.clubId}/webhooks`;
  const make = (url = receiver.url(), events = ALL): Promise<Answer<Body>> => club.desk.post(path(), { url, events });
  const made = async (url?: string, events?: string[]): Promise<{ id: number; secret: string }> => {
    const { status, body, text } = await make(url, events);
    if (status !== 201 || !body.webhook || !body.secret) throw new Error(text);
    return { id: body.webhook.id, secret: body.secret };
  };
  const see = async (id: number): Promise<Webhook> =>
    (await club.desk.get<Body>(`${path()}/${id}`)).body.webhook as Webhook;
  const log = async (id: number): Promise<Delivery[]> =>
    (await club.desk.get<Body>(`${path()}/${id}/deliveries`)).body.deliveries ?? [];
  const ping = async (id: number): Promise<Delivery> => {
    const { status, body } = await club.desk.post<Body>(`${path()}/${id}/ping`);
    expect(status).toBe(202);
    return body.delivery as Delivery;
  };
  /** The newest message once it has been tried so often. */
  const tried = (id: number, attempts = 1): Promise<Delivery> =>
    until(async () => {
      await club.service.app.get(WebhookSender).tick();
      const [newest] = await log(id);
      const settled = newest && newest.attempts >= attempts && (newest.duration_ms ?? -1) >= 0;
      return settled && newest.attempts === attempts ? newest : null;
    });
  const typesReceived = (): string[] =>
    receiver.received.map(({ text }) => (JSON.parse(text) as { type: string }).type);

  it('are the admins’, and show nothing of what may be a secret', async () => {
    const url = receiver.url('/hook/s3cret-path?key=hunter2');
    const answer = await club.desk.post<Body>(path(), { url, events: ['recording.ready'], description: 'Our site' });
    expect(answer.status).toBe(201);
    expect(answer.body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const { id } = answer.body.webhook as Webhook;
    expect(answer.body.webhook).toEqual({
      ...{ id, club_id: club.clubId, origin: receiver.url('').replace(/\/$/, ''), events: ['recording.ready'] },
      ...{ description: 'Our site', enabled: true, disabled_because: null, failing_since: null },
      created_at: expect.any(String) as string,
    });
    const { secret } = answer.body;
    await ping(id);
    await tried(id);
    await club.desk.patch(`${path()}/${id}`, { events: ['camera.offline'], description: null });
    expect(await see(id)).toMatchObject({ events: ['camera.offline'], description: null });
    const heard = [
      await club.desk.get(path()),
      await club.desk.get(`${path()}/${id}`),
      await club.desk.get(`${path()}/${id}/deliveries`),
    ];
    const tables = await sql('SELECT row_to_json(w)::text AS w FROM webhooks w');
    const trail = await sql("SELECT action, details::text AS d FROM audit_log WHERE action LIKE 'webhook.%'");
    const all = JSON.stringify([heard.map(({ text }) => text), tables, trail]);
    for (const hidden of ['s3cret-path', 'hunter2', secret as string]) expect(all).not.toContain(hidden);
    for (const api of [club.player, club.other]) expect((await api.get(path())).status).toBe(403);
    expect((await club.desk.delete(`${path()}/${id}`)).status).toBe(204);
    expect((await club.desk.get(`${path()}/${id}`)).status).toBe(404);
    expect(trail.map((line) => (line as { action: string }).action)).toEqual([
      'webhook.created',
      'webhook.pinged',
      'webhook.changed',
    ]);
  });

  it('are ten a club at most, whoever asks at once', async () => {
    const answers = await Promise.all(Array.from({ length: MOST_WEBHOOKS + 3 }, () => make()));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(MOST_WEBHOOKS);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('webhook_limit');
  });

  it.each([
    ['no event', { events: [] }],
    ['an unknown event', { events: ['recording.finished'] }],
    ['an event twice', { events: ['camera.online', 'camera.online'] }],
    ['no address', { url: '' }],
    ['a description of two lines', { description: 'a\nb' }],
  ])('refuse %s', async (_, wrong) => {
    const { status } = await club.desk.post(path(), { url: receiver.url(), events: ALL, ...wrong });
    expect(status).toBe(400);
  });

  it.each([
    'ftp://example.org/',
    'rtsp://example.org/',
    'http://169.254.169.254/latest/meta-data',
    'http://[fd00:ec2::254]/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://[::ffff:127.0.0.1]/',
    'http://224.0.0.1/',
    'https://example.org:99999/',
    'javascript:alert(1)',
  ])('refuse to call %s', async (url) => {
    const { status, body } = await make(url);
    expect([status, body.code]).toEqual([422, 'url_forbidden']);
  });

  it("refuse the service's own port", async () => {
    const own = await make(
      club.service.app.get(DataSource).options.type === 'postgres'
        ? club.service.databaseUrl.replace(/^.*@/, 'http://').replace(/\/[^/]*$/, '/')
        : '',
    );
    expect([own.status, own.body.code]).toEqual([422, 'url_forbidden']);
  });

  it('sign each message as the specification says', async () => {
    const { id, secret } = await made();
    const delivery = await ping(id);
    const told = await tried(id);
    expect(told).toMatchObject({
      ...{ id: delivery.id, type: 'ping', status: 'delivered', attempts: 1 },
      response_status: 200,
      error: null,
    });
    const [message] = receiver.received as [ReceivedMessage];
    expect(isSignedBy(secret, message)).toBe(true);
    expect(isSignedBy('whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=', message)).toBe(false);
    expect(message.headers['webhook-id']).toBe(delivery.message_id);
    expect(Math.abs(Number(message.headers['webhook-timestamp']) * 1000 - Date.now())).toBeLessThan(60_000);
    expect(JSON.parse(message.text)).toEqual({
      ...{ id: delivery.message_id, type: 'ping', club_id: club.clubId, data: { webhook_id: id } },
      created_at: expect.any(String) as string,
    });
  });

  it('sign with both secrets after a rotation, and with the new one alone a day later', async () => {
    const { id, secret: old } = await made();
    const { body } = await club.desk.post<Body>(`${path()}/${id}/rotate`);
    const fresh = body.secret as string;
    await ping(id);
    await tried(id);
    const first = receiver.received.at(-1) as ReceivedMessage;
    expect([old, fresh].map((secret) => isSignedBy(secret, first))).toEqual([true, true]);
    await sql("UPDATE webhooks SET old_secret_until = now() - interval '1 second'");
    const { id: again } = await ping(id);
    await until(async () => {
      await club.service.app.get(WebhookSender).tick();
      return (await log(id)).find((one) => one.id === again)?.status === 'delivered';
    });
    const second = receiver.received.at(-1) as ReceivedMessage;
    expect([old, fresh].map((secret) => isSignedBy(secret, second))).toEqual([false, true]);
  });

  describe('tell', () => {
    it('of cameras that went and came, and of bookings that were missed', async () => {
      const { id } = await made();
      const court = await club.addCourt('Court of events', 'rtsp://127.0.0.1:1/nothing');
      const states = club.service.app.get(CameraStates, { strict: false });
      await sql('INSERT INTO camera_states (court_id, since, next_look_at) VALUES ($1, now(), now())', [court]);
      const away = (now: number) => ({ ...unknownCamera(now), online: false, code: 'camera_timeout' });
      await states.step(court, (_, now) => away(now));
      await states.step(court, (state) => state);
      await states.step(court, (_, now) => ({ ...unknownCamera(now), online: true }));
      await new Booked(club.desk, club.clubId).make(court, { from: -59, to: 1 });
      await until(async () => (await log(id)).length === 3);
      expect((await log(id)).map(({ type }) => type)).toEqual(['booking.missed', 'camera.online', 'camera.offline']);
      await until(async () => receiver.received.length === 3);
      const missed = receiver.received.map(({ text }) => JSON.parse(text) as { type: string; data: object });
      expect(missed.find(({ type }) => type === 'booking.missed')?.data).toMatchObject({
        ...{ terrain_id: court, source: 'manual', external_uid: null },
        reason: expect.any(String) as string,
      });
    });

    it('of a recording that begins and is ready, once each', async () => {
      const camera = new RtspCamera({
        clip: await h264Clip({ width: 320, height: 180, fps: 25, seconds: 4, gopSeconds: 1 }),
      });
      await camera.start();
      try {
        const { id } = await made();
        const deaf = await made(receiver.url('/deaf'), ['booking.missed']);
        const desk = new Courtside(club.desk, club.clubId);
        const session = await desk.record(await club.addCourt('Filmed court', camera.url));
        await desk.recordingThat(session, ({ duration_seconds: seconds }) => seconds > 1);
        await desk.stop(session);
        await until(async () => (await log(id)).length === 2);
        await until(() => receiver.received.length === 2);
        const [begun, ready] = receiver.received.map(
          ({ text }) => JSON.parse(text) as { type: string; data: Record<string, unknown> },
        );
        expect([begun?.type, ready?.type].sort()).toEqual(['recording.ready', 'recording.started']);
        const file = [begun, ready].find((one) => one?.type === 'recording.ready')?.data;
        expect(file).toMatchObject({ session_id: session, download: `/api/video/files/${session}/download`, gaps: 0 });
        expect((await club.desk.bytes(String(file?.download))).response.status).toBe(200);
        expect(await log(deaf.id)).toEqual([]);
        await desk.close(session);
      } finally {
        await camera.stop();
      }
    });
  });

  describe('whose receiver', () => {
    it.each<[string, () => Promise<void> | void, Partial<Delivery>]>([
      ['answers 500', () => void (receiver.behaviour = 500), { response_status: 500, error: 'It answered 500.' }],
      [
        'is cut',
        () => void (receiver.behaviour = 'cut'),
        { response_status: null, error: expect.stringContaining('middle') as string },
      ],
      [
        'hangs',
        () => void (receiver.behaviour = 'hang'),
        { response_status: null, error: expect.stringContaining('in time') as string },
      ],
    ])('%s is told again later, with the same id', async (_, breaks, expected) => {
      const { id } = await made();
      await breaks();
      const sent = await ping(id);
      const failed = await tried(id);
      expect(failed).toMatchObject({ status: 'pending', attempts: 1, ...expected });
      const inMs = Date.parse(failed.next_attempt_at as string) - Date.now();
      expect(inMs).toBeGreaterThan(30_000);
      expect(inMs).toBeLessThan(70_000);
      expect((await see(id)).failing_since).not.toBeNull();
      receiver.behaviour = 204;
      await sql('UPDATE webhook_deliveries SET next_attempt_at = now()');
      expect(await tried(id, 2)).toMatchObject({ status: 'delivered', response_status: 204, error: null });
      expect((await see(id)).failing_since).toBeNull();
      const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
      expect(ids).toEqual([sent.message_id, sent.message_id]);
    });

    it('redirects is not followed', async () => {
      const elsewhere = await Canary.start();
      try {
        receiver.behaviour = { redirectTo: `http://127.0.0.1:${elsewhere.port}/` };
        const { id } = await made();
        await ping(id);
        expect(await tried(id)).toMatchObject({
          status: 'pending',
          error: expect.stringContaining('redirects') as string,
        });
        expect(elsewhere.visits).toBe(0);
      } finally {
        await elsewhere.stop();
      }
    });

    it('shows a certificate nobody vouches for gets no message', async () => {
      const tls = await WebhookReceiver.start(makeCertificate(['127.0.0.1']));
      try {
        const { id } = await made(tls.url());
        await ping(id);
        expect(await tried(id)).toMatchObject({ error: expect.stringContaining('certificate') as string });
        expect(tls.received).toEqual([]);
      } finally {
        await tls.stop();
      }
    });

    it('says that it is gone, or has taken nothing for five days, is told no more until it is switched on', async () => {
      for (const [behaviour, because] of [
        [410, 'gone'],
        [503, 'failing'],
      ] as const) {
        const { id } = await made();
        receiver.behaviour = behaviour;
        if (because === 'failing')
          await sql("UPDATE webhooks SET failing_since = now() - interval '121 hours' WHERE id = $1", [id]);
        await ping(id);
        await tried(id);
        expect(await see(id)).toMatchObject({ enabled: false, disabled_because: because });
        const trail = await sql('SELECT actor_id, details FROM audit_log WHERE action = $1 AND target = $2', [
          'webhook.disabled',
          `webhook:${id}`,
        ]);
        expect(trail).toEqual([{ actor_id: null, details: { because } }]);
        const { body } = await club.desk.patch<Body>(`${path()}/${id}`, { enabled: true });
        expect(body.webhook).toMatchObject({ enabled: true, disabled_because: null, failing_since: null });
      }
    });
  });

  it('send a message of the log again when asked, and list the log by page', async () => {
    const { id } = await made();
    for (let i = 0; i < 3; i++) {
      await ping(id);
      await until(async () => (await log(id)).every(({ status }) => status === 'delivered'));
    }
    const first = await club.desk.get<Body>(`${path()}/${id}/deliveries?limit=2`);
    const rest = await club.desk.get<Body>(`${path()}/${id}/deliveries?limit=2&cursor=${first.body.next_cursor}`);
    const ids = [...(first.body.deliveries ?? []), ...(rest.body.deliveries ?? [])].map((one) => one.id);
    expect(ids).toEqual([...ids].sort((a, b) => b - a));
    expect(ids).toHaveLength(3);
    receiver.received.length = 0;
    const oldest = (rest.body.deliveries as Delivery[])[0] as Delivery;
    const again = await club.desk.post<Body>(`${path()}/${id}/deliveries/${oldest.id}/redeliver`);
    expect(again.status).toBe(202);
    await until(() => receiver.received.length === 1);
    expect(receiver.received[0]?.headers['webhook-id']).toBe(oldest.message_id);
    const foreign = await made();
    expect((await club.desk.post(`${path()}/${foreign.id}/deliveries/${oldest.id}/redeliver`)).status).toBe(404);
  });

  it('have one ping that waits, which is sent when another is asked for', async () => {
    const { id } = await made();
    receiver.behaviour = 500;
    const first = await ping(id);
    await tried(id);
    receiver.behaviour = 200;
    const more = await Promise.all(Array.from({ length: 5 }, () => ping(id)));
    expect(new Set(more.map((one) => one.id))).toEqual(new Set([first.id]));
    expect(await tried(id, 2)).toMatchObject({ id: first.id, status: 'delivered' });
    const fresh = await made();
    receiver.behaviour = 'hang';
    const atOnce = await Promise.all(Array.from({ length: 5 }, () => ping(fresh.id)));
    expect(new Set(atOnce.map((one) => one.id)).size).toBe(1);
  });

  it("of one club's receivers that hang leave room for other clubs'", async () => {
    const hanging = await WebhookReceiver.start();
    hanging.behaviour = 'hang';
    try {
      const hung: number[] = [];
      for (let i = 0; i < 8; i++) hung.push((await made(hanging.url())).id);
      await sql(
        `INSERT INTO webhook_deliveries (webhook_id, message_id, type, body)
         SELECT id, gen_random_uuid(), 'ping', '{}' FROM unnest($1::integer[]) AS id, generate_series(1, 2)`,
        [hung],
      );
      const other = await club.operator.post<{ id: number }>('/api/clubs', {
        name: 'Other',
        time_zone: 'Europe/Paris',
      });
      const place = `/api/clubs/${other.body.id}/webhooks`;
      const sender = club.service.app.get(WebhookSender);
      await until(async () => {
        await sender.tick();
        return hanging.received.length >= 4;
      });
      const { body } = await club.operator.post<Body>(place, { url: receiver.url(), events: ALL });
      await club.operator.post(`${place}/${body.webhook?.id}/ping`);
      await until(async () => {
        await sender.tick();
        return receiver.received.length > 0;
      });
      // Not one of them is given up yet.
      const over = await sql(
        'SELECT id FROM webhook_deliveries WHERE webhook_id = ANY ($1) AND duration_ms IS NOT NULL',
        [hung],
      );
      expect(over).toEqual([]);
      expect(hanging.received).toHaveLength(4);
    } finally {
      await sql('DELETE FROM webhooks');
      await hanging.stop();
    }
  });

  it('keep what waited through an outage, and let go of what waits for one that is switched off', async () => {
    const [on, off, underWay] = [(await made()).id, (await made()).id, (await made()).id];
    await sql('UPDATE webhooks SET enabled = false WHERE id = ANY ($1)', [[off, underWay]]);
    await sql(
      `INSERT INTO webhook_deliveries (webhook_id, message_id, type, body, next_attempt_at, lease_until)
       SELECT id, gen_random_uuid(), 'recording.ready', '{}', now() - interval '2 days',
              CASE WHEN id = $2 THEN now() + interval '60 seconds' END FROM unnest($1::integer[]) AS id`,
      [[on, off, underWay], underWay],
    );
    await club.service.app.get(WebhookDeliveries).forget();
    const off0 = { status: 'failed', error: 'The webhook was switched off.' };
    expect([await log(off), await log(underWay)]).toMatchObject([[off0], [{ status: 'pending', error: null }]]);
    expect(await tried(on)).toMatchObject({ status: 'delivered' });
  });

  it('are sent once by two processes that share them', async () => {
    const { id } = await made();
    // With the same keys, as two processes of one installation have them.
    const second = await startTestApp({ databaseUrl: club.service.databaseUrl, root: club.service.root });
    try {
      await sql(
        `INSERT INTO webhook_deliveries (webhook_id, message_id, type, body)
         SELECT $1, gen_random_uuid(), 'ping', '{"type": "ping"}' FROM generate_series(1, 60)`,
        [id],
      );
      const senders = [club.service, second].map(({ app }) => app.get(WebhookSender));
      await until(async () => {
        await Promise.all(senders.map((sender) => sender.tick()));
        const [left] = await sql<{ left: number }>(
          "SELECT count(*)::integer AS left FROM webhook_deliveries WHERE status <> 'delivered'",
        );
        return left?.left === 0;
      });
      expect(typesReceived()).toHaveLength(60);
      expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(60);
    } finally {
      await second.close();
    }
  });
});

describe('webhooks of a service that knows nobody on its own machine', () => {
  let club: TestClub;
  let canary: Canary;

  beforeAll(async () => {
    canary = await Canary.start();
    club = await startTestClub({ env: { CAMERA_ALLOW_LOOPBACK: 'false' } });
  });

  afterAll(async () => {
    await club?.close();
    await canary?.stop();
  });

  it('never dial it, not even where another hand wrote the address', async () => {
    const path = `/api/clubs/${club.clubId}/webhooks`;
    const urls = ['127.0.0.1', 'localhost', '[::1]', '127.1', '[::ffff:7f00:1]'].map(
      (host) => `http://${host}:${canary.port}/`,
    );
    for (const url of urls) {
      const { status, body } = await club.desk.post<Body>(path, { url, events: ALL });
      expect([url, status, body.code]).toEqual([url, 422, 'url_forbidden']);
    }
    const { body } = await club.desk.post<Body>(path, { url: 'https://hooks.example.org/', events: ALL });
    const id = body.webhook?.id as number;
    const box = club.service.app.get(SecretBox, { strict: false });
    const database = club.service.app.get(DataSource);
    for (const url of urls) {
      await database.query('UPDATE webhooks SET url_sealed = $2 WHERE id = $1', [id, box.seal(url, `webhook:${id}`)]);
      const pinged = await club.desk.post<Body>(`${path}/${id}/ping`);
      await until(async () => {
        await club.service.app.get(WebhookSender).tick();
        const log = await club.desk.get<Body>(`${path}/${id}/deliveries`);
        const entry = log.body.deliveries?.find((one) => one.id === pinged.body.delivery?.id);
        return entry?.error?.includes('calls nobody');
      });
    }
    expect(canary.visits).toBe(0);
  });

  it('keep to the networks of a club that is confined to them, inside', async () => {
    await club.operator.patch(`/api/clubs/${club.clubId}`, { camera_networks: ['10.20.0.0/16'] });
    const path = `/api/clubs/${club.clubId}/webhooks`;
    const ask = async (url: string): Promise<number> => (await club.desk.post(path, { url, events: ALL })).status;
    expect(await ask('http://10.30.0.1/')).toBe(422);
    expect(await ask('http://[::ffff:10.30.0.1]/')).toBe(422);
    expect(await ask('http://192.168.1.1/')).toBe(422);
    expect(await ask('http://10.20.0.1/')).toBe(201);
    expect(await ask('https://93.184.215.14/')).toBe(201);
  });
});

describe('webhooks in a service whose first key is not the newest of the installation', () => {
  const [own, others] = [randomBytes(32), randomBytes(32)];
  let club: TestClub;

  beforeAll(async () => {
    club = await startTestClub({ env: { SECRETS_KEY: `${own.toString('hex')},${others.toString('hex')}` } });
  });

  afterAll(() => club?.close());

  it.each<[string, (path: string) => Promise<Answer<Body>>, (string | null)[]]>([
    [
      'their address',
      (path) => club.desk.patch(path, { url: 'https://new.example/' }),
      ['https://new.example/', 'old'],
    ],
    ['their secret', (path) => club.desk.post(`${path}/rotate`), ['https://hooks.example/', null]],
  ])('name the key of all they hold after %s was changed', async (_, change, [url, secret]) => {
    const path = `/api/clubs/${club.clubId}/webhooks`;
    const { body } = await club.desk.post<Body>(path, { url: 'https://hooks.example/', events: ALL });
    const id = body.webhook?.id as number;
    const newest = new SecretBox([others]);
    const database = club.service.app.get(DataSource);
    await database.query('UPDATE webhooks SET url_sealed = $2, secret_sealed = $3, key_id = $4 WHERE id = $1', [
      ...[id, newest.seal('https://hooks.example/', `webhook:${id}`), newest.seal('old', `webhook:${id}`)],
      newest.keyId,
    ]);
    expect((await change(`${path}/${id}`)).status).toBe(200);
    const [row] = await database.query<Record<string, string | null>[]>(
      'SELECT key_id, url_sealed, secret_sealed, old_secret_sealed FROM webhooks WHERE id = $1',
      [id],
    );
    const { key_id: keyId, ...texts } = row as Record<string, string | null>;
    const box = new SecretBox([own]);
    expect(keyId).toBe(box.keyId);
    const opened = Object.values(texts).map((text) => (text === null ? null : box.open(text, `webhook:${id}`)));
    expect(opened[0]).toBe(url);
    if (secret === null) expect(opened[2]).toBe('old');
    else expect(opened.slice(1)).toEqual([secret, null]);
  });
});
