import { ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { nodeFlags } from '../node-flags';

/** Everything the demo makes lies here, apart from a real installation's data. */
const ROOT = resolve('data/demo');
const STARTED = /PadelVar listens on (http:\/\/[^\s"]+)/;

export interface Login {
  readonly role: string;
  readonly email: string;
  readonly password: string;
}

/** The service as `npm start` runs it, in a process of its own. */
export class DemoService {
  private readonly dataDir = demoDataDir();
  readonly operator: Login = { role: 'SUPER_ADMIN', email: 'operator@padelvar.example', password: demoPassword() };
  private child: ChildProcess | undefined;
  private readonly videosDir = join(ROOT, 'videos');

  /** Settles with its address once it listens. @throws Error with its last words where it ends before. */
  async start(): Promise<string> {
    const child = spawn(process.execPath, [...nodeFlags(), resolve('dist/src/main.js')], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Ctrl-C in the terminal reaches the demo, which ends the service in order.
      detached: true,
      env: {
        PORT: '5000',
        CAMERA_WATCH_SECONDS: '10',
        ...process.env,
        NODE_ENV: 'development',
        DATA_DIR: this.dataDir,
        VIDEOS_DIR: this.videosDir,
        LOGS_DIR: join(ROOT, 'logs'),
        CAMERA_ALLOW_LOOPBACK: 'true',
        ADMIN_EMAIL: this.operator.email,
        ADMIN_PASSWORD: this.operator.password,
      },
    });
    this.child = child;
    return new Promise((resolveUrl, reject) => {
      let tail = '';
      const listen = (chunk: Buffer): void => {
        tail += chunk.toString('utf8');
        const [, url] = STARTED.exec(tail) ?? [];
        if (url) resolveUrl(url);
        tail = tail.slice(-8192);
      };
      child.stdout.on('data', listen);
      child.stderr.on('data', listen);
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`the service ended with ${code}:\n${tail}`)));
    });
  }

  /** Settles when it ends by itself. */
  async died(): Promise<void> {
    if (this.child && this.child.exitCode === null) await once(this.child, 'exit');
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    await exit;
  }

  /** A video's path as one would type it here. */
  pathOf(videoPath: string): string {
    return relative(process.cwd(), join(this.videosDir, videoPath));
  }
}

/** One password for all of the demo's people, made at its first start and kept. */
export function demoPassword(): string {
  const path = join(ROOT, 'demo-password');
  mkdirSync(ROOT, { recursive: true });
  if (!existsSync(path)) writeFileSync(path, randomBytes(9).toString('base64url'), { mode: 0o600 });
  return readFileSync(path, 'utf8');
}

/**
 * A folder whose path no demo had before: root's PostgreSQL lies outside the clone, by the path of its data, and survives a
 * clone that is made anew in the same place. An earlier demo keeps its own.
 */
function demoDataDir(): string {
  const note = join(ROOT, 'data-dir');
  mkdirSync(ROOT, { recursive: true });
  const fresh = existsSync(join(ROOT, 'demo-password')) ? '.' : `data-${randomBytes(4).toString('hex')}`;
  if (!existsSync(note)) writeFileSync(note, fresh);
  return join(ROOT, readFileSync(note, 'utf8'));
}
