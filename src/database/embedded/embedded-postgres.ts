import { ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ADMIN, Cluster, clusterHome, makeHome, prepareCluster, spawnServer } from './cluster';
import { ClusterUsers } from './cluster-users';
import { answers, ensureDatabase } from './connect';
import { withFileLock } from './file-lock';
import { choosePort } from './port';
import { findPostmaster, isAlive } from './postmaster';
import { ServerLog } from './server-log';

export interface EmbeddedPostgresOptions {
  /** `DATA_DIR`, absolute. For root the cluster lies elsewhere, see {@link clusterHome}. */
  readonly dataDir: string;
  /** Where `postgres.log` goes. */
  readonly logsDir: string;
  /** `false` only where a power cut may cost the data (tests). Default `true`. */
  readonly durable?: boolean;
  /** The cluster's directory instead of the one derived from `dataDir`; for root, other users must be able to enter it. */
  readonly home?: string;
  readonly log?: (level: 'info' | 'warn' | 'error', message: string) => void;
}

export interface EmbeddedPostgres {
  /** With the password; the port stays the same as long as we run. */
  readonly url: string;
  readonly home: string;
  /** The server's process now, `null` while it is down. */
  pid(): number | null;
  /** Stops the server unless another process of ours uses it, and resolves when that is done. Twice is once. */
  stop(): Promise<void>;
}

/** Milliseconds before the n-th restart in a row; after a minute of life the count begins anew. */
const RESTART_DELAYS = [100, 1000, 2000, 5000, 10_000, 30_000];
const STABLE_MS = 60_000;
/** How often life and log size are looked at; the end of our own child is noticed at once. */
const WATCH_MS = 500;
const LOCK_WAIT_SECONDS = 180;
/** Crash recovery may take its time. */
const READY_MS = 150_000;
/** Fast shutdown, immediate shutdown, kill: the ladder, and what each step may take. */
const STOP_LADDER = [
  ['SIGINT', 20_000],
  ['SIGQUIT', 5000],
  ['SIGKILL', 5000],
] as const;

