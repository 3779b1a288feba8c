import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CameraServer, h264Clip, mjpegClip, MjpegCamera, readWithFfmpeg, RtspCamera } from '../cameras';
import { Api } from '../support/api';
import { ADMIN } from '../support/club';
import { inspectMp4 } from '../support/mp4';
import { openFiles } from '../support/processes';
import { Service } from '../support/service';
import { createTestDatabase, TestDatabase } from '../support/test-database';
import { deviations, Film, pictures, worst } from './film';
import { faultTest, FaultRow, Findings } from './ledger';
import { losses, SentPicture, Witness, worstLoss } from './witness';

const SMALL = { width: 320, height: 180, fps: 25, seconds: 8, gopSeconds: 1, bitrate: 400_000 };

interface Recording {
  status: string;
  active: boolean;
  started_at: string;
  stopped_at: string;
  video_path: string | null;
  duration_seconds: number;
  restarts: number;
  gaps: { start_seconds: number; end_seconds: number; reason: string }[];
}

/** One court, its camera with what it sent, and its recording as the API tells it. */
class Court {
  private readonly witness: Witness;
  sessionId = '';

  constructor(readonly camera: CameraServer) {
    this.witness = new Witness(camera);
  }

  get sent(): readonly SentPicture[] {
    return this.witness.sent;
  }

  async record(api: Api, clubId: number, minutes = 90): Promise<void> {
    await this.camera.start();
    const court = await api.post<{ id: number }>(`/api/clubs/${clubId}/terrains`, {
      name: this.camera.url.slice(0, 4),
      camera_url: this.camera.url,
    });
    const opened = await api.post<{ session: { session_id: string } }>('/api/video/session/create', {
      terrain_id: court.body.id,
    });
    this.sessionId = opened.body.session.session_id;
    const started = await api.post('/api/video/record/start', {
      session_id: this.sessionId,
      duration_minutes: minutes,
    });
    expect(started.status).toBe(201);
  }

  async status(api: Api): Promise<Recording> {
    const { body } = await api.get<{ status: Recording }>(`/api/video/record/status/${this.sessionId}`);
    return body.status;
  }

  /** Settles when the recording has one of these states; asked at every picture of the camera. */
  async becomes(api: Api, ...states: string[]): Promise<Recording> {
    for (;;) {
      const now = await this.status(api);
      if (states.includes(now.status)) return now;
      await once(this.camera, 'frame');
    }
  }
}

