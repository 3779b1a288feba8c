import { once } from 'node:events';
import { DataSource } from 'typeorm';
import { withClient } from '../../src/database/embedded/connect';
import { CameraWatch } from '../../src/clubs/watch/camera-watch.service';
import { AWAY_MS } from '../../src/clubs/watch/camera-state';
import { CourtRuntime } from '../../src/runtime/court-runtime';
import { h264Clip, RtspCamera, RtspCameraOptions } from '../cameras';
import { Api } from '../support/api';
import { EventLoop } from '../../src/common/event-loop';
import { PASSWORD, startTestClub, TestClub } from '../support/club';
import { startTestApp, TestApp } from '../support/test-app';
import { until } from '../support/until';

interface Camera {
  online: boolean | null;
  since: string | null;
  last_seen_at: string | null;
  code: string | null;
}
interface Status {
  terrain_id: number;
  name: string;
  state: string;
  session_id: string | null;
  since: string;
  recording: { status: string; started_at: string | null; planned_end_at: string } | null;
  owner: { id: number; name: string } | null;
  camera: Camera;
}
interface Outages {
  terrain_id: number;
  camera: Camera;
  last_frame_age_ms: number | null;
  outages: { began_at: string; ended_at: string | null; code: string }[];
  offline_seconds: number;
}

const clip = () => h264Clip({ width: 320, height: 180, fps: 25, seconds: 4, gopSeconds: 1 });

