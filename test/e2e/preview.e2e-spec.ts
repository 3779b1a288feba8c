import { readJpegSize } from '../../src/media/jpeg';
import { endLeftover, Leftover, listLeftovers } from '../../src/media/process';
import { Toolchain } from '../../src/media/toolchain';
import { h264Clip, mjpegClip, MjpegClip, MjpegCamera, monotonic, RtspCamera } from '../cameras';
import { Api } from '../support/api';
import { PASSWORD, startTestClub, TestClub } from '../support/club';
import { MjpegClient } from '../support/mjpeg-client';

interface Info {
  session_id: string;
  status: string;
  live: boolean;
  codec: string;
  width: number;
  height: number;
  fps: number;
  viewers: number;
  max_viewers: number;
  last_frame_age_ms: number | null;
  urls: { mjpeg: string; snapshot: string };
  health: { watching: number; decoding: boolean; reconnects: number } | null;
}

const MAX_VIEWERS = 3;
const H264 = { width: 1280, height: 720, fps: 25, seconds: 4, gopSeconds: 1 };
const JPEGS = { width: 1280, height: 720, fps: 10, seconds: 4 };
const NOBODY = '00000000-0000-4000-8000-000000000000';

describe('watching a court', () => {
  let club: TestClub;
  let rtsp: RtspCamera;
  let mjpeg: MjpegCamera;
  let jpegs: MjpegClip;
  /** Open sessions on either court, owned by the desk, with one player. */
  let h264Session: string;
  let mjpegSession: string;
  const clients: MjpegClient[] = [];

  beforeAll(async () => {
    club = await startTestClub({ env: { MAX_PREVIEW_VIEWERS: String(MAX_VIEWERS) } });
    jpegs = await mjpegClip(JPEGS);
    rtsp = new RtspCamera({ clip: await h264Clip(H264) });
    mjpeg = new MjpegCamera({ clip: jpegs });
    await Promise.all([rtsp.start(), mjpeg.start()]);
    h264Session = await open(await club.addCourt('Court 1', rtsp.url));
    mjpegSession = await open(await club.addCourt('Court 2', mjpeg.url));
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await until(async () => (await info(h264Session)).viewers + (await info(mjpegSession)).viewers === 0);
  });

  afterAll(async () => {
    await club?.close();
    await Promise.all([rtsp?.stop(), mjpeg?.stop()]);
  });

  async function open(court: number): Promise<string> {
    const body = { terrain_id: court, player_ids: [club.ids.player] };
    const answer = await club.desk.post<{ session: { session_id: string } }>('/api/video/session/create', body);
    expect(answer.status).toBe(201);
    return answer.body.session.session_id;
  }

  async function watch(session: string, headers = bearer(club.desk)): Promise<MjpegClient> {
    const client = await MjpegClient.open(`${club.service.url}/api/preview/${session}/stream.mjpeg`, headers);
    clients.push(client);
    return client;
  }

  async function info(session: string): Promise<Info> {
    return (await club.desk.get<Info>(`/api/preview/${session}/info`)).body;
  }

  /** FFmpeg processes of a session, by their marker. */
  async function decoders(session: string): Promise<Leftover[]> {
    const all = await listLeftovers(club.service.app.get(Toolchain).instance);
    return all.filter((process) => process.session === session);
  }

  it('shares one decoder among all viewers of an H.264 court, and leaves none behind', async () => {
    const first = await watch(h264Session);
    expect(first.status).toBe(200);
    expect(first.headers).toMatchObject({ 'cache-control': 'no-store' });
    expect(first.headers['content-type']).toMatch(/^multipart\/x-mixed-replace; boundary=/);
    const shown = await first.next();
    expect(shown.at - first.askedAt).toBeLessThan(1_500);
    expect(readJpegSize(shown.jpeg)).toEqual({ width: 640, height: 360 });

    const others = [await watch(h264Session), await watch(h264Session)];
    await Promise.all([first, ...others].map((client) => client.take(6)));
    expect(await decoders(h264Session)).toHaveLength(1);
    expect(await info(h264Session)).toMatchObject({
      session_id: h264Session,
      status: 'live',
      live: true,
      codec: 'h264',
      width: 1280,
      height: 720,
      viewers: 3,
      max_viewers: MAX_VIEWERS,
      urls: {
        mjpeg: `/api/preview/${h264Session}/stream.mjpeg`,
        snapshot: `/api/preview/${h264Session}/snapshot.jpg`,
      },
      health: { watching: 3, decoding: true },
    });
    // Five a second, on the camera's clock: of ten pictures no second holds more than six.
    const ten = await first.take(10);
    const seconds = ((ten[9]?.at ?? 0) - (ten[0]?.at ?? 0)) / 1000;
    expect(seconds).toBeGreaterThan(1.2);

    for (const client of [first, ...others]) client.close();
    await until(async () => (await decoders(h264Session)).length === 0);
    expect(await info(h264Session)).toMatchObject({ viewers: 0, health: { watching: 0, decoding: false } });
  });

  it('passes the pictures of an MJPEG camera through untouched, without any process', async () => {
    const viewer = await watch(mjpegSession);
    const pictures = await viewer.take(10);
    const known = pictures.map(({ jpeg }) => jpegs.jpegs.findIndex((original) => original.equals(jpeg)));
    expect(known).not.toContain(-1);
    expect(await decoders(mjpegSession)).toEqual([]);
    expect(await info(mjpegSession)).toMatchObject({ codec: 'mjpeg', viewers: 1, health: { decoding: false } });
  });

  it('gives snapshots without a decoder, the same one for a second', async () => {
    for (const [session, width] of [
      [h264Session, 640],
      [mjpegSession, 1280],
    ] as const) {
      const path = `/api/preview/${session}/snapshot.jpg`;
      const answers = await Promise.all([1, 2, 3].map(() => club.player.bytes(path)));
      for (const { response, body } of answers) {
        expect(response.status).toBe(200);
        expect(response.headers.get('content-type')).toBe('image/jpeg');
        expect(response.headers.get('cache-control')).toBe('no-store');
        expect(readJpegSize(body)?.width).toBe(width);
        expect(body).toEqual(answers[0]?.body);
      }
      expect(await decoders(session)).toEqual([]);
    }
  });

  it('refuses viewers beyond the limit, and takes the next one when somebody leaves', async () => {
    const seated = [await watch(mjpegSession), await watch(mjpegSession), await watch(mjpegSession)];
    const refused = await watch(mjpegSession);
    expect(refused.status).toBe(429);
    expect(JSON.parse(refused.text)).toMatchObject({ code: 'viewer_limit', status: 429 });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    // The limit is each session's own.
    expect((await watch(h264Session)).status).toBe(200);
    seated[0]?.close();
    await until(async () => (await info(mjpegSession)).viewers === 2);
    const next = await watch(mjpegSession);
    expect(next.status).toBe(200);
    await next.next();
  });

  it.each(['stream.mjpeg', 'snapshot.jpg', 'info'])('shows %s to those of the match only', async (what) => {
    const path = (session: string): string => `/api/preview/${session}/${what}`;
    const strangers: [string, Api, string, number, string][] = [
      ['another player of the club', club.other, h264Session, 404, 'not_found'],
      ['an unknown session', club.desk, NOBODY, 404, 'not_found'],
      ['no session', club.desk, 'nonsense', 400, 'validation_failed'],
      ['nobody', new Api(club.service.url), h264Session, 401, 'unauthorized'],
    ];
    for (const [, who, session, status, code] of strangers) {
      const answer = await who.get<{ code: string }>(path(session));
      expect([answer.status, answer.body.code]).toEqual([status, code]);
    }
    const url = `${club.service.url}${path(h264Session)}`;
    const head = await fetch(url, { method: 'HEAD', headers: bearer(club.player) });
    expect(head.status).toBe(200);
    const seen = await MjpegClient.open(url, bearer(club.player));
    clients.push(seen);
    expect(seen.status).toBe(200);
  });

  it('takes the media cookie, and ends a stream when its owner signs out', async () => {
    const credentials = { email: 'player@padelvar.test', password: PASSWORD };
    const api = new Api(club.service.url);
    const login = await api.post<{ refresh_token: string; access_token: string }>('/api/auth/login', credentials);
    const cookie = login.headers.getSetCookie().find((line) => line.startsWith('padelvar_media='));
    const viewer = await watch(mjpegSession, { cookie: cookie?.split(';')[0] ?? '' });
    expect(viewer.status).toBe(200);
    await viewer.take(2);
    const stays = await watch(mjpegSession);
    api.token = login.body.access_token;
    const out = await api.post('/api/auth/logout', { refresh_token: login.body.refresh_token });
    expect(out.status).toBe(204);
    const began = monotonic();
    await viewer.end();
    expect(monotonic() - began).toBeLessThan(10_000);
    await stays.take(2);
  });

  it.each(['h264', 'mjpeg'])('goes on when a camera (%s) comes back', async (kind) => {
    const [camera, session] = kind === 'h264' ? [rtsp, h264Session] : [mjpeg, mjpegSession];
    const viewer = await watch(session);
    await viewer.take(3);
    await camera.cut({ refuseMs: 1_500 });
    await until(async () => (await info(session)).status === 'reconnecting');
    expect(await info(session)).toMatchObject({ live: false, viewers: 1 });
    const gone = await club.desk.get<{ code: string }>(`/api/preview/${session}/snapshot.jpg`);
    expect([gone.status, gone.body.code]).toEqual([409, 'session_not_live']);
    // Who comes during an outage waits for its end.
    const late = await watch(session);
    expect(late.status).toBe(200);
    await until(async () => (await info(session)).live);
    const before = monotonic();
    const pictures = await Promise.all([viewer.take(5), late.take(5)]);
    for (const shown of pictures) expect(shown[4]?.at).toBeGreaterThan(before);
    expect(viewer.ended).toBe(false);
  });

  it('replaces a decoder that hangs', async () => {
    const viewer = await watch(h264Session);
    await viewer.take(3);
    const [victim] = await decoders(h264Session);
    process.kill(victim?.pid as number, 'SIGSTOP');
    await until(async () => (await decoders(h264Session)).some(({ pid }) => pid !== victim?.pid));
    await viewer.take(5);
    expect((await decoders(h264Session)).map(({ pid }) => pid)).not.toContain(victim?.pid);
  });

  it('replaces a decoder that dies, and one whose format is no longer the camera’s', async () => {
    const viewer = await watch(h264Session);
    await viewer.take(3);
    const [victim] = await decoders(h264Session);
    expect(endLeftover(victim as Leftover)).toBe(true);
    await until(async () => (await decoders(h264Session)).some(({ pid }) => pid !== victim?.pid));
    await viewer.take(5);
    rtsp.switchClip(await h264Clip({ ...H264, width: 480, height: 480 }));
    const widths = new Set<number>();
    while (!widths.has(480)) widths.add(readJpegSize((await viewer.next()).jpeg)?.width ?? 0);
    await until(async () => (await decoders(h264Session)).length === 1);
    rtsp.switchClip(await h264Clip(H264));
    while (readJpegSize((await viewer.next()).jpeg)?.width !== 640);
  });

  it('is not held up by a viewer that never reads; a slow one skips to the newest picture', async () => {
    const deaf = await watch(mjpegSession);
    deaf.pause();
    const viewer = await watch(mjpegSession);
    // Enough to fill what the two kernels hold for the deaf one.
    const total = Math.ceil((12 * 1024 * 1024) / (jpegs.jpegs[0]?.length ?? 1));
    mjpeg.setSendFps(50);
    const pictures = await viewer.take(total);
    mjpeg.setSendFps(null);
    expect(pictures).toHaveLength(total);
    let latest: Buffer | undefined;
    deaf.on('picture', ({ jpeg }) => (latest = jpeg));
    viewer.on('picture', ({ jpeg }) => (pictures[0] = { jpeg, at: 0 }));
    deaf.resume();
    await until(() => Promise.resolve(latest !== undefined && pictures[0]?.jpeg.equals(latest) === true));
    expect(deaf.pictures).toBeLessThan(viewer.pictures);
  });

  it('ends with the session', async () => {
    const viewers = [await watch(h264Session), await watch(mjpegSession)];
    await Promise.all(viewers.map((viewer) => viewer.take(3)));
    for (const session of [h264Session, mjpegSession]) {
      const closed = await club.desk.post('/api/video/session/close', { session_id: session });
      expect(closed.status).toBe(200);
    }
    await Promise.all(viewers.map((viewer) => viewer.end()));
    expect(await decoders(h264Session)).toEqual([]);
    for (const what of ['stream.mjpeg', 'snapshot.jpg']) {
      const answer = await club.desk.get<{ code: string }>(`/api/preview/${h264Session}/${what}`);
      expect([answer.status, answer.body.code]).toEqual([409, 'session_not_live']);
    }
    expect(await info(h264Session)).toMatchObject({
      status: 'closed',
      live: false,
      viewers: 0,
      last_frame_age_ms: null,
      health: null,
    });
  });
});

function bearer(api: Api): Record<string, string> {
  return { authorization: `Bearer ${api.token}` };
}

/** Looks until it is so; the test's own time-out is the limit. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}
