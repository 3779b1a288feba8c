import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../../src/common/clock';
import { runTool } from '../../src/media/media-tool';
import { ADMIN } from '../support/club';
import { PLANTED } from '../support/planted';
import { FINDINGS, LogWatch } from '../support/secret-watch';
import { startTestApp } from '../support/test-app';

/** Each run of tests ends with a look at what this wrote down; here it writes elsewhere, for secrets are said on purpose. */
describe('what services under test say', () => {
  const folder = mkdtempSync(join(tmpdir(), 'padelvar-watch-'));
  const real = process.env[FINDINGS];
  let files = 0;
  let file = '';

  beforeEach(() => {
    file = join(folder, `${++files}`);
    process.env[FINDINGS] = file;
  });
  afterEach(() => {
    process.env[FINDINGS] = real;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function found(): { kind: string; where: string }[] {
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; where: string });
  }

  async function answered(answer: (response: ServerResponse) => void): Promise<{ kind: string; where: string }[]> {
    const server = createServer((_request, response) => answer(response));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/somewhere`;
    await (await fetch(url)).arrayBuffer();
    server.close();
    return found();
  }

  it.each<[string, (response: ServerResponse) => void]>([
    ['in a body', (response) => response.end(JSON.stringify({ said: PLANTED }))],
    ['in base64', (response) => response.end(Buffer.from(`viewer:${PLANTED}!`).toString('base64'))],
    ['in a header', (response) => response.setHeader('X-Said', PLANTED).end()],
    ['across two pieces', (response) => (response.write(PLANTED.slice(0, 5)), response.end(PLANTED.slice(5)))],
  ])('is found in an answer, %s', async (_name, answer) => {
    expect(await answered(answer)).toEqual([expect.objectContaining({ kind: 'answer', where: 'GET /somewhere' })]);
  });

  it('is found in a log, across two pieces, and so is a token', () => {
    const watch = new LogWatch('a log');
    watch.write(`{"msg":"${PLANTED.slice(0, 4)}`);
    watch.write(`${PLANTED.slice(4)}"}\n{"msg":"nothing"}\n`);
    const [header, claims, signature] = ['{"alg":"HS256"}', '{"sub":"1234"}', 'x'.repeat(32)].map((text) =>
      Buffer.from(text).toString('base64url'),
    );
    watch.write(`${header}.${claims}.${signature}\n`);
    expect(found()).toHaveLength(2);
  });

  it('is found among the arguments of what the service starts, and not of what a test does', async () => {
    spawnSync('true', [PLANTED]);
    expect(found()).toEqual([]);
    await runTool(new SystemClock(), 'true', [PLANTED], { timeoutMs: 10_000 });
    expect(found()).toEqual([expect.objectContaining({ kind: 'process', where: 'true' })]);
  });

  it('is the whole log of a service, and all it answers', async () => {
    const service = await startTestApp({ env: { ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password } });
    const answer = await fetch(`${service.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ADMIN),
    });
    expect(answer.status).toBe(200);
    await service.close();
    expect(found()).toEqual([]);
  });
});