describe('the watch over cameras', () => {
  let club: TestClub;
  const cameras: RtspCamera[] = [];

  beforeAll(async () => {
    club = await startTestClub({ env: { CAMERA_WATCH_SECONDS: '1', CAMERA_TIMEOUT_SECONDS: '20' } });
  });

  afterEach(async () => {
    const { terrains } = (await club.desk.get<{ terrains: { id: number }[] }>(`/api/clubs/${club.clubId}/terrains`))
      .body;
    const { sessions } = (
      await club.desk.get<{ sessions: { session_id: string }[] }>('/api/video/session/list?open=true')
    ).body;
    for (const { session_id } of sessions) {
      await club.desk.post('/api/video/record/stop', { session_id });
      await club.desk.post('/api/video/session/close', { session_id });
    }
    for (const { id } of terrains) await club.desk.delete(`/api/terrains/${id}`);
    await Promise.all(cameras.splice(0).map((camera) => camera.stop()));
  });

  afterAll(() => club?.close());

  async function camera(options: Omit<RtspCameraOptions, 'clip'> = {}): Promise<RtspCamera> {
    const made = new RtspCamera({ clip: await clip(), ...options });
    cameras.push(made);
    await made.start();
    return made;
  }

  async function status(court: number, api = club.desk): Promise<Status> {
    const { body } = await api.get<{ terrains: Status[] }>(`/api/clubs/${club.clubId}/terrains/status`);
    return body.terrains.find(({ terrain_id }) => terrain_id === court) as Status;
  }

  async function outages(court: number, days = 30): Promise<Outages> {
    const path = `/api/clubs/${club.clubId}/terrains/outages?days=${days}`;
    const { body } = await club.desk.get<{ terrains: Outages[] }>(path);
    return body.terrains.find(({ terrain_id }) => terrain_id === court) as Outages;
  }

  const look = (): Promise<void> => club.service.app.get(CameraWatch).tick();
  /** Looks until the court is so. */
  const watched = (court: number, is: (status: Status) => boolean): Promise<Status> =>
    until(async () => {
      await look();
      const now = await status(court);
      return is(now) && now;
    });
  const sql = <Row>(text: string, values: unknown[] = []): Promise<Row[]> =>
    club.service.app.get(DataSource).query<Row[]>(text, values);

  /** As if the newest pictures of all sessions had come so much earlier. */
  function pastPictures(ms: number): jest.SpyInstance {
    const runtime = club.service.app.get(CourtRuntime);
    const real = runtime.status.bind(runtime);
    return jest.spyOn(runtime, 'status').mockImplementation((id) => {
      const now = real(id);
      return now && { ...now, lastFrameAt: now.lastFrameAt - ms };
    });
  }

  async function openSession(court: number, api = club.player): Promise<string> {
    const {
      status: code,
      body,
      text,
    } = await api.post<{ session: { session_id: string } }>('/api/video/session/create', { terrain_id: court });
    if (code !== 201) throw new Error(text);
    return body.session.session_id;
  }

  it('finds a camera that dies and comes back while nobody plays, and keeps the outage', async () => {
    const watchedCamera = await camera();
    const court = await club.addCourt('Court 1', watchedCamera.url);
    expect(await status(court)).toMatchObject({ state: 'free', camera: { online: null, last_seen_at: null } });
    const up = await watched(court, (now) => now.camera.online === true);
    expect(up).toMatchObject({ state: 'free', session_id: null, recording: null, owner: null, camera: { code: null } });
    expect(watchedCamera.connections).toBe(0);
    expect(await outages(court)).toMatchObject({ outages: [], offline_seconds: 0, last_frame_age_ms: null });

    await watchedCamera.refuse();
    const failed = await watched(court, (now) => now.camera.code !== null);
    expect(failed).toMatchObject({ state: 'free', camera: { online: true, code: 'camera_unreachable' } });
    const down = await watched(court, (now) => now.camera.online === false);
    expect(down).toMatchObject({ state: 'offline', camera: { code: 'camera_unreachable' } });
    expect(down.since).toBe(down.camera.since);
    expect(Date.parse(down.camera.since ?? '')).toBeGreaterThan(Date.parse(down.camera.last_seen_at ?? ''));
    const [open] = (await outages(court)).outages;
    expect(open).toEqual({ began_at: down.camera.since, ended_at: null, code: 'camera_unreachable' });

    await watchedCamera.accept();
    const back = await watched(court, (now) => now.camera.online === true);
    expect(back).toMatchObject({ state: 'free', since: back.camera.since, camera: { code: null } });
    const { outages: kept, offline_seconds } = await outages(court);
    expect(kept).toEqual([{ ...open, ended_at: back.camera.since }]);
    const seconds = (Date.parse(back.camera.since ?? '') - Date.parse(open?.began_at ?? '')) / 1000;
    expect(Math.abs(offline_seconds - seconds)).toBeLessThanOrEqual(1);
    expect(watchedCamera.peakConnections).toBe(1);
  });

  it('looks by itself, as a task that health shows', async () => {
    const court = await club.addCourt('Court 1', (await camera()).url);
    await until(async () => (await status(court)).camera.online);
    const { body } = await club.desk.get<{ details: { tasks: { name: string; outcome: string; result: object }[] } }>(
      '/api/video/health',
    );
    const task = body.details.tasks.find(({ name }) => name === 'camera_watch');
    expect(task).toMatchObject({ outcome: 'ok', result: { watched: 1, offline: 0 } });
  });

  it('does not dial a camera that a session holds, and judges it by that', async () => {
    const held = await camera();
    const court = await club.addCourt('Court 1', held.url);
    const session = await openSession(court);
    const before = held.totalConnections;
    const live = await watched(court, (now) => now.camera.online === true);
    expect(live).toMatchObject({ state: 'live', session_id: session, owner: { id: club.ids.player, name: 'player' } });
    for (let turn = 0; turn < 3; turn++) await look();
    expect(held.totalConnections).toBe(before);
    expect((await outages(court)).last_frame_age_ms).toBeLessThan(5_000);

    await held.cut({ refuseMs: Infinity });
    await until(async () => (await status(court)).state === 'reconnecting');
    expect((await status(court)).camera.online).toBe(true);
    await sql(`UPDATE camera_states SET since = now() - interval '1 hour', last_seen_at = now() - interval '1 hour'`);
    const grown = pastPictures(AWAY_MS);
    const away = await watched(court, (now) => now.camera.online === false);
    expect(away).toMatchObject({ state: 'reconnecting', session_id: session, camera: { code: 'camera_unreachable' } });
    const [outage] = await until(async () => {
      await look();
      const { outages: found } = await outages(court);
      return found.length > 0 && found;
    });
    expect(outage).toEqual({ began_at: away.camera.since, ended_at: null, code: 'camera_unreachable' });
    expect(outage?.began_at).toBe(away.camera.since);

    grown.mockRestore();
    await held.accept();
    await watched(court, (now) => now.state === 'live' && now.camera.online === true);
    await until(async () => {
      await look();
      return (await outages(court)).outages[0]?.ended_at;
    });
  });

  it('dials nothing that the rules for addresses forbid', async () => {
    const there = await camera();
    const court = await club.addCourt('Court 1', there.url);
    const rules = (camera_networks: string[] | null) =>
      club.operator.patch(`/api/clubs/${club.clubId}`, { camera_networks });
    expect((await rules(['10.20.0.0/16'])).status).toBe(200);
    const down = await watched(court, (now) => now.camera.online === false);
    expect(down.camera).toMatchObject({ code: 'camera_address_forbidden', last_seen_at: null });
    expect(there.totalConnections).toBe(0);
    await rules(null);
    await watched(court, (now) => now.camera.online === true);
  });

  it('leaves a camera alone until the session before has let go of it', async () => {
    const held = await camera();
    const court = await club.addCourt('Court 1', held.url);
    const session_id = await openSession(court);
    await club.player.post('/api/video/session/close', { session_id });
    for (let turn = 0; turn < 2; turn++) await look();
    expect(held.totalConnections).toBe(1);
    await sql(`UPDATE camera_sessions SET closed_at = closed_at - interval '61 seconds' WHERE id = $1`, [session_id]);
    await until(async () => {
      await look();
      return held.totalConnections === 2;
    });
  });

  it.each(['refuse', 'busy'] as const)(
    'gives way to a session on a camera that allows one connection (%s)',
    async (onlyOneConnection) => {
      const single = await camera({ onlyOneConnection });
      const court = await club.addCourt('Court 1', single.url);
      // It answers no request: the look holds its connection for as long as it may.
      single.silence();
      const dialled = once(single, 'connection');
      const looking = look();
      await dialled;
      expect(single.connections).toBe(1);
      const opening = openSession(court);
      await once(single, 'connection');
      single.speak();
      const session = await opening;
      expect(await status(court)).toMatchObject({ state: 'live', session_id: session });
      await looking;
      expect(single.peakConnections).toBe(1);
      expect(await status(court)).toMatchObject({ camera: { code: null } });
      expect(await sql('SELECT look_id FROM camera_states WHERE court_id = $1', [court])).toEqual([{ look_id: null }]);
    },
  );

  it('gives way to a test of the camera', async () => {
    const single = await camera({ onlyOneConnection: 'refuse' });
    const court = await club.addCourt('Court 1', single.url);
    single.silence();
    const dialled = once(single, 'connection');
    const looking = look();
    await dialled;
    const testing = club.desk.post(`/api/terrains/${court}/camera/test`);
    await once(single, 'connection');
    single.speak();
    expect((await testing).status).toBe(200);
    await looking;
    expect(single.peakConnections).toBe(1);
  });

  it('tells a player that a court is in use, but not by whom', async () => {
    const court = await club.addCourt('Court 1', (await camera()).url);
    const session = await openSession(court);
    await club.player.post('/api/video/record/start', { session_id: session });
    const recording = {
      status: 'recording',
      started_at: expect.any(String) as string,
      planned_end_at: expect.any(String) as string,
    };
    const own = { state: 'live', session_id: session, owner: { id: club.ids.player, name: 'player' }, recording };
    for (const api of [club.player, club.desk, club.operator]) expect(await status(court, api)).toMatchObject(own);
    expect(await status(court, club.other)).toMatchObject({ ...own, session_id: null, owner: null });
    const [before] = await sql<{ last_used_at: Date }>('SELECT last_used_at FROM camera_sessions WHERE id = $1', [
      session,
    ]);
    await status(court, club.player);
    const [after] = await sql<{ last_used_at: Date }>('SELECT last_used_at FROM camera_sessions WHERE id = $1', [
      session,
    ]);
    expect(after).toEqual(before);
  });

  it('begins anew with another camera, and ends with the court', async () => {
    const court = await club.addCourt('Court 1', 'rtsp://127.0.0.1:1/nothing');
    await watched(court, (now) => now.camera.online === false);
    const good = await camera();
    await club.desk.patch(`/api/terrains/${court}`, { camera_url: good.url });
    expect(await status(court)).toMatchObject({
      state: 'free',
      camera: { online: null, last_seen_at: null, code: null },
    });
    const { outages: kept } = await outages(court);
    expect(kept).toEqual([{ began_at: expect.any(String), ended_at: expect.any(String), code: 'camera_unreachable' }]);
    await watched(court, (now) => now.camera.online === true);

    const other = await club.addCourt('Court 2', 'rtsp://127.0.0.1:1/nothing');
    await watched(other, (now) => now.state === 'offline');
    expect((await club.desk.delete(`/api/terrains/${other}`)).status).toBe(204);
    expect(await sql('SELECT ended_at IS NULL AS open FROM camera_outages WHERE court_id = $1', [other])).toEqual([
      { open: false },
    ]);
    await look();
    expect(await sql('SELECT 1 FROM camera_states WHERE court_id = $1', [other])).toEqual([]);
    expect(await status(other)).toBeUndefined();
  });

  it('says what a session of before has to say of the camera of before to nobody', async () => {
    const first = await camera();
    const court = await club.addCourt('Court 1', first.url);
    await openSession(court);
    await watched(court, (now) => now.camera.online === true);
    await club.desk.patch(`/api/terrains/${court}`, { camera_url: 'rtsp://127.0.0.1:1/nothing' });
    await look();
    expect(await status(court)).toMatchObject({ state: 'live', camera: { online: null } });
  });

  describe('its list of outages', () => {
    let court: number;

    beforeEach(async () => {
      court = await club.addCourt('Court 1', (await camera()).url);
      await watched(court, (now) => now.camera.online === true);
    });

    const enter = (began: string, ended: string | null): Promise<unknown> =>
      sql(
        `INSERT INTO camera_outages (court_id, club_id, began_at, ended_at, code)
         VALUES ($1, $2, now() - $3::interval, now() - $4::interval, 'camera_timeout')`,
        [court, club.clubId, began, ended],
      );

    it('reaches back as far as is asked, newest first, and counts what lies within', async () => {
      await enter('40 days', '39 days');
      await enter('8 days', '5 days');
      await enter('2 hours', '1 hour');
      const week = await outages(court, 7);
      expect(week.outages.map(({ began_at }) => began_at)).toEqual(
        week.outages
          .map(({ began_at }) => began_at)
          .sort()
          .reverse(),
      );
      expect(week.outages).toHaveLength(2);
      expect(Math.abs(week.offline_seconds - (2 * 86_400 + 3_600))).toBeLessThan(10);
      expect((await outages(court, 90)).outages).toHaveLength(3);
      for (const days of ['0', '91', '1.5', 'x', '']) {
        const path = `/api/clubs/${club.clubId}/terrains/outages?days=${days}`;
        expect([days, (await club.desk.get(path)).status]).toEqual([days, 400]);
      }
    });

    it('is at most 1,000 long, and counts all of them', async () => {
      await sql(
        `INSERT INTO camera_outages (court_id, club_id, began_at, ended_at, code)
         SELECT $1, $2, now() - (n + 1) * interval '10 seconds', now() - (n + 0.5) * interval '10 seconds', 'camera_timeout'
           FROM generate_series(1, 1200) n`,
        [court, club.clubId],
      );
      const found = await outages(court, 1);
      expect(found.outages).toHaveLength(1_000);
      expect(found.offline_seconds).toBe(6_000);
    });

    it('is cleared after 90 days, but never of one that goes on', async () => {
      await enter('100 days', '91 days');
      await enter('100 days', '89 days');
      await enter('100 days', null);
      expect((await club.operator.post('/api/video/cleanup')).status).toBe(200);
      const rows = await sql<{ days: number | null }>(
        `SELECT round(extract(epoch FROM now() - ended_at) / 86400)::integer AS days FROM camera_outages
          WHERE court_id = $1 ORDER BY days`,
        [court],
      );
      expect(rows).toEqual([{ days: 89 }, { days: null }]);
    });
  });

  it('shows an operator every club at a glance, page by page', async () => {
    const court = await club.addCourt('Court 1', (await camera()).url);
    await club.addCourt('Court 2', 'rtsp://127.0.0.1:1/nothing');
    await until(async () => {
      await look();
      return (await overview()).find(({ club_id }) => club_id === club.clubId)?.cameras_offline === 1;
    });
    const [{ videos, bytes } = { videos: 0, bytes: 0 }] = await overview();
    const session_id = await openSession(court);
    await club.player.post('/api/video/record/start', { session_id });
    const other = await club.operator.post<{ id: number }>('/api/clubs', { name: 'Padel Sud' });
    const none = { courts: 0, cameras_offline: 0, open_sessions: 0, recordings: 0, videos: 0, bytes: 0 };
    const here = { courts: 2, cameras_offline: 1, open_sessions: 1, recordings: 1, videos, bytes };
    expect(await overview()).toEqual([
      { club_id: club.clubId, name: 'Padel Nord', ...here },
      { club_id: other.body.id, name: 'Padel Sud', ...none },
    ]);
    await club.player.post('/api/video/record/stop', { session_id });
    const [own] = await overview('?limit=1');
    expect(own).toMatchObject({ recordings: 0, videos: Number(videos) + 1 });
    expect(own?.bytes).toBeGreaterThan(Number(bytes));
    expect((await club.desk.get('/api/clubs/overview')).status).toBe(403);
    expect((await club.operator.get(`/api/clubs/${club.clubId}`)).status).toBe(200);
  });

  /** All pages. */
  async function overview(query = ''): Promise<({ club_id: number } & Record<string, number | string>)[]> {
    const clubs = [];
    for (let cursor = query; ;) {
      const { body } = await club.operator.get<{
        clubs: ({ club_id: number } & Record<string, number | string>)[];
        count: number;
        next_cursor?: string;
      }>(`/api/clubs/overview${cursor}`);
      expect(body.count).toBe(body.clubs.length);
      clubs.push(...body.clubs);
      if (body.next_cursor === undefined) return clubs;
      cursor = `${query}${query === '' ? '?' : '&'}cursor=${body.next_cursor}`;
    }
  }

  it('is counted in the metrics', async () => {
    await club.addCourt('Court 1', (await camera()).url);
    const gone = await club.addCourt('Court 2', 'rtsp://127.0.0.1:1/nothing');
    await watched(gone, (now) => now.state === 'offline');
    await look();
    const text = await (await fetch(`${club.service.url}/metrics`)).text();
    expect(text).toMatch(/^padelvar_cameras_watched 2$/m);
    expect(text).toMatch(/^padelvar_cameras_offline 1$/m);
  });

  it('is at nobody else’s courts', async () => {
    const court = await club.addCourt('Court 1', 'rtsp://127.0.0.1:1/nothing');
    const stranger = new Api(club.service.url);
    expect((await stranger.get(`/api/clubs/${club.clubId}/terrains/status`)).status).toBe(401);
    expect((await club.player.get(`/api/clubs/${club.clubId}/terrains/outages`)).status).toBe(403);
    expect((await club.operator.get(`/api/clubs/${club.clubId}/terrains/outages`)).status).toBe(200);
    expect((await status(court, club.operator)).terrain_id).toBe(court);
  });
});

