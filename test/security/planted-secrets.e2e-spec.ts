import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withClient } from '../../src/database/embedded/connect';
import { h264Clip, MjpegCamera, mjpegClip, RtspCamera } from '../cameras';
import { ADMIN } from '../support/club';
import { LiveClient } from '../support/live-client';
import { MjpegClient } from '../support/mjpeg-client';
import { listProcesses } from '../support/processes';
import { Service } from '../support/service';
import { createTestDatabase, TestDatabase } from '../support/test-database';
import { until } from '../support/until';
import { WatchedTool } from './watched-tool';

/** Letters that look the same in a URL, in JSON and in a shell. */
const word = (): string => randomBytes(10).toString('hex');

/** What the service is given to keep, each with a word in it that is nowhere else. */
const PLANTED = {
  'camera user': word(),
  'camera password': word(),
  'second camera password': word(),
  'wrong camera password': word(),
  'refused camera password': word(),
  'secret in a camera path': word(),
  JWT_SECRET: `${word()}${word()}`,
  SECRETS_KEY: randomBytes(32).toString('hex'),
  ADMIN_PASSWORD: word(),
  METRICS_TOKEN: word(),
  'SMTP password': word(),
  'database password': word(),
  "player's password": word(),
  "player's next password": word(),
  'wrong password': word(),
};

interface Heard {
  readonly what: string;
  readonly status: number;
  /** Status line, headers and body as one text. */
  readonly text: string;
  readonly body: Buffer;
}

