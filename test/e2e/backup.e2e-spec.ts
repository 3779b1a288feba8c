import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres, startEmbeddedPostgres } from '../../src/database/embedded/embedded-postgres';
import { drawFilm } from '../../src/media/fmp4/clip.fixture';
import { h264Clip, RtspCamera } from '../cameras';
import { Api } from '../support/api';
import { ADMIN, startTestClub, TestClub } from '../support/club';
import { runImport } from '../support/import-program';
import { startTestApp, TestApp } from '../support/test-app';

interface Health {
  readonly details: { readonly camera_keys: { readonly unreadable: number } };
}

/** What docs/operations.md says of backups, done: files of a service that is stopped, put back elsewhere. */
describe('a backup of the embedded database, the keys and the videos', () => {
  let root: string;
  let camera: RtspCamera;
  const running: { stop(): Promise<unknown> }[] = [];

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'padelvar-backup-'));
    // As root the database runs as another user, who must come through.
    chmodSync(root, 0o711);
    camera = new RtspCamera({ clip: await h264Clip({ width: 320, height: 180, fps: 25, seconds: 4 }) });
    await camera.start();
  });

  afterAll(async () => {
    for (const one of running.reverse()) await one.stop();
    await camera?.stop();
    rmSync(root, { recursive: true, force: true });
  });

  async function database(machine: string): Promise<EmbeddedPostgres> {
    const home = join(root, machine, 'postgres');
    const options = {
      dataDir: join(root, machine, 'data'),
      home,
      logsDir: join(root, machine, 'logs'),
      durable: false,
    };
    const postgres = await startEmbeddedPostgres(options);
    running.push(postgres);
    return postgres;
  }

  async function service(machine: string, databaseUrl: string): Promise<TestApp> {
    const app = await startTestApp({ root: join(root, machine), databaseUrl });
    running.push({ stop: () => app.shutDown() });
    return app;
  }

  it('is the whole service, on another machine', async () => {
    const first = await database('first');
    const club: TestClub = await startTestClub({ root: join(root, 'first'), databaseUrl: first.url });
    const court = await club.addCourt('Court 1', camera.url);
    const film = join(root, 'old', 'nord', '5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55.mp4');
    execFileSync('mkdir', ['-p', join(root, 'old', 'nord')]);
    drawFilm(film, { seconds: 2 });
    execFileSync('touch', ['-d', '1 hour ago', film]);
    const adopted = await runImport(club.service, [join(root, 'old'), '--map', `nord=${club.clubId}`]);
    expect(adopted.code).toBe(0);
    await club.service.shutDown();
    await first.stop();

    execFileSync('tar', ['-C', join(root, 'first'), '-cf', join(root, 'backup.tar'), 'data', 'postgres', 'videos']);
    execFileSync('mkdir', [join(root, 'second')]);
    execFileSync('tar', ['-C', join(root, 'second'), '-xpf', join(root, 'backup.tar')]);
    // Nothing of the old place is needed.
    renameSync(join(root, 'first'), join(root, 'gone'));

    const second = await database('second');
    const app = await service('second', second.url);
    const operator = await Api.signedIn(app.url, ADMIN.email, ADMIN.password);
    const videos = await operator.get<{ videos: { session_id: string }[] }>('/api/video/files/list');
    const [video] = videos.body.videos;
    const download = await operator.bytes(`/api/video/files/${video?.session_id}/download`);
    expect(download.response.status).toBe(200);
    // The keys came along: the camera's address opens, and the camera is reached by it.
    const health = await operator.get<Health>('/api/video/health');
    expect(health.body.details.camera_keys.unreadable).toBe(0);
    const test = await operator.post<{ reachable: boolean }>(`/api/terrains/${court}/camera/test`);
    expect([test.status, test.body.reachable]).toEqual([200, true]);
    const cleaned = await operator.post<Record<string, number>>('/api/video/cleanup');
    expect(cleaned.body).toMatchObject({ missing_files: 0, quarantined_files: 0, failed_tasks: [] });
  });
});