describe('two service processes that watch the same cameras', () => {
  let club: TestClub;
  let second: TestApp;
  const camera = async (options: Omit<RtspCameraOptions, 'clip'> = {}): Promise<RtspCamera> =>
    new RtspCamera({ clip: await clip(), ...options });
  const tick = ({ app }: TestApp): Promise<void> => app.get(CameraWatch).tick();

  beforeAll(async () => {
    // So seldom that no camera has a second turn in this test.
    const env = { CAMERA_WATCH_SECONDS: '3600', CAMERA_TIMEOUT_SECONDS: '120' };
    club = await startTestClub({ env });
    const { databaseUrl, root } = club.service;
    second = await startTestApp({ databaseUrl, root, env: { ...env, PROXY_BASE_PORT: '9080' } });
    // A machine that is behind looks at no camera, and is not what this is about.
    for (const { app } of [club.service, second]) jest.spyOn(app.get(EventLoop), 'delay').mockReturnValue(null);
  });

  afterAll(async () => {
    await second?.close();
    await club?.close();
  });

  it('dial each once', async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => camera()));
    await Promise.all(all.map((one) => one.start()));
    for (const [number, { url }] of all.entries()) await club.addCourt(`Court ${number}`, url);
    for (let turn = 0; turn < 3; turn++) await Promise.all([tick(club.service), tick(second)]);
    expect(all.map((one) => one.totalConnections)).toEqual(all.map(() => 1));
    const { body } = await club.desk.get<{ terrains: Status[] }>(`/api/clubs/${club.clubId}/terrains/status`);
    expect(body.terrains.map((court) => court.camera.online)).toEqual(all.map(() => true));
    await Promise.all(all.map((one) => one.stop()));
  });

  it('give way to a session of the other one', async () => {
    const single = await camera({ onlyOneConnection: 'refuse' });
    await single.start();
    const court = await club.addCourt('Court with one connection', single.url);
    single.silence();
    const dialled = once(single, 'connection');
    const looking = tick(second);
    await dialled;
    const opening = club.player.post<{ session: { session_id: string } }>('/api/video/session/create', {
      terrain_id: court,
    });
    await once(single, 'connection');
    single.speak();
    const { status, body } = await opening;
    expect(status).toBe(201);
    await looking;
    expect(single.peakConnections).toBe(1);

    // The other process knows of that session what its row says.
    const elsewhere = await Api.signedIn(second.url, 'desk@padelvar.test', PASSWORD);
    const path = `/api/clubs/${club.clubId}/terrains/status`;
    const { terrains } = (await elsewhere.get<{ terrains: Status[] }>(path)).body;
    const { session_id } = body.session;
    const seen = terrains.find(({ terrain_id }) => terrain_id === court);
    expect(seen).toMatchObject({ state: 'live', session_id, camera: { online: true } });
    await club.player.post('/api/video/session/close', { session_id });
    await single.stop();
  });

  it('let go of a camera when they end', async () => {
    const deaf = await camera();
    await deaf.start();
    await club.addCourt('Court of a deaf camera', deaf.url);
    deaf.silence();
    const dialled = once(deaf, 'connection');
    const looking = tick(second);
    await dialled;
    const gone = once(deaf, 'disconnection');
    await second.shutDown();
    await Promise.all([looking, gone]);
    await deaf.stop();
  });

  it('leave nothing for true when nobody watches any more', async () => {
    const { databaseUrl, root } = club.service;
    await club.service.shutDown();
    await withClient(databaseUrl, (client) =>
      client.query(
        `INSERT INTO camera_outages (court_id, club_id, began_at, code) SELECT min(id), $1, now(), 'camera_timeout' FROM courts`,
        [club.clubId],
      ),
    );
    const off = await startTestApp({ databaseUrl, root, env: { PROXY_BASE_PORT: '9180' } });
    await tick(off);
    await off.close();
    const left = await withClient(databaseUrl, (client) =>
      client.query(
        `SELECT court_id FROM camera_states UNION ALL SELECT court_id FROM camera_outages WHERE ended_at IS NULL`,
      ),
    );
    expect(left.rows).toEqual([]);
  });
});
