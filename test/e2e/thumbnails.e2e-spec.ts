import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { get, IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { drawFilm } from '../../src/media/fmp4/clip.fixture';
import { readJpegSize } from '../../src/media/jpeg';
import { h264Clip, RtspCamera } from '../cameras';
import { pictures } from '../faults/film';
import { Api } from '../support/api';
import { PASSWORD, startTestClub, TestClub } from '../support/club';
import { GatedTool } from '../support/gated-tool';
import { VideoShelf } from '../support/video-shelf';

const CLIP = { width: 1280, height: 720, fps: 25, seconds: 4, gopSeconds: 1, bitrate: 1_000_000 };
/** A keyframe a second. */
const FILM = { seconds: 20, gop: 25 };
/** Pictures as they are compared: this many gray dots. */
const DOTS = { width: 64, height: 36 };

describe('thumbnails', () => {
  let folder: string;
  let tool: GatedTool;
  let club: TestClub;
  let shelf: VideoShelf;
  let foreign: Api;
  let camera: RtspCamera;
  let film: string;
  /** Recorded: of the player, with the other one. */
  let mine: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'padelvar-thumbnails-'));
    tool = new GatedTool(folder);
    film = join(folder, 'film.mp4');
    drawFilm(film, FILM);
    club = await startTestClub({ env: { FFMPEG_PATH: tool.path } });
    shelf = await VideoShelf.of(club.service, club.operator, club.clubId);
    camera = new RtspCamera({ clip: await h264Clip(CLIP) });
    await camera.start();
    const { body } = await club.operator.post<{ id: number }>('/api/clubs', {
      name: 'Padel Sud',
      time_zone: 'Europe/Paris',
    });
    const user = { email: 'sud@padelvar.test', name: 'Sud', password: PASSWORD, role: 'CLUB_ADMIN' };
    await club.operator.post(`/api/clubs/${body.id}/users`, user);
    foreign = await Api.signedIn(club.service.url, user.email, PASSWORD);
    mine = await record();
  });

  afterAll(async () => {
    await club?.close();
    await camera?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function record(): Promise<string> {
    const created = await club.player.post<{ session: { session_id: string } }>('/api/video/session/create', {
      terrain_id: await club.addCourt('Court 1', camera.url),
      player_ids: [club.ids.other],
    });
    const { session_id } = created.body.session;
    await club.player.post('/api/video/record/start', { session_id });
    await pictures(camera, 60);
    const stopped = await club.player.post<{ recording: { status: string } }>('/api/video/record/stop', { session_id });
    expect(stopped.body.recording.status).toBe('ready');
    await club.player.post('/api/video/session/close', { session_id });
    return session_id;
  }

  /** A match of the operator's whose file is the film, or no film at all. */
  async function shelved(from: string | null = film, gaps: object[] = []): Promise<string> {
    const id = await shelf.put();
    if (from !== null) copyFileSync(from, shelf.path(`${club.clubId}/${id}.mp4`));
    await shelf.sql('UPDATE videos SET gaps = $2 WHERE session_id = $1', [id, JSON.stringify(gaps)]);
    return id;
  }

  const route = (id: string): string => `/api/video/files/${id}/thumbnail.jpg?club_id=${club.clubId}`;
  const kept = (id: string): string => shelf.path(`.thumbnails/${club.clubId}/${id}.jpg`);

  async function refused(id: string, who = club.desk): Promise<[number, string]> {
    const answer = await who.get<{ code: string }>(route(id));
    return [answer.status, answer.body.code];
  }

  function ask(id: string, headers: Record<string, string>, method = 'GET'): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const authorization = `Bearer ${club.player.token}`;
      const options = { method, agent: false as const, headers: { authorization, ...headers } };
      const request = get(`${club.service.url}${route(id)}`, options, (response) => {
        response.resume();
        resolve(response);
      });
      request.on('error', reject);
    });
  }

  describe('of a recorded match', () => {
    it('are JPEGs of 640 pixels, kept beside the videos', async () => {
      const { response, body } = await club.player.bytes(route(mine));
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('image/jpeg');
      expect(response.headers.get('cache-control')).toBe('private, no-cache');
      expect(readJpegSize(body)).toEqual({ width: 640, height: 360 });
      expect(readFileSync(kept(mine)).equals(body)).toBe(true);
      expect(readdirSync(dirname(kept(mine)))).toEqual([`${mine}.jpg`]);
    });

    it('are made once', async () => {
      await club.player.bytes(route(mine));
      const { ino } = statSync(kept(mine));
      const again = await club.other.bytes(route(mine));
      expect(again.body.equals(readFileSync(kept(mine)))).toBe(true);
      expect(statSync(kept(mine)).ino).toBe(ino);
    });

    it('are made again where what is kept is no picture', async () => {
      const { body } = await club.player.bytes(route(mine));
      execFileSync('truncate', ['-s', '0', kept(mine)]);
      expect((await club.player.bytes(route(mine))).body.equals(body)).toBe(true);
      expect(readFileSync(kept(mine)).equals(body)).toBe(true);
    });

    it('are not sent to who has them already, and have no body for HEAD', async () => {
      const first = await ask(mine, {});
      const etag = first.headers.etag as string;
      expect(etag).toMatch(/^"[^"]+"$/);
      expect((await ask(mine, { 'if-none-match': etag })).statusCode).toBe(304);
      expect((await ask(mine, { 'if-none-match': '"another"' })).statusCode).toBe(200);
      const head = await ask(mine, {}, 'HEAD');
      expect([head.statusCode, head.headers.etag]).toEqual([200, etag]);
      expect(head.headers['content-length']).toBe(first.headers['content-length']);
    });

    it.each([
      ['operator', () => club.operator, 200],
      ['desk', () => club.desk, 200],
      ['owner', () => club.player, 200],
      ['participant', () => club.other, 200],
      ['foreign admin', () => foreign, 404],
      ['nobody', () => new Api(club.service.url), 401],
    ])('are shown to the %s or not', async (_name, who, status) => {
      expect((await who().bytes(route(mine))).response.status).toBe(status);
    });

    it('are shown no more once the right to see them is gone, whatever the browser has', async () => {
      const leaving = await club.addUser('leaving@padelvar.test', 'PLAYER');
      await shelf.sql('INSERT INTO session_players (session_id, user_id) VALUES ($1, $2)', [mine, leaving.id]);
      const { response } = await leaving.api.bytes(route(mine));
      const etag = response.headers.get('etag') as string;
      await shelf.sql('DELETE FROM session_players WHERE session_id = $1 AND user_id = $2', [mine, leaving.id]);
      const headers = { authorization: `Bearer ${leaving.api.token}`, 'if-none-match': etag };
      expect((await ask(mine, headers)).statusCode).toBe(404);
    });

    it('do not count as watching: the video grows old all the same', async () => {
      const unread = await shelved();
      await club.desk.bytes(route(unread));
      const [row] = await shelf.sql<{ last_read_at: Date | null }>(
        'SELECT last_read_at FROM videos WHERE session_id = $1',
        [unread],
      );
      expect(row?.last_read_at).toBeNull();
      expect(await shelf.trail(unread)).toEqual([]);
    });
  });

  describe('show', () => {
    const scale = `scale=${DOTS.width}:${DOTS.height},format=gray`;
    const raw = ['-vf', scale, '-fps_mode', 'passthrough', '-f', 'rawvideo', 'pipe:1'];
    const gray = (input: string[], stdin?: Buffer): Buffer =>
      execFileSync('ffmpeg', ['-v', 'error', ...input, ...raw], { ...(stdin && { input: stdin }) });

    /** Which of the film's keyframes a picture is, counted from 0. */
    function keyframeIn(jpeg: Buffer): number {
      const shown = gray(['-f', 'jpeg_pipe', '-i', 'pipe:0'], jpeg);
      const all = gray(['-skip_frame', 'nokey', '-i', film]);
      const size = DOTS.width * DOTS.height;
      const distances = Array.from({ length: all.length / size }, (_, index) =>
        shown.reduce((sum, dot, at) => sum + Math.abs(dot - (all[index * size + at] as number)), 0),
      );
      return distances.indexOf(Math.min(...distances));
    }

    it.each([
      ['the keyframe at a tenth of the film', [], 2],
      ['none that lies in a gap', [{ start_seconds: 1.5, end_seconds: 3.5, reason: 'camera_lost' }], 1],
      ['the first where the whole film is a gap', [{ start_seconds: 0, end_seconds: 21, reason: 'camera_lost' }], 0],
    ])('%s', async (_name, gaps, keyframe) => {
      const { body } = await club.desk.bytes(route(await shelved(film, gaps)));
      expect(readJpegSize(body)).toEqual({ width: 320, height: 180 });
      expect(keyframeIn(body)).toBe(keyframe);
    });
  });

  it('there is none of a video whose file is missing, though one is kept', async () => {
    const lost = await shelved();
    expect((await club.desk.bytes(route(lost))).response.status).toBe(200);
    shelf.remove(lost);
    expect(await refused(lost)).toEqual([404, 'not_found']);
  });

  it('there is none of a file that is no film, and nobody tries again for a while', async () => {
    const broken = await shelved(null);
    expect(await refused(broken)).toEqual([404, 'thumbnail_unavailable']);
    copyFileSync(film, shelf.path(`${club.clubId}/${broken}.mp4`));
    expect(await refused(broken)).toEqual([404, 'thumbnail_unavailable']);
  });

  it('there is none of a keyframe that cannot be decoded', async () => {
    const garbled = await shelved();
    const path = shelf.path(`${club.clubId}/${garbled}.mp4`);
    const bytes = readFileSync(path);
    bytes.fill(0x55, bytes.indexOf('mdat', 0, 'latin1') + 4);
    execFileSync('tee', [path], { input: bytes, stdio: ['pipe', 'ignore', 'inherit'] });
    expect(await refused(garbled)).toEqual([404, 'thumbnail_unavailable']);
    expect(existsSync(kept(garbled))).toBe(false);
  });

  describe('made while others want them', () => {
    beforeEach(() => tool.shut());
    afterEach(() => {
      tool.open();
      tool.forget();
    });

    it('are made once for all who ask, by a decoder that steps aside', async () => {
      const id = await shelved();
      const asked = Array.from({ length: 10 }, () => club.desk.bytes(route(id)));
      const [pid] = await tool.waiting(1);
      // proc(5): the nice value is the 19th field, the 17th behind the name.
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      expect(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]).toBe('10');
      tool.open();
      const answers = await Promise.all(asked);
      expect(new Set(answers.map(({ response }) => response.status))).toEqual(new Set([200]));
      expect(tool.waited).toHaveLength(1);
    });

    it('are made two at a time; the others wait, and of too many the last is sent away', async () => {
      const ids = await Promise.all(Array.from({ length: 67 }, (_, i) => shelved(i < 2 ? film : null)));
      const asked = ids.slice(0, 2).map((id) => club.desk.get<{ code?: string }>(route(id)).catch(() => null));
      await tool.waiting(2);
      const rest = ids.slice(2).map((id) => refused(id));
      // All wait but one, whichever it was.
      const [status, code] = await Promise.race(rest);
      expect([status, code]).toEqual([503, 'overloaded']);
      expect(tool.waited).toHaveLength(2);
      tool.open();
      await Promise.all(asked);
      const answers = (await Promise.all(rest)).map(([, one]) => one);
      expect(answers.filter((one) => one === 'overloaded')).toHaveLength(1);
      expect(answers.filter((one) => one === 'thumbnail_unavailable')).toHaveLength(64);
      expect(existsSync(kept(ids[0] as string))).toBe(true);
    });

    it('are not kept of a video that is deleted meanwhile', async () => {
      const id = await shelved();
      const asked = refused(id);
      await tool.waiting(1);
      expect((await club.desk.delete(`/api/video/files/${id}/delete`)).status).toBe(200);
      tool.open();
      expect(await asked).toEqual([404, 'not_found']);
      expect(existsSync(kept(id))).toBe(false);
    });
  });

  describe('go', () => {
    it('with their video', async () => {
      const id = await shelved();
      await club.desk.bytes(route(id));
      expect(existsSync(kept(id))).toBe(true);
      expect((await club.desk.delete(`/api/video/files/${id}/delete`)).status).toBe(200);
      expect(existsSync(kept(id))).toBe(false);
      expect(await refused(id)).toEqual([404, 'not_found']);
    });

    it('in the clean-up where a crash left them, and others stay', async () => {
      const [id, gone] = [await shelved(), await shelved()];
      for (const one of [id, gone]) await club.desk.bytes(route(one));
      const copy = readFileSync(kept(gone));
      await club.desk.delete(`/api/video/files/${gone}/delete`);
      const left = [kept(gone), kept('3b241101-e2bb-4255-8caf-4136c566a962'), join(dirname(kept(id)), 'half.tmp')];
      for (const path of left) execFileSync('tee', [path], { input: copy, stdio: ['pipe', 'ignore', 'inherit'] });
      const hourAgo = Date.now() / 1000 - 3_600;
      for (const path of [kept(id), ...left.slice(0, 2)]) utimesSync(path, hourAgo, hourAgo);
      const young = await club.operator.post<{ removed_files: number }>('/api/video/cleanup');
      expect(young.body).toMatchObject({ removed_files: 2, quarantined_files: 0, failed_tasks: [] });
      utimesSync(left[2] as string, hourAgo, hourAgo);
      const old = await club.operator.post<{ removed_files: number }>('/api/video/cleanup');
      expect(old.body).toMatchObject({ removed_files: 1, quarantined_files: 0 });
      expect([kept(id), ...left].map((path) => existsSync(path))).toEqual([true, false, false, false]);
    });
  });
});
