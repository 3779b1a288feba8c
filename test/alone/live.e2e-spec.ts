import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { readJpegSize } from '../../src/media/jpeg';
import { endLeftover, Leftover, listLeftovers } from '../../src/media/process';
import { Toolchain } from '../../src/media/toolchain';
import { CameraServer, h264Clip, mjpegClip, MjpegClip, MjpegCamera, monotonic, RtspCamera } from '../cameras';
import { Api } from '../support/api';
import { PASSWORD, startTestClub, TestClub } from '../support/club';
import { LiveClient, LiveMedia, LiveMessage } from '../support/live-client';
import { inspectMp4 } from '../support/mp4';

interface Info {
  live: boolean;
  status: string;
  live_viewers: number;
  max_live_viewers: number;
  urls: Record<string, string>;
  health: {
    proxy: string;
    watching: number;
    viewers: { mjpeg: number; live: number };
    delivery: { slow: number; queued_bytes: number; skipped_frames: number; round_trip_ms: number | null };
    decoding: boolean;
  } | null;
}

const MAX_VIEWERS = 40;
const FRIEND = 'https://friend.example';
const H264 = { width: 1280, height: 720, fps: 25, seconds: 4, gopSeconds: 1 };
const JPEGS = { width: 1280, height: 720, fps: 10, seconds: 4 };
const NOBODY = '00000000-0000-4000-8000-000000000000';

let club: TestClub;
let rtsp: RtspCamera;
let mjpeg: MjpegCamera;
let jpegs: MjpegClip;
/** Open sessions on either court, owned by the desk, with one player. */
let h264Session: string;
let mjpegSession: string;
const clients: LiveClient[] = [];

beforeAll(async () => {
  club = await startTestClub({ env: { MAX_LIVE_VIEWERS: String(MAX_VIEWERS), CORS_ORIGINS: FRIEND } });
  jpegs = await mjpegClip(JPEGS);
  rtsp = new RtspCamera({ clip: await h264Clip(H264) });
  mjpeg = new MjpegCamera({ clip: jpegs });
  await Promise.all([rtsp.start(), mjpeg.start()]);
  h264Session = await open(club, await club.addCourt('Court 1', rtsp.url));
  mjpegSession = await open(club, await club.addCourt('Court 2', mjpeg.url));
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.hangUp();
  await until(async () => (await info(h264Session)).live_viewers + (await info(mjpegSession)).live_viewers === 0);
});

afterAll(async () => {
  await club?.close();
  await Promise.all([rtsp?.stop(), mjpeg?.stop()]);
});

async function open({ desk, ids }: TestClub, court: number): Promise<string> {
  const body = { terrain_id: court, player_ids: [ids.player, ids.other] };
  const answer = await desk.post<{ session: { session_id: string } }>('/api/video/session/create', body);
  expect(answer.status).toBe(201);
  return answer.body.session.session_id;
}

async function watch(api = club.desk, options: { autoPong?: boolean } = {}): Promise<LiveClient> {
  const client = await LiveClient.open(club.service.url, api, options);
  clients.push(client);
  return client;
}

async function stranger(options: { origin?: string; path?: string } = {}): ReturnType<typeof LiveClient.dial> {
  const dialled = await LiveClient.dial(club.service.url, options);
  clients.push(dialled.client);
  return dialled;
}

async function ticket(api = club.desk): Promise<string> {
  const { status, body } = await api.post<{ ticket: string }>('/api/preview/ticket');
  expect(status).toBe(200);
  return body.ticket;
}

async function info(session: string): Promise<Info> {
  return (await club.desk.get<Info>(`/api/preview/${session}/info`)).body;
}

/** FFmpeg processes of a session, by their marker. */
async function decoders(session: string): Promise<Leftover[]> {
  const all = await listLeftovers(club.service.app.get(Toolchain).instance);
  return all.filter((process) => process.session === session);
}

