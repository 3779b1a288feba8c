import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock, SystemClock } from '../common/clock';
import { AppConfig } from '../config/app-config';
import { Toolchain } from '../media/toolchain';
import { CameraConnector } from '../proxy/camera-connector';
import { CameraSnapshots } from '../proxy/camera-snapshots';
import { RecorderFactory } from '../recording/engine/recorder-factory';
import { NodeDisk } from '../storage/disk';
import { VideoStore } from '../storage/video-store';
import { h264Clip, mjpegClip, MjpegCamera, RtspCamera } from '../../test/cameras';
import { RecordingFacts } from './court-runtime';
import { LocalCourtRuntime } from './local-court-runtime';

const SIZE = { width: 640, height: 360, fps: 25, seconds: 4, gopSeconds: 1 };

describe('LocalCourtRuntime', () => {
  let root: string;
  let runtime: LocalCourtRuntime;
  const clock: Clock = new SystemClock();
  const sessions = new Set<string>();
  let number = 0;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'padelvar-runtime-'));
    const config = {
      port: 1,
      databaseUrl: null,
      cameraAllowLoopback: true,
      cameraStallSeconds: 5,
      cameraTimeoutSeconds: 5,
      proxyBasePort: 18_080,
      diskReserveMb: 0,
      videoCodec: 'libx264',
      videoPreset: 'veryfast',
      videoCrf: 23,
      videoFps: 25,
      logsDir: root,
      videosDir: join(root, 'videos'),
      dataDir: root,
    } as unknown as AppConfig;
    const toolchain = new Toolchain('ffmpeg', 'ffprobe', clock, root);
    const disk = new NodeDisk();
    const store = await VideoStore.open(disk, config.videosDir);
    runtime = new LocalCourtRuntime(
      new CameraConnector(config, toolchain, clock),
      new RecorderFactory(config, store, disk, toolchain, clock),
      new CameraSnapshots(toolchain, clock),
      config,
      clock,
    );
  });

  afterAll(async () => {
    await runtime.onModuleDestroy();
    rmSync(root, { recursive: true, force: true });
  });

  function newSession(): string {
    const id = `00000000-0000-4000-8000-${String(++number).padStart(12, '0')}`;
    sessions.add(id);
    return id;
  }

  function probe(facts: RecordingFacts): { duration: number; errors: string; frames: number } {
    const file = join(root, 'videos', facts.video?.videoPath ?? '');
    const json = execFileSync('ffprobe', ['-v', 'error', '-count_packets', '-of', 'json', '-show_streams', file]);
    const [stream] = (JSON.parse(json.toString()) as { streams: { duration: string; nb_read_packets: string }[] })
      .streams;
    const decode = execFileSync('sh', ['-c', `ffmpeg -v warning -i '${file}' -f null - 2>&1`]).toString();
    return { duration: Number(stream?.duration), errors: decode, frames: Number(stream?.nb_read_packets) };
  }

  async function happens(sessionId: string, until: (facts: RecordingFacts) => boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      const watching = runtime.watch().subscribe((event) => {
        if (event.type !== 'recording.changed' || event.sessionId !== sessionId || !until(event.recording)) return;
        watching.unsubscribe();
        resolve();
      });
    });
  }

  it.each(['rtsp with Digest and B-frames', 'mjpeg'])('records one true MP4: %s', async (kind) => {
    const camera =
      kind === 'mjpeg'
        ? new MjpegCamera({ clip: await mjpegClip(SIZE) })
        : new RtspCamera({
            clip: await h264Clip({ ...SIZE, bframes: 2 }),
            auth: 'digest',
            username: 'club',
            password: 'p@ss',
          });
    await camera.start();
    try {
      const sessionId = newSession();
      const opened = await runtime.open({ sessionId, cameraUrl: camera.url });
      expect(opened.facts).toMatchObject({ width: 640, height: 360 });
      const started = await runtime.startRecording({ sessionId, clubId: 1, plannedEndAt: clock.now() + 4_000 });
      expect(started.phase).toBe('recording');
      await happens(sessionId, ({ phase }) => phase === 'ready' || phase === 'failed');
      const facts = runtime.recording(sessionId) as RecordingFacts;
      expect(facts).toMatchObject({ phase: 'ready', error: null, gaps: [] });
      const wall = ((facts.stoppedAt as number) - (facts.startedAt as number)) / 1000;
      const file = probe(facts);
      expect(Math.abs(file.duration - wall)).toBeLessThan(0.2);
      expect(Math.abs(file.frames - wall * 25)).toBeLessThan(6);
      expect(file.errors).toBe('');
      await runtime.close(sessionId);
      expect(runtime.openSessions()).toEqual([]);
    } finally {
      await camera.stop();
    }
  });
});
