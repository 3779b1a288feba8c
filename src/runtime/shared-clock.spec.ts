import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../common/clock';
import { AppConfig } from '../config/app-config';
import { Toolchain } from '../media/toolchain';
import { CameraConnector } from '../proxy/camera-connector';
import { CameraSnapshots } from '../proxy/camera-snapshots';
import { RecorderFactory } from '../recording/engine/recorder-factory';
import { NodeDisk } from '../storage/disk';
import { VideoStore } from '../storage/video-store';
import { clockAt, FilmedPicture, followPictures, h264Clip, readClock, RtspCamera } from '../../test/cameras';
import { OpenSpec, RecordingFacts } from './court-runtime';
import { LocalCourtRuntime } from './local-court-runtime';

const SIZE = { width: 320, height: 180, fps: 25, seconds: 8, gopSeconds: 1, bitrate: 400_000 };
const FILMED = 75;

describe('the clock of a match', () => {
  const clock = new SystemClock();
  let root: string;
  let runtime: LocalCourtRuntime;
  const cameras: RtspCamera[] = [];

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'padelvar-clock-'));
    const config = {
      port: 1,
      databaseUrl: null,
      cameraAllowLoopback: true,
      cameraStallSeconds: 5,
      cameraTimeoutSeconds: 5,
      proxyBasePort: 18_480,
      diskReserveMb: 0,
      logsDir: root,
      videosDir: join(root, 'videos'),
      dataDir: root,
    } as unknown as AppConfig;
    const toolchain = new Toolchain('ffmpeg', 'ffprobe', clock, root);
    const disk = new NodeDisk();
    const factory = new RecorderFactory(config, await VideoStore.open(disk, config.videosDir), disk, toolchain, clock);
    const connector = new CameraConnector(config, toolchain, clock);
    runtime = new LocalCourtRuntime(connector, factory, new CameraSnapshots(toolchain, clock), config, clock);
  });

  afterAll(async () => {
    await runtime.onModuleDestroy();
    await Promise.all(cameras.map((camera) => camera.stop()));
    rmSync(root, { recursive: true, force: true });
  });

  async function film(camera: RtspCamera, sharing: Pick<OpenSpec, 'sharedZero' | 'reference'>) {
    cameras.push(camera);
    await camera.start();
    const taken = followPictures(camera);
    const sessionId = randomUUID();
    const { zero } = await runtime.open({ sessionId, cameraUrl: camera.url, ...sharing });
    const finish = async (): Promise<FilmedPicture[]> => {
      const [part] = runtime.recorded(sessionId, { part: 1, fragment: 0 }) ?? [];
      const { video, gaps, error } = (await runtime.stopRecording(sessionId)) as RecordingFacts;
      expect({ gaps, error }).toEqual({ gaps: [], error: null });
      const beganAt = zero.monotonicMs + (part?.startTicks as number) / 90;
      return readClock(join(root, 'videos', video?.videoPath as string), beganAt, taken);
    };
    return { sessionId, zero, finish };
  }

  it('is in the pictures of all its films: the moment that one shows, the others show', async () => {
    const clip = await h264Clip(SIZE);
    const fast = { wayMs: 20, reportPlace: 'before' as const };
    const main = await film(new RtspCamera({ clip, ...fast }), {});
    const sharing = { sharedZero: main.zero, reference: main.sessionId };
    // With B-frames, which are decoded long before they are shown, and a way of its own.
    const reordered = await h264Clip({ ...SIZE, bframes: 2 });
    const told = await film(new RtspCamera({ clip: reordered, ...fast, wayMs: 180 }), sharing);
    const untold = await film(new RtspCamera({ clip, wayMs: 20, senderReportMs: 0 }), sharing);
    expect([told.zero, untold.zero]).toEqual([main.zero, main.zero]);

    const all = [main, told, untold];
    const plannedEndAt = clock.now() + 60_000;
    await Promise.all(all.map(({ sessionId }) => runtime.startRecording({ sessionId, clubId: 1, plannedEndAt })));
    for (let pictures = 0; pictures < FILMED; pictures++) await once(cameras[0] as RtspCamera, 'frame');
    const [first = [], ...angles] = await Promise.all(all.map(({ finish }) => finish()));
    const apart = angles.map((angle) =>
      first.flatMap(({ shownAt, capturedAt }) => {
        const other = clockAt(angle, shownAt);
        return other === null ? [] : [Math.abs(other.clock - capturedAt)];
      }),
    );
    for (const values of apart) expect(values.length).toBeGreaterThan(FILMED / 2);
    expect(Math.max(...(apart[0] as number[]))).toBeLessThan(40);
    expect(Math.max(...(apart[1] as number[]))).toBeLessThan(100);
  }, 30_000);
});
