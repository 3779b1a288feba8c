import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { Courtside } from '../support/courtside';
import { S3Server } from '../support/s3-server';
import { TestApp } from '../support/test-app';
import { until } from '../support/until';
import { VideoShelf } from '../support/video-shelf';
import { FaultWorld } from './fault-world';
import { FAULT_RUN, faultTests, FaultRow, Findings } from './ledger';

const MIB = 2 ** 20;

/** Where the service dies over an upload and what follows it, in the order in which it passes there. */
const POINTS = [
  'upload.started',
  'upload.begun',
  'upload.part_sent',
  'upload.finished',
  'upload.verified',
  'local.leaving',
  'local.removed',
] as const;
/** All of them in the fault run; elsewhere the one that says most. */
const TELLING: readonly (typeof POINTS)[number][] = ['upload.part_sent'];

describe('a service killed over an upload', () => {
  const ends: (() => Promise<unknown>)[] = [];

  /** The next one goes on where it was, and the file goes only once its copy is whole. */
  async function at(point: (typeof POINTS)[number], found: Findings): Promise<void> {
    const s3 = await S3Server.start();
    const world = await FaultWorld.make({});
    const database = new Client({ connectionString: world.databaseUrl });
    await database.connect();
    ends.push(
      () => s3.stop(),
      () => database.end(),
      () => world.close(),
    );
    const query = async (text: string, parameters: unknown[]): Promise<unknown[]> =>
      (await database.query(text, parameters)).rows as unknown[];

    const service = await world.start({ faultPoint: point });
    const desk = await Courtside.at(service.url);
    const files = { config: { videosDir: world.videosDir }, app: { get: () => ({ query }) } } as unknown as TestApp;
    const shelf = await VideoShelf.of(files, desk.api, desk.clubId);
    const id = await shelf.put({ bytes: 20 * MIB });
    const bytes = readFileSync(shelf.path(`${desk.clubId}/${id}.mp4`));
    const place = { kind: 's3', endpoint: s3.url, bucket: s3.bucket, keep_local_days: 0 };
    const keys = { access_key_id: s3.accessKeyId, secret_access_key: 'secret' };
    await desk.api.put(`/api/clubs/${desk.clubId}/storage`, { ...place, ...keys }).catch(() => undefined);
    await service.ended;
    found.happened();

    await world.start();
    const row = await until(async () => {
      const [one] = (await query('SELECT state, local, upload_id FROM video_objects WHERE session_id = $1', [id])) as {
        state: string;
        local: string;
        upload_id: string | null;
      }[];
      // What was uploaded is taken by the next look, a quarter of a minute later.
      return one?.state === 'remote' && (one.local === 'gone' || !point.startsWith('local')) && one;
    });
    expect(row.upload_id).toBeNull();
    expect(s3.objects.get(`${desk.clubId}/${id}/${id}.mp4`)?.bytes.equals(bytes)).toBe(true);
    expect(shelf.has(id)).toBe(row.local !== 'gone');
    if (point === 'upload.part_sent')
      expect([s3.count('CreateMultipartUpload'), s3.count('UploadPart')]).toEqual([1, 3]);
    if (point !== 'upload.begun') expect(s3.uploads.size).toBe(0);
  }

  const row = (how: string): FaultRow => {
    return { section: 'Service', fault: 'SIGKILL while it copies a video to its storage', how, invariants: ['I4'] };
  };

  faultTests(
    2,
    POINTS.filter((point) => FAULT_RUN || TELLING.includes(point)).map((point) => ({
      row: row(`at ${point}`),
      play: (found: Findings) => at(point, found),
    })),
  );

  afterAll(async () => {
    for (const end of ends) await end();
  });
});
