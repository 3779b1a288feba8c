import { h264Clip, RtspCamera } from '../cameras';
import { startTestClub, TestClub } from '../support/club';
import { LiveClient } from '../support/live-client';
import { MjpegClient } from '../support/mjpeg-client';

interface Body {
  readonly session: { session_id: string; join_code: string | null; player_ids: number[] };
}

const CLIP = { width: 320, height: 180, fps: 25, seconds: 4, gopSeconds: 1 };

describe('players at the court', () => {
  let club: TestClub;
  let camera: RtspCamera;
  let session: string;
  let code: string;

  beforeAll(async () => {
    club = await startTestClub();
    camera = new RtspCamera({ clip: await h264Clip(CLIP) });
    await camera.start();
    const opened = await club.player.post<Body>('/api/video/session/create', {
      terrain_id: await club.addCourt('Court 1', camera.url),
    });
    session = opened.body.session.session_id;
    code = opened.body.session.join_code as string;
  });

  afterAll(async () => {
    await club?.close();
    await camera?.stop();
  });

  it('join by the code that the owner was given, and watch', async () => {
    expect(code).toMatch(/^[A-Z2-9]{8}$/);
    expect((await club.other.get(`/api/preview/${session}/info`)).status).toBe(404);
    expect((await club.other.post('/api/video/session/join', { code })).status).toBe(200);
    expect((await club.other.get(`/api/preview/${session}/info`)).status).toBe(200);
  });

  it('who are taken out watch no more: what they have open ends, and what the owner has goes on', async () => {
    const stream = async (token = ''): Promise<MjpegClient> =>
      MjpegClient.open(`${club.service.url}/api/preview/${session}/stream.mjpeg`, {
        authorization: `Bearer ${token}`,
      });
    const [mine, theirs] = await Promise.all([stream(club.player.token), stream(club.other.token)]);
    const live = await LiveClient.open(club.service.url, club.other);
    expect((await live.subscribe(1, session)).type).toBe('subscribed');
    await Promise.all([mine.next(), theirs.next(), live.nextMedia(1)]);
    const begun = performance.now();
    const removed = await club.player.post<Body>('/api/video/session/players/remove', {
      session_id: session,
      user_id: club.ids.other,
    });
    expect(removed.body.session.player_ids).toEqual([]);
    const ended = live.hears('ended', 1);
    await theirs.end();
    expect(await ended).toMatchObject({ reason: 'withdrawn' });
    // The contract's own figure.
    expect(performance.now() - begun).toBeLessThan(10_000);
    await mine.next();
    expect(mine.ended).toBe(false);
    expect((await club.other.get(`/api/preview/${session}/info`)).status).toBe(404);
    mine.close();
    live.hangUp();
  });

  it('who took part have the video, and nobody joins what is over', async () => {
    const { body } = await club.player.get<Body>(`/api/video/session/${session}`);
    const next = body.session.join_code as string;
    expect((await club.other.post('/api/video/session/join', { code })).status).toBe(404);
    expect((await club.other.post('/api/video/session/join', { code: next })).status).toBe(200);
    await club.player.post('/api/video/record/start', { session_id: session });
    const stopped = await club.player.post<{ recording: { status: string } }>('/api/video/record/stop', {
      session_id: session,
    });
    expect(stopped.body.recording.status).toBe('ready');
    const closed = await club.player.post<Body>('/api/video/session/close', { session_id: session });
    expect(closed.body.session.join_code).toBeNull();
    expect((await club.other.get(`/api/video/files/${session}`)).status).toBe(200);
    expect((await club.other.bytes(`/api/video/files/${session}/download`)).response.status).toBe(200);
    const late = await club.addUser('late@padelvar.test', 'PLAYER');
    expect((await late.api.post('/api/video/session/join', { code: next })).status).toBe(404);
    const added = { session_id: session, user_id: late.id };
    expect((await club.player.post('/api/video/session/players/add', added)).status).toBe(200);
    expect((await late.api.bytes(`/api/video/files/${session}/download`)).response.status).toBe(200);
  });
});
