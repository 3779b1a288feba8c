import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { FragmentHeader, readFragmentHeader } from '../../src/media/fmp4/fragment-header';
import { CameraServer, h264Clip, mjpegClip, MjpegCamera, ReadFrame, readWithFfmpeg, RtspCamera } from '../cameras';
import { Api } from '../support/api';
import { PASSWORD, startTestClub, TestClub } from '../support/club';
import { HlsPlaylist, HlsSegment, readHls } from '../support/hls';
import { startTestApp } from '../support/test-app';

interface Recording {
  status: string;
  started_at: string;
  duration_seconds: number;
  gaps: { start_seconds: number; end_seconds: number; reason: string }[];
  video_path: string;
}

const SMALL = { width: 640, height: 360, seconds: 8 };
const NOBODY = '00000000-0000-4000-8000-000000000000';
/** Half a picture: the finished file may move some by a fraction of a step. */
const SAME_TIME = 0.02;

describe('looking back at a match', () => {
  let club: TestClub;
  let rtsp: RtspCamera;
  let mjpeg: MjpegCamera;
  let rtspCourt: number;
  let mjpegCourt: number;
  let cookie: string;
  /** The service's; another one after it was started again. */
  let url: string;
  const folder = mkdtempSync(join(tmpdir(), 'padelvar-review-'));
  /** While it exists, finished files wait to be looked at. */
  const hold = join(folder, 'hold');

  beforeAll(async () => {
    const ffprobe = join(folder, 'ffprobe');
    writeFileSync(ffprobe, `#!/bin/sh\nwhile [ -e '${hold}' ]; do sleep 0.02; done\nexec ffprobe "$@"\n`, {
      mode: 0o755,
    });
    club = await startTestClub({ env: { FFPROBE_PATH: ffprobe } });
    rtsp = new RtspCamera({ clip: await h264Clip({ ...SMALL, fps: 25, gopSeconds: 2, bframes: 2 }) });
    mjpeg = new MjpegCamera({ clip: await mjpegClip({ ...SMALL, fps: 10 }) });
    await Promise.all([rtsp.start(), mjpeg.start()]);
    rtspCourt = await club.addCourt('Court 1', rtsp.url);
    mjpegCourt = await club.addCourt('Court 2', mjpeg.url);
    url = club.service.url;
    cookie = await mediaCookie('player@padelvar.test');
  });

  afterAll(async () => {
    await club?.close();
    await Promise.all([rtsp?.stop(), mjpeg?.stop()]);
    rmSync(folder, { recursive: true });
  });

  async function mediaCookie(email: string): Promise<string> {
    const login = await new Api(club.service.url).post('/api/auth/login', { email, password: PASSWORD });
    const line = login.headers.getSetCookie().find((one) => one.startsWith('padelvar_media='));
    return line?.split(';')[0] ?? '';
  }

  async function open(court: number): Promise<string> {
    const answer = await club.player.post<{ session: { session_id: string } }>('/api/video/session/create', {
      terrain_id: court,
    });
    expect(answer.status).toBe(201);
    return answer.body.session.session_id;
  }

  async function record(court: number): Promise<string> {
    const id = await open(court);
    expect((await club.player.post('/api/video/record/start', { session_id: id })).status).toBe(201);
    return id;
  }

  async function stop(id: string): Promise<Recording> {
    const { body } = await club.player.post<{ recording: Recording }>('/api/video/record/stop', { session_id: id });
    await club.player.post('/api/video/session/close', { session_id: id });
    return body.recording;
  }

  async function statusBecomes(id: string, status: string): Promise<void> {
    const path = `/api/video/record/status/${id}`;
    while ((await club.player.get<{ status: Recording }>(path)).body.status.status !== status) await frames(rtsp, 1);
  }

  /** Plays until a camera has sent this many more pictures. */
  async function frames(camera: CameraServer, count: number): Promise<void> {
    for (let i = 0; i < count; i++) await once(camera, 'frame');
  }

  /** Puts something where a recording's video is to be. */
  async function spoil(id: string): Promise<void> {
    const target = join(club.service.config.videosDir, String(club.clubId));
    await mkdir(target, { recursive: true });
    await writeFile(join(target, `${id}.mp4`), 'not ours');
  }

  const playlistUrl = (id: string): string => `${url}/api/preview/${id}/review.m3u8`;
  const fetched = (url: string | URL, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(url, { headers: { cookie, ...headers } });

  async function playlistText(id: string): Promise<string> {
    const answer = await fetched(playlistUrl(id));
    expect(answer.status).toBe(200);
    return answer.text();
  }

  async function playlist(id: string): Promise<HlsPlaylist> {
    return readHls(await playlistText(id));
  }

  /** Once it has so many segments. */
  async function grown(id: string, camera: CameraServer, segments: number): Promise<HlsPlaylist> {
    for (;;) {
      const answer = await fetched(playlistUrl(id));
      const text = await answer.text();
      if (answer.status === 200 && readHls(text).segments.length >= segments) return readHls(text);
      if (answer.status !== 200) expect(JSON.parse(text)).toMatchObject({ code: 'not_recording', status: 409 });
      await frames(camera, 5);
    }
  }

  async function bytesOf(id: string, { uri, range }: HlsSegment): Promise<Buffer> {
    const [from, to] = range ?? [0, 0];
    const answer = await fetched(new URL(uri, playlistUrl(id)), { range: `bytes=${from}-${to}` });
    expect(answer.status).toBe(206);
    expect(answer.headers.get('content-range')).toMatch(new RegExp(`^bytes ${from}-${to}/(\\*|\\d+)$`));
    return Buffer.from(await answer.arrayBuffer());
  }

  async function initOf(id: string, { map }: HlsSegment): Promise<Buffer> {
    const answer = await fetched(new URL(map ?? '', playlistUrl(id)));
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'video/mp4']);
    return Buffer.from(await answer.arrayBuffer());
  }

  /** FFmpeg as the player: from the first segment on, until the playlist ends. */
  const watch = (id: string): ReturnType<typeof readWithFfmpeg> =>
    readWithFfmpeg(playlistUrl(id), {
      // Its reused connections end an init where the range before it ended.
      inputArgs: ['-copyts', '-headers', `Cookie: ${cookie}\r\n`, '-live_start_index', '0', '-http_persistent', '0'],
    });

  const fileFrames = async (recording: Recording): Promise<readonly ReadFrame[]> =>
    (await readWithFfmpeg(join(club.service.config.videosDir, recording.video_path))).frames;

  const deniedAs = async (who: Api, path: string): Promise<[number, string]> => {
    const answer = await who.get<{ code: string }>(path);
    return [answer.status, answer.body.code];
  };

  it.each(['H.264 with B-frames', 'MJPEG'])(
    'plays while it is recorded, every picture at the time it has in the finished file, a gap too: %s',
    async (kind) => {
      const [camera, court] = kind === 'MJPEG' ? [mjpeg, mjpegCourt] : [rtsp, rtspCourt];
      const id = await record(court);
      await grown(id, camera, 1);
      const watching = watch(id);
      let before = '';
      let over = false;
      const polled = (async () => {
        while (!over) {
          // Whatever was listed stands in every later playlist, in the same place.
          const segments = (await playlistText(id)).replace(/^#EXT(M3U|-X-VERSION|-X-ENDLIST).*\n/gm, '');
          expect(segments.startsWith(before)).toBe(true);
          before = segments;
          await frames(camera, 5);
        }
      })();
      await frames(camera, 30);
      void camera.cut({ refuseMs: 3_000 });
      await once(camera, kind === 'MJPEG' ? 'connection' : 'play');
      await frames(camera, kind === 'MJPEG' ? 40 : 75);
      over = true;
      await polled;
      const recording = await stop(id);

      const reading = await watching;
      const file = await fileFrames(recording);
      expect(reading.code).toBe(0);
      expect(reading.frames.map(({ bars }) => bars)).toEqual(file.map(({ bars }) => bars));
      expect(file.map(({ bars }) => bars)).not.toContain(null);
      const zero = reading.frames[0]?.seconds ?? NaN;
      // B-frames are shown a reorder delay after they are decoded; a finished file cuts that off.
      expect(zero).toBeCloseTo(kind === 'MJPEG' ? 0 : 0.08, 3);
      const off = reading.frames.map(({ seconds }, i) => Math.abs(seconds - zero - (file[i]?.seconds ?? NaN)));
      expect(Math.max(...off)).toBeLessThan(SAME_TIME);

      const { version, target, over: ended, segments, tags } = await playlist(id);
      expect({ version, target, ended }).toEqual({ version: 8, target: 2, ended: true });
      expect(tags).toContain('#EXT-X-INDEPENDENT-SEGMENTS');
      expect(tags.join()).not.toMatch(/PLAYLIST-TYPE|DISCONTINUITY/);
      expect(segments.filter(({ seconds }) => Math.round(seconds) > target)).toEqual([]);
      const started = Date.parse(recording.started_at);
      for (const { at, start } of segments) expect(Math.abs(at - started - start * 1000)).toBeLessThan(1);
      const last = segments[segments.length - 1] as HlsSegment;
      expect(last.start + last.seconds).toBeCloseTo(recording.duration_seconds, 2);
      const [gap, ...others] = recording.gaps;
      expect(others).toEqual([]);
      const silent = segments.filter((one) => one.gap);
      expect(silent.length).toBeGreaterThan(1);
      expect(Math.abs((silent[0]?.start ?? NaN) - (gap?.start_seconds ?? NaN))).toBeLessThan(0.15);
      const behind = silent[silent.length - 1] as HlsSegment;
      expect(behind.start + behind.seconds).toBeCloseTo(gap?.end_seconds ?? NaN, 2);
      // Each is whole boxes from a keyframe on, and lasts as long as the playlist says: no picture reaches into a gap.
      for (const segment of segments.filter((one) => !one.gap)) {
        const fragments = fragmentsIn(await bytesOf(id, segment));
        const [first] = fragments;
        const last = fragments[fragments.length - 1];
        expect(first?.entries[0]?.keyframe).toBe(true);
        expect((first?.decodeTime ?? NaN) / 90_000).toBeCloseTo(segment.start, 4);
        const lasts = last?.entries.reduce((sum, { duration }) => sum + duration, 0) ?? NaN;
        expect(((last?.decodeTime ?? NaN) + lasts) / 90_000).toBeCloseTo(segment.start + segment.seconds, 4);
      }
    },
  );

  it('gives the same bytes by the same URLs before, while and after the file is finished', async () => {
    const id = await record(rtspCourt);
    const live = await grown(id, rtsp, 3);
    expect(live).toMatchObject({ version: 7, over: false });
    const media = new Map<HlsSegment, Buffer>();
    for (const segment of live.segments) media.set(segment, await bytesOf(id, segment));
    const init = await initOf(id, live.segments[0] as HlsSegment);
    const same = async (): Promise<void> => {
      expect(await initOf(id, live.segments[0] as HlsSegment)).toEqual(init);
      for (const [segment, bytes] of media) expect((await bytesOf(id, segment)).equals(bytes)).toBe(true);
    };
    // Its file is flipped and not yet checked.
    writeFileSync(hold, '');
    let recording: Recording | undefined;
    const stopping = stop(id).then((stopped) => (recording = stopped));
    await statusBecomes(id, 'finalizing');
    await same();
    const over = await playlist(id);
    expect(over).toMatchObject({ over: true });
    expect(over.segments.slice(0, 3)).toEqual(live.segments);
    rmSync(hold);
    // While it gets its name, and loses the old one.
    while (!recording) await Promise.all([same(), same()]);
    await stopping;
    expect(recording.status).toBe('ready');
    await same();
    const finished = await playlistText(id);
    expect(readHls(finished).segments.slice(0, 3)).toEqual(live.segments);
    expect((await club.desk.delete(`/api/video/files/${id}/delete`)).status).toBe(200);
    expect(await deniedAs(club.player, `/api/preview/${id}/review.m3u8`)).toEqual([404, 'not_found']);
    expect(await deniedAs(club.player, `/api/preview/${id}/review/1/media.mp4`)).toEqual([404, 'not_found']);
  });

  describe('over HTTP', () => {
    let id: string;

    beforeAll(async () => {
      id = await record(rtspCourt);
      await grown(id, rtsp, 2);
    });

    afterAll(() => stop(id));

    it('gzips the playlist where that is accepted, and says when nothing is new', async () => {
      const before = await playlist(id);
      for (const encoding of ['gzip', 'identity']) {
        const answer = await rawGet(playlistUrl(id), { cookie, 'accept-encoding': encoding });
        expect(answer.headers).toMatchObject({
          'content-type': 'application/vnd.apple.mpegurl',
          'cache-control': 'private, no-cache',
          vary: expect.stringContaining('Accept-Encoding') as string,
        });
        expect(answer.headers['content-encoding']).toBe(encoding === 'gzip' ? 'gzip' : undefined);
        const text = encoding === 'gzip' ? gunzipSync(answer.body) : answer.body;
        expect(readHls(text.toString()).segments.slice(0, 2)).toEqual(before.segments.slice(0, 2));
      }
      let unchanged = 0;
      let changed = 0;
      let etag = '';
      while (unchanged === 0 || changed < 2) {
        const answer = await rawGet(playlistUrl(id), { cookie, 'if-none-match': etag });
        if (answer.status === 304) unchanged += answer.body.length === 0 ? 1 : NaN;
        else changed++;
        expect(String(answer.headers.etag) === etag).toBe(answer.status === 304);
        etag = String(answer.headers.etag);
        await frames(rtsp, 5);
      }
      const head = await fetch(playlistUrl(id), { method: 'HEAD', headers: { cookie } });
      expect([head.status, await head.text()]).toEqual([200, '']);
    });

    it('serves ranges, and all there is as one fragmented MP4', async () => {
      const { segments } = await playlist(id);
      const [first] = segments as [HlsSegment];
      const address = new URL(first.uri, playlistUrl(id));
      const begins = first.range?.[0] ?? 0;
      const whole = await fetched(address);
      expect([whole.status, whole.headers.get('accept-ranges')]).toEqual([200, 'bytes']);
      const bytes = Buffer.from(await whole.arrayBuffer());
      const init = await initOf(id, first);
      expect(bytes.subarray(0, init.length)).toEqual(init);
      expect(bytes.subarray(begins).indexOf('moof')).toBe(4);
      const path = join(folder, 'whole.mp4');
      writeFileSync(path, bytes);
      const reading = await readWithFfmpeg(path);
      expect([reading.code, reading.complaints]).toEqual([0, '']);
      expect(reading.frames.length).toBeGreaterThanOrEqual(100);
      const version = String((await fetched(address, { range: 'bytes=0-0' })).headers.get('etag'));
      for (const [headers, status, length] of [
        [{ range: `bytes=${begins}-${begins + 9}` }, 206, 10],
        [{ range: `bytes=${begins}-${begins + 9}`, 'if-range': version }, 206, 10],
        [{ range: `bytes=${begins}-${begins + 9}`, 'if-none-match': version }, 304, 0],
        [{ range: 'bytes=99999999999-' }, 416, null],
      ] as const) {
        const answer = await rawGet(address.href, { cookie, ...headers });
        expect(answer.status).toBe(status);
        if (length !== null) expect(answer.body.length).toBe(length);
        else {
          expect(JSON.parse(answer.body.toString())).toMatchObject({ code: 'range_not_satisfiable' });
          expect(answer.headers['content-range']).toMatch(/^bytes \*\/\d+$/);
        }
      }
    });

    it.each(['review.m3u8', 'review/1/init.mp4', 'review/1/media.mp4'])(
      'shows %s to those of the match only',
      async (what) => {
        const path = (session: string): string => `/api/preview/${session}/${what}`;
        const nobody = new Api(club.service.url);
        expect(await deniedAs(club.other, path(id))).toEqual([404, 'not_found']);
        expect(await deniedAs(club.desk, path(NOBODY))).toEqual([404, 'not_found']);
        expect(await deniedAs(club.desk, path('nonsense'))).toEqual([400, 'validation_failed']);
        expect(await deniedAs(nobody, path(id))).toEqual([401, 'unauthorized']);
        const strange = await mediaCookie('other@padelvar.test');
        expect((await fetch(club.service.url + path(id), { headers: { cookie: strange } })).status).toBe(404);
        for (const who of [club.desk, club.player]) {
          const answer = await fetch(club.service.url + path(id), {
            method: 'HEAD',
            headers: { authorization: `Bearer ${who.token}` },
          });
          expect(answer.status).toBe(200);
        }
      },
    );

    it('asks for the right at every range', async () => {
      const credentials = { email: 'player@padelvar.test', password: PASSWORD };
      const api = new Api(club.service.url);
      const login = await api.post<{ refresh_token: string; access_token: string }>('/api/auth/login', credentials);
      const own =
        login.headers
          .getSetCookie()
          .find((line) => line.startsWith('padelvar_media='))
          ?.split(';')[0] ?? '';
      const asked = (): Promise<Response> =>
        fetch(`${club.service.url}/api/preview/${id}/review/1/media.mp4`, {
          headers: { cookie: own, range: 'bytes=0-9' },
        });
      expect((await asked()).status).toBe(206);
      api.token = login.body.access_token;
      await api.post('/api/auth/logout', { refresh_token: login.body.refresh_token });
      expect((await asked()).status).toBe(401);
    });

    it.each([
      ['review/2/init.mp4', 404, 'not_found'],
      ['review/2/media.mp4', 404, 'not_found'],
      ['review/0/media.mp4', 404, 'not_found'],
      ['review/999999999/media.mp4', 404, 'not_found'],
      ['review/1/gap.mp4', 404, 'not_found'],
      ['review/one/media.mp4', 400, 'validation_failed'],
      ['review/-1/init.mp4', 400, 'validation_failed'],
    ])('answers %s with %d %s', async (what, status, code) => {
      expect(await deniedAs(club.player, `/api/preview/${id}/${what}`)).toEqual([status, code]);
    });

    it('says that nothing was recorded', async () => {
      const idle = await open(mjpegCourt);
      for (const what of ['review.m3u8', 'review/1/init.mp4', 'review/1/media.mp4']) {
        expect(await deniedAs(club.player, `/api/preview/${idle}/${what}`)).toEqual([409, 'not_recording']);
      }
      await club.player.post('/api/video/session/close', { session_id: idle });
    });
  });

  it('goes on behind a change of format, and says when only the file is left', async () => {
    const camera = new RtspCamera({ clip: await h264Clip({ ...SMALL, fps: 25, gopSeconds: 4 }) });
    await camera.start();
    const id = await record(await club.addCourt('Court 3', camera.url));
    const first = await grown(id, camera, 1);
    expect(first.target).toBe(4);
    camera.switchClip(await h264Clip({ width: 480, height: 480, seconds: 4, fps: 25, gopSeconds: 1 }));
    let now = first;
    while (new Set(now.segments.map(({ map }) => map)).size < 2) {
      await frames(camera, 10);
      now = await playlist(id);
    }
    expect(now.target).toBe(4);
    const parts = [...new Set(now.segments.map(({ map }) => map))].map((map) =>
      now.segments.filter((one) => one.map === map && !one.gap),
    );
    expect(now.segments.filter(({ discontinuity }) => discontinuity)).toEqual([parts[1]?.[0]]);
    for (const [i, segments] of parts.entries()) {
      const path = join(folder, `part-${i + 1}.mp4`);
      const pieces = [await initOf(id, segments[0] as HlsSegment)];
      for (const segment of segments) pieces.push(await bytesOf(id, segment));
      writeFileSync(path, Buffer.concat(pieces));
      const reading = await readWithFfmpeg(path);
      expect([reading.code, reading.complaints]).toEqual([0, '']);
      expect(reading.frames.map(({ bars }) => bars)).not.toContain(null);
      const seconds = segments.reduce((sum, segment) => sum + segment.seconds, 0);
      expect(reading.frames.length).toBeGreaterThanOrEqual(Math.round(seconds * 25) - 1);
    }

    let recording: Recording | undefined;
    const stopping = stop(id).then((stopped) => (recording = stopped));
    const answers = new Set<string>();
    while (!recording) {
      const answer = await fetched(playlistUrl(id));
      const text = await answer.text();
      answers.add(answer.status === 200 ? '200' : (JSON.parse(text) as { code: string }).code);
    }
    await stopping;
    expect([...answers].filter((one) => one !== '200' && one !== 'review_file_only')).toEqual([]);
    expect(recording.status).toBe('ready');
    for (const what of ['review.m3u8', 'review/1/init.mp4', 'review/1/media.mp4', 'review/2/media.mp4']) {
      expect(await deniedAs(club.player, `/api/preview/${id}/${what}`)).toEqual([409, 'review_file_only']);
    }
    expect((await fetched(`${club.service.url}/api/video/files/${id}/download`)).status).toBe(200);
    await camera.stop();
  });

  it('plays a recording that could not be finished', async () => {
    const id = await record(rtspCourt);
    await grown(id, rtsp, 2);
    // Somebody else's file has the video's name.
    await spoil(id);
    expect((await stop(id)).status).toBe('failed');
    expect((await playlist(id)).over).toBe(true);
    const reading = await watch(id);
    expect(reading.code).toBe(0);
    expect(reading.frames.length).toBeGreaterThanOrEqual(100);
  });

  it('is the same after a restart, whether the recording could be finished or not', async () => {
    const finished = await record(rtspCourt);
    const failed = await record(mjpegCourt);
    await Promise.all([grown(finished, rtsp, 2), grown(failed, mjpeg, 2)]);
    await spoil(failed);
    expect((await stop(finished)).status).toBe('ready');
    expect((await stop(failed)).status).toBe('failed');
    const before = await Promise.all([finished, failed].map(playlistText));
    const media: Buffer[] = [];
    for (const id of [finished, failed]) {
      for (const segment of (await playlist(id)).segments) media.push(await bytesOf(id, segment));
    }
    await club.service.shutDown();
    const again = await startTestApp({ root: club.service.root, databaseUrl: club.service.databaseUrl });
    url = again.url;
    try {
      expect(await Promise.all([finished, failed].map(playlistText))).toEqual(before);
      for (const id of [finished, failed]) {
        for (const segment of (await playlist(id)).segments) {
          expect((await bytesOf(id, segment)).equals(media.shift() as Buffer)).toBe(true);
        }
      }
    } finally {
      await again.close();
    }
  });
});

/** The fragments of a segment, which is nothing but `moof` and `mdat` in turn. */
function fragmentsIn(bytes: Buffer): FragmentHeader[] {
  const found: FragmentHeader[] = [];
  for (let at = 0; at < bytes.length;) {
    const moof = bytes.subarray(at, at + bytes.readUInt32BE(at));
    const header = readFragmentHeader(moof);
    if (!header || bytes.readUInt32BE(at + moof.length) !== header.dataBytes + 8)
      throw new Error(`no fragment at ${at}`);
    found.push(header);
    at += moof.length + 8 + header.dataBytes;
  }
  return found;
}

/** As `fetch` gives it only where it has decoded it. */
async function rawGet(
  url: string,
  headers: Record<string, string>,
): Promise<{ status: number; headers: Record<string, string | string[] | undefined>; body: Buffer }> {
  const asked = request(url, { headers, agent: false }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
}
