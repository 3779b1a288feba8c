import request from 'supertest';
import { startTestApp, TestApp } from '../support/test-app';

describe('the page under /live/', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await startTestApp();
  });
  afterAll(() => service.close());

  it('is what one gets who types the address', async () => {
    const root = await request(service.url).get('/').expect(302);
    expect(root.headers.location).toBe('/live/');
    const bare = await request(service.url).get('/live').expect(301);
    expect(bare.headers.location).toBe('/live/');
  });

  it('is asked for anew each time, its parts never again', async () => {
    const page = await request(service.url).get('/live/').expect(200);
    expect(page.headers).toMatchObject({ 'cache-control': 'no-cache', 'content-type': 'text/html; charset=utf-8' });
    const etag = page.headers.etag as string;
    await request(service.url).get('/live/').set('if-none-match', etag).expect(304);

    const parts = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path as string);
    expect(parts.map((path) => path.split('.').at(-1)).sort()).toEqual(['css', 'js', 'svg']);
    for (const path of parts) {
      const part = await request(service.url).get(path).expect(200);
      expect(part.headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(part.headers['x-content-type-options']).toBe('nosniff');
    }
  });

  it('runs under a policy that allows what video needs and no script in the page', async () => {
    const { headers, text } = await request(service.url).get('/live/').expect(200);
    const policy = Object.fromEntries(
      (headers['content-security-policy'] as string).split(';').map((line) => {
        const [name = '', ...values] = line.trim().split(' ');
        return [name, values];
      }),
    );
    expect(policy).toMatchObject({
      'default-src': ["'self'"],
      'script-src': ["'self'"],
      'style-src': ["'self'"],
      'media-src': ["'self'", 'blob:'],
      'img-src': ["'self'", 'data:', 'blob:'],
      'connect-src': ["'self'"],
      'worker-src': ["'none'"],
    });
    expect(text).not.toMatch(/<script(?![^>]* src=)|style="|onload=/);
  });

  it('is all of static/ that is served', async () => {
    const paths = ['/live/nothing.js', '/videos/', '/static/live/', '/live/..%2f.gitkeep', '/.gitkeep', '/index.html'];
    for (const path of paths) {
      const answer = await request(service.url).get(path);
      expect([path, answer.status, (answer.body as { code: string }).code]).toEqual([path, 404, 'not_found']);
    }
    await request(service.url).post('/live/').expect(404);
  });
});
