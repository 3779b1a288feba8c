import request from 'supertest';
import { startTestApp, TestApp } from '../support/test-app';

describe('the foundation', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await startTestApp();
  });
  afterAll(() => service.close());

  it('says that it is well', async () => {
    const answer = await request(service.url).get('/api/video/health').expect(200);
    expect(answer.body).toEqual({
      status: 'ok',
      ffmpeg_available: true,
      database: 'ok',
      active_sessions: 0,
      active_recordings: 0,
      max_concurrent: 10,
    });
    expect(answer.headers['x-powered-by']).toBeUndefined();
    expect(answer.headers['content-security-policy']).not.toContain('unsafe-inline');
    expect(answer.headers['x-request-id']).toMatch(/^[\w-]{36}$/);
  });

  it('answers an unknown route with a problem', async () => {
    const answer = await request(service.url).get('/api/nothing').expect(404);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.body).toEqual({
      type: '/api/docs/errors#not_found',
      title: 'Not found',
      status: 404,
      detail: 'Not found',
      code: 'not_found',
      error: 'Not found',
    });
  });

  const bodies: [string, string, string | undefined, number, string][] = [
    ['no JSON', '{"a":', 'application/json', 400, 'malformed_json'],
    [
      'bytes that are no UTF-8',
      Buffer.from([0x22, 0xff, 0x22]).toString('latin1'),
      'application/json',
      400,
      'malformed_json',
    ],
    ['a duplicate key', '{"a":1,"a":2}', 'application/json', 400, 'validation_failed'],
    ['__proto__', '{"__proto__":{}}', 'application/json', 400, 'validation_failed'],
    ['NUL in text', '{"a":"\\u0000"}', 'application/json', 400, 'validation_failed'],
    ['an array', '[]', 'application/json', 400, 'validation_failed'],
    ['deep nesting', `${'['.repeat(50_000)}`, 'application/json', 400, 'validation_failed'],
    ['a form', 'a=1', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
    ['a megabyte', `{"a":"${'x'.repeat(1 << 20)}"}`, 'application/json', 413, 'payload_too_large'],
  ];
  it.each(bodies)('refuses a body with %s', async (_name, body, type, status, code) => {
    const answer = await fetch(`${service.url}/api/nothing`, {
      method: 'POST',
      headers: { 'Content-Type': type ?? '' },
      body: Buffer.from(body, 'latin1'),
    });
    const problem = (await answer.json()) as { code: string };
    expect([answer.status, problem.code]).toEqual([status, code]);
  });

  it.each(['/api/nothing?a=1&a=2', '/api/%00', '/api/%ff', '/api/nothing?a=%00'])('refuses %s', async (path) => {
    const answer = await request(service.url).get(path).expect(400);
    expect(answer.body).toMatchObject({ code: 'validation_failed', status: 400 });
  });

  it('publishes its OpenAPI document with problems', async () => {
    const { body } = await request(service.url).get('/api/docs-json').expect(200);
    expect(body.paths['/api/video/health'].get.responses['503']).toBeDefined();
    expect(body.components.schemas.Problem.properties.code.enum).toContain('terrain_in_session');
    await request(service.url).get('/api/docs').expect(200);
    await request(service.url).get('/api/docs/errors').expect(200);
  });
});
