import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { h264Clip, RtspCamera } from '../cameras';
import { Courtside } from '../support/courtside';
import { Service, ServiceOptions } from '../support/service';
import { SmallDisk } from '../support/small-disk';
import { FaultWorld } from './fault-world';
import { pictures } from './film';
import { faultTests, FaultRow, Findings } from './ledger';
import { Witness } from './witness';

const MEBIBYTE = 2 ** 20;

/** A service, its desk and two courts on one camera each. */
interface Scene {
  readonly world: FaultWorld;
  readonly service: Service;
  readonly desk: Courtside;
  readonly camera: RtspCamera;
  readonly other: RtspCamera;
  readonly witness: Witness;
  readonly courts: readonly [number, number];
}

describe('a disk that has no room', () => {
  const cameras: RtspCamera[] = [];
  const worlds: FaultWorld[] = [];
  const disks: SmallDisk[] = [];

  beforeAll(async () => {
    const clip = await h264Clip({ width: 320, height: 180, seconds: 8, bitrate: 2_000_000 });
    for (let i = 0; i < 6; i++) cameras.push(new RtspCamera({ clip }));
    for (const camera of cameras) await camera.start();
  });

  async function open(world: FaultWorld, options: ServiceOptions): Promise<Scene> {
    worlds.push(world);
    const [camera, other] = cameras.splice(0, 2) as [RtspCamera, RtspCamera];
    used.push(camera, other);
    const service = await world.start(options);
    const desk = await Courtside.at(service.url);
    const courts = [await desk.court('Court 1', camera.url), await desk.court('Court 2', other.url)] as const;
    return { world, service, desk, camera, other, witness: new Witness(camera), courts };
  }
  const used: RtspCamera[] = [];

  /** With the videos on a small disk. @returns `null` where there can be none, which the row then says */
  async function onSmallDisk(
    found: Findings,
    mebibytes: number,
    env: Record<string, string> = {},
  ): Promise<(Scene & { disk: SmallDisk }) | null> {
    const root = mkdtempSync(join(tmpdir(), 'padelvar-full-'));
    const disk = SmallDisk.mount(join(root, 'videos'), mebibytes);
    if (typeof disk === 'string') {
      found.cannot(disk);
      return null;
    }
    disks.push(disk);
    return { ...(await open(await FaultWorld.make({ root }), { env })), disk };
  }

  /** No recording may start; what is there may be watched and deleted, and then there is room again. */
  async function fullAndFreed(
    { desk, courts, other, world }: Scene,
    sessionId: string,
    free: () => void,
  ): Promise<void> {
    const opened = await desk.create(courts[1]);
    const second = opened.body.session?.session_id ?? '';
    const refused = await desk.start(second);
    expect(refused.body).toMatchObject({ status: 507, code: 'disk_full' });
    // Refused is not recorded: it may be tried again.
    expect(await desk.recording(second)).toBeNull();
    expect((await desk.download(sessionId)).response.status).toBe(200);
    expect((await desk.remove(sessionId)).status).toBe(200);
    free();
    // Until then its rate is a guess, for which so small a disk may have no room.
    await pictures(other, 60);
    expect((await desk.start(second, 1)).status).toBe(201);
    expect((await desk.stop(second)).body.recording?.status).toBe('ready');
    for (const id of [sessionId, second]) await desk.close(id);
    await world.atRest(null);
  }

  async function filled(found: Findings): Promise<void> {
    const scene = await onSmallDisk(found, 24);
    if (!scene) return;
    const { desk, camera, courts, disk, world, witness } = scene;
    const sessionId = await desk.record(courts[0], 1);
    await pictures(camera, 30);
    disk.fill(400_000);
    found.happened();
    expect(await desk.over(sessionId)).toMatchObject({ status: 'ready', error: expect.stringContaining('disk') });
    await world.filmed(found, sessionId, witness);
    await fullAndFreed(scene, sessionId, () => disk.empty());
  }

  async function nearlyFull(found: Findings): Promise<void> {
    const scene = await onSmallDisk(found, 64, { DISK_RESERVE_MB: '16' });
    if (!scene) return;
    const { desk, camera, courts, disk, world, witness } = scene;
    const sessionId = await desk.record(courts[0], 1);
    await pictures(camera, 30);
    disk.fill(7 * MEBIBYTE);
    found.happened();
    expect(await desk.over(sessionId)).toMatchObject({ status: 'ready' });
    await world.filmed(found, sessionId, witness);
    await fullAndFreed(scene, sessionId, () => disk.empty());
  }

  async function limited(found: Findings): Promise<void> {
    const scene = await open(await FaultWorld.make(), { limits: { fileBytes: MEBIBYTE } });
    const { desk, camera, courts, service, world, witness } = scene;
    const sessionId = await desk.record(courts[0], 1);
    await pictures(camera, 25);
    found.happened();
    expect(await desk.over(sessionId)).toMatchObject({ status: 'ready', error: expect.stringContaining('disk') });
    await world.filmed(found, sessionId, witness);
    // For the length of a match even the reserve is too large a file.
    await fullAndFreed(scene, sessionId, () => service.limit({ fileBytes: 100 * MEBIBYTE }));
  }

  const row = (fault: string, how: string): FaultRow => ({
    section: 'Machine',
    fault,
    how,
    invariants: ['I1', 'I4', 'I5'],
  });

  faultTests(3, [
    {
      row: row('the disk is full in mid-match', 'a small tmpfs for the videos, filled while a court records'),
      play: filled,
    },
    {
      row: row('the disk is nearly full in mid-match', 'a tmpfs with less than half of DISK_RESERVE_MB left'),
      play: nearlyFull,
    },
    { row: row('a file may grow no more', '`ulimit -f` of 1 MiB: EFBIG in mid-match'), play: limited },
  ]);

  afterAll(async () => {
    for (const disk of disks) disk.unmount();
    for (const world of worlds) await world.close();
    for (const camera of [...cameras, ...used]) await camera.stop();
  });
});
