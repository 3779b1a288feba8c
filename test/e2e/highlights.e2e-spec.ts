import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { get, IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DataSource } from 'typeorm';
import { VideoUpkeep } from '../../src/files/video-upkeep.service';
import { HIGHLIGHT } from '../../src/highlights/highlight-making.service';
import { HighlightUpkeep } from '../../src/highlights/highlight-upkeep.service';
import { MOST_HIGHLIGHTS, MOST_SECONDS } from '../../src/highlights/highlights.service';
import { Jobs } from '../../src/jobs/jobs';
import { h264Clip, RtspCamera } from '../cameras';
import { pictures } from '../faults/film';
import { Answer, Api } from '../support/api';
import { startTestClub, TestClub } from '../support/club';
import { until } from '../support/until';

const CLIP = { width: 640, height: 360, fps: 25, seconds: 4, gopSeconds: 2 };
const HIGHLIGHTS = '/api/video/highlights';
const run = promisify(execFile);

interface Highlight {
  readonly id: string;
  readonly session_id: string;
  readonly status: string;
  readonly start_seconds: number;
  readonly end_seconds: number;
  readonly duration_seconds: number;
  readonly text: string | null;
  readonly author: { readonly id: number } | null;
  readonly size_bytes: number | null;
  readonly error: string | null;
  readonly gaps: readonly object[];
}
interface Body {
  readonly success?: boolean;
  readonly highlight?: Highlight;
  readonly highlights?: Highlight[];
  readonly next_cursor?: string;
  readonly code?: string;
  readonly key?: string;
  readonly path?: string;
}

