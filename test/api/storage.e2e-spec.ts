import { getEventListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { get, IncomingMessage } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { VideoTurns } from '../../src/files/video-turns';
import { FileSweep } from '../../src/maintenance/file-sweep.service';
import { AwayVideo } from '../../src/objects/away-video';
import { StorageUpkeep } from '../../src/objects/storage-upkeep.service';
import { VideoOpener } from '../../src/objects/video-opener.service';
import { readFully } from '../../src/storage/disk';
import { BunnyServer } from '../support/bunny-server';
import { startTestClub, TestClub } from '../support/club';
import { leaveBeforeTheAnswer } from '../support/early-leaver';
import { S3Server } from '../support/s3-server';
import { until } from '../support/until';
import { VideoShelf } from '../support/video-shelf';

interface Row {
  readonly state: string;
  readonly local: string;
  readonly fault: string | null;
  readonly error: string | null;
  readonly mismatches: number;
}
interface Video {
  readonly storage: { where: string; upload: string | null; progress: number; error: string | null };
}
interface Body {
  readonly storage?: Record<string, unknown> | null;
  readonly counts?: Record<string, number>;
  readonly code?: string;
  readonly errors?: { field: string }[];
  readonly ok?: boolean;
  readonly fault?: string | null;
  readonly video?: Video;
}

const MIB = 2 ** 20;
const SECRET = 'a-very-secret-access-key';

describe("a club's storage", () => {
  let club: TestClub;
  let shelf: VideoShelf;
  let s3: S3Server;
  let bunny: BunnyServer;

  beforeAll(async () => {
    club = await startTestClub();
    shelf = await VideoShelf.of(club.service, club.operator, club.clubId);
    s3 = await S3Server.start();
    bunny = await BunnyServer.start();
  });

  beforeEach(async () => {
    s3.faults.length = 0;
    s3.asked.length = 0;
    s3.objects.clear();
    s3.uploads.clear();
    s3.hung.length = 0;
    s3.checksums = true;
    bunny.objects.clear();
    bunny.faults.length = 0;
    await sql('DELETE FROM video_objects');
    await sql('UPDATE videos SET deleted_at = now() WHERE deleted_at IS NULL');
    await sql('DELETE FROM club_storage');
  });

  afterAll(async () => {
    await club?.close();
    await s3?.stop();
    await bunny?.stop();
  });

  const sql = <T>(text: string, parameters: unknown[] = []): Promise<T[]> =>
    club.service.app.get(DataSource).query<T[]>(text, parameters);
  const path = (): string => `/api/clubs/${club.clubId}/storage`;
  const place = (): object => ({
    kind: 's3',
    endpoint: s3.url,
    bucket: s3.bucket,
    prefix: 'padel/',
    access_key_id: s3.accessKeyId,
    secret_access_key: SECRET,
  });
  const zone = (): object => ({
    kind: 'bunny',
    endpoint: bunny.url,
    storage_zone: 'club-zone',
    storage_password: bunny.password,
    pull_zone_url: bunny.url,
    pull_zone_key: bunny.tokenKey,
  });
  const set = async (settings: object): Promise<void> => {
    const { status, text } = await club.desk.put(path(), settings);
    if (status !== 200) throw new Error(text);
  };
  const tick = (): Promise<void> => club.service.app.get(StorageUpkeep).look({ wait: true });
  const row = async (id: string): Promise<Row | undefined> =>
    (await sql<Row>('SELECT * FROM video_objects WHERE session_id = $1', [id]))[0];
  const settled = (id: string, state: string): Promise<Row> =>
    until(async () => {
      const found = await row(id);
      return found?.state === state && found;
    });
  /** @returns the bytes of a video that was uploaded */
  const uploaded = async (id: string): Promise<Buffer> => {
    const bytes = readFileSync(shelf.path(`${club.clubId}/${id}.mp4`));
    await tick();
    await settled(id, 'remote');
    return bytes;
  };
  const keyOf = (id: string): string => `padel/${club.clubId}/${id}/${id}.mp4`;
  const seen = async (id: string): Promise<Video['storage'] | undefined> =>
    (await club.desk.get<Body>(`/api/video/files/${id}`)).body.video?.storage;
  const file = (id: string): string => `/api/video/files/${id}/download`;

  it('is set, shown without its keys, changed and removed by admins', async () => {
    const made = await club.desk.put<Body>(path(), { ...place(), keep_local_days: 7 });
    expect(made).toMatchObject({
      status: 200,
      body: { storage: { kind: 's3', bucket: s3.bucket, keep_local_days: 7 } },
    });
    expect(made.text).not.toContain(SECRET);
    expect(made.body.storage).toMatchObject({ deliver: 'proxy', enabled: true, storage_zone: null, upload_mbit: null });

    const { access_key_id: _id, secret_access_key: _secret, ...same } = place() as Record<string, unknown>;
    expect((await club.desk.put<Body>(path(), { ...same, enabled: false })).status).toBe(200);
    // Keys go nowhere else than where they were entered for.
    expect(await club.desk.put<Body>(path(), { ...same, endpoint: bunny.url })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'access_key_id' }] },
    });
    expect((await club.player.get(path())).status).toBe(403);
    expect((await club.desk.delete(path())).status).toBe(204);
    expect((await club.desk.get<Body>(path())).body.storage).toBeNull();
    const trail = await shelf.trail(`club:${club.clubId}`);
    expect(trail.map(({ action }) => action).filter((action) => action.startsWith('storage.'))).toEqual([
      'storage.set',
      'storage.set',
      'storage.removed',
    ]);
    expect(JSON.stringify(await sql('SELECT * FROM audit_log'))).not.toContain(SECRET);
  });

  it.each(['http://169.254.169.254', 'https://[fe80::1]', 'https://0.0.0.0'])(
    'takes no address that leads to %s',
    async (endpoint) => {
      expect(await club.desk.put<Body>(path(), { ...place(), endpoint })).toMatchObject({
        status: 422,
        body: { code: 'url_forbidden', errors: [{ field: 'endpoint' }] },
      });
    },
  );

  it('is tried out: something is written, read and deleted', async () => {
    await set(place());
    expect((await club.desk.post<Body>(`${path()}/test`)).body).toMatchObject({ ok: true, fault: null });
    expect(s3.objects.size).toBe(0);
    await set({ ...place(), access_key_id: 'SOMEBODY' });
    expect((await club.desk.post<Body>(`${path()}/test`)).body).toMatchObject({ ok: false, fault: 'storage_refused' });
    await set({ ...zone() });
    expect((await club.desk.post<Body>(`${path()}/test`)).body).toMatchObject({ ok: true, fault: null });
    await set({ ...zone(), storage_password: 'wrong' });
    expect((await club.desk.post<Body>(`${path()}/test`)).body).toMatchObject({ ok: false, fault: 'storage_refused' });
  });

  it('gets finished videos in parts, and has what was sent', async () => {
    const id = await shelf.put({ bytes: 20 * MIB });
    await set(place());
    const bytes = await uploaded(id);
    expect(s3.count('UploadPart')).toBe(3);
    expect(s3.objects.get(keyOf(id))?.bytes.equals(bytes)).toBe(true);
    expect(await seen(id)).toEqual({ where: 'both', upload: 'stored', progress: 1, error: null });
    expect(shelf.has(id)).toBe(true);
    expect((await shelf.trail(id)).map(({ action }) => action)).toContain('video.uploaded');
    expect((await club.desk.get<Body>(path())).body.counts).toMatchObject({ stored: 1, only_stored: 0, failed: 0 });
    expect(await club.desk.delete<Body>(path())).toMatchObject({ status: 409, body: { code: 'storage_in_use' } });
  });

  it.each([
    ['what answers 503 twice', [{ on: 'UploadPart', does: 503, times: 2 }]],
    ['a connection that is cut in the middle of a part', [{ on: 'UploadPart', does: 'cut', times: 1 }]],
    ['a part that arrives as something else', [{ on: 'UploadPart', does: 'damage', times: 1 }]],
    ['a whole that is something else', [{ on: 'CompleteMultipartUpload', does: 'damage', times: 1 }]],
    [
      'a beginning and an end that fail once',
      [
        { on: 'CreateMultipartUpload', does: 500, times: 1 },
        { on: 'CompleteMultipartUpload', does: 503, times: 1 },
        { on: 'HeadObject', does: 500, times: 1 },
      ],
    ],
  ] as const)('bears %s', async (_name, faults) => {
    s3.faults.push(...faults.map((fault) => ({ ...fault })));
    const id = await shelf.put({ bytes: 9 * MIB });
    await set(place());
    const bytes = await uploaded(id);
    expect(s3.objects.get(keyOf(id))?.bytes.equals(bytes)).toBe(true);
    expect(s3.faults.every(({ times }) => times === 0)).toBe(true);
  });

  it('reads all of it back where a storage knows no checksums worth it', async () => {
    s3.checksums = false;
    s3.faults.push({ on: 'CompleteMultipartUpload', does: 'damage', times: 1 });
    const id = await shelf.put({ bytes: 9 * MIB });
    await set(place());
    const bytes = await uploaded(id);
    expect(s3.objects.get(keyOf(id))?.bytes.equals(bytes)).toBe(true);
    expect(s3.count('GetObject')).toBeGreaterThan(0);
    expect(s3.count('DeleteObject')).toBe(1);
  });

  it('gives up what always arrives as something else, says so, and tries again when it is asked to', async () => {
    s3.faults.push({ on: 'CompleteMultipartUpload', does: 'damage', times: 3 });
    const id = await shelf.put();
    await set(place());
    await tick();
    expect(await settled(id, 'failed')).toMatchObject({ fault: 'storage_checksum' });
    expect(s3.objects.size).toBe(0);
    expect(await seen(id)).toMatchObject({
      where: 'here',
      upload: 'failed',
      error: expect.stringMatching(/something else/),
    });
    await sql('UPDATE camera_sessions SET user_id = $2 WHERE id = $1', [id, club.ids.player]);
    const players = await club.player.get<Body>(`/api/video/files/${id}`);
    expect(players.body.video?.storage).toMatchObject({ upload: 'failed', error: null });
    await tick();
    expect((await row(id))?.state).toBe('failed');
    expect((await club.player.post(`/api/video/files/${id}/upload`)).status).toBe(403);
    expect((await club.desk.post(`/api/video/files/${id}/upload`)).status).toBe(202);
    await settled(id, 'remote');
  });

  it('is where a video is read from once its file is gone, which the look at the disk does not miss', async () => {
    const id = await shelf.put({ bytes: 3 * MIB });
    await set({ ...place(), keep_local_days: 0 });
    const { response: before } = await club.desk.bytes(file(id));
    await sql('UPDATE videos SET last_read_at = NULL');
    const bytes = await uploaded(id);
    await tick();
    expect(shelf.has(id)).toBe(false);
    expect(await seen(id)).toMatchObject({ where: 'storage', upload: 'stored' });
    expect((await shelf.trail(id)).map(({ action }) => action)).toContain('video.local_removed');

    const { response, body } = await club.desk.bytes(file(id));
    expect(response.status).toBe(200);
    expect(body.equals(bytes)).toBe(true);
    const etag = response.headers.get('etag') as string;
    expect(etag).toBe(before.headers.get('etag'));
    expect(
      (await club.desk.bytes(file(id), { 'if-none-match': etag, 'cache-control': 'max-age=0' })).response.status,
    ).toBe(304);
    const part = await club.desk.bytes(file(id), { range: 'bytes=1000000-2000000', 'if-range': etag });
    expect(part.response.status).toBe(206);
    expect(part.response.headers.get('content-range')).toBe(`bytes 1000000-2000000/${3 * MIB}`);
    expect(part.body.equals(bytes.subarray(1_000_000, 2_000_001))).toBe(true);
    expect((await club.desk.bytes(file(id), { range: `bytes=${4 * MIB}-` })).response.status).toBe(416);

    s3.faults.push({ on: 'GetObject', does: 'cut', times: 2 }, { on: 'GetObject', does: 503, times: 1 });
    expect((await club.desk.bytes(file(id))).body.equals(bytes)).toBe(true);
    s3.faults.push({ on: 'GetObject', does: 500, times: 9 });
    expect((await club.desk.get<Body>(file(id))).body).toMatchObject({ code: 'storage_unreachable' });
    s3.faults.length = 0;

    await club.service.app.get(FileSweep).work(club.clubId);
    expect(await shelf.missing([id])).toEqual([]);
    // What cuts highlights and makes pictures reads the same bytes.
    const opened = await club.service.app.get(VideoOpener).open(club.clubId, id);
    if (!opened) throw new Error('not found');
    const middle = await readFully(opened.file, MIB - 10, 20).finally(() => opened.file.close());
    expect(middle.equals(bytes.subarray(MIB - 10, MIB + 10))).toBe(true);
    expect(await club.desk.delete<Body>(`${path()}?forget=true`)).toMatchObject({ status: 409 });
  });

  it('keeps the file where somebody reads, where the copy is lost, and where the file is another one', async () => {
    const [read, lost, changed] = [await shelf.put(), await shelf.put(), await shelf.put()];
    await set(place());
    for (const id of [read, lost, changed]) await uploaded(id);
    await sql('UPDATE videos SET last_read_at = now() WHERE session_id = $1', [read]);
    s3.objects.delete(keyOf(lost));
    shelf.write(`${club.clubId}/${changed}.mp4`, 2_000);
    // Setting it looks at once.
    await set({ ...place(), keep_local_days: 0 });
    await tick();
    expect([read, lost, changed].map((id) => shelf.has(id))).toEqual([true, true, true]);
    for (const id of [lost, changed]) await uploaded(id);
    expect(s3.objects.get(keyOf(changed))?.bytes).toHaveLength(2_000);
    await tick();
    expect([read, lost, changed].map((id) => shelf.has(id))).toEqual([true, false, false]);
  });

  it('forgets what is deleted, also what was only half there', async () => {
    const whole = await shelf.put();
    await set(place());
    await uploaded(whole);
    const half = await shelf.put({ bytes: 9 * MIB });
    s3.faults.push({ on: 'UploadPart', does: 'hang', times: 1 });
    await tick();
    await until(() => s3.uploads.size === 1 && s3.hung.length > 0);
    s3.faults.push({ on: 'DeleteObject', does: 503, times: 1 });
    for (const id of [whole, half]) expect((await club.desk.delete(`/api/video/files/${id}/delete`)).status).toBe(200);
    // The storage failed; what was being uploaded is deleted once more.
    for (let looks = 0; looks < 3; looks++) {
      await tick();
      await sql('UPDATE video_objects SET next_try_at = now()');
    }
    expect((await row(whole))?.state).toBe('deleted');
    expect((await row(half))?.state).toBe('deleted');
    expect(s3.objects.size).toBe(0);
    expect(s3.uploads.size).toBe(0);
  });

  it('gives files itself where the club wishes that, and scripts through the service', async () => {
    const id = await shelf.put();
    await set({ ...place(), deliver: 'redirect', keep_local_days: 0 });
    const bytes = await uploaded(id);
    await tick();
    const answer = await fetch(`${club.service.url}${file(id)}`, {
      headers: { authorization: `Bearer ${club.desk.token}` },
      redirect: 'manual',
    });
    expect(answer.status).toBe(302);
    expect(answer.headers.get('cache-control')).toContain('no-store');
    const direct = await fetch(answer.headers.get('location') as string);
    expect(Buffer.from(await direct.arrayBuffer()).equals(bytes)).toBe(true);
    expect(direct.headers.get('content-disposition')).toBe(`attachment; filename="${id}.mp4"`);
    const panel = await fetch(`${club.service.url}/`);
    expect(panel.headers.get('content-security-policy')).toContain(`media-src 'self' blob: ${s3.url};`);
    const share = await club.desk.post<{ share: { url: string } }>('/api/video/shares', { session_id: id });
    expect(share.status).toBe(201);
    const page = await fetch(new URL(new URL(share.body.share.url).pathname, club.service.url), {
      headers: { accept: 'text/html' },
    });
    expect(page.headers.get('content-security-policy')).toMatch(`media-src 'self' ${s3.url}`);
    const script = await club.desk.bytes(file(id), { 'sec-fetch-dest': 'empty', range: 'bytes=0-9' });
    expect(script.response.status).toBe(206);
  });

  it('is one of Bunny, with a pull zone', async () => {
    bunny.faults.push('cut', 500, 'damage');
    const id = await shelf.put({ bytes: MIB });
    await set({ ...zone(), keep_local_days: 0 });
    const bytes = await uploaded(id);
    expect(bunny.objects.get(`${club.clubId}/${id}/${id}.mp4`)?.equals(bytes)).toBe(true);
    await tick();
    expect(shelf.has(id)).toBe(false);
    const part = await club.desk.bytes(file(id), { range: 'bytes=10-19' });
    expect(part.body.equals(bytes.subarray(10, 20))).toBe(true);
    await set({ ...zone(), deliver: 'redirect', keep_local_days: 0 });
    expect((await club.desk.bytes(file(id))).body.equals(bytes)).toBe(true);
    expect(bunny.asked.at(-1)).toBe(`GET /${club.clubId}/${id}/${id}.mp4`);
    await club.desk.delete(`/api/video/files/${id}/delete`);
    await tick();
    expect(bunny.objects.size).toBe(0);
  });

  it('waits for nobody who left before the answer began, and for who reads slowly leaves nothing behind', async () => {
    const id = await shelf.put({ bytes: 12 * MIB });
    await set({ ...place(), keep_local_days: 0 });
    const bytes = await uploaded(id);
    await tick();
    expect(shelf.has(id)).toBe(false);
    const url = `${club.service.url}${file(id)}`;
    const authorization = `Bearer ${club.desk.token}`;
    await leaveBeforeTheAnswer(club.service, id, url, { authorization });
    const reads = jest.spyOn(AwayVideo.prototype, 'read');
    const answer = await new Promise<IncomingMessage>((resolve) => get(url, { headers: { authorization } }, resolve));
    const leaving = reads.mock.lastCall?.[1] as AbortSignal;
    reads.mockRestore();
    let [taken, listeners] = [0, 0];
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      taken += chunk.length;
      listeners = Math.max(listeners, getEventListeners(leaving, 'abort').length);
      await setImmediate();
    }
    expect(taken).toBe(bytes.length);
    expect(listeners).toBeLessThan(5);
    const turns = club.service.app.get(VideoTurns);
    expect(await turns.changing(id, () => Promise.resolve(true), new AbortController().signal)).toBe(true);
  });
});
