import { readdirSync, readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { VideoStore } from '../../src/storage/video-store';
import { CameraServer, h264Clip, HttpCamera, mjpegClip, MjpegCamera, RtspCamera } from '../cameras';
import { deserted, pictures } from '../faults/film';
import { Answer, Api } from '../support/api';
import { startTestClub, TestClub } from '../support/club';
import { inspectMp4 } from '../support/mp4';
import { PLANTED } from '../support/planted';
import { listeningPorts } from '../support/processes';

interface Session {
  session_id: string;
  status: string;
  proxy_port: number;
}
interface Recording {
  status: string;
  started_at: string;
  stopped_at: string;
  duration_seconds: number;
  gaps: unknown[];
  error: string | null;
}
interface Problem {
  code: string;
  status: number;
  session_id?: string;
}

const SIZE = { width: 320, height: 180, seconds: 8 };

async function h264(bframes = 0): ReturnType<typeof h264Clip> {
  return h264Clip({ ...SIZE, fps: 25, gopSeconds: 1, bitrate: 400_000, bframes });
}

/** Ten courts of a club that bought its cameras over the years. */
async function tenCameras(): Promise<CameraServer[]> {
  const jpegs = await mjpegClip({ ...SIZE, fps: 10, bitrate: 1_500_000 });
  const login = { username: 'court', password: `right ${PLANTED}` };
  return [
    new RtspCamera({ clip: await h264() }),
    new RtspCamera({ clip: await h264(2), ...login, auth: 'digest' }),
    new RtspCamera({ clip: await h264(2), start: 'gop' }),
    new RtspCamera({ clip: await h264(), ...login, auth: 'basic' }),
    new RtspCamera({ clip: await h264(), controls: 'absolute', announced: 'audio+h264' }),
    new MjpegCamera({ clip: jpegs }),
    new MjpegCamera({ clip: jpegs, boundary: 'wrong', contentLength: 'none' }),
    new HttpCamera({ clip: await h264(), container: 'ts' }),
    new HttpCamera({ clip: await h264(2), container: 'flv' }),
    new HttpCamera({ clip: await h264(), container: 'mp4' }),
  ];
}

/** Children of this process that are FFmpeg. */
function ffmpegChildren(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        // proc(5): `pid (comm) state ppid …`
        const [, comm, state, ppid] = /\((.*)\) (\S+) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
        if (comm?.startsWith('ff') !== true || Number(ppid) !== process.pid) return [];
        return [`${state} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`];
      } catch {
        return [];
      }
    });
}

