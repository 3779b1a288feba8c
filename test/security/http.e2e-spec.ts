import { request as send } from 'node:http';
import { ADMIN } from '../support/club';
import { startTestApp, TestApp } from '../support/test-app';

interface Heard {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const FRIEND = 'https://friend.example';
const CODE = /"code":"([a-z_]+)"/;

describe('the web’s own doors', () => {
  let named: TestApp;
  let unnamed: TestApp;

  beforeAll(async () => {
    const admin = { ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password };
    named = await startTestApp({ env: { ...admin, PUBLIC_URL: 'https://padel.example', CORS_ORIGINS: FRIEND } });
    unnamed = await startTestApp({ env: admin });
  });

  afterAll(async () => {
    await named?.close();
    await unnamed?.close();
  });

  /** By hand: fetch sets Host and Origin itself. */
  function ask(
    app: TestApp,
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body = '',
  ): Promise<Heard> {
    return new Promise((resolve, reject) => {
      const request = send(`${app.url}${path}`, { method, headers, agent: false }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  it.each([
    ['evil.example', 421],
    ['padel.example.evil.example', 421],
    ['padel.example', 200],
    ['padel.example:443', 200],
    ['127.0.0.1', 200],
    ['localhost', 200],
  ])('answers to its own names only: %s', async (host, status) => {
    const heard = await ask(named, 'GET', '/api/video/health/live', { host });
    expect(heard.status).toBe(status);
    if (status === 421) expect(CODE.exec(heard.body)?.[1]).toBe('misdirected_request');
  });

  it('goes by any name until it is told its own', async () => {
    expect((await ask(unnamed, 'GET', '/api/video/health/live', { host: 'club.example' })).status).toBe(200);
    expect((await ask(unnamed, 'GET', '/api/video/health/live', { host: 'no name' })).status).toBe(421);
  });

  it.each(['/live/', '/api/docs', '/api/video/health', '/api/auth/me', '/nothing', '/videos/1/x.mp4'])(
    'has strict headers and no banner on %s',
    async (path) => {
      const { headers } = await ask(unnamed, 'GET', path);
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'self'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("object-src 'none'");
      if (path !== '/api/docs') expect(policy).not.toContain('unsafe-inline');
      expect(policy).not.toContain('unsafe-eval');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['cross-origin-resource-policy']).toBe('same-origin');
      expect(headers['strict-transport-security']).toBeDefined();
      // Pages are files; what somebody may ask about later has an id.
      if (/^\/api\/(video|auth)/.test(path)) expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers.server).toBeUndefined();
    },
  );

  it('serves its page without a script or a style inside', async () => {
    const { body } = await ask(unnamed, 'GET', '/live/');
    expect(body).not.toMatch(/<script(?![^>]*\bsrc=)/);
    expect(body).not.toMatch(/<style|\sstyle=|\son[a-z]+=|javascript:/);
  });

  it('shares nothing with other origins unless told to', async () => {
    const preflight = { origin: FRIEND, 'access-control-request-method': 'POST' };
    for (const method of ['GET', 'OPTIONS']) {
      const closed = await ask(unnamed, method, '/api/video/health', preflight);
      expect(closed.headers['access-control-allow-origin']).toBeUndefined();
    }
    const open = await ask(named, 'OPTIONS', '/api/video/health', preflight);
    expect(open.headers['access-control-allow-origin']).toBe(FRIEND);
    for (const origin of [
      'https://friend.example.evil.example',
      'https://evil.example',
      'null',
      'http://friend.example',
    ]) {
      const other = await ask(named, 'OPTIONS', '/api/video/health', { ...preflight, origin });
      expect(other.headers['access-control-allow-origin']).not.toBe(origin);
      expect(other.headers['access-control-allow-origin']).not.toBe('*');
    }
  });

  it.each([
    ['https://evil.example', 403],
    ['https://other.padel.example', 403],
    ['null', 403],
    ['https://padel.example', 401],
    [FRIEND, 401],
  ])('changes nothing by cookie for a page of %s', async (origin, status) => {
    const headers = { origin, cookie: '__Secure-padelvar_refresh=x', 'content-type': 'application/json' };
    expect((await ask(named, 'POST', '/api/auth/refresh', headers, '{}')).status).toBe(status);
  });

  it('keeps its cookies to itself', async () => {
    const login = JSON.stringify({ email: ADMIN.email, password: ADMIN.password, cookie: true });
    for (const [app, prefix] of [
      [named, /^__(Host|Secure)-padelvar_/],
      [unnamed, /^padelvar_/],
    ] as const) {
      const { headers } = await ask(app, 'POST', '/api/auth/login', { 'content-type': 'application/json' }, login);
      const cookies = headers['set-cookie'] as string[];
      expect(cookies.map((cookie) => cookie.split('=')[0]).sort()).toHaveLength(3);
      for (const cookie of cookies) {
        expect(cookie).toMatch(prefix);
        expect(cookie).toContain('HttpOnly');
        expect(cookie).toContain('SameSite=Strict');
        expect(cookie.includes('Secure;') || cookie.endsWith('Secure')).toBe(app === named || cookie.startsWith('__'));
      }
    }
  });

  it.each(['GET', 'TRACE', 'PUT', 'PROPFIND', 'CONNECTION'])('has no use for %s where none is', async (method) => {
    const { status } = await ask(unnamed, method, '/api/auth/login').catch(() => ({ status: 400 }));
    expect([400, 404, 405]).toContain(status);
  });
});
