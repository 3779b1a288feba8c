import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { withClient } from '../../src/database/embedded/connect';
import { beepsOf } from '../../src/media/sound/sound.fixture';
import { beeps, h264Clip, readWithFfmpeg, RtspCamera, SoundClip } from '../cameras';
import { Courtside, RecordingAnswer } from '../support/courtside';
import { DatabaseProxy } from '../support/database-proxy';
import { Service } from '../support/service';
import { until } from '../support/until';
import { FaultWorld } from './fault-world';
import { pictures } from './film';
import { faultTests, FaultRow, Findings } from './ledger';
import { Witness } from './witness';

/** What a kill may cost: the last second, which was not yet written, and the picture under way. */
const LAST_SECOND = 1.1;
/** From the moment at which the service is back to the first new second on disk. */
const RESUMED_SECONDS = 5;

/** A service and its one court, whose camera is watched. */
interface Scene {
  readonly world: FaultWorld;
  readonly service: Service;
  readonly desk: Courtside;
  readonly court: number;
  readonly camera: RtspCamera;
  readonly witness: Witness;
}

describe('a service killed while it records', () => {
  const worlds: FaultWorld[] = [];
  const cameras: RtspCamera[] = [];
  const proxies: DatabaseProxy[] = [];

  async function open(between?: (databaseUrl: string) => Promise<string>, sound?: SoundClip): Promise<Scene> {
    const world = await FaultWorld.make(between ? { between } : {});
    worlds.push(world);
    const clip = await h264Clip({ width: 640, height: 360, seconds: 8, gopSeconds: 1 });
    const camera = new RtspCamera({ clip, ...(sound ? { sound, announced: 'h264+aac' } : {}) });
    cameras.push(camera);
    await camera.start();
    const service = await world.start();
    const desk = await Courtside.at(service.url);
    const court = await desk.court('Court 1', camera.url);
    if (sound) await desk.api.patch(`/api/terrains/${court}`, { record_sound: true });
    return { world, service, desk, court, camera, witness: new Witness(camera) };
  }

  /** Kills it, and says when. Milliseconds. */
  async function kill({ service }: Scene, found: Findings): Promise<number> {
    const at = Date.now();
    await service.end('SIGKILL');
    found.happened();
    return at;
  }

  /** One file, one row, nothing left over, and the court is free for the next match. */
  async function whole(scene: Scene, desk: Courtside, sessionId: string, found: Findings): Promise<void> {
    const { world, witness, court } = scene;
    await desk.close(sessionId);
    await world.filmed(found, sessionId, witness);
    expect(readdirSync(join(world.videosDir, '.recordings'))).toEqual([]);
    expect(readdirSync(join(world.videosDir, `${desk.clubId}`))).toEqual([`${sessionId}.mp4`]);
    const next = await desk.create(court);
    expect(next.status).toBe(201);
    await desk.close(next.body.session?.session_id as string);
    await world.atRest(null);
  }

  /** By how many seconds a beep is heard before or after its picture, at the most. */
  async function soundApart(path: string): Promise<number> {
    const { frames } = await readWithFfmpeg(path);
    const flashes = frames.filter(({ bars }) => bars !== null && bars % 25 === 0).map(({ seconds }) => seconds);
    const heard = beepsOf(path).filter((second) => second > 0.3);
    expect(heard.length).toBeGreaterThan(2);
    // What is heard when there was no picture has none.
    const apart = heard.map((second) => Math.min(...flashes.map((flash) => Math.abs(flash - second))));
    return Math.max(...apart.filter((seconds) => seconds < 0.4));
  }

  const lengthOf = ({ started_at, stopped_at }: RecordingAnswer): number =>
    (Date.parse(stopped_at ?? '') - Date.parse(started_at ?? '')) / 1000;

  async function thenFrozenCamera(found: Findings): Promise<void> {
    const scene = await open(undefined, await beeps('aac'));
    const { world, desk, camera, court } = scene;
    const sessionId = await desk.record(court);
    await pictures(camera, 50);
    await kill(scene, found);
    await pictures(camera, 12);

    const after = await Courtside.at((await world.start()).url);
    const back = performance.now();
    await after.recordingThat(sessionId, ({ status }) => status === 'recording');
    const seconds = (performance.now() - back) / 1000;
    expect(seconds).toBeLessThan(RESUMED_SECONDS);
    found.note(`recorded again ${seconds.toFixed(1)} s after the service was back`);
    await pictures(camera, 25);

    camera.silence();
    found.happened();
    await after.recordingThat(sessionId, ({ status }) => status === 'reconnecting');
    await pictures(camera, 12);
    camera.speak();
    await after.recordingThat(sessionId, ({ status }) => status === 'recording');
    await pictures(camera, 25);

    const { recording } = (await after.stop(sessionId)).body as { recording: RecordingAnswer };
    expect(recording).toMatchObject({ status: 'ready', restarts: 1, error: null });
    expect(recording.gaps.map(({ reason }) => reason)).toEqual(['service_restarted', 'camera_stalled']);
    // The true length: what passed by the clock, holes and all.
    expect(Math.abs(recording.duration_seconds - lengthOf(recording))).toBeLessThan(0.3);
    await whole(scene, after, sessionId, found);
    const apart = await soundApart(join(world.videosDir, `${desk.clubId}`, `${sessionId}.mp4`));
    found.note(`one file, two gaps, sound and pictures ${Math.round(apart * 1000)} ms apart at the most`);
    expect(apart).toBeLessThan(0.07);
  }

  async function untilTheEndHasPassed(found: Findings): Promise<void> {
    const scene = await open();
    const { world, desk, camera, court } = scene;
    const sessionId = await desk.record(court);
    await pictures(camera, 90);
    const killedAt = await kill(scene, found);
    await withClient(world.databaseUrl, (client) =>
      client.query(`UPDATE recordings SET planned_end_at = now() - interval '1 second'`),
    );

    const after = await Courtside.at((await world.start()).url);
    const ready = await after.over(sessionId);
    expect(ready).toMatchObject({ status: 'ready', video_path: `${desk.clubId}/${sessionId}.mp4`, gaps: [] });
    const lost = (killedAt - Date.parse(ready.stopped_at ?? '')) / 1000;
    found.lost(lost);
    expect(lost).toBeLessThan(LAST_SECOND);
    expect((await after.api.get<{ count: number }>('/api/video/files/list')).body.count).toBe(1);
    await whole(scene, after, sessionId, found);
  }

  async function atAnUnwrittenStop(found: Findings): Promise<void> {
    let proxy: DatabaseProxy | null = null;
    const scene = await open(async (databaseUrl) => {
      proxy = await DatabaseProxy.start(databaseUrl);
      proxies.push(proxy);
      return proxy.url;
    });
    const { world, desk, camera, court } = scene;
    const network = proxy as unknown as DatabaseProxy;
    const sessionId = await desk.record(court);
    await pictures(camera, 40);
    const silent = network.hangBefore((words) => words.includes('UPDATE recordings') && words.includes('stopping'));
    const stopped = desk.stop(sessionId).catch(() => null);
    const stoppedAt = Date.now();
    await silent;
    await until(() => existsSync(join(world.videosDir, `${desk.clubId}`, `${sessionId}.mp4`)));
    await kill(scene, found);
    await stopped;
    network.heal();

    const after = await Courtside.at((await world.start()).url);
    const ready = await after.over(sessionId);
    expect(ready).toMatchObject({ status: 'ready', restarts: 0, gaps: [] });
    // Where it was stopped: neither cut nor gone on with.
    expect(Math.abs(Date.parse(ready.stopped_at ?? '') - stoppedAt)).toBeLessThan(500);
    await whole(scene, after, sessionId, found);
  }

  const row = (how: string): FaultRow => {
    const invariants = ['I1', 'I2', 'I3', 'I4', 'I5'] as const;
    return { section: 'Service', fault: 'SIGKILL while it records', how, invariants };
  };

  faultTests(3, [
    { row: row('started again, then the camera freezes for seconds'), play: thenFrozenCamera },
    { row: row('away until the planned end has passed'), play: untilTheEndHasPassed },
    { row: row('its file made, the row still says recording: the database hung at the stop'), play: atAnUnwrittenStop },
  ]);

  afterAll(async () => {
    for (const world of worlds) await world.close();
    for (const proxy of proxies) await proxy.stop();
    for (const camera of cameras) await camera.stop();
  });
});
