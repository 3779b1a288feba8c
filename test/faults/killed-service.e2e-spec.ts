import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { h264Clip, RtspCamera } from '../cameras';
import { Api } from '../support/api';
import { ADMIN } from '../support/club';
import { inspectMp4 } from '../support/mp4';
import { Service } from '../support/service';
import { createTestDatabase, TestDatabase } from '../support/test-database';

interface Recording {
  status: string;
  video_path: string | null;
  duration_seconds: number;
  bytes_written: number;
}

describe('a service killed while it records', () => {
  let root: string;
  let database: TestDatabase;
  let camera: RtspCamera;
  const services: Service[] = [];

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'padelvar-killed-'));
    database = await createTestDatabase();
    camera = new RtspCamera({ clip: await h264Clip({ width: 640, height: 360, seconds: 4 }) });
    await camera.start();
  });

  afterAll(async () => {
    for (const service of services) await service.end('SIGTERM');
    await camera?.stop();
    await database?.drop();
    rmSync(root, { recursive: true, force: true });
  });

  it('makes a video of what was on disk, and lets go of the court', async () => {
    const first = await Service.start(root, database.url);
    services.push(first);
    const before = await Api.signedIn(first.url, ADMIN.email, ADMIN.password);
    const club = await before.post<{ id: number }>('/api/clubs', { name: 'Nord', time_zone: 'Europe/Paris' });
    const court = await before.post<{ id: number }>(`/api/clubs/${club.body.id}/terrains`, {
      name: 'Court 1',
      camera_url: camera.url,
    });
    const opened = await before.post<{ session: { session_id: string } }>('/api/video/session/create', {
      terrain_id: court.body.id,
    });
    const { session_id } = opened.body.session;
    const status = async (api: Api): Promise<Recording> =>
      (await api.get<{ status: Recording }>(`/api/video/record/status/${session_id}`)).body.status;
    await before.post('/api/video/record/start', { session_id });
    for (let i = 0; i < 100; i++) await once(camera, 'frame');
    const acknowledged = (await status(before)).duration_seconds;
    await first.end('SIGKILL');

    const second = await Service.start(root, database.url);
    services.push(second);
    const after = await Api.signedIn(second.url, ADMIN.email, ADMIN.password);
    let now = await status(after);
    while (now.status !== 'ready' && now.status !== 'failed') {
      await once(camera, 'frame');
      now = await status(after);
    }
    expect(now).toMatchObject({ status: 'ready', video_path: `${club.body.id}/${session_id}.mp4` });
    const file = await inspectMp4(join(root, 'videos', now.video_path as string));
    // What had been acknowledged, but for the last second, which was not yet written.
    expect(file.durationSeconds).toBeGreaterThan(acknowledged - 1.1);
    expect(file.complaints).toBe('');
    expect(readdirSync(join(root, 'videos', '.recordings'))).toEqual([]);
    const videos = await after.get<{ count: number }>('/api/video/files/list');
    expect(videos.body.count).toBe(1);
    const again = await after.post('/api/video/session/create', { terrain_id: court.body.id });
    expect(again.status).toBe(201);
  });
});