describe('a service that ends in mid-match', () => {
  let root: string;
  let database: TestDatabase;
  const courts: Court[] = [];
  const services: Service[] = [];

  const start = async (): Promise<{ service: Service; api: Api }> => {
    const service = await Service.start(root, database.url);
    services.push(service);
    return { service, api: await Api.signedIn(service.url, ADMIN.email, ADMIN.password) };
  };

  const row = (fault: string, how: string): FaultRow => {
    return { section: 'Service', fault, how, invariants: ['I1', 'I2', 'I3', 'I4'] };
  };

  const file = async (found: Findings, recording: Recording, court: Court) => {
    const path = join(root, 'videos', recording.video_path as string);
    const [facts, reading] = await Promise.all([inspectMp4(path), readWithFfmpeg(path)]);
    const film = { reading, sent: court.sent, recording: { startedAt: Date.parse(recording.started_at) } };
    expect(facts.complaints).toBe('');
    expect(facts.boxes.indexOf('moov')).toBeLessThan(facts.boxes.indexOf('mdat'));
    expect(reading.frames.filter(({ bars }) => bars === null)).toEqual([]);
    const wall = (Date.parse(recording.stopped_at) - Date.parse(recording.started_at)) / 1000;
    expect(Math.abs(facts.durationSeconds - wall)).toBeLessThan(0.5);
    const times = { startedAt: Date.parse(recording.started_at), stoppedAt: Date.parse(recording.stopped_at) };
    found.lost(worstLoss(losses(court.sent, { frames: reading.frames, ...times })));
    return { facts, reading, deviation: worst(deviations(film as unknown as Film)) };
  };

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'padelvar-resume-'));
    database = await createTestDatabase();
  });

  afterEach(async () => {
    for (const service of services.splice(0)) await service.end('SIGTERM');
    for (const court of courts.splice(0)) await court.camera.stop();
    await database?.drop();
    rmSync(root, { recursive: true, force: true });
  });

  const HOW = 'SIGKILL, then SIGTERM, and started again; the camera falls silent in the third life; H.264 and JPEG';
  faultTest(row('it ends in mid-match', HOW), async (found) => {
    const h264 = new Court(new RtspCamera({ clip: await h264Clip({ ...SMALL, bframes: 2 }) }));
    const jpeg = new Court(
      new MjpegCamera({ clip: await mjpegClip({ width: 320, height: 180, fps: 15, seconds: 4 }) }),
    );
    courts.push(h264, jpeg);
    const first = await start();
    const club = await first.api.post<{ id: number }>('/api/clubs', { name: 'Nord', time_zone: 'Europe/Paris' });
    await h264.record(first.api, club.body.id);
    await jpeg.record(first.api, club.body.id);
    await pictures(h264.camera, 75);
    const acknowledged = await Promise.all(courts.map((court) => court.status(first.api)));
    await first.service.end('SIGKILL');
    found.happened();
    await pictures(h264.camera, 25);

    const restarted = Date.now();
    const second = await start();
    for (const court of courts) await court.becomes(second.api, 'recording');
    expect(Date.now() - restarted).toBeLessThan(15_000);
    await pictures(h264.camera, 50);
    await second.service.end('SIGTERM');
    found.happened();

    const third = await start();
    const resumed = await Promise.all(courts.map((court) => court.becomes(third.api, 'recording')));
    resumed.forEach(({ restarts, gaps }, i) => {
      expect(restarts).toBe(2);
      expect(gaps.map(({ reason }) => reason)).toEqual(['service_restarted', 'service_restarted']);
      // A kill loses the second that was not yet written, and no more.
      const before = acknowledged[i] as Recording;
      expect(gaps[0]?.start_seconds).toBeGreaterThan(before.duration_seconds - 1.3);
    });
    await pictures(h264.camera, 25);
    h264.camera.silence();
    found.happened();
    await h264.becomes(third.api, 'reconnecting');
    h264.camera.speak();
    await h264.becomes(third.api, 'recording');
    await pictures(h264.camera, 25);

    for (const court of courts) {
      const stopped = await third.api.post<{ recording: Recording }>('/api/video/record/stop', {
        session_id: court.sessionId,
      });
      const { recording } = stopped.body;
      expect(recording).toMatchObject({ status: 'ready', video_path: `${club.body.id}/${court.sessionId}.mp4` });
      const { reading, deviation } = await file(found, recording, court);
      // Every picture stands where it was filmed, before and behind each hole.
      expect(deviation).toBeLessThan(0.45);
      const times = [...reading.frames.map(({ seconds }) => seconds), recording.duration_seconds];
      const holes = times.slice(1).filter((time, i) => time - (times[i] as number) > 0.5);
      const reasons =
        court === h264
          ? ['service_restarted', 'service_restarted', 'camera_stalled']
          : ['service_restarted', 'service_restarted'];
      expect(recording.gaps.map(({ reason }) => reason)).toEqual(reasons);
      expect(holes).toHaveLength(reasons.length);
    }
    expect(readdirSync(join(root, 'videos', '.recordings'))).toEqual([]);
    const sessions = await third.api.get<{ count: number; sessions: { status: string }[] }>('/api/video/session/list');
    expect(sessions.body.sessions.map(({ status }) => status)).toEqual(['live', 'live']);
  });

  faultTest(row('two start at once after a kill', 'SIGKILL in mid-match, then two processes'), async (found) => {
    const court = new Court(new RtspCamera({ clip: await h264Clip(SMALL), onlyOneConnection: 'busy' }));
    courts.push(court);
    const first = await start();
    const club = await first.api.post<{ id: number }>('/api/clubs', { name: 'Nord', time_zone: 'Europe/Paris' });
    await court.record(first.api, club.body.id);
    await pictures(court.camera, 30);
    await first.service.end('SIGKILL');

    found.happened();
    const both = await Promise.all([start(), start()]);
    await court.becomes(both[0].api, 'recording');
    await pictures(court.camera, 30);
    const writers = both.filter(({ service }) =>
      openFiles(service.pid).some(({ path }) => path.endsWith(`${court.sessionId}/part-1.mp4`)),
    );
    expect(writers).toHaveLength(1);
    expect(court.camera.peakConnections).toBe(1);
    const stopped = await (writers[0] as (typeof both)[number]).api.post<{ recording: Recording }>(
      '/api/video/record/stop',
      { session_id: court.sessionId },
    );
    expect(stopped.body.recording).toMatchObject({ status: 'ready', restarts: 1 });
    expect((await file(found, stopped.body.recording, court)).deviation).toBeLessThan(0.45);
  });

  faultTest(row('killed at a stop', 'the wish to stop is kept, and nothing else of it yet'), async (found) => {
    const court = new Court(new RtspCamera({ clip: await h264Clip(SMALL) }));
    courts.push(court);
    const first = await start();
    const club = await first.api.post<{ id: number }>('/api/clubs', { name: 'Nord', time_zone: 'Europe/Paris' });
    await court.record(first.api, club.body.id);
    await pictures(court.camera, 60);
    await first.service.end('SIGKILL');
    found.happened();
    const folder = join(root, 'videos', '.recordings', court.sessionId);
    writeFileSync(join(folder, 'stop.json'), JSON.stringify({ end_ticks: 3 * 90_000 }));

    const { api } = await start();
    const ready = await court.becomes(api, 'ready');
    expect(ready).toMatchObject({ status: 'ready', active: false, restarts: 0 });
    expect(Math.abs(ready.duration_seconds - 3)).toBeLessThan(0.6);
    const { session } = (await api.get<{ session: { status: string } }>(`/api/video/session/${court.sessionId}`)).body;
    expect(session.status).not.toBe('live');
  });
});