/** Forms in which a text may stand somewhere without being seen: as it is, in base64 at any place, in hexadecimal. */
function formsOf(secret: string): string[] {
  const forms = [secret, secret.toUpperCase(), Buffer.from(secret).toString('hex')];
  for (const before of ['', 'x', 'xx']) {
    const text = Buffer.from(before + secret)
      .toString('base64')
      .replace(/=+$/, '');
    // The first and the last of these depend on what stands beside.
    const inner = text.slice(before === '' ? 0 : 4, -2);
    forms.push(inner, inner.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return [...new Set(forms)];
}

const holds = (text: string, secret: string): boolean => formsOf(secret).some((form) => text.includes(form));

describe('planted secrets', () => {
  let root: string;
  let database: TestDatabase;
  let service: Service;
  let tools: { ffmpeg: WatchedTool; ffprobe: WatchedTool };
  const heard: Heard[] = [];
  /** Handed out by the service: each may stand in one answer and nowhere else. */
  const issued: Record<string, string> = {};
  let commandLines = '';
  let rows = '';
  const role = `planted_${word()}`;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'padelvar-planted-'));
    database = await createTestDatabase();
    await withClient(database.url, (client) =>
      client.query(`CREATE ROLE ${role} SUPERUSER LOGIN PASSWORD '${PLANTED['database password']}'`),
    );
    const url = new URL(database.url);
    Object.assign(url, { username: role, password: PLANTED['database password'] });
    mkdirSync(join(root, 'tools'));
    tools = {
      ffmpeg: new WatchedTool(join(root, 'tools'), 'ffmpeg'),
      ffprobe: new WatchedTool(join(root, 'tools'), 'ffprobe'),
    };
    service = await Service.start(root, url.href, {
      env: {
        LOG_LEVEL: 'trace',
        ADMIN_PASSWORD: PLANTED.ADMIN_PASSWORD,
        JWT_SECRET: PLANTED.JWT_SECRET,
        SECRETS_KEY: PLANTED.SECRETS_KEY,
        METRICS_TOKEN: PLANTED.METRICS_TOKEN,
        PUBLIC_URL: 'http://padel.example:5000',
        SMTP_URL: `smtp://mailer:${PLANTED['SMTP password']}@127.0.0.1:1`,
        FFMPEG_PATH: tools.ffmpeg.path,
        FFPROBE_PATH: tools.ffprobe.path,
      },
    });
    await playAnEvening();
    commandLines = listProcesses()
      .filter(({ pid }) => pid === service.pid)
      .map(({ args }) => args.join(' '))
      .join('\n');
    await service.end();
    rows = await readDatabase();
  });

  afterAll(async () => {
    await service?.end('SIGKILL');
    if (database) {
      const adminUrl = new URL(database.url);
      adminUrl.pathname = '/postgres';
      await database.drop();
      await withClient(adminUrl.href, (client) => client.query(`DROP ROLE IF EXISTS ${role}`));
    }
    rmSync(root, { recursive: true, force: true });
  });

  async function call(
    token: string | null,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Heard & { json<T>(): T }> {
    const response = await fetch(`${service.url}${path}`, {
      method,
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const head = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
    // Where it was asked is no answer: a media URL stands in it.
    const what = `${method} ${path.replace(/^http:\/\/[^/]+/, '').slice(0, 40)} (${heard.length})`;
    const answer = { what, status: response.status, text: `${head}\n\n${bytes.toString('latin1')}`, body: bytes };
    heard.push(answer);
    return { ...answer, json: <T>() => JSON.parse(bytes.toString('utf8')) as T };
  }

  interface SignedIn {
    readonly access_token: string;
    readonly refresh_token: string;
    readonly user: { readonly id: number };
  }

  async function signIn(who: string, email: string, password: string): Promise<SignedIn> {
    const answer = await call(null, 'POST', '/api/auth/login', { email, password });
    const body = answer.json<SignedIn>();
    issued[`${who}'s access token`] = body.access_token;
    issued[`${who}'s refresh token`] = body.refresh_token;
    for (const [, name = '', value = ''] of answer.text.matchAll(/(padelvar_\w+)=([^;\s,]+)/g)) {
      issued[`${who}'s ${name}`] = value;
    }
    return body;
  }

  /** All there is to do in an evening, and what goes wrong in one. */
  async function playAnEvening(): Promise<void> {
    const h264 = new RtspCamera({
      clip: await h264Clip({ width: 320, height: 180, fps: 25, seconds: 4, gopSeconds: 1 }),
      username: `v@${PLANTED['camera user']}`,
      password: `p@s/${PLANTED['camera password']}:%é`,
      path: `/live?key=${PLANTED['secret in a camera path']}`,
    });
    const jpeg = new MjpegCamera({
      clip: await mjpegClip({ width: 320, height: 180, fps: 10, seconds: 4 }),
      username: 'viewer',
      password: PLANTED['second camera password'],
      auth: 'basic',
    });
    await h264.start();
    await jpeg.start();
    try {
      await signInEverybody(h264, jpeg);
    } finally {
      await h264.stop();
      await jpeg.stop();
    }
  }

  async function signInEverybody(h264: RtspCamera, jpeg: MjpegCamera): Promise<void> {
    await call(null, 'POST', '/api/auth/login', { email: ADMIN.email, password: PLANTED['wrong password'] });
    await call(null, 'POST', '/api/auth/login', `{"email":"a@b.example","password":"${PLANTED['wrong password']}"`);
    const { access_token: root } = await signIn('operator', ADMIN.email, PLANTED.ADMIN_PASSWORD);
    const club = (await call(root, 'POST', '/api/clubs', { name: 'Padel Nord', time_zone: 'Europe/Paris' })).json<{
      id: number;
    }>();
    const person = { email: 'player@padelvar.test', name: 'Player', role: 'PLAYER' };
    const users = `/api/clubs/${club.id}/users`;
    const made = await call(root, 'POST', users, { ...person, password: PLANTED["player's password"] });
    expect(made.status).toBe(201);
    await call(root, 'POST', users, { ...person, email: 'nobody', password: PLANTED["player's next password"] });
    const { access_token: player } = await signIn('player', person.email, PLANTED["player's password"]);
    const courts = `/api/clubs/${club.id}/terrains`;
    const addCourt = async (name: string, url: string): Promise<number> =>
      (await call(root, 'POST', courts, { name, camera_url: url })).json<{ id: number }>().id;
    const [film, pictures] = [await addCourt('Court 1', h264.url), await addCourt('Court 2', jpeg.url)];
    const wrong = await addCourt(
      'Court 3',
      `rtsp://viewer:${PLANTED['wrong camera password']}@127.0.0.1:${h264.port}/live`,
    );
    const refused = `rtsp://viewer:${PLANTED['refused camera password']}@169.254.169.254/live`;
    await call(root, 'POST', courts, { name: 'Court 4', camera_url: refused });
    await call(root, 'PATCH', `/api/terrains/${film}`, { camera_url: refused });
    await call(root, 'POST', courts, { name: 7, camera_url: refused });
    for (const court of [film, pictures, wrong]) {
      const tested = (await call(root, 'POST', `/api/terrains/${court}/camera/test`, {})).json<{
        snapshot_url?: string;
        code?: string;
      }>();
      if (tested.snapshot_url) await call(root, 'GET', tested.snapshot_url);
      expect(tested.code).toBe(court === wrong ? 'camera_unauthorized' : undefined);
    }
    const unauthorized = await call(player, 'POST', '/api/video/session/create', { terrain_id: wrong });
    expect(unauthorized.json<{ code: string }>().code).toBe('camera_unauthorized');
    await Promise.all([playAMatch(player, root, film, true), playAMatch(player, root, pictures, false)]);
    await lookAround(root, player, made.json<{ id: number }>().id);
  }

  async function playAMatch(player: string, root: string, court: number, deleted: boolean): Promise<void> {
    const opened = await call(player, 'POST', '/api/video/session/create', { terrain_id: court });
    const { session_id } = opened.json<{ session: { session_id: string } }>().session;
    expect((await call(player, 'POST', '/api/video/record/start', { session_id })).status).toBe(201);
    await call(player, 'GET', `/api/preview/${session_id}/info`);
    await call(player, 'GET', `/api/preview/${session_id}/snapshot.jpg`);
    const stream = await MjpegClient.open(`${service.url}/api/preview/${session_id}/stream.mjpeg`, {
      authorization: `Bearer ${player}`,
    });
    const shown = await stream.take(2);
    stream.close();
    const head = JSON.stringify(stream.headers) + shown.map(({ jpeg }) => jpeg.toString('latin1')).join('');
    heard.push({ what: 'the stream', status: stream.status, text: head, body: Buffer.alloc(0) });
    await watch(player, court, session_id);
    await followMediaUrls(player, court, session_id);
    await until(async () => (await call(player, 'GET', `/api/preview/${session_id}/review.m3u8`)).status !== 503);
    await call(player, 'GET', `/api/preview/${session_id}/review/1/init.mp4`);
    expect((await call(player, 'POST', '/api/video/record/stop', { session_id })).status).toBe(200);
    await until(async () => {
      const { status } = (await call(player, 'GET', `/api/video/record/status/${session_id}`)).json<{
        status: { status: string };
      }>();
      return status.status === 'ready';
    });
    const download = await call(player, 'GET', `/api/video/files/${session_id}/download`);
    expect(download.status).toBe(200);
    await call(player, 'GET', '/api/video/files/list');
    await call(player, 'POST', '/api/video/session/close', { session_id });
    if (deleted) await call(root, 'DELETE', `/api/video/files/${session_id}/delete`);
  }

  async function watch(player: string, court: number, sessionId: string): Promise<void> {
    const { ticket } = (await call(player, 'POST', '/api/preview/ticket', {})).json<{ ticket: string }>();
    issued[`the ticket for court ${court}`] = ticket;
    const { client } = await LiveClient.dial(service.url);
    client.say({ ticket });
    await client.hears('welcome');
    await client.subscribe(1, sessionId);
    await client.nextMedia(1);
    const { client: again } = await LiveClient.dial(service.url);
    again.say({ ticket });
    await again.closed();
    const said = JSON.stringify([...client.messages, ...again.messages]);
    heard.push({ what: 'the WebSocket', status: 101, text: said, body: Buffer.alloc(0) });
    client.hangUp();
  }

  async function followMediaUrls(player: string, court: number, session_id: string): Promise<void> {
    for (const purpose of ['snapshot', 'play']) {
      const answer = await call(player, 'POST', '/api/video/media-url', { session_id, purpose });
      const made = answer.json<{ id: string; url: string }>();
      // It stands under PUBLIC_URL, which leads nowhere here.
      const [id, url] = [made.id, new URL(made.url).pathname];
      issued[`the URL to ${purpose} court ${court}`] = url.split('/').at(-2) as string;
      await call(null, 'GET', url);
      for (const elsewhere of ['info', 'video.mp4', '..%2finfo', 'x?y=1', '']) {
        await call(null, 'GET', `${url.slice(0, url.lastIndexOf('/'))}/${elsewhere}`);
      }
      await call(null, 'POST', url, {});
      await call(null, 'DELETE', url);
      await call(player, 'DELETE', `/api/video/media-url/${id}`);
      await call(null, 'GET', url);
    }
  }

  async function lookAround(root: string, player: string, playerId: number): Promise<void> {
    for (const token of [root, player, null]) {
      for (const path of [
        '/api/video/health',
        '/api/video/health/ready',
        '/api/video/session/list',
        '/api/clubs',
        '/api/auth/me',
      ]) {
        await call(token, 'GET', path);
      }
    }
    expect((await call(PLANTED.METRICS_TOKEN, 'GET', '/metrics')).status).toBe(200);
    await call(PLANTED.METRICS_TOKEN, 'GET', '/api/auth/me');
    await call(root, 'GET', '/metrics');
    await call(root, 'POST', '/api/video/cleanup', {});
    await call(root, 'GET', `/api/users/${playerId}`);
    await call(root, 'GET', '/api/docs-json');
    for (const name of ['token', 'access_token', 'password', 'anything']) {
      await call(null, 'GET', `/api/nothing?${name}=${player}`);
      await call(player, 'GET', `/api/video/files/list?${name}=${player}&cursor=${player.slice(0, 40)}`);
    }
    await call(player, 'POST', '/api/auth/password', {
      current_password: PLANTED['wrong password'],
      new_password: PLANTED["player's next password"],
    });
    const both = { current_password: PLANTED["player's password"], new_password: PLANTED["player's next password"] };
    expect((await call(player, 'POST', '/api/auth/password', both)).status).toBe(204);
    const again = await signIn('player, once more,', 'player@padelvar.test', PLANTED["player's next password"]);
    const { refresh_token } = again;
    const fresh = (await call(null, 'POST', '/api/auth/refresh', { refresh_token })).json<SignedIn>();
    issued['the fresh access token'] = fresh.access_token;
    issued['the fresh refresh token'] = fresh.refresh_token;
    await call(null, 'POST', '/api/auth/refresh', { refresh_token: 7, extra: fresh.refresh_token });
    await call(fresh.access_token, 'POST', '/api/auth/logout', { refresh_token: fresh.refresh_token });
    await call(fresh.access_token, 'GET', '/api/auth/me');
  }

  /** Every row there is, as text. */
  function readDatabase(): Promise<string> {
    return withClient(database.url, async (client) => {
      const tables = await client.query<{ name: string }>(
        `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
         WHERE table_schema IN ('public', 'pgboss') AND table_type = 'BASE TABLE'`,
      );
      const texts: string[] = [];
      for (const { name } of tables.rows) {
        const { rows: found } = await client.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`);
        texts.push(name, ...found.map(({ text }) => text));
      }
      return texts.join('\n');
    });
  }

  /** Files below a folder, with their contents. */
  function filesIn(folder: string): [string, string][] {
    return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => join(root, folder, name))
      .filter((path) => statSync(path).isFile())
      .map((path) => [path, `${path}\n${readFileSync(path, 'latin1')}`]);
  }

  /** Where a text stands that should stand nowhere. */
  function findIn(places: Iterable<readonly [string, string]>, secrets: Record<string, string>): string[] {
    const found: string[] = [];
    for (const [place, text] of places) {
      for (const [name, secret] of Object.entries(secrets)) if (holds(text, secret)) found.push(`${name}: ${place}`);
    }
    return found;
  }

  it('had an evening worth looking at', () => {
    expect(service.output).toContain('PadelVar listens on');
    expect(service.output.length).toBeLessThan(256 * 1024);
    expect(
      heard.filter(({ status }) => status >= 500 && status !== 502 && status !== 503).map(({ what }) => what),
    ).toEqual([]);
    expect(tools.ffmpeg.runs.length).toBeGreaterThan(4);
    expect(tools.ffprobe.runs.length).toBeGreaterThan(0);
    expect(rows).toContain('player@padelvar.test');
    expect(Object.keys(issued).length).toBeGreaterThan(15);
  });

  it('stand in no line of the log', () => {
    const lines = service.output.split('\n').map((line) => [line, line] as const);
    expect(findIn(lines, { ...PLANTED, ...issued })).toEqual([]);
  });

  it('stand in no answer', () => {
    expect(
      findIn(
        heard.map(({ what, text }) => [what, text] as const),
        PLANTED,
      ),
    ).toEqual([]);
  });

  it('that were handed out stand in the one answer that did', () => {
    const answers = heard.map(({ what, text }) => [what, text] as const);
    const counted = Object.entries(issued).map(([name, token]) => [name, findIn(answers, { [name]: token }).length]);
    // Two access tokens of one sign-in and one second are the same.
    const expected = Object.entries(issued).map(([name, token]) => {
      return [name, Object.values(issued).filter((other) => other === token).length];
    });
    expect(counted).toEqual(expected);
  });

  it('stand in no file', () => {
    const files = ['data', 'videos', 'logs'].flatMap(filesIn);
    expect(files.some(([path]) => path.endsWith('.mp4'))).toBe(true);
    expect(findIn(files, { ...PLANTED, ...issued })).toEqual([]);
  });

  it('stand in no row', () => {
    const lines = rows.split('\n').map((line) => [line.slice(0, 200), line] as const);
    expect(findIn(lines, { ...PLANTED, ...issued })).toEqual([]);
  });

  it('stand in no argument of a process, and in the environment of none that was started', () => {
    const runs = [...tools.ffmpeg.runs, ...tools.ffprobe.runs].map(
      (run, i) => [`run ${i}: ${run.slice(0, 300)}`, run] as const,
    );
    expect(findIn(runs, { ...PLANTED, ...issued })).toEqual([]);
    expect(findIn([[commandLines, commandLines]], { ...PLANTED, ...issued })).toEqual([]);
  });

  it('would be found where they stood, in whatever form', () => {
    const secret = PLANTED['camera password'];
    for (const text of [
      secret,
      `Basic ${Buffer.from(`v:${secret}`).toString('base64')}`,
      encodeURIComponent(`é${secret}`),
    ]) {
      expect(holds(`x ${text} y`, secret)).toBe(true);
    }
    for (const before of ['', 'a', 'ab', 'abc'])
      expect(holds(Buffer.from(`${before}${secret}z`).toString('base64url'), secret)).toBe(true);
    expect(holds('nothing of it', secret)).toBe(false);
  });
});
