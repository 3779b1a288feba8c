import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beepsOf } from '../../src/media/sound/sound.fixture';
import { beeps, H264Clip, h264Clip, readWithFfmpeg, RtspCamera, RtspCameraOptions } from '../cameras';
import { startTestClub, TestClub } from '../support/club';

interface Sound {
  readonly state: string;
  readonly codec: string | null;
  readonly message: string | null;
}

/** A court, its camera, and the session on it. */
interface Court {
  readonly camera: RtspCamera;
  readonly id: number;
  session: string;
}

describe("a court that records its camera's sound", () => {
  let club: TestClub;
  let clip: H264Clip;
  const courts: Record<string, Court> = {};

  beforeAll(async () => {
    clip = await h264Clip({ width: 320, height: 180, seconds: 4, bframes: 2, bitrate: 400_000 });
    const [aac, pcma] = await Promise.all([beeps('aac'), beeps('pcma')]);
    club = await startTestClub();
    const kinds: Record<string, Partial<RtspCameraOptions>> = {
      aac: { announced: 'h264+audio', sound: aac },
      pcma: { announced: 'h264+pcma', sound: pcma, senderReportMs: 0 },
      opus: { announced: 'h264+opus' },
      refusing: { announced: 'h264+audio', sound: aac, soundSetup: 461 },
      closing: { announced: 'h264+audio', sound: aac, soundSetup: 'close' },
      off: { announced: 'h264+audio', sound: aac },
    };
    for (const [name, options] of Object.entries(kinds)) {
      const camera = new RtspCamera({ clip, ...options });
      await camera.start();
      const id = await club.addCourt(name, camera.url);
      if (name !== 'off') await club.desk.patch(`/api/terrains/${id}`, { record_sound: true });
      courts[name] = { camera, id, session: '' };
    }
  });

  afterAll(async () => {
    await club?.close();
    await Promise.all(Object.values(courts).map(({ camera }) => camera.stop()));
  });

  async function soundOf({ session }: Court): Promise<Sound> {
    const { body } = await club.desk.get<{ session: { sound: Sound } }>(`/api/video/session/${session}`);
    return body.session.sound;
  }

  /** Opens a session and begins to record. */
  async function record(court: Court): Promise<void> {
    const opened = await club.desk.post<{ session: { session_id: string } }>('/api/video/session/create', {
      terrain_id: court.id,
    });
    expect(opened.text).toContain('"success":true');
    court.session = opened.body.session.session_id;
    const started = await club.desk.post('/api/video/record/start', { session_id: court.session });
    expect(started.status).toBe(201);
  }

  async function stop({ session }: Court): Promise<string> {
    const stopped = await club.desk.post<{ video_path: string }>('/api/video/record/stop', { session_id: session });
    expect(stopped.status).toBe(200);
    await club.desk.post('/api/video/session/close', { session_id: session });
    return join(club.service.config.videosDir, stopped.body.video_path);
  }

  it('has a film whose sound is heard with its pictures, whatever the camera sends; else a film without', async () => {
    await Promise.all(Object.values(courts).map(record));
    for (let i = 0; i < 85; i++) await once(courts.aac!.camera, 'frame');
    expect(await soundOf(courts.aac!)).toEqual({ state: 'recording', codec: 'aac', message: null });
    expect(await soundOf(courts.pcma!)).toEqual({ state: 'recording', codec: 'pcma', message: null });
    expect(await soundOf(courts.opus!)).toMatchObject({ state: 'unsupported', codec: 'OPUS' });
    expect((await soundOf(courts.opus!)).message).toContain('set it to AAC or G.711');
    expect(await soundOf(courts.refusing!)).toMatchObject({ state: 'refused' });
    expect(await soundOf(courts.closing!)).toMatchObject({ state: 'refused' });
    expect(await soundOf(courts.off!)).toEqual({ state: 'off', codec: null, message: null });

    const files = await Promise.all(
      Object.entries(courts).map(async ([name, court]) => [name, await stop(court)] as const),
    );
    for (const [name, path] of files) {
      const { frames, complaints } = await readWithFfmpeg(path);
      expect([name, complaints]).toEqual([name, '']);
      expect(frames.length).toBeGreaterThan(70);
      expect([name, await streamsOf(path)]).toEqual([
        name,
        name === 'aac' || name === 'pcma' ? ['h264', 'aac'] : ['h264'],
      ]);
      if (name !== 'aac' && name !== 'pcma') continue;
      // The camera flashes (picture 0 of a second) and beeps at once.
      const flashes = frames.filter(({ bars }) => bars !== null && bars % clip.fps === 0).map(({ seconds }) => seconds);
      const heard = beepsOf(path).filter((second) => second > 0.3);
      expect(heard.length).toBeGreaterThanOrEqual(2);
      const offsets = heard.map((second) => Math.min(...flashes.map((flash) => Math.abs(flash - second))));
      expect(Math.max(...offsets)).toBeLessThan(0.05);
    }
  });
});

async function streamsOf(path: string): Promise<string[]> {
  const args = ['-v', 'error', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0', path];
  const { stdout } = await promisify(execFile)('ffprobe', args);
  return stdout.trim().split('\n');
}
