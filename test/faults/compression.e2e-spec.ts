import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withClient } from '../../src/database/embedded/connect';
import { drawFilm } from '../../src/media/fmp4/clip.fixture';
import { Courtside } from '../support/courtside';
import { inspectMp4 } from '../support/mp4';
import { SmallDisk } from '../support/small-disk';
import { until } from '../support/until';
import { FaultWorld } from './fault-world';
import { FAULT_RUN, faultTests, FaultRow, Findings } from './ledger';

interface Body {
  readonly video: {
    readonly size_bytes: number;
    readonly compression: {
      readonly state: string;
      readonly reason: string | null;
      readonly size_bytes: number | null;
    };
  };
}

/** Where the service dies over a compression, in the order in which it passes there. */
const POINTS = [
  'compress.begun',
  'compress.coded',
  'compress.passed',
  'compress.intended',
  'compress.rename',
  'compress.renamed',
  'compress.durable',
  'compress.done',
] as const;
/** All of them in the fault run; elsewhere the one between file and row. */
const TELLING: readonly (typeof POINTS)[number][] = ['compress.renamed'];
const SECONDS = 2;

describe('a service that fails over a compression', () => {
  const worlds: FaultWorld[] = [];
  const disks: SmallDisk[] = [];

  afterAll(async () => {
    for (const disk of disks) disk.unmount();
    for (const world of worlds) await world.close();
  });

  /** A video as recording leaves it. @returns its session, and its path */
  async function video(world: FaultWorld, desk: Courtside): Promise<{ id: string; path: string }> {
    const id = randomUUID();
    const path = join(world.videosDir, `${desk.clubId}`, `${id}.mp4`);
    mkdirSync(join(path, '..'), { recursive: true });
    drawFilm(path, { seconds: SECONDS, crf: 2, bFrames: 2 });
    const court = await desk.court('Court 1', 'rtsp://127.0.0.1:1/old');
    const me = await desk.api.get<{ id: number }>('/api/auth/me');
    const rows = [id, court, desk.clubId, me.body.id];
    await withClient(world.databaseUrl, async (client) => {
      await client.query(
        `INSERT INTO camera_sessions (id, court_id, club_id, user_id, status, closed_at) VALUES ($1, $2, $3, $4, 'closed', now())`,
        rows,
      );
      await client.query(
        `INSERT INTO recordings (session_id, court_id, club_id, user_id, status, planned_end_at)
         VALUES ($1, $2, $3, $4, 'ready', now())`,
        rows,
      );
      await client.query(
        `INSERT INTO videos (session_id, court_id, club_id, user_id, video_path, size_bytes, duration_seconds, width, height, codec)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 320, 180, 'h264')`,
        [...rows, `${desk.clubId}/${id}.mp4`, statSync(path).size, SECONDS],
      );
    });
    return { id, path };
  }

  const timesOf = (path: string): string[] => {
    const entries = ['-show_entries', 'packet=pts:stream=nb_frames,duration', '-of', 'csv=p=0', path];
    return execFileSync('ffprobe', ['-v', 'error', ...entries])
      .toString()
      .split('\n')
      .sort();
  };
  const become = (desk: Courtside, id: string, holds: (video: Body['video']) => boolean): Promise<Body['video']> =>
    until(async () => {
      const { body } = await desk.api.get<Body>(`/api/video/files/${id}`);
      return holds(body.video) && body.video;
    });
  const leftovers = (world: FaultWorld): string[] => readdirSync(join(world.videosDir, '.compressing'));

  /** There is a whole file at any moment, and the next life ends what was begun: once, with nothing left over. */
  async function at(point: string, found: Findings): Promise<void> {
    const world = await FaultWorld.make({});
    worlds.push(world);
    const service = await world.start({ faultPoint: point });
    const desk = await Courtside.at(service.url);
    const { id, path } = await video(world, desk);
    const [before, times] = [statSync(path).size, timesOf(path)];
    expect((await desk.api.post(`/api/video/files/${id}/compress`, {})).status).toBe(202);
    await service.ended;
    found.happened();
    expect(timesOf(path)).toEqual(times);

    const after = await Courtside.at((await world.start()).url);
    await become(after, id, ({ compression }) => compression.state === 'done');
    const { size } = statSync(path);
    expect(size).toBeLessThan(0.8 * before);
    // Asked once more: the two rows that an answer is made of are not read in one moment.
    const done = await become(after, id, () => true);
    expect([done.size_bytes, done.compression.size_bytes]).toEqual([size, size]);
    expect([timesOf(path), (await inspectMp4(path)).complaints]).toEqual([times, '']);
    const [line, ...others] = await withClient(world.databaseUrl, async (client) => {
      const { rows } = await client.query(`SELECT details FROM audit_log WHERE action = 'video.compressed'`);
      return rows as { details: object }[];
    });
    expect([line?.details, others]).toMatchObject([
      { size_bytes: size, original_size_bytes: before, codec: 'h264' },
      [],
    ]);
    await until(() => leftovers(world).length === 0);
  }

  /** It stays as it is, and nothing is left over. */
  async function withoutRoom(found: Findings): Promise<void> {
    const root = mkdtempSync(join(tmpdir(), 'padelvar-compression-'));
    const disk = SmallDisk.mount(join(root, 'videos'), 32);
    if (typeof disk === 'string') return found.cannot(disk);
    disks.push(disk);
    const world = await FaultWorld.make({ root });
    worlds.push(world);
    const desk = await Courtside.at((await world.start()).url);
    const { id, path } = await video(world, desk);
    const [before, times] = [statSync(path).size, timesOf(path)];
    disk.fill(100_000);
    found.happened();
    expect((await desk.api.post(`/api/video/files/${id}/compress`, {})).status).toBe(202);
    const { compression } = await become(desk, id, (it) => it.compression.reason !== null);
    expect(compression).toMatchObject({ state: 'queued', reason: 'disk_full' });
    expect([statSync(path).size, timesOf(path)]).toEqual([before, times]);
  }

  const full: FaultRow = {
    section: 'Machine',
    fault: 'the disk has no room for a smaller copy of a video',
    how: 'a file system of 32 MiB, filled',
    invariants: ['I3', 'I4'],
  };
  const row = (how: string): FaultRow => {
    return { section: 'Service', fault: 'SIGKILL while it compresses a video', how, invariants: ['I3', 'I4'] };
  };

  faultTests(2, [
    ...POINTS.filter((point) => FAULT_RUN || TELLING.includes(point)).map((point) => ({
      row: row(`at ${point}`),
      play: (found: Findings) => at(point, found),
    })),
    ...(FAULT_RUN ? [{ row: full, play: withoutRoom }] : []),
  ]);
});
