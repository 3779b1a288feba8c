import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import request from 'supertest';
import { buildApiDocument } from '../../src/api-document';
import { repositoryRoot } from '../cameras/child-process';
import { startTestApp, TestApp } from '../support/test-app';

describe('the pages', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await startTestApp();
  });
  afterAll(() => service.close());

  it('begin with the panel', async () => {
    const root = await request(service.url).get('/').expect(302);
    expect(root.headers.location).toBe('/panel/');
    const bare = await request(service.url).get('/live').expect(301);
    expect(bare.headers.location).toBe('/live/');
  });

  it('are asked for anew each time, their parts never again', async () => {
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

  it('run under a policy that allows what video needs and no script in the page', async () => {
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

  it('are the panel at each of its addresses, with a nonce of its own for each answer', async () => {
    const nonces = new Set<string>();
    for (const path of ['/panel', '/panel/', '/panel/courts', '/panel/c/1/2', '/panel/no/such/page']) {
      const { text, headers } = await request(service.url).get(path).expect(200);
      const nonce = /<meta name="csp-nonce" content="([^"]{24})"/.exec(text)?.[1] ?? '';
      const policy = headers['content-security-policy'] as string;
      expect(policy).toContain(`style-src 'self' 'nonce-${nonce}'`);
      expect(policy).toMatch(/script-src 'self';.*worker-src 'self'/);
      expect(text).not.toMatch(/<script(?![^>]* src=)|style="|onload=/);
      expect(headers['cache-control']).toBe('no-cache');
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(5);
    await request(service.url).post('/panel/courts').expect(404);
    await request(service.url).get('/panel/assets/gone.js').expect(404);
    await request(service.url).get('/panel/%2e%2e/package.json').expect(404);
    for (const path of ['/panel/%zz', '/panel/assets/%c0%af.js', '/live/%'])
      expect((await request(service.url).get(path)).body).toMatchObject({ status: 400, code: 'validation_failed' });
  });

  it.each([
    ['br, gzip', 'br'],
    ['gzip', 'gzip'],
    ['identity', undefined],
  ])('come as small as the browser takes them: %s', async (accepted, encoding) => {
    const page = await request(service.url).get('/panel/').expect(200);
    const path = /src="(\/panel\/assets\/[^"]+\.js)"/.exec(page.text)?.[1] as string;
    const script = await request(service.url).get(path).set('accept-encoding', accepted).expect(200);
    expect(script.headers['content-encoding']).toBe(encoding);
    expect(script.headers['content-type']).toMatch(/^text\/javascript/);
    expect(script.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  it('ask the service by types made of its own document', () => {
    const script = join(repositoryRoot(), 'scripts', 'api-types.mjs');
    const input = JSON.stringify(buildApiDocument(service.app));
    const made = spawnSync(process.execPath, [script, '--print'], { input, encoding: 'utf8', maxBuffer: 2 ** 26 });
    expect(made.stderr).toBe('');
    const kept = readFileSync(join(repositoryRoot(), 'web', 'panel', 'api', 'schema.d.ts'), 'utf8');
    // Where they differ: npm run api:types
    expect(made.stdout === kept).toBe(true);
  });

  it('are all of static/ that is served', async () => {
    const paths = ['/live/nothing.js', '/videos/', '/static/live/', '/live/..%2f.gitkeep', '/.gitkeep', '/index.html'];
    for (const path of paths) {
      const answer = await request(service.url).get(path);
      expect([path, answer.status, (answer.body as { code: string }).code]).toEqual([path, 404, 'not_found']);
    }
    await request(service.url).post('/live/').expect(404);
  });
});
