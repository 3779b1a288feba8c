import { ChildProcess, execFileSync, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { ADMIN } from './club';
import { plantKeys } from './planted';
import { FINDINGS, LogWatch } from './secret-watch';
import { childrenOf, limitLeaving, ProcessSeen } from './processes';

const ROOT = join(__dirname, '..', '..');
const LISTENS = /PadelVar listens on (http:\/\/[^\s"]+)/;
/** Of what it said, for messages of tests that fail. */
const KEPT_CHARACTERS = 256 * 1024;

/** What a process may have at the most (getrlimit(2)). */
export interface ProcessLimits {
  /** Size of a file it writes, in bytes: `ulimit -f`. */
  readonly fileBytes?: number;
  /** Descriptors it has open. */
  readonly files?: number;
  /** Processes and threads of its user; does not bind root. */
  readonly processes?: number;
}

/** How to start it. */
export interface ServiceOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** It ends itself there, see `src/common/fault-point.ts`: the number of a call, or a name. */
  readonly faultPoint?: number | string;
  readonly limits?: ProcessLimits;
  /** A file of `test/support` that is loaded before it. */
  readonly preload?: string;
  /** Its system calls are written to a file, with the paths of descriptors and up to `bytes` of what it writes. */
  readonly strace?: { readonly output: string; readonly calls: readonly string[]; readonly bytes: number };
}

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The service ended although nobody asked it to. */
export class ServiceEnded extends Error {
  constructor(
    readonly ending: Ending,
    said: string,
  ) {
    super(`the service ended with ${ending.signal ?? ending.code}: ${said.slice(-4000)}`);
    this.name = 'ServiceEnded';
  }
}

/** The service in a process of its own, as `npm start` runs it: it can be killed, starved and watched from outside. */
export class Service {
  private said = '';
  private readonly news = new EventEmitter<{ text: [] }>();
  private readonly exit: Promise<Ending>;
  private address = '';

  private constructor(private readonly child: ChildProcess) {
    this.news.setMaxListeners(0);
    for (const stream of [child.stdout, child.stderr]) {
      const watch = new LogWatch(`a service of its own, ${child.pid}`);
      stream?.on('data', (chunk: Buffer) => {
        watch.write(chunk.toString('utf8'));
        this.said = (this.said + chunk.toString('utf8')).slice(-KEPT_CHARACTERS);
        this.news.emit('text');
      });
    }
    this.exit = new Promise((resolve, reject) => {
      child.once('error', reject);
      // 'close' and not 'exit': everything it said has been read.
      child.once('close', (code, signal) => {
        resolve({ code, signal });
        this.news.emit('text');
      });
    });
    // Whoever starts it hears of an error; until then it is nobody's unhandled rejection.
    this.exit.catch(() => undefined);
  }

  /**
   * Starts it with everything below `root`; settles when it listens.
   * @throws ServiceEnded where it ends before
   */
  static async start(root: string, databaseUrl: string, options: ServiceOptions = {}): Promise<Service> {
    const command = [
      ...tracer(options.strace),
      ...limiter(options.limits),
      process.execPath,
      ...['-r', './test/support/register.js'],
      ...(options.preload === undefined ? [] : ['-r', `./test/support/${options.preload}`]),
      'src/main.ts',
    ];
    plantKeys(join(root, 'data'));
    const child = spawn(command[0] as string, command.slice(1), {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        [FINDINGS]: process.env[FINDINGS],
        NODE_ENV: 'test',
        PORT: '0',
        DATABASE_URL: databaseUrl,
        DATA_DIR: join(root, 'data'),
        VIDEOS_DIR: join(root, 'videos'),
        LOGS_DIR: join(root, 'logs'),
        CAMERA_ALLOW_LOOPBACK: 'true',
        STORAGE_ALLOW_HTTP: 'true',
        CAMERA_STALL_SECONDS: '2',
        DISK_RESERVE_MB: '0',
        CAMERA_WATCH_SECONDS: '0',
        ACTIVITY_SCORES: 'false',
        ADMIN_EMAIL: ADMIN.email,
        ADMIN_PASSWORD: ADMIN.password,
        ...(options.faultPoint === undefined ? {} : { PADELVAR_FAULT_POINT: `${options.faultPoint}` }),
        ...options.env,
      },
    });
    const service = new Service(child);
    service.address = (await service.says(LISTENS))[1] ?? '';
    return service;
  }

  get url(): string {
    return this.address;
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('the service was never started');
    return this.child.pid;
  }

  get alive(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Its log and errors so far, the newest 256 k characters. */
  get output(): string {
    return this.said;
  }

  /** Settles when it has ended, however. */
  get ended(): Promise<Ending> {
    return this.exit;
  }

  /** Settles when its output matches, at once where it did before. @throws ServiceEnded where it ends before that */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    let ending: Ending | null = null;
    void this.exit.then((how) => (ending = how));
    for (;;) {
      const match = pattern.exec(this.said);
      if (match) return match;
      if (ending) throw new ServiceEnded(ending, this.said);
      await Promise.race([once(this.news, 'text'), this.exit]);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Sends a signal and waits for the end; nothing happens where it has ended. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ending> {
    // A stopped process takes no signal but SIGKILL.
    if (this.alive) {
      this.child.kill(signal);
      if (signal !== 'SIGKILL') this.child.kill('SIGCONT');
    }
    return this.exit;
  }

  /** Its children now. */
  listChildren(): ProcessSeen[] {
    return childrenOf(this.pid);
  }

  /** From now on it may open so many files and sockets more. */
  leaveDescriptors(spare: number): void {
    this.limit({ files: limitLeaving(this.pid, spare) });
  }

  /** Changes a limit of the running process. */
  limit(limits: ProcessLimits): void {
    execFileSync('prlimit', ['--pid', `${this.pid}`, ...limitArguments(limits)]);
  }
}

function limitArguments({ fileBytes, files, processes }: ProcessLimits): string[] {
  const set = { fsize: fileBytes, nofile: files, nproc: processes };
  // The soft limit only, so that it can be lifted again.
  return Object.entries(set).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}:`]));
}

function limiter(limits: ProcessLimits | undefined): string[] {
  return limits ? ['prlimit', ...limitArguments(limits)] : [];
}

/** As a grandchild (`-D`), so that what we started is the service itself. */
function tracer(strace: ServiceOptions['strace']): string[] {
  if (!strace) return [];
  const { output, calls, bytes } = strace;
  return ['strace', '-D', '-f', '-yy', '-q', '-s', `${bytes}`, '-e', `trace=${calls.join(',')}`, '-o', output];
}
