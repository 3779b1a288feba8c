import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import request from 'supertest';
import { h264Clip, RtspCamera } from '../cameras';
import { pictures } from '../faults/film';
import { startTestClub, TestClub } from '../support/club';
import { MjpegClient } from '../support/mjpeg-client';
import { PLANTED } from '../support/planted';
import { Scrape } from '../support/prometheus';
import { startTestApp, TestApp } from '../support/test-app';

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;
const LOGIN = { username: 'court', password: `a-secret-${PLANTED}` };

describe('metrics of a court that is recorded', () => {
  let club: TestClub;
  let camera: RtspCamera;
  let court: number;

  beforeAll(async () => {
    club = await startTestClub();
    camera = new RtspCamera({ clip: await h264Clip({ width: 320, height: 180, fps: 25, seconds: 4 }), ...LOGIN });
    await camera.start();
    court = await club.addCourt('Court Central', camera.url);
  });

  afterAll(async () => {
    await club?.close();
    await camera?.stop();
  });

  async function scrape(): Promise<Scrape> {
    const answer = await request(club.service.url).get('/metrics').expect(200);
    expect(answer.headers['content-type']).toMatch(/^text\/plain;.* version=0\.0\.4/);
    expect(answer.headers['cache-control']).toBe('no-store');
    return new Scrape(answer.text);
  }

  async function record(): Promise<string> {
    const opened = await club.desk.post<{ session: { session_id: string } }>('/api/video/session/create', {
      terrain_id: court,
    });
    const { session_id } = opened.body.session;
    const started = await club.desk.post('/api/video/record/start', { session_id });
    expect(started.status).toBe(201);
    return session_id;
  }

  async function end(session_id: string): Promise<void> {
    expect((await club.desk.post('/api/video/record/stop', { session_id })).status).toBe(200);
    expect((await club.desk.post('/api/video/session/close', { session_id })).status).toBe(200);
  }

  it('tell of the camera that went and came back, never fall, and name nobody', async () => {
    const idle = await scrape();
    expect(idle.value('padelvar_sessions', { state: 'live' })).toBe(0);
    expect(idle.value('padelvar_recording_gap_seconds_total', { reason: 'camera_lost' })).toBe(0);
    expect(idle.value('padelvar_sessions_max')).toBe(10);

    const session_id = await record();
    const stream = await MjpegClient.open(`${club.service.url}/api/preview/${session_id}/stream.mjpeg`, {
      authorization: `Bearer ${club.desk.token}`,
    });
    await pictures(camera, 60);
    const recording = await scrape();
    expect(recording.value('padelvar_sessions', { state: 'live' })).toBe(1);
    expect(recording.value('padelvar_recordings', { phase: 'recording' })).toBe(1);
    expect(recording.value('padelvar_viewers', { way: 'mjpeg' })).toBe(1);
    expect(recording.value('padelvar_http_requests_in_flight')).toBeGreaterThanOrEqual(2);
    expect(recording.value('padelvar_camera_frames_total')).toBeGreaterThanOrEqual(50);
    expect(recording.value('padelvar_recording_written_bytes_total')).toBeGreaterThan(10_000);
    expect(recording.value('padelvar_camera_reconnects_total')).toBe(0);
    expect(recording.value('padelvar_journal_waiting_bytes')).toBeGreaterThan(0);
    stream.close();

    void camera.cut({ refuseMs: 2_000 });
    const back = once(camera, 'play');
    let away = await scrape();
    while (away.value('padelvar_sessions', { state: 'reconnecting' }) === 0) away = await scrape();
    expect(away.value('padelvar_sessions', { state: 'live' })).toBe(0);
    expect(away.value('padelvar_recordings', { phase: 'reconnecting' })).toBe(1);
    await back;
    await pictures(camera, 60);
    const after = await scrape();
    expect(after.value('padelvar_camera_reconnects_total')).toBeGreaterThan(0);
    expect(after.value('padelvar_recording_gap_seconds_total', { reason: 'camera_lost' })).toBeGreaterThan(1.5);
    const written = 'padelvar_recording_written_bytes_total';
    expect(after.value(written)).toBeGreaterThan(recording.value(written));

    await end(session_id);
    const ended = await scrape();
    expect(ended.value('padelvar_sessions', { state: 'live' })).toBe(0);
    expect(ended.value('padelvar_recordings_ended_total', { outcome: 'ready' })).toBe(1);
    expect(ended.value('padelvar_recordings_ended_total', { outcome: 'failed' })).toBe(0);
    expect(ended.value('padelvar_finaliser_seconds_count', { way: 'in_place' })).toBe(1);
    expect(ended.value('padelvar_finaliser_seconds_sum', { way: 'in_place' })).toBeGreaterThan(0);

    const next = await record();
    await pictures(camera, 30);
    await club.desk.get(`/api/video/session/${next}`);
    await club.desk.get('/api/nothing/no-such-thing');
    await club.desk.get(`/api/clubs/${club.clubId}/terrains`);
    const again = await scrape();
    expect(again.value(written)).toBeGreaterThan(ended.value(written));
    await end(next);
    const last = await scrape();

    const scrapes = [idle, recording, away, after, ended, again, last];
    for (const [i, earlier] of scrapes.slice(0, -1).entries()) {
      for (const [series, value] of earlier.rising) {
        const later = (scrapes[i + 1] as Scrape).rising.get(series);
        expect(`${series} ${later !== undefined && later >= value}`).toBe(`${series} true`);
      }
    }

    const asked = { method: 'GET', status: '200' };
    expect(last.value('padelvar_http_requests_total', { ...asked, route: '/api/video/session/:id' })).toBe(1);
    expect(last.value('padelvar_http_requests_total', { ...asked, route: '/api/clubs/:id/terrains' })).toBe(1);
    expect(last.value('padelvar_http_requests_total', { route: 'unmatched', status: '404' })).toBe(1);
    expect(last.value('padelvar_http_requests_total', { route: '/api/video/record/start', status: '201' })).toBe(2);
    for (const { text, samples } of scrapes) {
      expect(text).not.toMatch(UUID);
      for (const secret of [
        'Padel Nord',
        'Court Central',
        'padelvar.test',
        LOGIN.password,
        'no-such-thing',
        '127.0.0.1',
      ]) {
        expect(text).not.toContain(secret);
      }
      for (const { labels } of samples) {
        const others = Object.entries(labels).filter(([key]) => !['status', 'quantile', 'le'].includes(key));
        for (const [, value] of others) expect(value).toMatch(/^(\/[\w./:{}*-]*|[a-zA-Z_]+)$/);
        for (const [, value] of others) expect(value).not.toMatch(/\d/);
      }
    }
  });

  it('are those of docs/metrics.md, with their types', async () => {
    const page = readFileSync(join(__dirname, '..', '..', 'docs', 'metrics.md'), 'utf8');
    const rows = [...page.matchAll(/^\|\s*`(\w+)`\s*\|\s*(gauge|counter|histogram)\s*\|/gm)];
    const documented = rows.map(([, name, type]) => [name, type]);
    const { types } = await scrape();
    expect(documented.sort()).toEqual([...types].sort());
  });

  it('stand in the API document', async () => {
    const { body } = await request(club.service.url).get('/api/docs-json').expect(200);
    const { security, responses } = body.paths['/metrics'].get;
    expect(security).toEqual([{ metrics: [] }]);
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['200', '401', '403']));
  });
});

