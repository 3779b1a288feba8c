import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { Shutdown } from '../../src/common/shutdown';
import { mjpegClip, MjpegCamera } from '../cameras';
import { pictures } from '../faults/film';
import { Api } from '../support/api';
import { ADMIN } from '../support/club';
import { encoderOf, encodersOf } from '../support/encoder-process';
import { ServiceProcess } from '../support/service-process';
import { startTestApp } from '../support/test-app';
import { createTestDatabase } from '../support/test-database';

describe('health for supervisors and load balancers', () => {
  it('is live and ready, in a few bytes that nobody keeps', async () => {
    const service = await startTestApp();
    try {
      for (const status of ['live', 'ready']) {
        const answer = await request(service.url).get(`/api/video/health/${status}`).expect(200);
        expect(answer.body).toEqual({ status });
        expect(answer.headers['cache-control']).toBe('no-store');
      }
    } finally {
      await service.close();
    }
  });

  it('is live but not ready without FFmpeg', async () => {
    const service = await startTestApp({ env: { FFMPEG_PATH: '/nonexistent/ffmpeg' } });
    try {
      const answer = await request(service.url).get('/api/video/health/ready').expect(503);
      expect(answer.body).toEqual({ status: 'unready', reason: 'ffmpeg_missing' });
      expect(answer.headers['cache-control']).toBe('no-store');
      await request(service.url).get('/api/video/health/live').expect(200);
    } finally {
      await service.close();
    }
  });

  it('takes no new work from the moment the end begins, and says so', async () => {
    const service = await startTestApp();
    try {
      service.app.get(Shutdown).begin();
      const answer = await request(service.url).get('/api/video/health/ready').expect(503);
      expect(answer.body).toEqual({ status: 'unready', reason: 'shutting_down' });
      await request(service.url).get('/api/video/health/live').expect(200);
      await request(service.url).get('/api/video/health').expect(200);
      await request(service.url).get('/metrics').expect(200);
      for (const path of ['/api/clubs', '/api/auth/me', '/api/docs', '/live/', '/api/video/healthy']) {
        const refused = await request(service.url).get(path).expect(503);
        expect(refused.body).toMatchObject({ code: 'shutting_down', status: 503 });
        expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
        expect(refused.headers.connection).toBe('close');
      }
    } finally {
      await service.close();
    }
  });

  it('answers 503 after SIGTERM for as long as recordings take to be brought to rest', async () => {
    const root = mkdtempSync(join(tmpdir(), 'padelvar-term-'));
    const database = await createTestDatabase();
    const camera = new MjpegCamera({ clip: await mjpegClip({ width: 320, height: 180, fps: 25, seconds: 4 }) });
    await camera.start();
    const service = await ServiceProcess.start(root, database.url, {
      ADMIN_EMAIL: ADMIN.email,
      ADMIN_PASSWORD: ADMIN.password,
      VIDEO_PRESET: 'ultrafast',
    });
    let session_id = '';
    try {
      const admin = await Api.signedIn(service.url, ADMIN.email, ADMIN.password);
      const club = await admin.post<{ id: number }>('/api/clubs', { name: 'Nord', time_zone: 'Europe/Paris' });
      const court = { name: 'Court 1', camera_url: camera.url };
      const made = await admin.post<{ id: number }>(`/api/clubs/${club.body.id}/terrains`, court);
      const opened = await admin.post<{ session: { session_id: string } }>('/api/video/session/create', {
        terrain_id: made.body.id,
      });
      ({ session_id } = opened.body.session);
      expect((await admin.post('/api/video/record/start', { session_id })).status).toBe(201);
      await pictures(camera, 25);
      // An encoder that hangs makes the way to rest long enough to be looked at.
      process.kill(encoderOf(session_id), 'SIGSTOP');
      const ready = async (): Promise<number> => (await fetch(`${service.url}/api/video/health/ready`)).status;
      expect(await ready()).toBe(200);
      service.signal('SIGTERM');
      let status = await ready();
      while (status === 200) status = await ready();
      expect(status).toBe(503);
      expect((await fetch(`${service.url}/api/video/health/live`)).status).toBe(200);
      expect((await admin.get<{ code: string }>('/api/clubs')).body.code).toBe('shutting_down');
      expect(await service.exited).toBe(0);
    } finally {
      service.signal('SIGKILL');
      await service.exited;
      for (const pid of encodersOf(session_id)) process.kill(pid, 'SIGKILL');
      await camera.stop();
      await database.drop();
      rmSync(root, { recursive: true, force: true });
    }
  });
});
