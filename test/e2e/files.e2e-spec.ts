import { existsSync, readFileSync } from 'node:fs';
import { get, IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { h264Clip, RtspCamera } from '../cameras';
import { pictures } from '../faults/film';
import { Api } from '../support/api';
import { PASSWORD, startTestClub, TestClub } from '../support/club';

interface Video {
  session_id: string;
  terrain_id: number;
  club_id: number;
  user_id: number;
  filename: string;
  size_bytes: number;
  size_mb: number;
  duration_seconds: number;
  width: number;
  height: number;
  codec: string;
  created_at: string;
  gaps: unknown[];
}
interface VideoList {
  videos: Video[];
  count: number;
  next_cursor?: string;
}
interface Problem {
  code: string;
  status: number;
}

/** Large enough that a download whose reader rests stands still in the middle of it. */
const LARGE = { width: 1280, height: 720, fps: 25, seconds: 2, gopSeconds: 1, bitrate: 40_000_000 };
const SMALL = { width: 320, height: 180, fps: 25, seconds: 8, gopSeconds: 1, bitrate: 400_000 };

describe('finished videos', () => {
  let club: TestClub;
  let camera: RtspCamera;
  let large: RtspCamera;
  let foreign: Api;
  let foreignClub: number;
  /** Of the player, who plays with `other`. */
  let mine: string;
  /** Of the desk. */
  let desks: string;
  /** Of the other player. */
  let others: string;
  let big: string;

  const file = (id: string): string => join(club.service.config.videosDir, String(club.clubId), `${id}.mp4`);
  const path = (id: string): string => `/api/video/files/${id}/download?club_id=${club.clubId}`;

  beforeAll(async () => {
    club = await startTestClub();
    camera = new RtspCamera({ clip: await h264Clip(SMALL) });
    large = new RtspCamera({ clip: await h264Clip(LARGE) });
    await Promise.all([camera.start(), large.start()]);
    const made = await club.operator.post<{ id: number }>('/api/clubs', {
      name: 'Padel Sud',
      time_zone: 'Europe/Paris',
    });
    foreignClub = made.body.id;
    await club.operator.post(`/api/clubs/${foreignClub}/users`, {
      email: 'sud@padelvar.test',
      name: 'Sud',
      password: PASSWORD,
      role: 'CLUB_ADMIN',
    });
    foreign = await Api.signedIn(club.service.url, 'sud@padelvar.test', PASSWORD);
    [mine, desks, others, big] = (await Promise.all([
      record('Court 1', club.player, [club.ids.other]),
      record('Court 2', club.desk),
      record('Court 3', club.other),
      record('Court 4', club.desk, [], large),
    ])) as [string, string, string, string];
  });

  afterAll(async () => {
    await club?.close();
    await Promise.all([camera?.stop(), large?.stop()]);
  });

  async function record(court: string, who: Api, players: number[] = [], from = camera): Promise<string> {
    const terrain_id = await club.addCourt(court, from.url);
    const created = await who.post<{ session: { session_id: string } }>('/api/video/session/create', {
      terrain_id,
      player_ids: players,
    });
    const { session_id } = created.body.session;
    await who.post('/api/video/record/start', { session_id });
    await pictures(from, 30);
    const stopped = await who.post<{ recording: { status: string } }>('/api/video/record/stop', { session_id });
    expect(stopped.body.recording.status).toBe('ready');
    await who.post('/api/video/session/close', { session_id });
    return session_id;
  }

  /** An answer whose body nobody has read yet. */
  function request(route: string, who: Api, headers: Record<string, string> = {}): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      get(`${club.service.url}${route}`, { headers: { authorization: `Bearer ${who.token}`, ...headers } }, resolve).on(
        'error',
        reject,
      );
    });
  }

  const callers = (): Record<string, Api> => ({
    operator: club.operator,
    desk: club.desk,
    player: club.player,
    other: club.other,
    foreign,
    nobody: new Api(club.service.url),
  });

  describe('list', () => {
    it.each([
      ['operator', () => [mine, desks, others, big]],
      ['desk', () => [mine, desks, others, big]],
      ['player', () => [mine]],
      // Of the player's match too: they took part in it.
      ['other', () => [mine, others]],
      ['foreign', () => []],
    ])('%s sees what is theirs to see', async (who, ids) => {
      const { status, body } = await (callers()[who] as Api).get<VideoList>('/api/video/files/list');
      expect(status).toBe(200);
      expect(body.videos.map((video) => video.session_id).sort()).toEqual([...ids()].sort());
      expect(body.count).toBe(ids().length);
      expect(body.next_cursor).toBeUndefined();
    });

    it('answers each video with its facts, newest first', async () => {
      const { body } = await club.desk.get<VideoList>(`/api/video/files/list?club_id=${club.clubId}`);
      const video = body.videos.find(({ session_id }) => session_id === mine) as Video;
      const bytes = readFileSync(file(mine)).length;
      expect(video).toMatchObject({
        club_id: club.clubId,
        user_id: club.ids.player,
        filename: `${mine}.mp4`,
        size_bytes: bytes,
        size_mb: Math.round((bytes / 2 ** 20) * 100) / 100,
        width: 320,
        height: 180,
        codec: 'h264',
        gaps: [],
      });
      expect(video.duration_seconds).toBeGreaterThan(1);
      const times = body.videos.map(({ created_at }) => created_at);
      expect(times).toEqual([...times].sort().reverse());
    });

    it('is paged, every video once', async () => {
      const seen: string[] = [];
      let cursor = '';
      for (let page = 0; page < 10; page++) {
        const { body } = await club.desk.get<VideoList>(`/api/video/files/list?limit=1${cursor}`);
        expect(body.count).toBe(1);
        seen.push(...body.videos.map(({ session_id }) => session_id));
        if (body.next_cursor === undefined) break;
        cursor = `&cursor=${encodeURIComponent(body.next_cursor)}`;
      }
      expect([...seen].sort()).toEqual([mine, desks, others, big].sort());
    });

    it.each([
      ['another club', () => `?club_id=${foreignClub}`, 404],
      ['no club', () => '?club_id=0', 400],
      ['text', () => '?club_id=abc', 400],
      ['a club twice', () => '?club_id=1&club_id=2', 400],
      ['limit 0', () => '?limit=0', 400],
      ['a made-up cursor', () => '?cursor=abc', 400],
    ])('refuses %s', async (_, query, status) => {
      expect((await club.player.get(`/api/video/files/list${query()}`)).status).toBe(status);
    });

    it('asks for a sign-in', async () => {
      expect((await new Api(club.service.url).get('/api/video/files/list')).status).toBe(401);
    });
  });

  describe('stats', () => {
    it('sums up the club for its desk, and everything for the operator', async () => {
      const sizes = [mine, desks, others, big].map((id) => readFileSync(file(id)).length);
      for (const who of [club.desk, club.operator]) {
        const { body } = await who.get<Record<string, number>>('/api/video/files/stats');
        expect(body).toMatchObject({ success: true, count: 4, bytes: sizes.reduce((a, b) => a + b) });
        expect(body.seconds).toBeGreaterThan(4);
        expect(body.disk_free).toBeGreaterThan(0);
      }
      const empty = await foreign.get('/api/video/files/stats');
      expect(empty.body).toMatchObject({ count: 0, bytes: 0, seconds: 0, oldest: null, newest: null });
    });

    it.each([
      ['player', 403],
      ['nobody', 401],
    ])('%s: %d', async (who, status) => {
      expect((await (callers()[who] as Api).get('/api/video/files/stats')).status).toBe(status);
    });

    it('hides another club', async () => {
      expect((await foreign.get(`/api/video/files/stats?club_id=${club.clubId}`)).status).toBe(404);
    });
  });

  describe('download', () => {
    it.each([
      ['operator', 200],
      ['desk', 200],
      ['player', 200],
      ['other', 200],
      ['foreign', 404],
      ['nobody', 401],
    ])('%s: %d', async (who, status) => {
      const { response, body } = await (callers()[who] as Api).bytes(path(mine));
      expect(response.status).toBe(status);
      if (status === 200) expect(body.equals(readFileSync(file(mine)))).toBe(true);
      else expect(response.headers.get('content-type')).toContain('application/problem+json');
    });

    it("hides a player's match from who took no part in it", async () => {
      expect((await club.player.bytes(path(others))).response.status).toBe(404);
      expect((await club.desk.bytes(`/api/video/files/${mine}/download?club_id=${foreignClub}`)).response.status).toBe(
        404,
      );
    });

    it('says what it is and how to save it', async () => {
      const { response } = await club.player.bytes(path(mine));
      const { headers } = response;
      expect(headers.get('content-type')).toBe('video/mp4');
      expect(headers.get('accept-ranges')).toBe('bytes');
      expect(headers.get('content-disposition')).toBe(`attachment; filename="${mine}.mp4"`);
      expect(headers.get('etag')).toMatch(/^"[^"]+"$/);
      expect(Date.parse(headers.get('last-modified') ?? '')).not.toBeNaN();
    });

    it.each([
      ['the beginning', 'bytes=0-99', (bytes: Buffer) => bytes.subarray(0, 100)],
      ['the middle', 'bytes=1000-1999', (bytes: Buffer) => bytes.subarray(1000, 2000)],
      ['open', 'bytes=5000-', (bytes: Buffer) => bytes.subarray(5000)],
      ['a suffix', 'bytes=-500', (bytes: Buffer) => bytes.subarray(-500)],
      ['one byte', 'bytes=0-0', (bytes: Buffer) => bytes.subarray(0, 1)],
      ['a suffix longer than the file', 'bytes=-99999999999', (bytes: Buffer) => bytes],
      ['an end beyond the file', 'bytes=1000-99999999999', (bytes: Buffer) => bytes.subarray(1000)],
    ])('range: %s', async (_, range, part) => {
      const bytes = readFileSync(file(mine));
      const wanted = part(bytes);
      const { response, body } = await club.player.bytes(path(mine), { range });
      expect(response.status).toBe(206);
      expect(body.equals(wanted)).toBe(true);
      const from = bytes.indexOf(wanted);
      expect(response.headers.get('content-range')).toBe(`bytes ${from}-${from + wanted.length - 1}/${bytes.length}`);
    });

    it.each([
      ['past the end', 'bytes=99999999999-'],
      ['past the end, closed', 'bytes=99999999998-99999999999'],
      ['nothing of the end', 'bytes=-0'],
    ])('range: %s is a 416', async (_, range) => {
      const { response, body } = await club.player.bytes(path(mine), { range });
      expect(response.status).toBe(416);
      expect(response.headers.get('content-range')).toBe(`bytes */${readFileSync(file(mine)).length}`);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(JSON.parse(body.toString())).toMatchObject({ status: 416, code: 'range_not_satisfiable' });
    });

    // RFC 9110 §14.2: a server may ignore what it does not understand, and then answers with the whole.
    it.each([
      ['many', 'bytes=0-1,5-6,100-200'],
      ['hundreds', `bytes=${Array.from({ length: 300 }, (_, i) => `${i * 2}-${i * 2}`).join(',')}`],
      ['another unit', 'seconds=1-2'],
      ['no numbers', 'bytes=a-b'],
      ['backwards', 'bytes=20-10'],
      ['overflow', 'bytes=0-99999999999999999999999999999999'],
    ])('range: %s gives the whole, a part or a 416, and no error', async (_, range) => {
      const bytes = readFileSync(file(mine));
      const { response, body } = await club.player.bytes(path(mine), { range });
      expect([200, 206, 416]).toContain(response.status);
      if (response.status !== 416) expect(body.equals(bytes)).toBe(true);
    });

    it('resumes with a fresh If-Range, and begins anew with a stale one', async () => {
      const whole = await club.player.bytes(path(mine));
      const etag = whole.response.headers.get('etag') as string;
      const modified = whole.response.headers.get('last-modified') as string;
      const ask = async (ifRange: string): Promise<number> =>
        (await club.player.bytes(path(mine), { range: 'bytes=10-19', 'if-range': ifRange })).response.status;
      expect(await ask(etag)).toBe(206);
      expect(await ask(modified)).toBe(206);
      expect(await ask('"something else"')).toBe(200);
      expect(await ask('Thu, 01 Jan 2015 00:00:00 GMT')).toBe(200);
    });

    it('answers 304 to who has it already', async () => {
      const whole = await club.player.bytes(path(mine));
      const etag = whole.response.headers.get('etag') as string;
      // By hand: `fetch` adds `Cache-Control: no-cache` to conditional requests, which asks for a 200.
      const ask = async (ifNoneMatch: string): Promise<IncomingMessage> => {
        const response = await request(path(mine), club.player, { 'if-none-match': ifNoneMatch });
        response.resume();
        return response;
      };
      expect((await ask(etag)).statusCode).toBe(304);
      expect((await ask(`"x", W/${etag}`)).statusCode).toBe(304);
      expect((await ask('"other"')).statusCode).toBe(200);
    });

    it('answers HEAD with the same headers and no body', async () => {
      const response = await fetch(`${club.service.url}${path(mine)}`, {
        method: 'HEAD',
        headers: { authorization: `Bearer ${club.player.token}` },
      });
      expect(response.status).toBe(200);
      expect(Number(response.headers.get('content-length'))).toBe(readFileSync(file(mine)).length);
      expect(response.headers.get('etag')).toMatch(/^"/);
      expect((await response.arrayBuffer()).byteLength).toBe(0);
    });

    it.each(['abc', '0', '00000000-0000-0000-0000-00000000000g', '..%2f..%2fetc', '%00'])(
      'refuses the id %s',
      async (id) => {
        expect((await club.desk.get(`/api/video/files/${id}/download`)).status).toBe(400);
      },
    );

    it('knows nothing of an unknown id', async () => {
      const unknown = '00000000-0000-4000-8000-000000000000';
      expect((await club.desk.get(`/api/video/files/${unknown}/download`)).status).toBe(404);
    });
  });

  describe('the media cookie', () => {
    let cookie: string;

    beforeAll(async () => {
      const login = await fetch(`${club.service.url}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'player@padelvar.test', password: PASSWORD }),
      });
      const set = login.headers.getSetCookie().find((one) => one.startsWith('padelvar_media=')) as string;
      expect(set).toMatch(/HttpOnly/i);
      expect(set).toMatch(/SameSite=Strict/i);
      cookie = set.split(';')[0] as string;
    });

    const ask = (method: string, route: string): Promise<Response> =>
      fetch(`${club.service.url}${route}`, {
        method,
        headers: { cookie, ...(method === 'POST' ? { 'content-type': 'application/json' } : {}) },
        ...(method === 'POST' ? { body: '{}' } : {}),
      });

    it('is good for GET of a download', async () => {
      const response = await ask('GET', path(mine));
      expect(response.status).toBe(200);
      expect((await response.arrayBuffer()).byteLength).toBe(readFileSync(file(mine)).length);
      expect((await ask('GET', path(others))).status).toBe(404);
    });

    it.each([
      ['GET', () => '/api/auth/me'],
      ['GET', () => '/api/video/files/list'],
      ['GET', () => '/api/video/session/list'],
      ['GET', () => `/api/video/session/${mine}`],
      ['POST', () => '/api/video/session/create'],
      ['POST', () => '/api/video/record/stop'],
      ['DELETE', () => `/api/video/files/${mine}/delete`],
    ])('is worth nothing for %s of anything else', async (method, route) => {
      expect((await ask(method, route())).status).toBe(401);
    });

    it('is worth nothing as a bearer token', async () => {
      const response = await fetch(`${club.service.url}${path(mine)}`, {
        headers: { authorization: `Bearer ${cookie.split('=')[1]}` },
      });
      expect(response.status).toBe(401);
    });
  });

  describe('nothing is served statically', () => {
    it.each([
      () => `/videos/${club.clubId}/${mine}.mp4`,
      () => `/static/videos/${club.clubId}/${mine}.mp4`,
      () => '/videos/',
      () => '/static/',
      () => `/static/..%2fvideos/${club.clubId}/${mine}.mp4`,
      () => `/${club.clubId}/${mine}.mp4`,
    ])('%# GET is a 404, signed in or not', async (route) => {
      for (const who of [club.operator, new Api(club.service.url)]) {
        expect((await who.bytes(route())).response.status).toBe(404);
      }
    });
  });

  describe('delete', () => {
    const remove = (who: Api, id: string) =>
      who.delete<Problem>(`/api/video/files/${id}/delete?club_id=${club.clubId}`);

    it.each([
      ['player', 403],
      ['other', 403],
      ['foreign', 404],
      ['nobody', 401],
    ])('%s: %d, and the file stays', async (who, status) => {
      expect((await remove(callers()[who] as Api, mine)).status).toBe(status);
      expect(existsSync(file(mine))).toBe(true);
    });

    it('the desk deletes for good', async () => {
      const first = await remove(club.desk, desks);
      expect(first).toMatchObject({ status: 200, body: { success: true } });
      expect(existsSync(file(desks))).toBe(false);
      expect((await remove(club.desk, desks)).body).toMatchObject({ status: 404, code: 'not_found' });
      expect((await club.desk.bytes(path(desks))).response.status).toBe(404);
      const { body } = await club.desk.get<VideoList>('/api/video/files/list');
      expect(body.videos.map(({ session_id }) => session_id)).not.toContain(desks);
    });

    it('of two at once one deletes', async () => {
      const statuses = (await Promise.all([remove(club.desk, others), remove(club.operator, others)])).map(
        (one) => one.status,
      );
      expect(statuses.sort()).toEqual([200, 404]);
    });

    it('leaves a download under way whole', async () => {
      const bytes = readFileSync(file(big));
      expect(bytes.length).toBeGreaterThan(4 * 2 ** 20);
      const response = await request(path(big), club.desk);
      // Nobody reads: the server stands still with most of the file unsent.
      expect(response.statusCode).toBe(200);
      expect((await remove(club.desk, big)).status).toBe(200);
      expect(existsSync(file(big))).toBe(false);
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
    });
  });
});
