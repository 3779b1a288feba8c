import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { h264Clip, mjpegClip, MjpegCamera, RtspCamera } from '../cameras';
import { startTestClub, TestClub } from '../support/club';
import { inspectMp4 } from '../support/mp4';
import { entered, FaultRow } from './ledger';

interface Answer {
  status: number | string;
  code?: string;
  video_path?: string | null;
  recording?: { status: string; error: string | null };
}

const SIZE = { width: 320, height: 180, fps: 25, seconds: 4, gopSeconds: 1 };

describe('a stop or a close while a recording starts', () => {
  let club: TestClub;
  const cameras: (RtspCamera | MjpegCamera)[] = [];
  const courts: number[] = [];

  beforeAll(async () => {
    club = await startTestClub();
    cameras.push(new RtspCamera({ clip: await h264Clip(SIZE) }), new MjpegCamera({ clip: await mjpegClip(SIZE) }));
    for (const [i, camera] of cameras.entries()) {
      await camera.start();
      courts.push(await club.addCourt(`Court ${i + 1}`, camera.url));
    }
  });

  afterAll(async () => {
    await club?.close();
    for (const camera of cameras) await camera.stop();
  });

  const row = (fault: string): FaultRow => {
    const how = 'some milliseconds after the start, of H.264 and of JPEGs';
    return { section: 'Callers at once', fault, how, invariants: ['I2', 'I4', 'I6'] };
  };

  async function open(court: number): Promise<string> {
    const opened = await club.desk.post<{ session: { session_id: string } }>('/api/video/session/create', {
      terrain_id: court,
    });
    return opened.body.session.session_id;
  }

  it.each([0, 1, 2, 4, 6, 10, 20].flatMap((ms) => [0, 1].map((court) => [ms, court] as const)))(
    'a stop %i ms after the start, court %i: a whole file, or nothing was recorded',
    (ms, court) =>
      entered(row('a stop while a recording starts'), async (found) => {
        found.happened();
        const session_id = await open(courts[court] as number);
        const starting = club.desk.post<Answer>('/api/video/record/start', { session_id });
        // The moment is what is tested; whatever it hits, the outcome must be whole.
        await pause(ms);
        const stopped = await club.desk.post<Answer>('/api/video/record/stop', { session_id });
        const started = await starting;
        if (stopped.status === 200) {
          const { video_path, recording } = stopped.body;
          expect(recording).toMatchObject({ status: 'ready', error: null });
          const file = await inspectMp4(join(club.service.config.videosDir, video_path as string));
          expect(file.complaints).toBe('');
        } else {
          expect(stopped.body).toMatchObject({ status: 409, code: 'not_recording' });
          // It came before the start: that one runs, and can be stopped.
          if (started.status === 201) await club.desk.post('/api/video/record/stop', { session_id });
        }
        await club.desk.post('/api/video/session/close', { session_id });
        expect(readdirSync(join(club.service.config.videosDir, '.recordings'))).toEqual([]);
      }),
  );

  it.each([0, 1, 2, 4, 6, 10, 20])('a close %i ms after the start leaves no writer behind', (ms) =>
    entered(row('a close while a recording starts'), async (found) => {
      found.happened();
      const session_id = await open(courts[1] as number);
      const starting = club.desk.post<Answer>('/api/video/record/start', { session_id });
      await pause(ms);
      const closing = await club.desk.post<Answer>('/api/video/session/close', { session_id });
      const started = await starting;
      if (closing.status === 409) {
        expect(closing.body).toMatchObject({ code: 'in_use' });
        await club.desk.post('/api/video/record/stop', { session_id });
        expect((await club.desk.post('/api/video/session/close', { session_id })).status).toBe(200);
      } else if (started.status === 201) {
        const { status } = (
          await club.desk.get<{ status: { status: string } }>(`/api/video/record/status/${session_id}`)
        ).body;
        expect(status.status).toBe('ready');
      }
      expect(readdirSync(join(club.service.config.videosDir, '.recordings'))).toEqual([]);
    }),
  );
});
