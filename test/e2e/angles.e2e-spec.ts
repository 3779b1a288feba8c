import { join } from 'node:path';
import { h264Clip, ReadFrame, readWithFfmpeg, RtspCamera } from '../cameras';
import { pictures } from '../faults/film';
import { SentPicture, Witness } from '../faults/witness';
import { startTestClub, TestClub } from '../support/club';
import { inspectMp4 } from '../support/mp4';
import { until } from '../support/until';

interface Angle {
  session_id: string;
  position: number;
  name: string | null;
  status: string;
  reason: string | null;
  recording_status: string | null;
  offset_seconds: number | null;
  camera: { codec: string | null };
}
interface Session {
  session_id: string;
  status: string;
  camera_name: string | null;
  angles: Angle[];
}
interface Recording {
  status: string;
  started_at: string;
  planned_end_at: string;
}
interface VideoAngle extends Pick<Angle, 'session_id' | 'position' | 'name' | 'status' | 'offset_seconds'> {
  duration_seconds: number | null;
  size_bytes: number | null;
}
interface Video {
  session_id: string;
  duration_seconds: number;
  angles: VideoAngle[];
}

/** A camera's pictures bear their number, and a clip's numbers come again only after 8 s. */
const CLIP = { width: 320, height: 180, fps: 25, seconds: 8, gopSeconds: 1, bitrate: 300_000 };
/** What a camera's own clock and a busy machine may be off by. */
const NEAR_SECONDS = 0.15;

describe('a match filmed by three cameras', () => {
  let club: TestClub;
  let cameras: RtspCamera[];
  let court: number;

  beforeAll(async () => {
    club = await startTestClub();
    const clip = await h264Clip(CLIP);
    cameras = Array.from({ length: 3 }, () => new RtspCamera({ clip }));
    for (const camera of cameras) await camera.start();
    const [main, near, far] = cameras as [RtspCamera, RtspCamera, RtspCamera];
    court = await club.addCourt('Court 1', main.url);
    const path = `/api/terrains/${court}/cameras`;
    await club.desk.patch(`${path}/0`, { name: 'Front' });
    await club.desk.post(path, { camera_url: near.url, name: 'Back wall' });
    await club.desk.post(path, { camera_url: far.url });
  });

  afterAll(async () => {
    await club?.close();
    for (const camera of cameras) await camera.stop();
  });

  const session = async (id: string): Promise<Session> =>
    (await club.player.get<{ session: Session }>(`/api/video/session/${id}`)).body.session;
  const status = async (id: string): Promise<Recording> =>
    (await club.player.get<{ status: Recording }>(`/api/video/record/status/${id}`)).body.status;

  it('opens though one of them is dead, has it when it is there, and becomes three files on one clock', async () => {
    const [main, near, far] = cameras as [RtspCamera, RtspCamera, RtspCamera];
    const witnesses = cameras.map((camera) => new Witness(camera));
    await far.refuse();

    const opened = await club.player.post<{ session: Session }>('/api/video/session/create', { terrain_id: court });
    expect(opened.status).toBe(201);
    const { session_id: id } = opened.body.session;
    expect(opened.body.session).toMatchObject({ status: 'live', camera_name: 'Front' });
    const waiting = await until(async () => {
      const { angles } = await session(id);
      return angles[0]?.status === 'live' && angles[1]?.reason === 'camera_unreachable' ? angles : null;
    });
    expect(waiting).toMatchObject([
      { position: 1, name: 'Back wall', reason: null, recording_status: null, camera: { codec: 'h264' } },
      { position: 2, name: null, status: 'connecting', recording_status: null, camera: { codec: null } },
    ]);
    const [back, late] = waiting.map(({ session_id }) => session_id) as [string, string];
    expect((await club.player.bytes(`/api/preview/${back}/snapshot.jpg`)).response.status).toBe(200);

    const started = await club.player.post<{ recording: Recording }>('/api/video/record/start', { session_id: id });
    expect(started.status).toBe(201);
    await until(async () => (await session(id)).angles[0]?.recording_status === 'recording');
    await far.accept();
    await until(async () => (await session(id)).angles[1]?.recording_status === 'recording');
    expect((await session(id)).angles[1]).toMatchObject({ session_id: late, status: 'live', reason: null });

    await club.player.post('/api/video/record/extend', { session_id: id, minutes: 7 });
    const { planned_end_at: end } = await status(id);
    for (const angle of [back, late]) await until(async () => (await status(angle)).planned_end_at === end);
    await pictures(main, 50);

    const stopped = await club.player.post<{ recording: Recording }>('/api/video/record/stop', { session_id: id });
    expect(stopped.body.recording.status).toBe('ready');
    const video = await until(async () => {
      const { body } = await club.player.get<{ video: Video }>(`/api/video/files/${id}`);
      return body.video.angles.every((angle) => angle.status === 'ready') ? body.video : null;
    });
    expect(video.angles.map(({ session_id, position, name }) => [session_id, position, name])).toEqual([
      [back, 1, 'Back wall'],
      [late, 2, null],
    ]);

    const films = await Promise.all([id, back, late].map((one) => developed(one)));
    const offsets = [0, ...video.angles.map(({ offset_seconds }) => offset_seconds as number)];
    const began = await Promise.all([id, back, late].map(async (one) => Date.parse((await status(one)).started_at)));
    const first = films.map(({ frames }, i) => sentAt(witnesses[i]!.sent, frames[0]!, began[i]!));
    for (const i of [1, 2]) {
      const truth = (first[i]! - first[0]!) / 1000;
      expect(Math.abs(truth - offsets[i]!)).toBeLessThan(NEAR_SECONDS);
      const { duration_seconds: seconds } = video.angles[i - 1]!;
      expect(films[i]!.file.complaints).toBe('');
      expect(seconds).toBeCloseTo(films[i]!.file.durationSeconds, 1);
      // They end together.
      expect(Math.abs(offsets[i]! + seconds! - video.duration_seconds)).toBeLessThan(0.5);
    }
    // What came late began late.
    expect(offsets[2]).toBeGreaterThan(offsets[1]!);

    await club.player.post('/api/video/session/close', { session_id: id });
    for (const camera of [main, near, far]) await until(() => camera.connections === 0);
    expect((await session(id)).angles.map((angle) => angle.status)).toEqual(['closed', 'closed']);
  });

  async function developed(id: string) {
    const path = join(club.service.config.videosDir, `${club.clubId}`, `${id}.mp4`);
    const [file, { frames }] = await Promise.all([inspectMp4(path), readWithFfmpeg(path)]);
    return { file, frames };
  }
});

/** When a camera sent the picture that a file begins with; epoch milliseconds. */
function sentAt(sent: readonly SentPicture[], { bars }: ReadFrame, began: number): number {
  const same = sent.filter((picture) => picture.bars === bars && picture.delivered).map(({ at }) => at);
  return same.reduce((best, at) => (Math.abs(at - began) < Math.abs(best - began) ? at : best));
}
