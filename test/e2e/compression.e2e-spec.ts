import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompressionUpkeep } from '../../src/compression/compression-upkeep.service';
import { ClipOptions, drawFilm } from '../../src/media/fmp4/clip.fixture';
import { Toolchain } from '../../src/media/toolchain';
import { StorageUpkeep } from '../../src/objects/storage-upkeep.service';
import { VideoOpener } from '../../src/objects/video-opener.service';
import { Api } from '../support/api';
import { startTestClub, TestClub } from '../support/club';
import { GatedTool } from '../support/gated-tool';
import { chaptersOf, inspectMp4 } from '../support/mp4';
import { S3Server } from '../support/s3-server';
import { until } from '../support/until';
import { VideoShelf } from '../support/video-shelf';

interface Compression {
  readonly state: string;
  readonly codec: string | null;
  readonly crf: number | null;
  readonly original_size_bytes: number | null;
  readonly size_bytes: number | null;
  readonly reason: string | null;
  readonly job_id: string | null;
}
interface Body {
  readonly compression: Compression;
  readonly video: { readonly size_bytes: number; readonly codec: string; readonly compression: Compression };
  readonly code?: string;
}

/** As good as a camera's best: much to be saved. */
const LAVISH: ClipOptions = { seconds: 3, crf: 3, gop: 50, bFrames: 2 };
/** Nothing to be saved. */
const SCARCE: ClipOptions = { seconds: 3, crf: 40 };