describe('who may read metrics', () => {
  let open: TestApp;
  let closed: TestClub;
  const token = 'a token is no word'.replaceAll(' ', '-');

  beforeAll(async () => {
    open = await startTestApp();
    closed = await startTestClub({ env: { METRICS_TOKEN: token } });
  });

  afterAll(async () => {
    await open?.close();
    await closed?.close();
  });

  it.each([
    ['X-Forwarded-For', '203.0.113.9'],
    ['Forwarded', 'for=203.0.113.9'],
    ['X-Real-IP', '127.0.0.1'],
    ['Host', 'padel.example'],
  ])('without a token, not what came through a proxy: %s', async (name, value) => {
    await request(open.url).get('/metrics').expect(200);
    const answer = await request(open.url).get('/metrics').set(name, value).expect(403);
    expect(answer.body).toMatchObject({ code: 'forbidden', status: 403 });
    expect(answer.text).not.toContain('padelvar_');
  });

  it('with a token, only who holds it, from wherever', async () => {
    const { url } = closed.service;
    const admin = closed.operator.token as string;
    for (const authorization of ['', 'Bearer', `Bearer ${token}x`, `Bearer ${token.slice(1)}`, `Bearer ${admin}`]) {
      const answer = await request(url).get('/metrics').set('Authorization', authorization).expect(401);
      expect(answer.body).toMatchObject({ code: 'unauthorized' });
    }
    const held = request(url).get('/metrics').set('Authorization', `Bearer ${token}`);
    const answer = await held.set('X-Forwarded-For', '203.0.113.9').expect(200);
    expect(answer.text).toContain('padelvar_sessions{state="live"} 0');
    expect(answer.text).not.toContain(token);
  });
});