/** Whether somebody listens there. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

describe('many at once', () => {
  let club: TestClub;
  let cameras: CameraServer[];
  let courts: number[];
  let eleventh: number;

  beforeAll(async () => {
    club = await startTestClub({ env: { MAX_SESSIONS: '10', VIDEO_PRESET: 'ultrafast' } });
    cameras = await tenCameras();
    await Promise.all(cameras.map((camera) => camera.start()));
    courts = [];
    for (const [i, camera] of cameras.entries()) courts.push(await club.addCourt(`Court ${i + 1}`, camera.url));
    eleventh = await club.addCourt('Court 11', (cameras[0] as CameraServer).url);
  });

  afterAll(async () => {
    await club?.close();
    await Promise.all((cameras ?? []).map((camera) => camera.stop()));
  });

  const create = (who: Api, terrain_id: number): Promise<Answer<Problem & { session: Session }>> =>
    who.post('/api/video/session/create', { terrain_id });
  const close = (session_id: string): Promise<Answer<Problem>> =>
    club.desk.post('/api/video/session/close', { session_id });

  it('of 100 creates on one court at once one opens it, and one recording comes of 20 starts', async () => {
    const [court] = courts as [number];
    const [camera] = cameras as [CameraServer];
    const asked = await Promise.all(
      Array.from({ length: 100 }, (_, i) => create(i % 2 === 0 ? club.player : club.desk, court)),
    );
    const opened = asked.filter(({ status }) => status === 201);
    expect(opened).toHaveLength(1);
    for (const refused of asked.filter(({ status }) => status !== 201)) {
      expect(refused.body).toMatchObject({ status: 409, code: 'terrain_in_session' });
    }
    expect(camera.peakConnections).toBe(1);
    const { session_id } = (opened[0] as (typeof opened)[0]).body.session;
    const starts = await Promise.all(
      Array.from({ length: 20 }, () => club.desk.post<Problem>('/api/video/record/start', { session_id })),
    );
    expect(starts.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const refused of starts.filter(({ status }) => status !== 201)) {
      expect(refused.body).toMatchObject({ status: 409, code: 'already_recording' });
    }
    await pictures(camera, 25);
    const stops = await Promise.all(
      Array.from({ length: 5 }, () =>
        club.desk.post<{ recording: Recording }>('/api/video/record/stop', { session_id }),
      ),
    );
    for (const stop of stops) {
      expect(stop.status).toBe(200);
      expect(stop.body).toEqual((stops[0] as (typeof stops)[0]).body);
    }
    const closes = await Promise.all(Array.from({ length: 5 }, () => close(session_id)));
    expect(closes.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    await deserted(camera);
  });

  it('records ten courts at once, refuses the eleventh, and leaves nothing running', async () => {
    const asked = await Promise.all(courts.map((court) => create(club.desk, court)));
    expect(asked.map(({ status }) => status)).toEqual(courts.map(() => 201));
    const sessions = asked.map(({ body }) => body.session);
    const ports = sessions.map(({ proxy_port }) => proxy_port);
    expect(new Set(ports).size).toBe(10);
    expect(await Promise.all(ports.map(answers))).toEqual(ports.map(() => true));

    const refused = await create(club.desk, eleventh);
    expect(refused.body).toMatchObject({ status: 429, code: 'session_limit' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);

    const started = await Promise.all(
      sessions.map(({ session_id }) => club.desk.post('/api/video/record/start', { session_id })),
    );
    expect(started.map(({ status }) => status)).toEqual(courts.map(() => 201));
    await pictures(cameras[0] as CameraServer, 100);
    const stopped = await Promise.all(
      sessions.map(({ session_id }) =>
        club.desk.post<{ recording: Recording; video_path: string }>('/api/video/record/stop', { session_id }),
      ),
    );
    for (const { body } of stopped) {
      const { recording, video_path } = body;
      expect(recording).toMatchObject({ status: 'ready', error: null, gaps: [] });
      const file = await inspectMp4(join(club.service.config.videosDir, video_path));
      const wall = (Date.parse(recording.stopped_at) - Date.parse(recording.started_at)) / 1000;
      expect(Math.abs(file.durationSeconds - wall)).toBeLessThan(0.4);
      expect(file.complaints).toBe('');
      expect(file.boxes.indexOf('moov')).toBeLessThan(file.boxes.indexOf('mdat'));
    }

    // One less, and there is room again.
    const [first] = sessions as [Session];
    await close(first.session_id);
    const late = await create(club.desk, eleventh);
    expect(late.status).toBe(201);
    await close(late.body.session.session_id);

    await Promise.all(sessions.map(({ session_id }) => close(session_id)));
    await Promise.all(cameras.map(deserted));
    expect(cameras.map((camera) => camera.connections)).toEqual(cameras.map(() => 0));
    expect(listeningPorts(process.pid).filter((port) => ports.includes(port))).toEqual([]);
    expect(ffmpegChildren()).toEqual([]);
    expect(readdirSync(join(club.service.config.videosDir, '.recordings'))).toEqual([]);
  });

  it('leaves what records to be resumed, and lets go of everything when the service ends', async () => {
    const own = await startTestClub({ env: { VIDEO_PRESET: 'ultrafast' } });
    let ports: number[] = [];
    try {
      const used = [cameras[1], cameras[5], cameras[8]] as CameraServer[];
      const sessions = await Promise.all(
        used.map(async (camera, i) => {
          const court = await own.addCourt(`Court ${i}`, camera.url);
          const { body } = await own.desk.post<{ session: Session }>('/api/video/session/create', {
            terrain_id: court,
          });
          await own.desk.post('/api/video/record/start', { session_id: body.session.session_id });
          return body.session;
        }),
      );
      ports = sessions.map(({ proxy_port }) => proxy_port);
      expect(ffmpegChildren().length).toBeGreaterThan(0);
      await own.service.shutDown();
      await Promise.all(used.map(deserted));
      expect(listeningPorts(process.pid).filter((port) => ports.includes(port))).toEqual([]);
      expect(ffmpegChildren()).toEqual([]);
      const left = readdirSync(join(own.service.config.videosDir, '.recordings'));
      expect(left.sort()).toEqual(sessions.map(({ session_id }) => session_id).sort());
    } finally {
      await own.close();
    }
  });
});

describe('a disk below its reserve', () => {
  it('starts nothing with 507, and starts as soon as there is room', async () => {
    const club = await startTestClub({ env: { DISK_RESERVE_MB: '100000000' } });
    const camera = new RtspCamera({ clip: await h264() });
    await camera.start();
    try {
      const court = await club.addCourt('Court 1', camera.url);
      const created = await club.player.post<{ session: Session }>('/api/video/session/create', { terrain_id: court });
      const { session_id } = created.body.session;
      const start = (): Promise<Answer<Problem>> => club.player.post('/api/video/record/start', { session_id });
      for (let i = 0; i < 2; i++) expect((await start()).body).toMatchObject({ status: 507, code: 'disk_full' });
      const nothing = await club.player.get(`/api/video/record/status/${session_id}`);
      expect(nothing.body).toEqual({ success: true, status: null });
      // Somebody deletes a few petabytes.
      jest.spyOn(club.service.app.get(VideoStore), 'freeBytes').mockResolvedValue(2 ** 50);
      expect((await start()).status).toBe(201);
      await pictures(camera, 15);
      const stopped = await club.player.post<{ recording: Recording }>('/api/video/record/stop', { session_id });
      expect(stopped.body.recording.status).toBe('ready');
    } finally {
      await club.close();
      await camera.stop();
    }
  });
});
