import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { h264Clip, mjpegClip, MjpegCamera, RtspCamera } from '../cameras';
import { Api } from '../support/api';
import { startTestClub, TestClub } from '../support/club';
import { inspectMp4 } from '../support/mp4';

interface Session {
  session_id: string;
  status: string;
  recording: Recording | null;
  camera: { protocol: string; codec: string; width: number; height: number; fps: number };
  reconnects: number;
  player_ids: number[];
  user_id: number;
}
interface Recording {
  status: string;
  active: boolean;
  started_at: string;
  stopped_at: string;
  planned_end_at: string;
  duration_seconds: number;
  bytes_written: number;
  gaps: { start_seconds: number; end_seconds: number; reason: string }[];
  video_path: string | null;
  error: string | null;
}
interface Problem {
  code: string;
  status: number;
  session_id?: string;
}

const SECRET = 'p%40ss-wörd/9';
const SIZE = { width: 640, height: 360, fps: 25, seconds: 4, gopSeconds: 1 };

describe('recording a court end to end', () => {
  let club: TestClub;
  let rtsp: RtspCamera;
  let mjpeg: MjpegCamera;
  let rtspCourt: number;
  let mjpegCourt: number;

  beforeAll(async () => {
    club = await startTestClub();
    rtsp = new RtspCamera({
      clip: await h264Clip({ ...SIZE, bframes: 2 }),
      auth: 'digest',
      username: 'court',
      password: SECRET,
    });
    mjpeg = new MjpegCamera({ clip: await mjpegClip(SIZE), boundary: 'wrong' });
    await Promise.all([rtsp.start(), mjpeg.start()]);
    rtspCourt = await club.addCourt('Court 1', rtsp.url);
    mjpegCourt = await club.addCourt('Court 2', mjpeg.url);
  });

  afterAll(async () => {
    await club?.close();
    await Promise.all([rtsp?.stop(), mjpeg?.stop()]);
  });

  async function open(who: Api, court: number, players: number[] = []): Promise<Session> {
    const answer = await who.post<{ session: Session }>('/api/video/session/create', {
      terrain_id: court,
      player_ids: players,
    });
    expect(answer.text).toContain('"success":true');
    return answer.body.session;
  }

  async function close(who: Api, session: Session): Promise<void> {
    const answer = await who.post('/api/video/session/close', { session_id: session.session_id });
    expect(answer.status).toBe(200);
  }

  /** Plays until the camera has sent this many more pictures. */
  async function frames(camera: RtspCamera | MjpegCamera, count: number): Promise<void> {
    for (let i = 0; i < count; i++) await once(camera, 'frame');
  }

  it('records an RTSP court with Digest and B-frames and an MJPEG court with a wrong boundary side by side, each cut for 4 s', async () => {
    const sessions = await Promise.all([open(club.player, rtspCourt, [club.ids.other]), open(club.desk, mjpegCourt)]);
    expect(sessions[0]).toMatchObject({
      status: 'live',
      recording: null,
      player_ids: [club.ids.other],
      user_id: club.ids.player,
      camera: { protocol: 'rtsp', codec: 'h264', width: 640, height: 360 },
    });
    expect(sessions[1].camera).toMatchObject({ protocol: 'mjpeg', codec: 'mjpeg', width: 640, height: 360 });
    const callers = [club.player, club.desk];
    await Promise.all(
      sessions.map(async ({ session_id }, i) => {
        const started = await (callers[i] as Api).post<{ recording: Recording; duration_minutes: number }>(
          '/api/video/record/start',
          { session_id },
        );
        expect(started.status).toBe(201);
        expect(started.body).toMatchObject({ duration_minutes: 90, recording: { active: true, status: 'recording' } });
      }),
    );
    await frames(rtsp, 75);
    void rtsp.cut({ refuseMs: 4_000 });
    void mjpeg.cut({ refuseMs: 4_000 });
    await Promise.all([once(rtsp, 'play'), once(mjpeg, 'play')]);
    await frames(rtsp, 75);

    for (const [i, session] of sessions.entries()) {
      const caller = callers[i] as Api;
      const { session_id } = session;
      const stopped = await caller.post<{ video_path: string; recording: Recording }>('/api/video/record/stop', {
        session_id,
      });
      expect(stopped.status).toBe(200);
      const { recording, video_path } = stopped.body;
      expect(recording).toMatchObject({ status: 'ready', active: false, error: null });
      expect(video_path).toBe(`${club.clubId}/${session_id}.mp4`);
      const wall = (Date.parse(recording.stopped_at) - Date.parse(recording.started_at)) / 1000;
      const file = await inspectMp4(join(club.service.config.videosDir, video_path));
      expect(Math.abs(file.durationSeconds - wall)).toBeLessThan(0.5);
      expect(Math.abs(recording.duration_seconds - file.durationSeconds)).toBeLessThan(0.1);
      expect(file.complaints).toBe('');
      expect(file.boxes.indexOf('moov')).toBeLessThan(file.boxes.indexOf('mdat'));
      expect(recording.gaps).toHaveLength(1);
      const [gap] = recording.gaps;
      expect(gap?.reason).toBe('camera_lost');
      expect((gap?.end_seconds ?? 0) - (gap?.start_seconds ?? 0)).toBeGreaterThan(3.5);
      // Stopping again is the same answer.
      const again = await caller.post<{ video_path: string }>('/api/video/record/stop', { session_id });
      expect(again.body).toEqual(stopped.body);
    }

    const { session_id } = sessions[0];
    const whole = await club.other.bytes(`/api/video/files/${session_id}/download?club_id=${club.clubId}`);
    expect(whole.response.status).toBe(200);
    expect(whole.response.headers.get('content-type')).toBe('video/mp4');
    expect(
      whole.body.equals(readFileSync(join(club.service.config.videosDir, `${club.clubId}/${session_id}.mp4`))),
    ).toBe(true);
    await Promise.all([close(club.player, sessions[0]), close(club.desk, sessions[1])]);
    const leftovers = readdirSync(join(club.service.config.videosDir, '.recordings'));
    expect(leftovers).toEqual([]);
  });

  describe('who may do what with a session', () => {
    let session: Session;

    beforeAll(async () => {
      session = await open(club.player, rtspCourt);
    });

    afterAll(async () => {
      await close(club.desk, session);
    });

    it("hides a player's session from the other players and shows it to the desk", async () => {
      const path = `/api/video/session/${session.session_id}`;
      expect((await club.other.get(path)).status).toBe(404);
      expect((await club.desk.get(path)).status).toBe(200);
      const list = await club.other.get<{ sessions: Session[] }>('/api/video/session/list');
      expect(list.body.sessions.map((one) => one.session_id)).not.toContain(session.session_id);
    });

    it('answers 409 for a court in session, with its id only for those who may use it', async () => {
      const asDesk = await club.desk.post<Problem>('/api/video/session/create', { terrain_id: rtspCourt });
      expect(asDesk.body).toMatchObject({ status: 409, code: 'terrain_in_session', session_id: session.session_id });
      const asOther = await club.other.post<Problem>('/api/video/session/create', { terrain_id: rtspCourt });
      expect(asOther.body).toMatchObject({ status: 409, code: 'terrain_in_session' });
      expect(asOther.body.session_id).toBeUndefined();
    });

    it('answers 409 for stop and extend without a recording, and null for its status', async () => {
      const { session_id } = session;
      const stop = await club.player.post<Problem>('/api/video/record/stop', { session_id });
      expect(stop.body).toMatchObject({ status: 409, code: 'not_recording' });
      const extend = await club.player.post<Problem>('/api/video/record/extend', { session_id, minutes: 5 });
      expect(extend.body).toMatchObject({ status: 409, code: 'not_recording' });
      const status = await club.player.get(`/api/video/record/status/${session_id}`);
      expect(status.body).toEqual({ success: true, status: null });
    });

    it.each([
      ['zero', 0],
      ['negative', -1],
      ['a fraction', 0.1],
      ['text', '60'],
      ['2^53', 2 ** 53],
      ['null', null],
      ['beyond the maximum', 241],
      ['a list', [60]],
    ])('refuses a duration that is %s', async (_, duration_minutes) => {
      const { session_id } = session;
      const answer = await club.player.post<Problem>('/api/video/record/start', { session_id, duration_minutes });
      expect(answer.body).toMatchObject({ status: 400, code: 'validation_failed' });
    });

    it('records once, ever; does not close while it records; ends by itself; can be extended', async () => {
      const { session_id } = session;
      const starts = await Promise.all(
        Array.from({ length: 10 }, () =>
          club.player.post<Problem>('/api/video/record/start', { session_id, duration_minutes: 1 }),
        ),
      );
      expect(starts.filter(({ status }) => status === 201)).toHaveLength(1);
      for (const refused of starts.filter(({ status }) => status !== 201)) {
        expect(refused.body).toMatchObject({ status: 409, code: 'already_recording' });
      }
      const closing = await club.player.post<Problem>('/api/video/session/close', { session_id });
      expect(closing.body).toMatchObject({ status: 409, code: 'in_use' });
      const extended = await club.player.post<{ status: Recording }>('/api/video/record/extend', {
        session_id,
        minutes: 2,
      });
      const { started_at, planned_end_at } = extended.body.status;
      expect((Date.parse(planned_end_at) - Date.parse(started_at)) / 60_000).toBeCloseTo(3, 1);
      const tooLong = await club.player.post<Problem>('/api/video/record/extend', { session_id, minutes: 240 });
      expect(tooLong.body).toMatchObject({ status: 400, code: 'validation_failed' });
      await frames(rtsp, 25);
      const stopped = await club.desk.post<{ recording: Recording }>('/api/video/record/stop', { session_id });
      expect(stopped.body.recording.status).toBe('ready');
      const again = await club.player.post<Problem>('/api/video/record/start', { session_id });
      expect(again.body).toMatchObject({ status: 409, code: 'already_recorded' });
    });
  });

  it.each([
    ['unknown field', { terrain_id: 1, colour: 'red' }, 400, 'validation_failed'],
    ['text for an id', { terrain_id: '1' }, 400, 'validation_failed'],
    ['no id', {}, 400, 'validation_failed'],
    ['unknown court', { terrain_id: 999_999 }, 404, 'not_found'],
    ['a stranger as player', { terrain_id: 1, player_ids: [999_999] }, 400, 'validation_failed'],
  ])('refuses to open a session: %s', async (_, body, status, code) => {
    const answer = await club.player.post<Problem>('/api/video/session/create', body);
    expect(answer.body).toMatchObject({ status, code });
  });

  it('leaks no camera password into an answer, a log file or the arguments of a process', async () => {
    const session = await open(club.desk, mjpegCourt);
    await club.desk.post('/api/video/record/start', { session_id: session.session_id });
    const rtspSession = await open(club.desk, rtspCourt);
    const answers = await Promise.all(
      ['/api/video/session/list', `/api/clubs/${club.clubId}/terrains`, '/api/video/health'].map((path) =>
        club.desk.get(path),
      ),
    );
    const commands = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => {
        const path = `/proc/${pid}/cmdline`;
        return existsSync(path) ? readFileSync(path, 'utf8') : '';
      });
    const logs = readdirSync(club.service.config.logsDir).map((name) =>
      readFileSync(join(club.service.config.logsDir, name), 'utf8'),
    );
    for (const text of [...answers.map(({ text: body }) => body), ...commands, ...logs]) {
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain(encodeURIComponent(SECRET));
    }
    await club.desk.post('/api/video/record/stop', { session_id: session.session_id });
    await Promise.all([close(club.desk, session), close(club.desk, rtspSession)]);
  });
});
