import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { EventLoop } from '../../src/common/event-loop';
import { LOOP_LATE_MS, SUSTAINED_MS } from '../../src/runtime/admission';
import { CourtRuntime } from '../../src/runtime/court-runtime';
import { CameraServer, h264Clip, mjpegClip, MjpegCamera, RtspCamera } from '../cameras';
import { deserted, pictures } from '../faults/film';
import { Answer, Api } from '../support/api';
import { PASSWORD, startTestClub, TestClub } from '../support/club';
import { encoderOf } from '../support/encoder-process';
import { inspectMp4 } from '../support/mp4';
import { Scrape } from '../support/prometheus';
import { startTestApp, TestApp } from '../support/test-app';

interface Problem {
  status: number;
  code: string;
  detail: string;
}
interface Session {
  session_id: string;
}
interface Recording {
  status: string;
  started_at: string;
  stopped_at: string;
  duration_seconds: number;
  gaps: unknown[];
  error: string | null;
}

const SIZE = { width: 320, height: 180, fps: 25, seconds: 4, gopSeconds: 1 };
const create = (who: Api, terrain_id: number): Promise<Answer<Problem & { session: Session }>> =>
  who.post('/api/video/session/create', { terrain_id });
const start = (who: Api, { session_id }: Session): Promise<Answer<Problem>> =>
  who.post('/api/video/record/start', { session_id });
const close = (who: Api, { session_id }: Session): Promise<Answer<Problem>> =>
  who.post('/api/video/session/close', { session_id });

