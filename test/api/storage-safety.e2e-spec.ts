import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { ClubStores } from '../../src/objects/club-stores.service';
import { FetchBack } from '../../src/objects/fetch-back.service';
import { StorageUpkeep } from '../../src/objects/storage-upkeep.service';
import { IncomingVideos } from '../../src/storage/incoming-videos';
import { startTestClub, TestClub } from '../support/club';
import { S3Server } from '../support/s3-server';
import { until } from '../support/until';
import { VideoShelf } from '../support/video-shelf';

const MIB = 2 ** 20;
const NEVER = new AbortController().signal;

/** What must hold of a club's storage whoever else is at work, and whatever the other end does. */
describe('the copies of a video', () => {
  let club: TestClub;
  let shelf: VideoShelf;
  let s3: S3Server;

  beforeAll(async () => {
    club = await startTestClub();
    shelf = await VideoShelf.of(club.service, club.operator, club.clubId);
    s3 = await S3Server.start();
  });

  beforeEach(async () => {
    s3.faults.length = 0;
    s3.asked.length = 0;
    s3.objects.clear();
    s3.uploads.clear();
    s3.paused.length = 0;
    s3.hung.length = 0;
    await sql('DELETE FROM video_objects');
    await sql('UPDATE videos SET deleted_at = now() WHERE deleted_at IS NULL');
    await sql('DELETE FROM club_storage');
  });

  afterAll(async () => {
    await club?.close();
    await s3?.stop();
  });

  const sql = <T>(text: string, parameters: unknown[] = []): Promise<T[]> =>
    club.service.app.get(DataSource).query<T[]>(text, parameters);
  const storage = (clubId = club.clubId): string => `/api/clubs/${clubId}/storage`;
  const set = async (settings: object = {}, clubId = club.clubId): Promise<void> => {
    const place = { kind: 's3', endpoint: s3.url, bucket: s3.bucket };
    const keys = { access_key_id: s3.accessKeyId, secret_access_key: 'secret' };
    const { status, text } = await club.operator.put(storage(clubId), { ...place, ...keys, ...settings });
    if (status !== 200) throw new Error(text);
  };
  const tick = (): Promise<void> => club.service.app.get(StorageUpkeep).look({ wait: true });
  const row = async (id: string): Promise<{ state: string; local: string; stamp: string | null } | undefined> =>
    (
      await sql<{ state: string; local: string; stamp: string | null }>(
        'SELECT * FROM video_objects WHERE session_id = $1',
        [id],
      )
    )[0];
  const settled = (id: string, state: string): Promise<unknown> => until(async () => (await row(id))?.state === state);
  const fileOf = (id: string): string => shelf.path(`${club.clubId}/${id}.mp4`);
  const bring = (id: string, signal = NEVER): Promise<void> =>
    club.service.app.get(FetchBack).bring(club.clubId, id, signal);
  const incoming = (): string[] => (existsSync(shelf.path('.incoming')) ? readdirSync(shelf.path('.incoming')) : []);

  /** @returns a video that is in the storage and here, and its bytes */
  async function both(bytes = 1_000): Promise<{ id: string; film: Buffer }> {
    const id = await shelf.put({ bytes });
    const film = readFileSync(fileOf(id));
    await tick();
    await settled(id, 'remote');
    return { id, film };
  }

  /** @returns a video that is in the storage alone, and its bytes */
  async function away(bytes?: number): Promise<{ id: string; film: Buffer }> {
    await set({ keep_local_days: 0 });
    const made = await both(bytes);
    await tick();
    expect(shelf.has(made.id)).toBe(false);
    return made;
  }

  it('is the one that is left when the file here is lost, and stays', async () => {
    await set();
    const { id, film } = await both();
    shelf.remove(id);
    await sql('UPDATE club_storage SET keep_local_days = 0');
    await tick();
    expect(await row(id)).toMatchObject({ state: 'remote', stamp: expect.any(String) });
    await sql('UPDATE videos SET missing_since = now() WHERE session_id = $1', [id]);
    await tick();
    expect(await row(id)).toMatchObject({ state: 'remote', local: 'here' });
    const { response, body } = await club.desk.bytes(`/api/video/files/${id}/download`);
    expect([response.status, body.equals(film)]).toEqual([200, true]);
  });

  it('of one club do not wait for the storage of another one', async () => {
    const dead = await S3Server.start();
    try {
      await set();
      const { id } = await both();
      const others = await VideoShelf.make(club.service, club.operator, 'Padel Sud');
      await set({ endpoint: dead.url }, others.clubId);
      for (let i = 0; i < 22; i++) {
        await sql(
          `INSERT INTO video_objects (session_id, club_id, object_key, state, stamp, bytes, sha256, uploaded_at, local_since)
           VALUES ($1, $2, 'key', 'remote', 'stamp', 1000, 'sum', now(), now() - interval '1 day')`,
          [await others.put(), others.clubId],
        );
      }
      dead.faults.push(...(['HeadObject', 'DeleteObject'] as const).map((on) => ({ on, does: 503, times: Infinity })));
      await tick();
      await sql('UPDATE club_storage SET keep_local_days = 0');
      await sql(
        `UPDATE video_objects SET state = 'deleting'
          WHERE session_id IN (SELECT session_id FROM video_objects WHERE club_id = $1 LIMIT 2)`,
        [others.clubId],
      );
      await tick();
      expect(shelf.has(id)).toBe(false);
      expect([dead.count('HeadObject'), dead.count('DeleteObject')]).toEqual([1, 1]);
    } finally {
      await dead.stop();
    }
  });

  it('are not forgotten while the file of one of them is leaving', async () => {
    await set();
    const { id } = await both();
    const leaving = club.service.app.get(DataSource).createQueryRunner();
    await leaving.startTransaction();
    await leaving.query(`UPDATE video_objects SET local = 'leaving' WHERE session_id = $1`, [id]);
    const forgotten = club.desk.delete(`${storage()}?forget=true`);
    await until(async () => {
      const held = await sql(
        `SELECT FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid AND a.datname = current_database()
          WHERE NOT l.granted`,
      );
      return held.length > 0;
    });
    await leaving.commitTransaction();
    await leaving.release();
    expect((await forgotten).status).toBe(409);
    expect(await row(id)).toMatchObject({ state: 'remote', local: 'leaving' });
  });

  it('that come while they are deleted are deleted once more', async () => {
    await set();
    const id = await shelf.put();
    s3.faults.push({ on: 'UploadPart', does: 'hang', times: 1 });
    await tick();
    await until(() => s3.hung.length > 0);
    expect((await club.desk.delete(`/api/video/files/${id}/delete`)).status).toBe(200);
    await tick();
    expect((await row(id))?.state).toBe('deleting');
    // What the storage had all of, and was still at when the connection was cut.
    const late = Buffer.from('late');
    s3.objects.set(`${club.clubId}/${id}/${id}.mp4`, { bytes: late, etag: '', sha256: '' });
    await sql('UPDATE video_objects SET next_try_at = now()');
    await tick();
    expect((await row(id))?.state).toBe('deleted');
    expect([s3.objects.size, s3.uploads.size]).toEqual([0, 0]);
  });

  it('leave alone what others upload to the same place, and end what nobody goes on with', async () => {
    await set({ prefix: 'padel/' });
    const folder = `padel/${club.clubId}/`;
    const id = randomUUID();
    const begun = new Date(Date.now() - 30 * 86_400_000);
    const [ours, ...theirs] = [
      ...[`${folder}${id}/${id}.mp4`, `${folder}${id}/${randomUUID()}.mp4`, `${folder}backup.mp4`],
      ...[`padel/${club.clubId}0/${id}/${id}.mp4`, `padel/backup.tar`, 'backup.tar'],
    ];
    for (const key of [ours as string, ...theirs]) s3.uploads.set(key, { key, begun, parts: new Map() });
    const upkeep = club.service.app.get(StorageUpkeep);
    // Once an hour.
    upkeep['staleAt'] = 0;
    await tick();
    expect([...s3.uploads.keys()]).toEqual(theirs);
  });

  it('that were begun and are given up with their storage leave no parts there', async () => {
    await set({ enabled: false });
    const [id, key] = [await shelf.put(), 'somewhere.mp4'];
    await sql(
      `INSERT INTO video_objects (session_id, club_id, object_key, upload_id, part_bytes, state)
       VALUES ($1, $2, $3, 'begun', 5, 'failed')`,
      [id, club.clubId, key],
    );
    s3.uploads.set('begun', { key, begun: new Date(), parts: new Map() });
    expect((await club.desk.delete(storage())).status).toBe(204);
    await until(() => s3.uploads.size === 0);
  });

  describe('and what a storage answers', () => {
    const test = () => club.desk.post<{ ok: boolean; fault: string; detail: string }>(`${storage()}/test`);

    it('is not read beyond all measure', async () => {
      await set();
      s3.faults.push({ on: 'PutObject', does: 'flood', times: 1 });
      expect(await test()).toMatchObject({
        status: 200,
        body: { ok: false, fault: 'storage_unreachable', detail: 'The answer is too large.' },
      });
      s3.faults.push({ on: 'CreateMultipartUpload', does: 403, times: 1, says: 'No. '.repeat(10_000) });
      const found = await club.service.app.get(ClubStores).of(club.clubId);
      const fault = await found?.store.parts?.begin('key', NEVER).catch((error: unknown) => error);
      expect(fault).toMatchObject({ code: 'storage_refused' });
      expect(((fault as Error).cause as Error).message).toMatch(/^403 SlowDown: (No\. ){50}$/);
    });

    it('may be cut while it is read back', async () => {
      await set();
      s3.faults.push({ on: 'GetObject', does: 'cut', times: 9 });
      expect(await test()).toMatchObject({ status: 200, body: { ok: false, fault: 'storage_unreachable' } });
    });
  });

  it('that was fetched back by a process which did not live to say so is noted', async () => {
    const { id, film } = await away();
    writeFileSync(fileOf(id), film);
    await bring(id);
    expect(await row(id)).toMatchObject({ state: 'remote', local: 'here' });
    expect(s3.count('GetObject')).toBe(0);
    // It goes again as any other.
    await tick();
    expect(shelf.has(id)).toBe(false);
    expect((await row(id))?.local).toBe('gone');
    // Another film is nobody's to note: it would go, or be uploaded over what is there.
    writeFileSync(fileOf(id), film.subarray(1));
    await bring(id);
    expect((await row(id))?.local).toBe('gone');
  });

  describe('fetched back by two at once', () => {
    it('are whole, whoever ends first', async () => {
      const { id, film } = await away(2 * MIB);
      s3.faults.push({ on: 'GetObject', does: 'pause', times: 2 });
      const [first, second] = [bring(id), bring(id)];
      await until(() => s3.paused.length === 2 && incoming().length === 2);
      s3.paused[0]?.();
      await Promise.race([first, second]);
      expect(readFileSync(fileOf(id)).equals(film)).toBe(true);
      const noted = await row(id);
      s3.paused[1]?.();
      await Promise.all([first, second]);
      expect(readFileSync(fileOf(id)).equals(film)).toBe(true);
      expect(noted).toMatchObject({ state: 'remote', local: 'here' });
      expect(await row(id)).toEqual(noted);
      expect(incoming()).toEqual([]);
    });

    it('are one, where the other is given up', async () => {
      const { id, film } = await away(2 * MIB);
      s3.faults.push({ on: 'GetObject', does: 'pause', times: 2 });
      const given = new AbortController();
      const [first, second] = [bring(id, given.signal), bring(id)];
      await until(() => s3.paused.length === 2);
      given.abort(new Error('given up'));
      await expect(first).rejects.toThrow('given up');
      for (const go of s3.paused) go();
      await second;
      expect(readFileSync(fileOf(id)).equals(film)).toBe(true);
      expect(incoming()).toEqual([]);
    });

    it('leave nothing behind: what a crash left goes once it is old', async () => {
      const { id } = await away();
      await bring(id);
      const [old, young] = [`${id}.${id}.mp4`, `${id}.${randomUUID()}.mp4`];
      for (const name of [old, young]) writeFileSync(shelf.path(`.incoming/${name}`), 'half');
      shelf.age(`.incoming/${old}`);
      // An import takes its own only.
      await club.service.app.get(IncomingVideos).clear();
      expect(await club.service.app.get(IncomingVideos).sweep(new Date(Date.now() - 3_500_000))).toBe(1);
      expect(incoming()).toEqual([young]);
    });
  });
});
