import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { h264Clip, RtspCamera } from '../cameras';
import { startTestClub, TestClub } from '../support/club';
import { inspectMp4 } from '../support/mp4';
import { faultTest, FaultRow } from './ledger';

const IN_ITS_PLACE: FaultRow = {
  section: 'Machine',
  fault: 'the video cannot get its name',
  how: 'somebody else’s file lies in its place, and is taken away later',
  invariants: ['I4'],
};

interface Recording {
  status: string;
  video_path: string | null;
  duration_seconds: number;
  error: string | null;
}

describe('a recording whose file cannot be made', () => {
  let club: TestClub;
  let camera: RtspCamera;

  beforeAll(async () => {
    camera = new RtspCamera({ clip: await h264Clip({ width: 320, height: 180, seconds: 4 }) });
    await camera.start();
    club = await startTestClub();
  });

  afterAll(async () => {
    await club?.close();
    await camera?.stop();
  });

  faultTest(IN_ITS_PLACE, async (found) => {
    const terrain_id = await club.addCourt('Court 1', camera.url);
    const opened = await club.desk.post<{ session: { session_id: string } }>('/api/video/session/create', {
      terrain_id,
    });
    const { session_id } = opened.body.session;
    await club.desk.post('/api/video/record/start', { session_id });
    for (let i = 0; i < 60; i++) await once(camera, 'frame');
    const target = join(club.service.config.videosDir, `${club.clubId}`, `${session_id}.mp4`);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, 'somebody else’s');
    found.happened();
    const stopped = await club.desk.post<{ recording: Recording }>('/api/video/record/stop', { session_id });
    expect(stopped.body.recording).toMatchObject({ status: 'failed', video_path: null });
    expect(stopped.body.recording.error).not.toBeNull();
    expect(readFileSync(target, 'utf8')).toBe('somebody else’s');

    rmSync(target);
    const status = async (): Promise<Recording> =>
      (await club.desk.get<{ status: Recording }>(`/api/video/record/status/${session_id}`)).body.status;
    let now = await status();
    while (now.status !== 'ready') {
      await once(camera, 'frame');
      now = await status();
    }
    expect(now).toMatchObject({ error: null, video_path: `${club.clubId}/${session_id}.mp4` });
    const file = await inspectMp4(target);
    expect(file.complaints).toBe('');
    found.note('kept what was recorded, and made the file once it could');
    expect(Math.abs(file.durationSeconds - now.duration_seconds)).toBeLessThan(0.1);
  });
});
