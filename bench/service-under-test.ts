import { ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { nodeFlags } from '../scripts/node-flags';

const STARTED = /PadelVar listens on (http:\/\/[^\s"]+)/;

interface Tokens {
  readonly access_token: string;
}

/** The whole service as `npm start` runs it, with its own PostgreSQL, one club and its operator signed in. */
export class ServiceUnderTest {
  private constructor(
    readonly url: string,
    readonly login: { readonly email: string; readonly password: string },
    readonly videosDir: string,
    private readonly child: ChildProcess,
    private readonly token: string,
    /** The media cookie, as a browser sends it. */
    readonly cookie: string,
    private readonly clubId: number,
  ) {}

  /** @param room where it keeps its data and videos */
  static async start(room: string, env: Readonly<Record<string, string>> = {}): Promise<ServiceUnderTest> {
    const login = { email: 'operator@padelvar.example', password: randomBytes(12).toString('base64url') };
    const videosDir = join(room, 'videos');
    const child = spawn(process.execPath, [...nodeFlags(), join(__dirname, '..', 'src', 'main.js')], {
      stdio: ['ignore', 'pipe', 'inherit'],
      // A Ctrl-C of the terminal is the bench's to pass on.
      detached: true,
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'test',
        PORT: '0',
        DATA_DIR: join(room, 'data'),
        VIDEOS_DIR: videosDir,
        LOGS_DIR: join(room, 'logs'),
        CAMERA_ALLOW_LOOPBACK: 'true',
        DISK_RESERVE_MB: '0',
        ACTIVITY_SCORES: 'false',
        ADMIN_EMAIL: login.email,
        ADMIN_PASSWORD: login.password,
        ...env,
      },
    });
    // Also where the bench ends before the service has told its address.
    process.once('exit', () => child.kill('SIGTERM'));
    const url = await address(child);
    const response = await fetch(`${url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(login),
    });
    const { access_token } = (await response.json()) as Tokens;
    const cookie = response.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
    const service = new ServiceUnderTest(url, login, videosDir, child, access_token, cookie, 0);
    const club = await service.post<{ id: number }>('/api/clubs', { name: 'Bench', time_zone: 'Europe/Paris' });
    return new ServiceUnderTest(url, login, videosDir, child, access_token, cookie, club.id);
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** Opens a session on a camera, through a court made for it. */
  async open(name: string, cameraUrl: string): Promise<string> {
    const body = { name, camera_url: cameraUrl };
    const court = await this.post<{ id: number }>(`/api/clubs/${this.clubId}/terrains`, body);
    const opened = await this.post<{ session: { session_id: string } }>('/api/video/session/create', {
      terrain_id: court.id,
    });
    return opened.session.session_id;
  }

  /** @throws Error for any answer that is no success */
  async post<T>(path: string, body: unknown): Promise<T> {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' };
    const response = await fetch(`${this.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  }

  /** @throws Error for any answer that is no success */
  async get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.url}${path}`, { headers: { authorization: `Bearer ${this.token}` } });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exit;
  }
}

function address(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.once('exit', (code) => reject(new Error(`the service ended with ${code}: ${said.slice(-2000)}`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
      const [, url] = STARTED.exec(said) ?? [];
      if (url) resolve(url);
      // Only now: the line may come in one piece with much else behind it.
      said = said.slice(-8192);
    });
  });
}
