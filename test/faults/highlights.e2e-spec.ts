import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { h264Clip, RtspCamera } from '../cameras';
import { Courtside } from '../support/courtside';
import { SmallDisk } from '../support/small-disk';
import { until } from '../support/until';
import { FaultWorld } from './fault-world';
import { pictures } from './film';
import { probe } from './highlight-probe';
import { FAULT_RUN, faultTests, FaultRow, Findings } from './ledger';

interface Body {
  readonly highlight: {
    readonly id: string;
    readonly status: string;
    readonly duration_seconds: number;
    readonly error: string | null;
  };
}

/** Where the service dies over a highlight, in the order in which it passes there. */
const POINTS = [
  'highlight.inserted',
  'highlight.making',
  'highlight.rename',
  'highlight.renamed',
  'highlight.row',
  'highlight.made',
] as const;
/** All of them in the fault run; elsewhere those that tell apart most. */
const TELLING: readonly (typeof POINTS)[number][] = ['highlight.making', 'highlight.renamed', 'highlight.row'];

describe('a service killed over a highlight', () => {
  const worlds: FaultWorld[] = [];
  const disks: SmallDisk[] = [];
  let camera: RtspCamera;

  beforeAll(async () => {
    camera = new RtspCamera({ clip: await h264Clip({ width: 320, height: 180, seconds: 4, gopSeconds: 1 }) });
    await camera.start();
  });

  /** The next one makes it, once, and nothing is left over. */
  async function at(point: string, found: Findings): Promise<void> {
    const world = await FaultWorld.make({});
    worlds.push(world);
    const service = await world.start({ faultPoint: point });
    const desk = await Courtside.at(service.url);
    const sessionId = await desk.record(await desk.court('Court 1', camera.url));
    await pictures(camera, 150);
    // It dies over it, before or after it has answered.
    await desk.api.post('/api/video/highlights', { session_id: sessionId, seconds: 5 }).catch(() => undefined);
    await service.ended;
    found.happened();

    const after = await Courtside.at((await world.start()).url);
    const highlight = await until(async () => {
      const { body } = await after.api.get<{ highlights: Body['highlight'][] }>(
        `/api/video/highlights?session_id=${sessionId}`,
      );
      return body.highlights.length === 1 && body.highlights[0]?.status === 'ready' && body.highlights[0];
    });
    const folder = join(world.videosDir, `${after.clubId}`, 'highlights');
    expect(readdirSync(folder)).toEqual([`${highlight.id}.mp4`]);
    const { seconds, complaints } = await probe(join(folder, `${highlight.id}.mp4`));
    expect(complaints).toBe('');
    expect(Math.abs(seconds - highlight.duration_seconds)).toBeLessThan(0.05);
    await after.stop(sessionId);
  }

  /** It waits, and is made once there is room. */
  async function withoutRoom(found: Findings): Promise<void> {
    const root = mkdtempSync(join(tmpdir(), 'padelvar-highlights-'));
    const disk = SmallDisk.mount(join(root, 'videos'), 48);
    if (typeof disk === 'string') return found.cannot(disk);
    disks.push(disk);
    const world = await FaultWorld.make({ root });
    worlds.push(world);
    const desk = await Courtside.at((await world.start()).url);
    const sessionId = await desk.record(await desk.court('Court 1', camera.url), 1);
    await pictures(camera, 75);
    await desk.stop(sessionId);
    disk.fill(10_000);
    found.happened();
    const stretch = { session_id: sessionId, start_seconds: 0, end_seconds: 2 };
    const asked = await desk.api.post<Body>('/api/video/highlights', stretch);
    expect(asked.status).toBe(202);
    const become = (holds: (highlight: Body['highlight']) => boolean): Promise<Body['highlight']> =>
      until(async () => {
        const { body } = await desk.api.get<Body>(`/api/video/highlights/${asked.body.highlight.id}`);
        return holds(body.highlight) && body.highlight;
      });
    expect(await become(({ error }) => error !== null)).toMatchObject({ status: 'waiting' });
    expect(readdirSync(join(world.videosDir, `${desk.clubId}`))).not.toContain('highlights');
    disk.empty();
    expect(await become(({ status }) => status === 'ready')).toMatchObject({ error: null });
  }

  const full: FaultRow = {
    section: 'Machine',
    fault: 'the disk has no room for a highlight',
    how: 'a file system of 48 MiB, filled and emptied again',
    invariants: ['I4'],
  };
  const row = (how: string): FaultRow => {
    return { section: 'Service', fault: 'SIGKILL while it makes a highlight', how, invariants: ['I3', 'I4'] };
  };

  faultTests(2, [
    ...POINTS.filter((point) => FAULT_RUN || TELLING.includes(point)).map((point) => ({
      row: row(`at ${point}`),
      play: (found: Findings) => at(point, found),
    })),
    { row: full, play: withoutRoom },
  ]);

  afterAll(async () => {
    for (const disk of disks) disk.unmount();
    for (const world of worlds) await world.close();
    await camera?.stop();
  });
});