describe('the compression of a finished video', () => {
  let folder: string;
  let tool: GatedTool;
  let club: TestClub;
  let shelf: VideoShelf;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'padelvar-compression-'));
    tool = new GatedTool(folder);
    // An FFmpeg with neither H.265 nor AV1.
    const path = join(folder, 'h264-only');
    writeFileSync(
      path,
      `#!/bin/sh\ncase "$*" in *encoder=libx265*|*encoder=libsvtav1*) exit 0;; esac\nexec '${tool.path}' "$@"\n`,
    );
    chmodSync(path, 0o755);
    club = await startTestClub({ env: { FFMPEG_PATH: path } });
    shelf = await VideoShelf.of(club.service, club.operator, club.clubId);
  });

  afterAll(async () => {
    tool?.open();
    await club?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  afterEach(() => {
    tool.open();
    tool.forget();
  });

  const file = (id: string): string => shelf.path(`${club.clubId}/${id}.mp4`);
  const ask = (id: string, body: object = {}, api: Api = club.desk) =>
    api.post<Body>(`/api/video/files/${id}/compress`, body);
  const video = async (id: string): Promise<Body['video']> =>
    (await club.desk.get<Body>(`/api/video/files/${id}`)).body.video;
  const state = async (id: string): Promise<Compression> => (await video(id)).compression;
  const become = (id: string, wanted: string): Promise<Compression> =>
    until(async () => {
      const now = await state(id);
      return now.state === wanted && now;
    });
  const download = async (id: string, headers: Record<string, string> = {}): Promise<Response> =>
    (await club.desk.bytes(`/api/video/files/${id}/download`, headers)).response;
  const leftovers = (): string[] => readdirSync(shelf.path('.compressing'));

  async function match(options: ClipOptions): Promise<string> {
    const id = await shelf.put();
    drawFilm(file(id), options);
    const { size } = statSync(file(id));
    await shelf.sql('UPDATE videos SET size_bytes = $2, duration_seconds = $3 WHERE session_id = $1', [
      id,
      size,
      options.seconds,
    ]);
    await shelf.sql('UPDATE recordings SET started_at = now(), duration_seconds = $2 WHERE session_id = $1', [
      id,
      options.seconds,
    ]);
    return id;
  }

  /** What is shown when, and how long it all lasts. */
  function timesOf(path: string): string[] {
    const entries = ['-show_entries', 'packet=pts:stream=nb_frames,duration', '-of', 'csv=p=0', path];
    return execFileSync('ffprobe', ['-v', 'error', ...entries])
      .toString()
      .split('\n')
      .sort();
  }

  it('puts a smaller file in its place, of the same pictures at the same times', async () => {
    const id = await match(LAVISH);
    expect((await ask(id, {}, club.player)).status).toBe(404);
    expect((await club.desk.patch(`/api/clubs/${club.clubId}`, { compression_crf: 30 })).status).toBe(200);
    const before = {
      bytes: readFileSync(file(id)),
      times: timesOf(file(id)),
      etag: (await download(id)).headers.get('etag'),
    };
    // So that it is known of FFmpeg what it can.
    expect((await club.desk.patch(`/api/clubs/${club.clubId}`, { compression: 'h264' })).status).toBe(200);
    tool.shut();
    const asked = await ask(id);
    expect([asked.status, asked.body.compression]).toMatchObject([202, { codec: 'h264', crf: 30, size_bytes: null }]);
    const [pid] = await tool.waiting(1);
    expect((await state(id)).state).toBe('running');
    // proc(5): the nice value is the 19th field, the 17th behind the name.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    expect(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]).toBe('19');
    expect(readFileSync(file(id)).equals(before.bytes)).toBe(true);
    expect((await ask(id)).body.compression.job_id).toBe(asked.body.compression.job_id);
    tool.open();
    const done = await become(id, 'done');

    const { size } = statSync(file(id));
    expect(done).toMatchObject({
      original_size_bytes: before.bytes.length,
      size_bytes: size,
      reason: null,
      job_id: null,
    });
    expect(size).toBeLessThan(0.8 * before.bytes.length);
    expect(await video(id)).toMatchObject({ size_bytes: size, codec: 'h264' });
    expect(timesOf(file(id))).toEqual(before.times);
    expect(await inspectMp4(file(id))).toMatchObject({ frames: 75, durationSeconds: 3, complaints: '' });
    expect(leftovers()).toEqual([]);
    // Who resumes a download of the old file gets the new one from its beginning.
    const resumed = await download(id, { range: 'bytes=100-', 'if-range': before.etag as string });
    expect([resumed.status, resumed.headers.get('content-length')]).toEqual([200, `${size}`]);
    expect((await ask(id)).body.code).toBe('already_compressed');
    const trail = (await shelf.trail(id))
      .map(({ action }) => action)
      .filter((action) => action.startsWith('video.comp'));
    expect(trail).toEqual(['video.compression_asked', 'video.compressed']);

    // What was made of the old one goes on with the new one.
    const marker = { session_id: id, kind: 'point', at_seconds: 1.5 };
    expect((await club.desk.post('/api/video/markers', marker)).status).toBe(201);
    await until(async () => (await chaptersOf(file(id))).length === 1);
    expect(timesOf(file(id))).toEqual(before.times);
    const stretch = { session_id: id, start_seconds: 1, end_seconds: 2.5 };
    const cut = await club.desk.post<{ highlight: { id: string } }>('/api/video/highlights', stretch);
    await until(() => existsSync(shelf.path(`${club.clubId}/highlights/${cut.body.highlight.id}.mp4`)));
  });

  it("replaces what a club's storage has of it, and brings back what is only there", async () => {
    const s3 = await S3Server.start();
    try {
      const place = { kind: 's3', endpoint: s3.url, bucket: s3.bucket };
      const keys = { access_key_id: s3.accessKeyId, secret_access_key: 'secret' };
      const storage = (more: object): Promise<unknown> =>
        club.desk.put(`/api/clubs/${club.clubId}/storage`, { ...place, ...keys, ...more });
      const look = (): Promise<void> => club.service.app.get(StorageUpkeep).look({ wait: true });
      const stored = (id: string): Buffer | undefined => s3.objects.get(`${club.clubId}/${id}/${id}.mp4`)?.bytes;
      const uploaded = async (id: string): Promise<void> => {
        await look();
        await until(async () => {
          const rows = await shelf.sql('SELECT FROM video_objects WHERE session_id = $1 AND state = $2', [
            id,
            'remote',
          ]);
          return rows.length > 0;
        });
      };
      expect((await club.desk.patch(`/api/clubs/${club.clubId}`, { compression: 'off' })).status).toBe(200);
      expect(await club.service.app.get(Toolchain).canCode('h264')).toBe(true);
      const [both, away, unnoted] = [await match(LAVISH), await match(LAVISH), await match(LAVISH)];
      await storage({});
      for (const id of [both, away, unnoted]) await uploaded(id);
      await shelf.sql('UPDATE videos SET last_read_at = now() WHERE session_id = $1', [both]);
      await storage({ keep_local_days: 0 });
      await look();
      expect([both, away, unnoted].map((id) => existsSync(file(id)))).toEqual([true, false, false]);
      // As a process leaves it that fetched it back and did not live to say so.
      writeFileSync(file(unnoted), stored(unnoted) as Buffer);
      const before = { bytes: stored(away) as Buffer, etag: (await download(away)).headers.get('etag') as string };
      const opened = await club.service.app.get(VideoOpener).away(club.clubId, away);
      const reader = opened?.read({ from: 0, to: 1_000 }, new AbortController().signal);
      tool.shut();
      for (const id of [both, away, unnoted]) await ask(id);
      await tool.waiting(1);
      // What is being compressed is not taken meanwhile.
      await shelf.sql('UPDATE videos SET last_read_at = NULL');
      await look();
      expect(existsSync(file(both))).toBe(true);
      // From here on nothing else than the swap says that it is to be uploaded anew.
      await storage({});
      tool.open();
      for (const id of [both, away, unnoted]) {
        await become(id, 'done');
        const small = readFileSync(file(id));
        expect(small.length).toBeLessThan(before.bytes.length);
        await uploaded(id);
        expect(stored(id)?.equals(small)).toBe(true);
      }
      // Who had begun with the old one gets nothing of the new one.
      await expect(reader?.next()).rejects.toMatchObject({ code: 'storage_unreachable' });
      const small = readFileSync(file(away));
      await shelf.sql('UPDATE videos SET last_read_at = NULL');
      await storage({ keep_local_days: 0 });
      await look();
      expect(existsSync(file(away))).toBe(false);
      const range = { range: 'bytes=100-199', 'if-range': before.etag };
      const { response, body } = await club.desk.bytes(`/api/video/files/${away}/download`, range);
      expect([response.status, body.equals(small)]).toEqual([200, true]);
    } finally {
      await shelf.sql('DELETE FROM video_objects');
      await shelf.sql('DELETE FROM club_storage');
      await s3.stop();
    }
  });

  it('leaves it alone where little would be saved, and does not try again', async () => {
    const id = await match(SCARCE);
    const before = { bytes: readFileSync(file(id)), etag: (await download(id)).headers.get('etag') };
    await ask(id);
    expect(await become(id, 'kept')).toMatchObject({ reason: 'not_smaller', size_bytes: null });
    expect((await download(id)).headers.get('etag')).toBe(before.etag);
    expect(readFileSync(file(id)).equals(before.bytes)).toBe(true);
    expect(leftovers()).toEqual([]);
    await club.service.app.get(CompressionUpkeep).tick();
    expect((await state(id)).state).toBe('kept');
    // Of a film with sound only the pictures would be left.
    const heard = await match(SCARCE);
    const loud = join(folder, 'loud.mp4');
    execFileSync('ffmpeg', [
      ...['-v', 'error', '-i', file(heard), '-f', 'lavfi', '-i', 'sine=duration=3'],
      ...['-c:v', 'copy', '-c:a', 'aac', loud],
    ]);
    copyFileSync(loud, file(heard));
    await ask(heard);
    expect(await become(heard, 'kept')).toMatchObject({ reason: 'sound', size_bytes: null });
    // Nor is there anything to be done about a file that is elsewhere.
    shelf.remove(id);
    await ask(id);
    expect(await become(id, 'failed')).toMatchObject({ reason: 'away' });
  });

  it('leaves it alone when it is cancelled, and does what is asked again', async () => {
    const id = await match(LAVISH);
    const before = readFileSync(file(id));
    tool.shut();
    const job = (await ask(id)).body.compression.job_id;
    await tool.waiting(1);
    expect((await club.desk.delete(`/api/video/jobs/${job}`)).status).toBe(204);
    expect(await become(id, 'failed')).toMatchObject({ reason: 'cancelled' });
    await until(() => leftovers().length === 0);
    expect(readFileSync(file(id)).equals(before)).toBe(true);
    tool.open();
    await until(async () => (await ask(id, { crf: 28 })).body.compression?.crf === 28);
    expect((await become(id, 'done')).crf).toBe(28);
  });

  it('is begun by itself for what is recorded from then on, where the club wishes it', async () => {
    const set = (body: object) => club.desk.patch<Body>(`/api/clubs/${club.clubId}`, body);
    expect((await set({ compression_crf: 17 })).body.code).toBe('validation_failed');
    expect((await set({ compression: 'h265' })).body.code).toBe('codec_unavailable');
    expect((await set({ compression: 'av1' })).body.code).toBe('codec_unavailable');
    await set({ compression: 'off' });
    const older = await match(LAVISH);
    await set({ compression: 'h264', compression_crf: null, compression_after_minutes: 60 });
    const id = await match(LAVISH);
    await club.service.app.get(CompressionUpkeep).tick();
    expect((await state(id)).state).toBe('none');
    await set({ compression_after_minutes: 0 });
    await club.service.app.get(CompressionUpkeep).tick();
    expect(await become(id, 'done')).toMatchObject({ codec: 'h264', crf: 24 });
    expect((await state(older)).state).toBe('none');
    expect((await ask(older, { codec: 'h265' })).body.code).toBe('codec_unavailable');
  });
});
