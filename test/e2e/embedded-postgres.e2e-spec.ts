import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { withClient } from '../../src/database/embedded/connect';
import {
  EmbeddedPostgres,
  EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from '../../src/database/embedded/embedded-postgres';
import { findPostmaster, isAlive } from '../../src/database/embedded/postmaster';

/** A log that can be waited on. */
class HeardLog {
  private readonly lines: string[] = [];
  private waiting: (() => void)[] = [];

  readonly log = (_level: string, message: string): void => {
    this.lines.push(message);
    this.waiting.splice(0).forEach((wake) => wake());
  };

  async heard(pattern: RegExp): Promise<string> {
    for (;;) {
      const line = this.lines.find((entry) => pattern.test(entry));
      if (line !== undefined) return line;
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }
}

async function ended(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setImmediate(resolve));
}

describe('the embedded PostgreSQL', () => {
  let root: string;
  let options: EmbeddedPostgresOptions;
  let log: HeardLog;
  const running: EmbeddedPostgres[] = [];

  async function start(): Promise<EmbeddedPostgres> {
    const postgres = await startEmbeddedPostgres(options);
    running.push(postgres);
    return postgres;
  }

  beforeEach(() => {
    // Below a home that only we can enter, as a clone in /root is: the data directory's own place is derived from it.
    root = mkdtempSync(join(existsSync(homedir()) ? homedir() : tmpdir(), '.padelvar-pg-'));
    chmodSync(root, 0o700);
    log = new HeardLog();
    options = { dataDir: join(root, 'data'), logsDir: join(root, 'logs'), durable: false, log: log.log };
  });

  afterEach(async () => {
    const homes = running.map((postgres) => postgres.home);
    await Promise.all(running.splice(0).map((postgres) => postgres.stop()));
    for (const home of homes) rmSync(home, { recursive: true, force: true });
    rmSync(root, { recursive: true, force: true });
  });

  async function remember(postgres: EmbeddedPostgres): Promise<void> {
    await withClient(postgres.url, (client) => client.query('CREATE TABLE kept AS SELECT 42 AS answer'));
  }

  async function recall(postgres: EmbeddedPostgres): Promise<unknown> {
    return withClient(postgres.url, async (client) => {
      const { rows } = await client.query<{ answer: number }>('SELECT answer FROM kept');
      return rows[0]?.answer;
    });
  }

  it('starts, stops and starts again with its data, its port and its secrets closed', async () => {
    const first = await start();
    await remember(first);
    const pid = first.pid() ?? 0;
    await first.stop();
    expect(isAlive(pid)).toBe(false);

    const second = await start();
    expect(await recall(second)).toBe(42);
    expect(second.url).toBe(first.url);
    expect(statSync(join(second.home, 'password')).mode & 0o777).toBe(0o600);
    expect(statSync(join(second.home, 'data')).mode & 0o077).toBe(0);
    const password = new URL(second.url).password;
    const command = readFileSync(`/proc/${second.pid()}/cmdline`, 'utf8');
    const environment = readFileSync(`/proc/${second.pid()}/environ`, 'utf8');
    expect(`${command}${environment}`).not.toContain(password);
    expect(environment).not.toContain('JEST');
  });

  it('starts after a kill -9 of the server', async () => {
    const first = await start();
    await remember(first);
    const pid = first.pid() ?? 0;
    // The supervisor is stopped from restarting by its own stop; the pid file of the killed server stays.
    process.kill(pid, 'SIGKILL');
    await Promise.all([ended(pid), first.stop()]);
    expect(await recall(await start())).toBe(42);
  });

  it('restarts a server that dies', async () => {
    const postgres = await start();
    await remember(postgres);
    const pid = postgres.pid() ?? 0;
    process.kill(pid, 'SIGKILL');
    await log.heard(/runs again/);
    expect(postgres.pid()).not.toBe(pid);
    expect(await recall(postgres)).toBe(42);
  });

  it('takes over a live server, and the last user stops it', async () => {
    const first = await start();
    const second = await start();
    expect(second.pid()).toBe(first.pid());
    const pid = first.pid() ?? 0;
    await first.stop();
    expect(isAlive(pid)).toBe(true);
    await remember(second);
    await second.stop();
    expect(isAlive(pid)).toBe(false);
  });

  it('starts once for callers that start at once', async () => {
    const all = await Promise.all([start(), start(), start()]);
    expect(new Set(all.map((postgres) => postgres.pid())).size).toBe(1);
  });

  it('is not stopped by the pid file of a stranger, nor stops the stranger', async () => {
    const first = await start();
    await remember(first);
    const data = join(first.home, 'data');
    const pidFile = readFileSync(join(data, 'postmaster.pid'), 'utf8');
    await first.stop();
    const user = statSync(data);
    const stranger = spawn('sleep', ['600'], { uid: user.uid, gid: user.gid, cwd: '/' });
    try {
      await once(stranger, 'spawn');
      writeFileSync(join(data, 'postmaster.pid'), pidFile.replace(/^\d+/, String(stranger.pid)));
      expect(await findPostmaster(data)).toBeNull();
      const second = await start();
      expect(await recall(second)).toBe(42);
      await second.stop();
      expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    } finally {
      stranger.kill('SIGKILL');
    }
  });

  it('does not wait for a user that was killed', async () => {
    const postgres = await start();
    writeFileSync(join(postgres.home, 'users', '999999.dead'), 'another-boot 1');
    const pid = postgres.pid() ?? 0;
    await postgres.stop();
    expect(isAlive(pid)).toBe(false);
  });

  it('says what is wrong when it cannot start', async () => {
    const first = await start();
    await first.stop();
    writeFileSync(join(first.home, 'data', 'postgresql.auto.conf'), 'no_such_setting = 1\n');
    await expect(startEmbeddedPostgres(options)).rejects.toThrow(/no_such_setting/);
  });

  const asRoot = process.getuid?.() === 0 ? it : it.skip;
  asRoot('runs as another user, from programs that user can reach', async () => {
    const postgres = await start();
    const owner = statSync(`/proc/${postgres.pid()}`).uid;
    expect(owner).not.toBe(0);
    const program = execFileSync('readlink', [`/proc/${postgres.pid()}/exe`], { encoding: 'utf8' });
    expect(program).toMatch(/^\/var\/lib\/padelvar\/pgsql-[^/]+\/bin\/postgres\n$/);
  });
});
