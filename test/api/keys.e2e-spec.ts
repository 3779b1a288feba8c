import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PASSWORD, Tokens, World } from './support/world';
import { createTestDatabase, TestDatabase } from '../support/test-database';

const ROOT = join(__dirname, '..', '..');
const EMAIL = 'player@lac.example';

/** `npm run keys:rotate`, once the programs are built. */
async function rotate(root: string, args: readonly string[] = [], env: Record<string, string> = {}): Promise<string> {
  const command = ['-r', './test/support/register.js', 'scripts/keys-rotate.ts', ...args];
  const { stdout } = await promisify(execFile)(process.execPath, command, {
    cwd: ROOT,
    env: { PATH: process.env.PATH, NODE_ENV: 'test', DATA_DIR: join(root, 'data'), ...env },
  });
  return stdout;
}

/** Name and value of a cookie that an answer sets. */
function cookieOf(headers: string[] | undefined, name: string): string {
  const [cookie] = (headers ?? []).join(';').match(new RegExp(`padelvar_${name}=[^;]+`)) ?? [];
  if (cookie === undefined) throw new Error(`no ${name} cookie`);
  return cookie;
}

const kidOf = (token: string): unknown =>
  (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid?: unknown }).kid;

describe('keys are rotated', () => {
  let root: string;
  let database: TestDatabase;
  let world: World;

  const start = async (env: Record<string, string> = {}): Promise<World> =>
    (world = await World.start({ root, databaseUrl: database.url, env }));
  const restart = async (env: Record<string, string> = {}): Promise<World> => {
    await world.service.shutDown();
    return start(env);
  };
  const me = (token: string) => world.call('get', '/api/auth/me', token);
  const login = (cookie = '') =>
    world.call('post', '/api/auth/login').set('Cookie', cookie).send({ email: EMAIL, password: PASSWORD });
  const snapshot = (cookie: string) =>
    world.call('get', '/api/preview/5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55/snapshot.jpg').set('Cookie', cookie);
  const secrets = (name: string): string[] =>
    readFileSync(join(root, 'data', name), 'utf8')
      .trim()
      .split('\n');

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'padelvar-keys-'));
    database = await createTestDatabase();
    await start();
    const token = await world.superToken();
    await world.user(token, await world.club(token, 'Padel du Lac'), EMAIL, 'PLAYER');
  });

  afterEach(async () => {
    await world.service.shutDown();
    await database.drop();
    rmSync(root, { recursive: true, force: true });
  });

  it('and nobody is signed out by it', async () => {
    const signedIn = await login().expect(200);
    const { access_token: access, refresh_token: refresh } = signedIn.body as Tokens;
    const device = cookieOf(signedIn.get('Set-Cookie'), 'device');
    const media = cookieOf(signedIn.get('Set-Cookie'), 'media');
    const [before] = secrets('jwt-secret');

    expect(await rotate(root)).toMatch(/next start/);
    expect(secrets('jwt-secret').slice(1)).toEqual([before]);
    expect(statSync(join(root, 'data', 'jwt-secret')).mode & 0o777).toBe(0o600);
    // The running service has not noticed.
    await me(access).expect(200);
    await restart();

    await me(access).expect(200);
    const health = await world.call('get', '/api/video/health', await world.superToken());
    expect(health.body).toHaveProperty('details');
    // Who is not signed in hears so before anything else: a 404 is the answer to somebody known.
    await snapshot(media).expect(404);
    await snapshot(`${media}x`).expect(401);
    const refreshed = await world.call('post', '/api/auth/refresh').send({ refresh_token: refresh }).expect(200);
    const { access_token: newer } = refreshed.body as Tokens;
    expect(kidOf(newer)).not.toBe(kidOf(access));
    await me(newer).expect(200);

    // The device is known: it has attempts of its own although the account's are used up, and gets a cookie of the new key.
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await world.call('post', '/api/auth/login').send({ email: EMAIL, password: 'wrong' }).expect(401);
    }
    await login().expect(429);
    const again = await login(device).expect(200);
    const renewed = cookieOf(again.get('Set-Cookie'), 'device');
    expect(renewed).not.toBe(device);
    expect(renewed.split('.')[0]).toBe(device.split('.')[0]);

    await rotate(root);
    await restart();
    await me(access).expect(401);
    await me(newer).expect(200);
  });

  it.each([
    ['one that is not ours', { alg: 'HS256', typ: 'JWT', kid: '0123456789ab' }],
    ['no text', { alg: 'HS256', typ: 'JWT', kid: 7 }],
  ])('and a token whose kid is %s is the 401 of every other cause', async (_name, header) => {
    const { access_token: token } = await world.login(EMAIL);
    const [, ...rest] = token.split('.');
    const forged = [Buffer.from(JSON.stringify(header)).toString('base64url'), ...rest].join('.');
    const answer = await me(forged).expect(401);
    const other = await me('x').expect(401);
    expect(answer.body).toEqual(other.body);
  });

  it('in the environment, too: the first of several signs', async () => {
    const { access_token: access } = await world.login(EMAIL);
    const [before = ''] = secrets('jwt-secret');
    const JWT_SECRET = `a new secret, of more than 32 characters`.replaceAll(/[ ,]/g, '-');
    await restart({ JWT_SECRET: `${JWT_SECRET}, ${before}` });
    await me(access).expect(200);
    const { access_token: newer } = await world.login(EMAIL);
    await restart({ JWT_SECRET });
    await me(access).expect(401);
    await me(newer).expect(200);
  });

  it('where they are kept only, and by known words only', async () => {
    const before = secrets('jwt-secret');
    const secret = '5'.repeat(64);
    await expect(rotate(root, [], { JWT_SECRET: secret })).rejects.toThrow(/JWT_SECRET is set/);
    await expect(rotate(root, ['--secrets'], { SECRETS_KEY: secret })).rejects.toThrow(/SECRETS_KEY is set/);
    await expect(rotate(root, ['--secret'])).rejects.toThrow(/use it so/);
    await expect(rotate(join(root, 'elsewhere'))).rejects.toThrow(/Nothing was rotated: there is no kept secret yet/);
    expect(secrets('jwt-secret')).toEqual(before);
  });

  it('by two at once: both new ones are there', async () => {
    const before = secrets('secrets-key');
    await Promise.all([rotate(root, ['--secrets']), rotate(root, ['--secrets'])]);
    expect(secrets('secrets-key')).toHaveLength(3);
    expect(secrets('secrets-key').slice(2)).toEqual(before);
  });
});