describe('how many sessions may be open at once', () => {
  const secrets = { JWT_SECRET: 'one secret for both of the services', SECRETS_KEY: '5'.repeat(64) };
  const env = { ...secrets, MAX_SESSIONS: '1000', MAX_SESSIONS_PER_USER: '3' };
  const courts: number[] = [];
  let club: TestClub;
  /** A second service on the same database. */
  let second: TestApp;
  let camera: RtspCamera;
  let desks: Api[];

  beforeAll(async () => {
    club = await startTestClub({ env });
    second = await startTestApp({ env, databaseUrl: club.service.databaseUrl });
    camera = new RtspCamera({ clip: await h264Clip(SIZE) });
    await camera.start();
    for (let i = 0; i < 100; i++) courts.push(await club.addCourt(`Court ${i}`, camera.url));
    desks = [club.desk, await Api.signedIn(second.url, 'desk@padelvar.test', PASSWORD)];
  });

  afterAll(async () => {
    await second?.close();
    await club?.close();
    await camera?.stop();
  });

  const limit = (who: Api, max_sessions: unknown): Promise<Answer<Problem & { max_sessions: number | null }>> =>
    who.patch(`/api/clubs/${club.clubId}`, { max_sessions });

  const opened: { readonly by: Api; readonly session: Session }[] = [];

  /** Opens a session and remembers by whom: it is closed by the service that moves its bytes. */
  async function ask(by: Api, court: number): Promise<Answer<Problem & { session: Session }>> {
    const answer = await create(by, court);
    if (answer.status === 201) opened.push({ by, session: answer.body.session });
    return answer;
  }

  async function closeOne(): Promise<void> {
    const one = opened.shift();
    if (one) expect((await close(one.by, one.session)).status).toBe(200);
  }

  afterEach(async () => {
    while (opened.length > 0) await closeOne();
    await deserted(camera);
  });

  it('is for a SUPER_ADMIN to say, from 1 to 1000', async () => {
    expect((await limit(club.desk, 5)).body).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await limit(club.player, 5)).body).toMatchObject({ status: 403, code: 'forbidden' });
    for (const bad of [0, 1001, 1.5, '5', [5], true]) {
      expect((await limit(club.operator, bad)).body).toMatchObject({ status: 400, code: 'validation_failed' });
    }
    expect((await limit(club.operator, 1000)).body.max_sessions).toBe(1000);
    expect((await club.desk.get(`/api/clubs/${club.clubId}`)).body).toMatchObject({ max_sessions: 1000 });
    // A name alone changes no limit.
    await club.desk.patch(`/api/clubs/${club.clubId}`, { name: 'Padel Nord' });
    expect((await club.desk.get(`/api/clubs/${club.clubId}`)).body).toMatchObject({ max_sessions: 1000 });
    expect((await limit(club.operator, null)).body.max_sessions).toBeNull();
  });

  it('of 100 creates at once, on two services, a club with a limit of 4 gets 4', async () => {
    await limit(club.operator, 4);
    const asked = await Promise.all(courts.map((court, i) => ask(desks[i % 2] as Api, court)));
    expect(opened).toHaveLength(4);
    for (const refused of asked.filter(({ status }) => status !== 201)) {
      expect(refused.body).toMatchObject({ status: 429, code: 'session_limit' });
      expect(refused.body.detail).toBe('All 4 sessions of this club are in use: close one first.');
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    // Those refused left nothing behind: no row, no camera.
    const rows = await club.service.app
      .get(DataSource)
      .query<{ open: number }[]>(`SELECT count(*)::integer AS open FROM camera_sessions`);
    expect(rows).toEqual([{ open: 4 }]);
    expect(camera.connections).toBe(4);

    await closeOne();
    const free = asked.findIndex(({ status }) => status !== 201);
    expect((await ask(club.desk, courts[free] as number)).status).toBe(201);
    await limit(club.operator, null);
  });

  it('of 20 creates at once, on two services, a player gets 3, and admins as many as they need', async () => {
    const players = [club.player, await Api.signedIn(second.url, 'player@padelvar.test', PASSWORD)];
    const asked = await Promise.all(courts.slice(0, 20).map((court, i) => ask(players[i % 2] as Api, court)));
    expect(opened).toHaveLength(3);
    for (const refused of asked.filter(({ status }) => status !== 201)) {
      expect(refused.body).toMatchObject({ status: 429, code: 'session_limit' });
      expect(refused.body.detail).toBe('A player may have 3 sessions open at once: close one of yours first.');
    }
    await closeOne();
    expect((await ask(club.player, courts[20] as number)).status).toBe(201);
    expect((await ask(club.player, courts[21] as number)).body).toMatchObject({ code: 'session_limit' });
    // Nobody else has less for it.
    expect((await ask(club.other, courts[22] as number)).status).toBe(201);
    for (const court of courts.slice(23, 28)) expect((await ask(club.desk, court)).status).toBe(201);
  });
});

