import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { DataSource } from 'typeorm';
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
      const [old, young] = [`${id}.${id}.mp4`, `${id}.${id.replace(/^./, '0')}.mp4`];
      for (const name of [old, young]) writeFileSync(shelf.path(`.incoming/${name}`), 'half');
      shelf.age(`.incoming/${old}`);
      // An import takes its own only.
      await club.service.app.get(IncomingVideos).clear();
      expect(await club.service.app.get(IncomingVideos).sweep(new Date(Date.now() - 3_500_000))).toBe(1);
      expect(incoming()).toEqual([young]);
    });
  });
});
