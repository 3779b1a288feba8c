import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { h264Clip, RtspCamera } from '../cameras';
import { Api } from '../support/api';
import { ADMIN } from '../support/club';
import { inspectMp4 } from '../support/mp4';
import { createTestDatabase, TestDatabase } from '../support/test-database';

interface Recording {
  status: string;
  video_path: string | null;
  duration_seconds: number;
  bytes_written: number;
}

/** The service in a process of its own, so that it can be killed. */
class Service {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(root: string, databaseUrl: string): Promise<Service> {
    const child = spawn(process.execPath, ['-r', join(__dirname, '../support/register.js'), 'src/main.ts'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'test',
        PORT: '0',
        DATABASE_URL: databaseUrl,
        DATA_DIR: join(root, 'data'),
        VIDEOS_DIR: join(root, 'videos'),
        LOGS_DIR: join(root, 'logs'),
        CAMERA_ALLOW_LOOPBACK: 'true',
        DISK_RESERVE_MB: '0',
        ADMIN_EMAIL: ADMIN.email,
        ADMIN_PASSWORD: ADMIN.password,
      },
    });
    let said = '';
    const url = await new Promise<string>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`the service ended with ${code}: ${said}`)));
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString('utf8');
        const [, address] = /PadelVar listens on (http:\/\/[^\s"]+)/.exec(said) ?? [];
        if (address) resolve(address);
      });
    });
    return new Service(url, child);
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill(signal);
    await exit;
  }
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