describe('what is new while what runs is late', () => {
  const env = { VIDEO_PRESET: 'ultrafast' };
  let club: TestClub;
  let cameras: [MjpegCamera, MjpegCamera, RtspCamera];
  let courts: [number, number, number];

  beforeAll(async () => {
    club = await startTestClub({ env });
    const jpegs = await mjpegClip(SIZE);
    cameras = [
      new MjpegCamera({ clip: jpegs }),
      new MjpegCamera({ clip: jpegs }),
      new RtspCamera({ clip: await h264Clip(SIZE) }),
    ];
    await Promise.all(cameras.map((camera) => camera.start()));
    courts = [0, 0, 0];
    for (const i of [0, 1, 2] as const) {
      courts[i] = await club.addCourt(`Court ${i + 1}`, (cameras[i] as CameraServer).url);
    }
  });

  afterAll(async () => {
    await club?.close();
    await Promise.all((cameras ?? []).map((camera) => camera.stop()));
  });

  async function open(court: number): Promise<Session> {
    const opened = await create(club.desk, court);
    expect(opened.status).toBe(201);
    return opened.body.session;
  }

  async function stopWhole(session: Session): Promise<void> {
    const { session_id } = session;
    const { body } = await club.desk.post<{ recording: Recording; video_path: string }>('/api/video/record/stop', {
      session_id,
    });
    const { recording, video_path } = body;
    expect(recording).toMatchObject({ status: 'ready', error: null, gaps: [] });
    const file = await inspectMp4(join(club.service.config.videosDir, video_path));
    const wall = (Date.parse(recording.stopped_at) - Date.parse(recording.started_at)) / 1000;
    expect(Math.abs(file.durationSeconds - wall)).toBeLessThan(0.5);
    expect(file.frames).toBeGreaterThan(wall * SIZE.fps * 0.9);
    expect(file.complaints).toBe('');
    await close(club.desk, session);
  }

  it('no further encoder is started beside a late one; H.264 is; what runs stays whole', async () => {
    const [first, second, h264] = await Promise.all(courts.map(open));
    if (!first || !second || !h264) throw new Error('not opened');
    expect((await start(club.desk, first)).status).toBe(201);
    await pictures(cameras[0], 50);
    const runtime = club.service.app.get(CourtRuntime);
    const encoder = () => runtime.status(first.session_id)?.work?.encoder;
    expect(encoder()).toMatchObject({ running: true, lateForMs: 0, lateFramesInAll: 0 });

    const pid = encoderOf(first.session_id);
    process.kill(pid, 'SIGSTOP');
    try {
      while ((encoder()?.lateForMs ?? 0) < SUSTAINED_MS) await pictures(cameras[0], 1);
      const [encoded, copied, metrics] = await Promise.all([
        start(club.desk, second),
        start(club.desk, h264),
        fetch(`${club.service.url}/metrics`).then((answer) => answer.text()),
      ]);
      expect(encoded.body).toMatchObject({ status: 503, code: 'overloaded' });
      expect(encoded.body.detail).toContain('cannot encode one more camera');
      expect(Number(encoded.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(copied.status).toBe(201);
      const seen = new Scrape(metrics);
      expect(seen.value('padelvar_encoders_late')).toBe(1);
      expect(seen.value('padelvar_encoder_behind_seconds')).toBeGreaterThan(SUSTAINED_MS / 1000);
      expect(seen.value('padelvar_encoder_queue_frames')).toBeGreaterThan(SIZE.fps * 3);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    // A refused start leaves the session as it was: nothing recorded, and it may be tried again.
    const status = await club.desk.get(`/api/video/record/status/${second.session_id}`);
    expect(status.body).toEqual({ success: true, status: null });

    while ((encoder()?.behindMs ?? 1) > 0) await pictures(cameras[0], 1);
    expect(encoder()?.lateFramesInAll).toBeGreaterThan(0);
    expect((await start(club.desk, second)).status).toBe(201);
    await pictures(cameras[1], 50);
    const late = encoder()?.lateFramesInAll ?? 0;
    for (const session of [first, second, h264]) await stopWhole(session);
    const after = new Scrape(await (await fetch(`${club.service.url}/metrics`)).text());
    expect(after.value('padelvar_encoder_late_frames_total')).toBeGreaterThanOrEqual(late);
    expect(after.value('padelvar_encoders')).toBe(0);
  });

  it('nothing is begun while the event loop is late, and everything again when it is not', async () => {
    const loop = club.service.app.get(EventLoop);
    const p99 = (): number => loop.delay()?.p99Ms ?? 0;
    const h264 = await open(courts[2]);
    while (p99() <= LOOP_LATE_MS) {
      const until = performance.now() + LOOP_LATE_MS * 1.4;
      while (performance.now() < until);
      await new Promise(setImmediate);
    }
    const refused = await Promise.all([start(club.desk, h264), create(club.desk, courts[0])]);
    for (const { body, headers } of refused) {
      expect(body).toMatchObject({ status: 503, code: 'overloaded' });
      expect(body.detail).toContain('begins nothing new just now');
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    while (p99() > LOOP_LATE_MS) await pictures(cameras[2], 1);
    expect((await start(club.desk, h264)).status).toBe(201);
    await close(club.desk, await open(courts[0]));
    await pictures(cameras[2], 30);
    await club.desk.post('/api/video/record/stop', h264);
    await close(club.desk, h264);
  });
});