describe('highlights', () => {
  let club: TestClub;
  let camera: RtspCamera;
  let court: number;
  let id: string;

  const sql = <Row>(text: string, parameters: unknown[] = []): Promise<Row[]> =>
    club.service.app.get(DataSource).query<Row[]>(text, parameters);
  const ask = (api: Api, body: object = {}): Promise<Answer<Body>> => api.post(HIGHLIGHTS, { session_id: id, ...body });
  const kept = async (answer: Answer<Body>): Promise<Highlight> => {
    if (answer.status !== 202 || !answer.body.highlight) throw new Error(answer.text);
    const made = answer.body.highlight.id;
    return until(async () => {
      const { body } = await club.desk.get<Body>(`${HIGHLIGHTS}/${made}`);
      return ['ready', 'failed'].includes(body.highlight?.status ?? '') && body.highlight;
    });
  };
  const file = (highlight: string): string =>
    join(club.service.config.videosDir, `${club.clubId}`, 'highlights', `${highlight}.mp4`);

  /** What FFmpeg finds in a film, and what it says of it. */
  async function decoded(bytes: Buffer): Promise<{ frames: number; seconds: number; complaints: string }> {
    const path = join(club.service.root, 'highlight.mp4');
    writeFileSync(path, bytes);
    const { stderr } = await run('ffmpeg', ['-v', 'warning', '-nostdin', '-i', path, '-f', 'null', '-']);
    const entries = ['-count_frames', '-show_entries', 'stream=nb_read_frames:format=duration', '-of', 'json', path];
    const { stdout } = await run('ffprobe', ['-v', 'error', ...entries]);
    const { streams, format } = JSON.parse(stdout) as {
      streams: { nb_read_frames: string }[];
      format: { duration: string };
    };
    return { frames: Number(streams[0]?.nb_read_frames), seconds: Number(format.duration), complaints: stderr };
  }

  /** As a browser asks: `fetch` would add that it takes nothing from a cache. */
  const conditional = async (api: Api, path: string, etag: string): Promise<number | undefined> => {
    const headers = { authorization: `Bearer ${api.token}`, 'if-none-match': etag };
    const [response] = (await once(get(`${club.service.url}${path}`, { headers }), 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  };

  beforeAll(async () => {
    club = await startTestClub();
    camera = new RtspCamera({ clip: await h264Clip(CLIP) });
    await camera.start();
    court = await club.addCourt('Court 1', camera.url);
    const opened = await club.player.post<{ session: { session_id: string } }>('/api/video/session/create', {
      terrain_id: court,
      player_ids: [club.ids.other],
    });
    id = opened.body.session.session_id;
    expect((await ask(club.player)).body.code).toBe('not_recording');
    expect((await club.player.post('/api/video/record/start', { session_id: id })).status).toBe(201);
    await pictures(camera, 200);
  });

  afterAll(async () => {
    await club?.close();
    await camera?.stop();
  });

  describe('while the match is recorded', () => {
    it('keep the last seconds, the newest picture too', async () => {
      const pressed = performance.now();
      const asked = await ask(club.player, { seconds: 5 });
      const highlight = await kept(asked);
      const ms = performance.now() - pressed;
      expect(asked.body.highlight).toMatchObject({ status: 'waiting', duration_seconds: 5, session_id: id });
      expect(highlight).toMatchObject({ status: 'ready', error: null, author: { id: club.ids.player }, gaps: [] });
      expect(highlight.end_seconds).toBe(asked.body.highlight?.end_seconds);
      // From the keyframe at or before.
      const early = (asked.body.highlight?.start_seconds ?? 0) - highlight.start_seconds;
      expect(early).toBeGreaterThanOrEqual(0);
      expect(early).toBeLessThan(2.1);
      expect(ms).toBeLessThan(5_000);
      const { response, body } = await club.other.bytes(`${HIGHLIGHTS}/${highlight.id}/download`);
      expect([response.status, body.length]).toEqual([200, highlight.size_bytes]);
      const { frames, seconds, complaints } = await decoded(body);
      expect(complaints).toBe('');
      expect(Math.abs(seconds - highlight.duration_seconds)).toBeLessThan(0.05);
      expect(Math.abs(frames - highlight.duration_seconds * 25)).toBeLessThanOrEqual(2);
      expect(body.indexOf('moov')).toBeLessThan(body.indexOf('mdat'));
      expect(readdirSync(join(club.service.config.videosDir, '.making'))).toEqual([]);
    });

    it('are told to who wants to know, once they have a file', async () => {
      const hook = await club.desk.post<{ webhook: { id: number } }>(`/api/clubs/${club.clubId}/webhooks`, {
        url: 'http://127.0.0.1:1/',
        events: ['highlight.ready'],
      });
      expect(hook.status).toBe(201);
      const made = await kept(await ask(club.desk, { start_seconds: 0, end_seconds: 1 }));
      const told = await sql<{ type: string; body: string }>(
        'SELECT type, body FROM webhook_deliveries WHERE webhook_id = $1',
        [hook.body.webhook.id],
      );
      expect(told.map(({ type }) => type)).toEqual(['highlight.ready']);
      expect(JSON.parse(told[0]!.body)).toMatchObject({
        type: 'highlight.ready',
        club_id: club.clubId,
        data: {
          ...{ highlight_id: made.id, session_id: id, size_bytes: made.size_bytes },
          download: `${HIGHLIGHTS}/${made.id}/download`,
        },
      });
      await club.desk.delete(`/api/clubs/${club.clubId}/webhooks/${hook.body.webhook.id}`);
    });

    it('pressed twice are one, by two people two', async () => {
      const [first, second] = await Promise.all([ask(club.player), ask(club.player)]);
      expect(second.body.highlight?.id).toBe(first.body.highlight?.id);
      const theirs = await ask(club.other);
      expect(theirs.body.highlight?.id).not.toBe(first.body.highlight?.id);
      // A stretch is asked for on purpose.
      const stretch = { start_seconds: 1, end_seconds: 3 };
      const [one, two] = [await ask(club.player, stretch), await ask(club.player, stretch)];
      expect(two.body.highlight?.id).not.toBe(one.body.highlight?.id);
    });

    it('begin at the very picture where that is wished', async () => {
      const highlight = await kept(await ask(club.player, { start_seconds: 3, end_seconds: 5, cut: 'exact' }));
      expect(highlight).toMatchObject({ status: 'ready', start_seconds: 3, end_seconds: 5 });
      const { body } = await club.player.bytes(`${HIGHLIGHTS}/${highlight.id}/download`);
      const { frames, seconds, complaints } = await decoded(body);
      expect([frames, complaints]).toEqual([50, '']);
      expect(seconds).toBeCloseTo(2, 1);
    });

    it('are asked for in one way, of what there is', async () => {
      for (const body of [
        { start_seconds: 1 },
        { seconds: 30, start_seconds: 1, end_seconds: 2 },
        { start_seconds: 1, end_seconds: 100_000 },
        { seconds: 4 },
        { seconds: 121 },
        { text: 'two\nlines' },
        { cut: 'rough' },
        { more: 1 },
      ]) {
        expect([(await ask(club.player, body)).body.code, body]).toEqual(['validation_failed', body]);
      }
    });

    it("keep as long as the club's setting says", async () => {
      expect((await club.desk.patch(`/api/clubs/${club.clubId}`, { highlight_seconds: 4 })).status).toBe(400);
      const changed = await club.desk.patch<{ highlight_seconds: number }>(`/api/clubs/${club.clubId}`, {
        highlight_seconds: 6,
      });
      expect([changed.status, changed.body.highlight_seconds]).toEqual([200, 6]);
      expect((await ask(club.desk)).body.highlight).toMatchObject({ duration_seconds: 6 });
    });

    it('are kept by the button at the court, and by nobody without its key', async () => {
      const button = `/api/clubs/${club.clubId}/terrains/${court}/button-key`;
      const made = await club.desk.post<Body>(button);
      expect([made.status, made.body.path]).toEqual([201, `/api/button/${made.body.key}`]);
      const anybody = new Api(club.service.url);
      const pressed = await anybody.post<Body>(made.body.path ?? '', { seconds: 5 });
      expect(pressed.status).toBe(202);
      expect(Object.keys(pressed.body.highlight ?? {})).toEqual(['id', 'status', 'start_seconds', 'end_seconds']);
      const again = await fetch(`${club.service.url}${made.body.path}`, { method: 'POST' });
      expect(((await again.json()) as Body).highlight?.id).toBe(pressed.body.highlight?.id);
      expect(await kept(pressed)).toMatchObject({
        status: 'ready',
        author: null,
        duration_seconds: expect.any(Number),
      });
      const [row] = await sql<{ actor_id: number | null; ip: string }>(
        `SELECT actor_id, host(ip) AS ip FROM audit_log WHERE action = 'highlight.created' AND details ->> 'highlight_id' = $1`,
        [pressed.body.highlight?.id],
      );
      expect(row).toEqual({ actor_id: null, ip: '127.0.0.1' });

      const next = await club.desk.post<Body>(button);
      expect((await anybody.post<Body>(made.body.path ?? '')).body.code).toBe('not_found');
      expect((await club.desk.delete(button)).status).toBe(204);
      expect((await anybody.post<Body>(next.body.path ?? '')).body.code).toBe('not_found');
      const [{ kept: left } = { kept: -1 }] = await sql<{ kept: number }>(
        `SELECT count(*)::integer AS kept FROM audit_log WHERE details::text LIKE '%' || $1 || '%'`,
        [made.body.key],
      );
      expect(left).toBe(0);

      // Somebody on the club's Wi-Fi tries keys, with the address that its buttons have, too.
      for (let tries = 0; tries < 20; tries++) await anybody.post(`/api/button/${'A'.repeat(42)}${tries % 10}`);
      const wrong = await anybody.post<Body>(`/api/button/${'B'.repeat(43)}`);
      expect([wrong.status, wrong.body.code]).toEqual([429, 'too_many_attempts']);
      const last = await club.desk.post<Body>(button);
      expect((await anybody.post<Body>(last.body.path ?? '')).status).toBe(202);
    });
  });

  describe('of a finished match', () => {
    let highlight: Highlight;

    beforeAll(async () => {
      const { status } = await club.player.post('/api/video/record/stop', { session_id: id });
      expect(status).toBe(200);
      highlight = await kept(await ask(club.player, { start_seconds: 2.5, end_seconds: 4.5, text: ' Bajada ' }));
    });

    it('are cut out of its file', async () => {
      expect(highlight).toMatchObject({ status: 'ready', text: 'Bajada', end_seconds: 4.5, error: null });
      expect(highlight.start_seconds).toBeLessThanOrEqual(2.5);
      const { body } = await club.player.bytes(`${HIGHLIGHTS}/${highlight.id}/download`);
      expect(await decoded(body)).toMatchObject({ complaints: '' });
    });

    it('are pressed no more at the court, and by people up to its end', async () => {
      const { body } = await club.desk.post<Body>(`/api/clubs/${club.clubId}/terrains/${court}/button-key`);
      const anybody = new Api(club.service.url);
      const pressed = await anybody.post<Body>(body.path ?? '');
      expect([pressed.status, pressed.body.code]).toEqual([409, 'not_recording']);
      expect((await kept(await ask(club.other))).status).toBe('ready');
    });

    it('are read by ranges, and asked for anew each time', async () => {
      const path = `${HIGHLIGHTS}/${highlight.id}/download`;
      const whole = await club.player.bytes(path);
      const etag = whole.response.headers.get('etag') as string;
      const some = await club.player.bytes(path, { range: 'bytes=100-199', 'if-range': etag });
      expect(some.response.status).toBe(206);
      expect(some.body).toEqual(whole.body.subarray(100, 200));
      expect(await conditional(club.player, path, etag)).toBe(304);
      expect((await club.player.bytes(path, { range: 'bytes=999999999-' })).response.status).toBe(416);
      expect((await new Api(club.service.url).bytes(path)).response.status).toBe(401);
      const { id: user, api } = await club.addUser('stranger@padelvar.test', 'PLAYER');
      expect((await api.bytes(path)).response.status).toBe(404);
      const lines = await sql(`SELECT details FROM audit_log WHERE action = 'video.downloaded' AND actor_id = $1`, [
        user,
      ]);
      expect(lines).toEqual([]);
      const own = await sql(
        `SELECT 1 FROM audit_log WHERE action = 'video.downloaded' AND details ->> 'highlight_id' = $1 AND actor_id = $2`,
        [highlight.id, club.ids.player],
      );
      expect(own).toHaveLength(1);
    });

    it('have a picture', async () => {
      const { response, body } = await club.other.bytes(`${HIGHLIGHTS}/${highlight.id}/thumbnail.jpg`);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
      expect(body.readUInt16BE(0)).toBe(0xffd8);
      const etag = response.headers.get('etag') as string;
      expect(await conditional(club.other, `${HIGHLIGHTS}/${highlight.id}/thumbnail.jpg`, etag)).toBe(304);
    });

    it('are listed in the order of the match, page by page', async () => {
      const whole = (await club.other.get<Body>(`${HIGHLIGHTS}?session_id=${id}`)).body.highlights ?? [];
      const starts = whole.map(({ start_seconds: at }) => at);
      expect(starts).toEqual([...starts].sort((a, b) => a - b));
      const ids: string[] = [];
      for (let cursor = ''; ;) {
        const { body } = await club.other.get<Body>(`${HIGHLIGHTS}?session_id=${id}&limit=3${cursor}`);
        ids.push(...(body.highlights ?? []).map((one) => one.id));
        if (body.next_cursor === undefined) break;
        cursor = `&cursor=${body.next_cursor}`;
      }
      expect(ids).toEqual(whole.map((one) => one.id));
    });

    it('are changed and deleted by who made them, the owner and the admins', async () => {
      const theirs = await kept(await ask(club.desk, { start_seconds: 0, end_seconds: 2 }));
      const path = `${HIGHLIGHTS}/${theirs.id}`;
      expect((await club.other.patch<Body>(path, { text: 'Mine' })).body.code).toBe('forbidden');
      expect((await club.player.patch<Body>(path, { text: 'Volley' })).body.highlight?.text).toBe('Volley');
      expect((await club.desk.patch<Body>(path, { text: null })).body.highlight?.text).toBeNull();
      expect((await club.other.delete<Body>(path)).body.code).toBe('forbidden');
      expect(existsSync(file(theirs.id))).toBe(true);
      expect((await club.player.delete(path)).status).toBe(204);
      expect(existsSync(file(theirs.id))).toBe(false);
      expect((await club.player.get<Body>(path)).body.code).toBe('not_found');
      expect(await sql('SELECT 1 FROM highlights WHERE id = $1', [theirs.id])).toEqual([]);
      const deeds = await sql<{ action: string }>(
        `SELECT action FROM audit_log WHERE details ->> 'highlight_id' = $1 ORDER BY id`,
        [theirs.id],
      );
      const changed = 'highlight.changed';
      expect(deeds.map(({ action }) => action)).toEqual(['highlight.created', changed, changed, 'highlight.deleted']);
    });

    it('count in the quota, belong to who made them, and are no more than so many', async () => {
      const [sums] = await sql<{ bytes: number }>(
        `SELECT (sum(size_bytes) + (SELECT sum(size_bytes) FROM highlights))::float8 AS bytes FROM videos`,
      );
      const stored = await club.service.app.get(VideoUpkeep).stored(club.clubId, 10);
      expect([stored.bytes, stored.oldestFirst[0]?.bytes]).toEqual([sums?.bytes, sums?.bytes]);
      const exported = await club.player.get<{ highlights: { id: string }[] }>('/api/auth/me/export');
      expect(exported.body.highlights.map((one) => one.id)).toContain(highlight.id);
      const long = randomUUID();
      await sql(
        `INSERT INTO highlights (id, session_id, club_id, author_id, status, pressed, cut, start_seconds, end_seconds)
         VALUES ($1, $2, $3, $4, 'failed', false, 'exact', 0, $5)`,
        [long, id, club.clubId, club.ids.player, MOST_SECONDS],
      );
      expect((await ask(club.player, { start_seconds: 0, end_seconds: 1 })).body.code).toBe('highlight_limit');
      await sql('DELETE FROM highlights WHERE id = $1', [long]);
      await sql(
        `INSERT INTO highlights (id, session_id, club_id, author_id, status, pressed, cut, start_seconds, end_seconds)
         SELECT gen_random_uuid(), $1, $2, $3, 'failed', false, 'exact', 0, 1
           FROM generate_series(1, $4 - (SELECT count(*) FROM highlights WHERE deleted_at IS NULL))`,
        [id, club.clubId, club.ids.player, MOST_HIGHLIGHTS],
      );
      expect((await ask(club.player, { start_seconds: 0, end_seconds: 1 })).body.code).toBe('highlight_limit');
    });

    it('are not made where their making was cancelled, and leave no film where they were deleted meanwhile', async () => {
      const jobs = club.service.app.get(Jobs);
      const upkeep = club.service.app.get(HighlightUpkeep);
      const waiting = randomUUID();
      await sql(
        `INSERT INTO highlights (id, session_id, club_id, status, pressed, cut, start_seconds, end_seconds, created_at)
         VALUES ($1, $2, $3, 'waiting', false, 'exact', 0, 1, now() - interval '1 hour')`,
        [waiting, id, club.clubId],
      );
      const job = { clubId: club.clubId, highlightId: waiting };
      const startAfter = new Date(Date.now() + 86_400_000);
      await jobs.cancel(HIGHLIGHT, await jobs.enqueue(HIGHLIGHT, job, { key: waiting, startAfter }));
      await upkeep.tick();
      const state = () => sql<{ status: string }>('SELECT status FROM highlights WHERE id = $1', [waiting]);
      expect(await state()).toEqual([{ status: 'failed' }]);
      await sql('DELETE FROM highlights WHERE id = $1', [waiting]);

      writeFileSync(file(waiting), 'a film whose name came after the row had gone');
      await jobs.enqueue(HIGHLIGHT, job);
      await until(() => !existsSync(file(waiting)));
    });

    it('grow old with their match, or by themselves where it has no video', async () => {
      const upkeep = club.service.app.get(VideoUpkeep);
      const [{ now } = { now: new Date() }] = await sql<{ now: Date }>('SELECT now() AS now');
      expect(await upkeep.expireHighlights(club.clubId, now)).toBe(0);
      const lone = randomUUID();
      await sql(
        `INSERT INTO camera_sessions (id, court_id, club_id, user_id, status, closed_at) VALUES ($1, $2, $3, $4, 'closed', now())`,
        [lone, court, club.clubId, club.ids.player],
      );
      await sql(
        `INSERT INTO highlights (id, session_id, club_id, status, pressed, cut, start_seconds, end_seconds, created_at)
         VALUES ($1, $1, $2, 'ready', true, 'exact', 0, 1, now() - interval '2 days')`,
        [lone, club.clubId],
      );
      expect(await upkeep.expireHighlights(club.clubId, new Date(now.getTime() - 3 * 86_400_000))).toBe(0);
      expect(await upkeep.expireHighlights(club.clubId, new Date(now.getTime() - 86_400_000))).toBe(1);
      const [line] = await sql(`SELECT action, actor_id FROM audit_log WHERE target = $1`, [lone]);
      expect(line).toEqual({ action: 'highlight.deleted', actor_id: null });
    });

    it('go with their match', async () => {
      expect(existsSync(file(highlight.id))).toBe(true);
      expect((await club.desk.delete(`/api/video/files/${id}/delete`)).status).toBe(200);
      expect(readdirSync(join(club.service.config.videosDir, `${club.clubId}`, 'highlights'))).toEqual([]);
      expect((await club.player.get<Body>(`${HIGHLIGHTS}/${highlight.id}`)).status).toBe(404);
      expect((await ask(club.player)).body.code).toBe('not_recording');
    });
  });
});