/**
 * Starts PostgreSQL from the npm package's programs, or takes over one that an earlier process of ours left running, and
 * keeps it running until `stop()`. Works for root (the server then runs as another user), with the project in a directory
 * that only we can enter, after a `kill -9` of anything, and for several processes that start at once.
 * @throws Error whose message says what PostgreSQL said
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const home = options.home ?? clusterHome(options.dataDir);
  await makeHome(home);
  await mkdir(options.logsDir, { recursive: true });
  const supervisor = new PostgresSupervisor(home, options);
  await supervisor.start();
  return supervisor;
}

class PostgresSupervisor implements EmbeddedPostgres {
  url = '';
  private readonly users: ClusterUsers;
  private readonly output: ServerLog;
  private cluster: Cluster;
  private port = 0;
  private current: number | null = null;
  private since = 0;
  private failures = 0;
  private timer: NodeJS.Timeout | null = null;
  private restarting: Promise<void> | null = null;
  private stopping: Promise<void> | null = null;
  private readonly stopped = new AbortController();

  constructor(
    readonly home: string,
    private readonly options: EmbeddedPostgresOptions,
  ) {
    this.users = new ClusterUsers(join(home, 'users'));
    this.output = new ServerLog(join(options.logsDir, 'postgres.log'));
  }

  pid(): number | null {
    return this.current !== null && isAlive(this.current) ? this.current : null;
  }

  async start(): Promise<void> {
    try {
      await this.locked(async () => {
        this.cluster = await prepareCluster(this.home, this.durable);
        const running = await findPostmaster(this.cluster.data);
        this.port = running?.port ?? (await choosePort(this.home));
        this.url = this.urlOf('padelvar');
        await this.users.add();
        await this.ensureRunning();
        await ensureDatabase(this.urlOf('postgres'), 'padelvar');
      });
    } catch (error) {
      await this.users.remove();
      this.output.close();
      throw error;
    }
    this.timer = setInterval(() => this.watch(), WATCH_MS);
    this.timer.unref();
  }

  stop(): Promise<void> {
    this.stopping ??= this.shutDown();
    return this.stopping;
  }

  private get durable(): boolean {
    return this.options.durable ?? true;
  }

  private urlOf(database: string): string {
    return `postgres://${ADMIN}:${this.cluster.password}@127.0.0.1:${this.port}/${database}`;
  }

  private log(level: 'info' | 'warn' | 'error', message: string): void {
    this.options.log?.(level, message);
  }

  private locked<T>(task: () => Promise<T>): Promise<T> {
    return withFileLock(join(this.home, 'lock'), LOCK_WAIT_SECONDS, task);
  }

  private watch(): void {
    this.output.cap();
    if (this.stopping || this.restarting || this.pid() !== null) {
      if (this.failures > 0 && Date.now() - this.since > STABLE_MS) this.failures = 0;
      return;
    }
    this.log('warn', 'PostgreSQL is gone; it is started again');
    this.restarting = this.restart().finally(() => {
      this.restarting = null;
    });
  }

  /** Tries until the server runs or `stop()` is called. */
  private async restart(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      const pause = RESTART_DELAYS[Math.min(this.failures, RESTART_DELAYS.length - 1)];
      this.failures += 1;
      await delay(pause, undefined, { signal: this.stopped.signal, ref: false }).catch(() => undefined);
      if (this.stopped.signal.aborted) return;
      try {
        await this.locked(() => this.ensureRunning());
        this.log('info', `PostgreSQL runs again (pid ${this.current})`);
        return;
      } catch (error) {
        this.log('error', error instanceof Error ? error.message : String(error));
      }
    }
  }

  /** Takes over the live server of this cluster, or starts one, and waits until it answers. */
  private async ensureRunning(): Promise<void> {
    const running = await findPostmaster(this.cluster.data);
    let child: ChildProcess | null = null;
    if (running) {
      this.current = running.pid;
    } else {
      child = await spawnServer(this.cluster, this.port, this.durable, this.output.descriptor);
      child.once('exit', () => this.ended(child));
      child.once('error', () => this.ended(child));
      child.unref();
      this.current = child.pid ?? null;
    }
    this.since = Date.now();
    await this.untilReady(child);
    this.log('info', `PostgreSQL ${child ? 'started' : 'was running'} (pid ${this.current}, port ${this.port})`);
  }

  /** The end of a child that was superseded changes nothing. */
  private ended(child: ChildProcess | null): void {
    if (child?.pid !== this.current) return;
    this.current = null;
    if (this.timer) this.watch();
  }

  private async untilReady(child: ChildProcess | null): Promise<void> {
    const deadline = Date.now() + READY_MS;
    while (Date.now() < deadline) {
      if (this.pid() === null || (child && child.exitCode !== null)) {
        throw new Error(`PostgreSQL ended while it started: ${this.output.tail(1500).trim()}`);
      }
      if (await answers(this.urlOf('postgres'))) return;
      await delay(50);
    }
    throw new Error(`PostgreSQL (pid ${this.current}) did not get ready in ${READY_MS / 1000} s`);
  }

  private async shutDown(): Promise<void> {
    this.stopped.abort();
    if (this.timer) clearInterval(this.timer);
    await this.restarting;
    await this.locked(async () => {
      await this.users.remove();
      if ((await this.users.others()) > 0) return;
      const running = await findPostmaster(this.cluster.data);
      if (running) await this.end(running.pid);
    });
    this.output.close();
  }

  private async end(pid: number): Promise<void> {
    for (const [signal, patience] of STOP_LADDER) {
      const deadline = Date.now() + patience;
      try {
        process.kill(pid, signal);
      } catch {
        return;
      }
      while (isAlive(pid) && Date.now() < deadline) await delay(20);
      if (!isAlive(pid)) return;
      this.log('warn', `PostgreSQL (pid ${pid}) did not end on ${signal}`);
    }
  }
}