/** Looks until it is so; the test's own time-out is the limit. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}

function isState(state: string, stream: number): (message: LiveMessage) => boolean {
  return (message) => message.type === 'state' && message.stream === stream && message.state === state;
}

function isSubscribed(message: LiveMessage): boolean {
  return message.type === 'subscribed';
}

describe('a ticket', () => {
  it('is random, good for half a minute, and for the signed in only', async () => {
    const answers = await Promise.all(
      [club.operator, club.desk, club.player, club.player].map((api) =>
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
    const kept = await club.service.app.get(DataSource).query<object[]>('SELECT * FROM live_tickets');
    for (const { body } of answers) expect(JSON.stringify(kept)).not.toContain(body.ticket);
    const nobody = await new Api(club.service.url).post<{ code: string }>('/api/preview/ticket');
    expect([nobody.status, nobody.body.code]).toEqual([401, 'unauthorized']);
    // The media cookie opens GET of media, and nothing else.
    const login = await new Api(club.service.url).post('/api/auth/login', {
      email: 'player@padelvar.test',
      password: PASSWORD,
    });
    const cookie = login.headers.getSetCookie().map((line) => line.split(';')[0]);
    const byCookie = await fetch(`${club.service.url}/api/preview/ticket`, {
      method: 'POST',
      headers: { cookie: cookie.join('; ') },
    });
    expect(byCookie.status).toBe(401);
  });

  it('lets one in of ten who bring it at once', async () => {
    const shared = await ticket();
    const dialled = await Promise.all(Array.from({ length: 10 }, () => stranger()));
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
    const database = club.service.app.get(DataSource);
    const old = await ticket();
    await database.query(`UPDATE live_tickets SET expires_at = now() - interval '1 millisecond'`);
    const credentials = { email: 'player@padelvar.test', password: PASSWORD };
    const api = await Api.signedIn(club.service.url, credentials.email, credentials.password);
    const orphan = await ticket(api);
    expect((await api.post('/api/auth/logout', {})).status).toBe(204);
    for (const bad of [old, orphan]) {
      const { client } = await stranger();
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
    const { client } = await stranger();
    client.say(first);
    expect(await client.closed()).toBe(4401);
  });

  it('is asked for within five seconds', async () => {
    const { client } = await stranger();
    const began = monotonic();
    expect(await client.closed()).toBe(4408);
    expect(monotonic() - began).toBeGreaterThan(4_500);
  });

  it('may be followed at once by what one wants to see', async () => {
    const { client } = await stranger();
    client.say({ ticket: await ticket() });
    client.say({ type: 'subscribe', stream: 1, session_id: mjpegSession });
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
      const { status, body } = await stranger({ origin });
      expect(status).toBe(403);
      expect(JSON.parse(body)).toMatchObject({ code: 'forbidden', status: 403 });
    },
  );

  it('is made with own pages, friends, and programs that are no browser', async () => {
    for (const origin of [club.service.url, FRIEND, undefined]) expect((await stranger({ origin })).status).toBe(101);
    expect((await stranger({ path: '/api/preview/live?t=1' })).status).toBe(101);
  });

  it('is made nowhere else', async () => {
    for (const path of ['/api/preview/live/', '/', '/api/preview/%6Cive', '//']) {
      expect((await stranger({ path })).status).toBe(404);
    }
    const plain = await club.desk.get<{ code: string }>('/api/preview/live');
    expect(plain.status).toBe(404);
  });
});

describe('a court', () => {
  it('of H.264 is shown from the newest keyframe on, frame by frame, in fragments that play', async () => {
    const viewer = await watch();
    const began = monotonic();
    const first = viewer.nextMedia(7, ({ kind }) => kind === 'fragment');
    expect(await viewer.subscribe(7, h264Session)).toEqual({
      type: 'subscribed',
      stream: 7,
      session_id: h264Session,
      mode: 'video',
      kind: 'h264',
    });
    const { cameAt, keyframe, discontinuity } = await first;
    expect([keyframe, discontinuity]).toEqual([true, false]);
    expect(cameAt - began).toBeLessThan(400);
    expect(viewer.messages.slice(1).map(({ type }) => type)).toEqual(['subscribed', 'state', 'init']);
    expect(viewer.messages[2]).toMatchObject({ stream: 7, state: 'live', recording: null, error: null });
    expect(viewer.messages[3]).toMatchObject({ stream: 7, width: 1280, height: 720, fps: expect.any(Number) });
    expect(viewer.messages[3]?.codec).toMatch(/^avc1\.[0-9a-f]{6}$/);

    const singles = await viewer.takeMedia(7, 60);
    expect(singles.filter(({ keyframe: is }) => is).length).toBeGreaterThan(0);
    expect(viewer.media.map(({ sequence }) => sequence)).toEqual(viewer.media.map((_, i) => i));
    expect(viewer.media.map(({ kind }) => kind)).toEqual(['init', ...Array(viewer.media.length - 1).fill('fragment')]);
    const ages = singles.map(({ at, cameAt: came }) => Date.now() - monotonic() + came - at).sort((a, b) => a - b);
    expect(ages[30]).toBeLessThan(50);
    const media = [...viewer.media];
    const file = await play(media);
    expect(file).toMatchObject({ codec: 'h264', width: 1280, height: 720, complaints: '' });
    expect(file.frames).toBe(media.slice(1).reduce((sum, message) => sum + framesIn(message), 0));
    expect(framesIn(media.at(-1) as LiveMedia)).toBe(1);
  });

  it('of JPEGs is shown as its camera sends it', async () => {
    const viewer = await watch(club.player);
    expect(await viewer.subscribe(1, mjpegSession)).toMatchObject({ mode: 'video', kind: 'jpeg' });
    const pictures = await viewer.takeMedia(1, 12);
    for (const { kind, keyframe, data } of pictures) {
      expect([kind, keyframe]).toEqual(['jpeg', true]);
      expect(jpegs.jpegs.some((original) => original.equals(data))).toBe(true);
    }
    expect(viewer.messages.some(({ type }) => type === 'init')).toBe(false);
    expect(await decoders(mjpegSession)).toEqual([]);
  });

  it('is one of many on a connection, and let go by number', async () => {
    const viewer = await watch();
    await viewer.subscribe(1, h264Session);
    await viewer.subscribe(65_535, mjpegSession);
    await viewer.subscribe(3, h264Session, 'video');
    await Promise.all([1, 65_535, 3].map((stream) => viewer.takeMedia(stream, 5)));
    const [one, three] = [1, 3].map((stream) => viewer.media.filter((media) => media.stream === stream));
    // The same bytes for both; each with numbers of its own.
    const shared = three?.filter(({ at, data }) => one?.some((other) => other.at === at && other.data.equals(data)));
    expect(shared?.length).toBeGreaterThan(3);
    expect(three?.[0]?.sequence).toBe(0);

    const ended = viewer.hears('ended', 1);
    viewer.say({ type: 'unsubscribe', stream: 1 });
    expect(await ended).toEqual({ type: 'ended', stream: 1, reason: 'unsubscribed' });
    const before = viewer.media.filter(({ stream }) => stream === 1).length;
    await viewer.takeMedia(3, 5);
    expect(viewer.media.filter(({ stream }) => stream === 1)).toHaveLength(before);
    // The number is free again, and begins anew.
    expect(await viewer.subscribe(1, mjpegSession)).toMatchObject({ type: 'subscribed', kind: 'jpeg' });
    expect((await viewer.nextMedia(1)).kind).toBe('jpeg');
    expect(await info(mjpegSession)).toMatchObject({
      live_viewers: 2,
      max_live_viewers: MAX_VIEWERS,
      urls: { live: '/api/preview/live', review: `/api/preview/${mjpegSession}/review.m3u8` },
      health: { proxy: 'live', watching: 2, viewers: { mjpeg: 0, live: 2 }, delivery: { slow: 0, skipped_frames: 0 } },
    });
    await until(async () => typeof (await info(h264Session)).health?.delivery.round_trip_ms === 'number');
  });

  it.each([
    ['tile', 480, 270],
    ['pictures', 640, 360],
  ])('of H.264 is shown in mode %s by one decoder, which goes when nobody watches', async (mode, width, height) => {
    const [viewer, other] = await Promise.all([watch(), watch(club.player)]);
    await until(async () => (await decoders(h264Session)).length === 0);
    expect(await viewer.subscribe(1, h264Session, mode)).toMatchObject({ mode, kind: 'jpeg' });
    const shown = await viewer.takeMedia(1, 4);
    expect(shown.map(({ data }) => readJpegSize(data))).toEqual(Array(4).fill({ width, height }));
    const apart = shown.slice(1).map(({ at }, i) => at - (shown[i]?.at ?? 0));
    if (mode === 'tile') expect(Math.min(...apart)).toBeGreaterThan(700);
    else expect(Math.max(...apart)).toBeLessThan(700);
    // Who comes later sees the newest one at once.
    const first = other.nextMedia(1);
    await other.subscribe(1, h264Session, mode);
    expect((await first).data.equals(viewer.media.at(-1)?.data as Buffer)).toBe(true);
    expect(await decoders(h264Session)).toHaveLength(1);
    expect(await info(h264Session)).toMatchObject({ health: { decoding: true, viewers: { live: 2 } } });
    viewer.hangUp();
    other.say({ type: 'unsubscribe', stream: 1 });
    await until(async () => (await decoders(h264Session)).length === 0);
    expect(await info(h264Session)).toMatchObject({ health: { decoding: false, viewers: { live: 0 } } });
  });

  it('of JPEGs is shown in mode tile once a second, in mode pictures not more than five times', async () => {
    mjpeg.setSendFps(25);
    const viewer = await watch();
    await viewer.subscribe(1, mjpegSession, 'tile');
    await viewer.subscribe(2, mjpegSession, 'pictures');
    const [tiles, pictures] = await Promise.all([viewer.takeMedia(1, 4), viewer.takeMedia(2, 12)]);
    mjpeg.setSendFps(null);
    const spans = [tiles, pictures].map((list) => (list.at(-1)?.at ?? 0) - (list[1]?.at ?? 0));
    expect(spans[0]).toBeGreaterThan(1_700);
    expect(spans[1]).toBeGreaterThan(1_800);
    for (const { data } of tiles) expect(jpegs.jpegs.some((original) => original.equals(data))).toBe(true);
    expect(await decoders(mjpegSession)).toEqual([]);
  });

  it('gets a fresh decoder for its tiles where one died', async () => {
    const viewer = await watch();
    await viewer.subscribe(1, h264Session, 'tile');
    await viewer.takeMedia(1, 2);
    const [victim] = await decoders(h264Session);
    expect(endLeftover(victim as Leftover)).toBe(true);
    await viewer.takeMedia(1, 3);
    expect((await decoders(h264Session)).map(({ pid }) => pid)).not.toContain(victim?.pid);
  });

  it('of pictures that refer to later ones has tiles as soon as keyframes come', async () => {
    const camera = new RtspCamera({ clip: await h264Clip({ ...H264, width: 640, height: 360, bframes: 2 }) });
    await camera.start();
    const session = await open(club, await club.addCourt('Court with B-frames', camera.url));
    try {
      const viewer = await watch();
      await viewer.subscribe(1, session, 'tile');
      const tiles = await viewer.takeMedia(1, 3);
      const keyframes: number[] = [];
      camera.on('frame', ({ keyframe, at }) => keyframe && keyframes.push(at));
      const tile = await viewer.nextMedia(1, () => keyframes.length > 0);
      expect(tile.cameAt - (keyframes.at(-1) ?? 0)).toBeLessThan(500);
      expect(readJpegSize(tiles[0]?.data as Buffer)).toEqual({ width: 480, height: 270 });
    } finally {
      await club.desk.post('/api/video/session/close', { session_id: session });
      await camera.stop();
    }
  });

  it('that changes its format is shown in the new one', async () => {
    const viewer = await watch();
    await viewer.subscribe(1, h264Session);
    await viewer.subscribe(2, h264Session, 'tile');
    await Promise.all([viewer.takeMedia(1, 10), viewer.takeMedia(2, 1)]);
    const changed = viewer.next(({ type, stream, width }) => type === 'init' && stream === 1 && width === 480);
    const init = viewer.nextMedia(1, ({ kind }) => kind === 'init');
    rtsp.switchClip(await h264Clip({ ...H264, width: 480, height: 480 }));
    await changed;
    const { sequence } = await init;
    await viewer.takeMedia(1, 30);
    const after = viewer.media.filter((media) => media.stream === 1 && media.sequence >= sequence);
    expect(after[1]).toMatchObject({ kind: 'fragment', keyframe: true });
    expect(await play(after)).toMatchObject({ width: 480, height: 480, complaints: '' });
    const small = await viewer.nextMedia(2, ({ data }) => readJpegSize(data)?.height === 480);
    expect(small.kind).toBe('jpeg');
    rtsp.switchClip(await h264Clip(H264));
    await viewer.next(({ type, stream, width }) => type === 'init' && stream === 1 && width === 1280);
    await viewer.nextMedia(2, ({ data }) => readJpegSize(data)?.height === 270);
  });

  it.each(['h264', 'mjpeg'])('whose camera (%s) goes and comes back says so, and goes on', async (kind) => {
    const [camera, session]: [CameraServer, string] = kind === 'h264' ? [rtsp, h264Session] : [mjpeg, mjpegSession];
    const viewer = await watch();
    await viewer.subscribe(1, session);
    await viewer.subscribe(2, session, 'tile');
    await Promise.all([viewer.takeMedia(1, 10), viewer.takeMedia(2, 1)]);
    const away = viewer.next(isState('reconnecting', 1));
    await camera.cut({ refuseMs: 1_500 });
    const { since, error } = await away;
    expect(Math.abs(Number(since) - Date.now())).toBeLessThan(1_000);
    expect(error).toMatchObject({ code: expect.stringMatching(/^camera_/), detail: expect.any(String) });
    // Who comes during an outage is told, and shown what was seen last.
    const late = await watch(club.player);
    await late.subscribe(9, session);
    expect(await late.hears('state', 9)).toMatchObject({ state: 'reconnecting' });
    const back = [viewer.next(isState('live', 1)), viewer.next(isState('live', 2)), late.next(isState('live', 9))];
    const gap = viewer.nextMedia(1, ({ discontinuity }) => discontinuity);
    for (const state of await Promise.all(back)) expect(state).toMatchObject({ error: null });
    expect((await gap).keyframe).toBe(true);
    await Promise.all([viewer.takeMedia(1, 10), viewer.takeMedia(2, 2), late.takeMedia(9, 10)]);
    // No state twice in a row.
    const states = viewer.messages.filter(({ type, stream }) => type === 'state' && stream === 1);
    expect(states.map(({ state }) => state)).toEqual(['live', 'reconnecting', 'live']);
    if (kind === 'h264') expect((await play(viewer.media.filter(({ stream }) => stream === 1))).complaints).toBe('');
  });

  it('that records says so, gaps included', async () => {
    const camera = new RtspCamera({ clip: await h264Clip({ ...H264, width: 320, height: 180, bitrate: 400_000 }) });
    await camera.start();
    const session = await open(club, await club.addCourt('Court 3', camera.url));
    try {
      const viewer = await watch(club.player);
      await viewer.subscribe(1, session, 'tile');
      const recording = (message: LiveMessage): Record<string, unknown> | undefined =>
        message.type === 'state' ? ((message.recording as Record<string, unknown> | null) ?? undefined) : undefined;
      const started = viewer.next((message) => recording(message)?.status === 'recording');
      await club.desk.post('/api/video/record/start', { session_id: session, duration_minutes: 30 });
      const first = recording(await started);
      expect(first).toMatchObject({ gaps: 0, started_at: expect.stringMatching(/Z$/) });
      expect(Date.parse(String(first?.planned_end_at)) - Date.now()).toBeGreaterThan(29 * 60_000);

      const extended = viewer.next((message) => recording(message)?.planned_end_at !== first?.planned_end_at);
      await club.desk.post('/api/video/record/extend', { session_id: session, minutes: 10 });
      await extended;

      const away = viewer.next((message) => recording(message)?.status === 'reconnecting');
      const gap = viewer.hears('gap', 1);
      await camera.cut({ refuseMs: 1_500 });
      await away;
      const { start_seconds: start, end_seconds: end, reason } = await gap;
      expect(Number(end) - Number(start)).toBeGreaterThan(1);
      expect(reason).toBe('camera_lost');
      await until(async () => viewer.messages.some((message) => recording(message)?.gaps === 1));

      const ready = viewer.next((message) => recording(message)?.status === 'ready');
      const stopped = await club.desk.post<{ recording: { gaps: object[] } }>('/api/video/record/stop', {
        session_id: session,
      });
      expect(stopped.body.recording.gaps).toEqual([{ start_seconds: start, end_seconds: end, reason }]);
      await ready;
      const statuses = viewer.messages.map((message) => recording(message)?.status).filter((status) => status);
      expect(new Set(statuses)).toEqual(
        new Set(['starting', 'recording', 'reconnecting', 'stopping', 'finalizing', 'ready']),
      );

      const closed = viewer.hears('ended', 1);
      await club.desk.post('/api/video/session/close', { session_id: session });
      expect(await closed).toEqual({ type: 'ended', stream: 1, reason: 'closed' });
      expect(await viewer.subscribe(2, session)).toMatchObject({
        type: 'error',
        code: 'session_not_live',
        status: 409,
      });
      expect(await decoders(session)).toEqual([]);
    } finally {
      await camera.stop();
    }
  });
});

describe('a viewer', () => {
  it('sees nobody else’s court', async () => {
    const foreign = await foreignAdmin();
    const viewer = await watch(foreign);
    for (const [stream, session] of [
      [1, h264Session],
      [2, NOBODY],
      [3, h264Session.toUpperCase()],
    ] as const) {
      expect(await viewer.subscribe(stream, session)).toEqual({
        type: 'error',
        stream,
        code: 'not_found',
        status: 404,
        detail: 'Not found',
      });
    }
    const bystander = await club.addUser('bystander@padelvar.test', 'PLAYER');
    expect(await (await watch(bystander.api)).subscribe(1, h264Session)).toMatchObject({ code: 'not_found' });
    // The operator of the service sees every court.
    expect(await (await watch(club.operator)).subscribe(1, h264Session)).toMatchObject({ type: 'subscribed' });
  });

  it('is told which subscription was wrong, and goes on', async () => {
    const viewer = await watch();
    await viewer.subscribe(1, mjpegSession);
    for (const [session, mode, code] of [
      ['nonsense', 'video', 'validation_failed'],
      [mjpegSession, 'radio', 'validation_failed'],
      ['../../etc', 'tile', 'validation_failed'],
    ] as const) {
      expect(await viewer.subscribe(2, session, mode)).toMatchObject({ type: 'error', stream: 2, code, status: 400 });
    }
    expect(await viewer.subscribe(1, h264Session)).toMatchObject({ type: 'error', code: 'in_use', status: 409 });
    const unknown = viewer.next(({ type }) => type === 'error');
    viewer.say({ type: 'unsubscribe', stream: 17 });
    expect(await unknown).toMatchObject({ stream: 17, code: 'not_found', status: 404 });
    await viewer.takeMedia(1, 3);
    expect(await viewer.subscribe(2, mjpegSession)).toMatchObject({ type: 'subscribed' });
  });

  it('may leave before it is let in', async () => {
    const viewer = await watch();
    viewer.say({ type: 'subscribe', stream: 1, session_id: h264Session });
    viewer.say({ type: 'unsubscribe', stream: 1 });
    await viewer.hears('ended', 1);
    expect(await viewer.subscribe(1, mjpegSession)).toMatchObject({ type: 'subscribed' });
    await viewer.takeMedia(1, 3);
    expect(viewer.media.every(({ kind }) => kind === 'jpeg')).toBe(true);
    expect(viewer.messages.filter(isSubscribed)).toHaveLength(1);
  });

  it('is refused beyond the limit of a session, and let in when somebody leaves', async () => {
    const viewer = await watch();
    const seated = await Promise.all(
      Array.from({ length: MAX_VIEWERS }, (_, i) => viewer.subscribe(i + 1, mjpegSession, 'tile')),
    );
    expect(seated.every(isSubscribed)).toBe(true);
    const other = await watch(club.player);
    expect(await other.subscribe(1, mjpegSession)).toMatchObject({
      type: 'error',
      stream: 1,
      code: 'viewer_limit',
      status: 429,
    });
    expect(await other.subscribe(2, h264Session)).toMatchObject({ type: 'subscribed' });
    // A connection has 64 streams, whatever the sessions allow.
    const more = await Promise.all(
      Array.from({ length: 24 }, (_, i) => viewer.subscribe(100 + i, h264Session, 'tile')),
    );
    expect(more.every(isSubscribed)).toBe(true);
    expect(await viewer.subscribe(200, h264Session)).toMatchObject({ code: 'viewer_limit' });
    viewer.say({ type: 'unsubscribe', stream: 1 });
    await viewer.hears('ended', 1);
    expect(await other.subscribe(1, mjpegSession)).toMatchObject({ type: 'subscribed' });
  });

  it('may say nine things that mean nothing, not ten', async () => {
    const viewer = await watch();
    const nonsense: unknown[] = [
      '',
      'null',
      '[]',
      '{"type":"subscribe"',
      { type: 'dance' },
      { type: 'subscribe', stream: 0, session_id: mjpegSession },
      { type: 'subscribe', stream: 1.5, session_id: mjpegSession },
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
    expect(await viewer.subscribe(1, mjpegSession)).toMatchObject({ type: 'subscribed' });
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
    const viewer = await watch();
    speak(viewer);
    expect(await viewer.closed()).toBe(code);
  });

  it.each<[string, (viewer: LiveClient, i: number) => void]>([
    ['subscriptions', (viewer, i) => viewer.say({ type: 'subscribe', stream: i, session_id: h264Session })],
    ['subscriptions of nothing', (viewer, i) => viewer.say({ type: 'subscribe', stream: i, session_id: NOBODY })],
    ['pings', (viewer, i) => viewer.say({ type: 'ping', at: i })],
    ['pongs', (viewer) => viewer.ws.pong()],
  ])('that floods with %s is cut off, and others notice nothing', async (_name, speak) => {
    const calm = await watch(club.player);
    await calm.subscribe(1, h264Session);
    await calm.takeMedia(1, 5);
    const viewer = await watch();
    for (let i = 1; i <= 2_000; i++) speak(viewer, i);
    expect(await viewer.closed()).toBe(4429);
    const before = monotonic();
    const frames = await calm.takeMedia(1, 25);
    expect(monotonic() - before).toBeLessThan(2_000);
    expect(frames.some(({ discontinuity }) => discontinuity)).toBe(false);
    await until(async () => (await info(h264Session)).live_viewers === 1);
  });

  it('that floods with WebSocket pings is cut off, without a good-bye where it does not read the answers', async () => {
    const viewer = await watch();
    for (let i = 0; i < 2_000; i++) viewer.ws.ping();
    expect([4429, 1006]).toContain(await viewer.closed());
  });

  it('that signs out is let go of within ten seconds, others stay', async () => {
    const login = await new Api(club.service.url).post<{ access_token: string; refresh_token: string }>(
      '/api/auth/login',
      { email: 'player@padelvar.test', password: PASSWORD },
    );
    const api = new Api(club.service.url);
    api.token = login.body.access_token;
    const [viewer, stays] = await Promise.all([watch(api), watch(club.player)]);
    await Promise.all([viewer.subscribe(1, h264Session), stays.subscribe(1, h264Session)]);
    await viewer.takeMedia(1, 3);
    const out = await api.post('/api/auth/logout', { refresh_token: login.body.refresh_token });
    expect(out.status).toBe(204);
    const began = monotonic();
    expect(await viewer.closed()).toBe(4401);
    expect(monotonic() - began).toBeLessThan(10_000);
    await stays.takeMedia(1, 5);
  });

  it('that takes part no longer loses that court, and keeps the others', async () => {
    const viewer = await watch(club.other);
    await Promise.all([viewer.subscribe(1, h264Session), viewer.subscribe(2, mjpegSession)]);
    await viewer.takeMedia(1, 3);
    const began = monotonic();
    const database = club.service.app.get(DataSource);
    const who = [h264Session, club.ids.other];
    await database.query('DELETE FROM session_players WHERE session_id = $1 AND user_id = $2', who);
    expect(await viewer.hears('ended', 1)).toEqual({ type: 'ended', stream: 1, reason: 'withdrawn' });
    expect(monotonic() - began).toBeLessThan(10_000);
    await viewer.takeMedia(2, 5);
    expect(await viewer.subscribe(1, h264Session)).toMatchObject({ code: 'not_found' });
    await database.query('INSERT INTO session_players (session_id, user_id) VALUES ($1, $2)', who);
  });

  it('that is disabled is let go of', async () => {
    const guest = await club.addUser('guest@padelvar.test', 'CLUB_ADMIN');
    const viewer = await watch(guest.api);
    await viewer.subscribe(1, h264Session);
    expect((await club.operator.patch(`/api/users/${guest.id}`, { disabled: true })).status).toBe(200);
    expect(await viewer.closed()).toBe(4401);
  });
});

describe('a viewer that does not read', () => {
  it.each(['h264', 'mjpeg'])('changes nothing for others (%s), and goes on at the newest picture', async (kind) => {
    const clip = kind === 'h264' ? await h264Clip({ ...H264, bitrate: 24_000_000 }) : await mjpegClip(JPEGS);
    const camera = clip.codec === 'h264' ? new RtspCamera({ clip }) : new MjpegCamera({ clip });
    await camera.start();
    if (kind === 'mjpeg') camera.setSendFps(50);
    const session = await open(club, await club.addCourt(`Court of many bits (${kind})`, camera.url));
    try {
      const [deaf, viewer] = await Promise.all([watch(club.player), watch()]);
      await Promise.all([deaf.subscribe(1, session), viewer.subscribe(1, session)]);
      await Promise.all([deaf.takeMedia(1, 5), viewer.takeMedia(1, 5)]);
      deaf.pause();
      // Until what the two kernels hold for it is full, and for some groups of pictures more.
      await until(async () => ((await info(session)).health?.delivery.slow ?? 0) > 0);
      const frames = await viewer.takeMedia(1, 75);
      expect(frames.some(({ discontinuity }) => discontinuity)).toBe(false);
      expect(viewer.messages.some(({ type }) => type === 'skipped')).toBe(false);
      const { delivery } = (await info(session)).health ?? {};
      expect(delivery).toMatchObject({ slow: 1, skipped_frames: 0 });
      expect(delivery?.queued_bytes).toBeLessThan(8 * 1024 * 1024);

      const skipped = deaf.hears('skipped', 1);
      const goesOn = deaf.nextMedia(1, ({ discontinuity }) => discontinuity);
      deaf.resume();
      expect(Number((await skipped).frames)).toBeGreaterThan(20);
      expect(await goesOn).toMatchObject({ keyframe: true });
      const both = await Promise.all([deaf.takeMedia(1, 10), viewer.takeMedia(1, 10)]);
      expect(both[0].at(-1)?.at).toBeGreaterThan((both[1][0]?.at ?? 0) - 1_000);
      expect((await info(session)).health?.delivery).toMatchObject({ slow: 0 });
      if (kind === 'h264') expect((await play(deaf.media)).complaints).toBe('');
    } finally {
      await club.desk.post('/api/video/session/close', { session_id: session });
      await camera.stop();
    }
  });

  it('and does not answer either is dropped', async () => {
    const viewer = await watch(club.desk, { autoPong: false });
    await viewer.subscribe(1, mjpegSession, 'tile');
    expect(await viewer.closed()).toBe(1006);
    await until(async () => (await info(mjpegSession)).live_viewers === 0);
  });
});

/** An admin of another club of the same service. */
async function foreignAdmin(): Promise<Api> {
  const body = { name: 'Padel Sud', time_zone: 'Europe/Paris' };
  const { id } = (await club.operator.post<{ id: number }>('/api/clubs', body)).body;
  const email = 'foreign@padelvar.test';
  const user = { email, name: 'Foreign', password: PASSWORD, role: 'CLUB_ADMIN' };
  await club.operator.post(`/api/clubs/${id}/users`, user);
  return Api.signedIn(club.service.url, email, PASSWORD);
}

/** How many fragments are in a message. */
function framesIn({ data }: LiveMedia): number {
  let frames = 0;
  for (let at = 0; at < data.length; at += data.readUInt32BE(at)) {
    if (data.toString('latin1', at + 4, at + 8) === 'moof') frames++;
  }
  return frames;
}

/** What FFmpeg's tools say of a stream's media put together, which is how Media Source Extensions take them. */
async function play(media: readonly LiveMedia[]): ReturnType<typeof inspectMp4> {
  const folder = mkdtempSync(join(tmpdir(), 'padelvar-live-'));
  try {
    const path = join(folder, 'stream.mp4');
    writeFileSync(path, Buffer.concat(media.map(({ data }) => data)));
    return await inspectMp4(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
