import { ChildProcess, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { Readable, Writable } from 'node:stream';
import { Cancel, Clock } from '../../common/clock';
import { CappedLog } from './capped-log';
import { MOST_MEMORY_BYTES, offerToOomKiller, watchMemory } from './memory-watch';
import { readStartTime } from './proc-stat';

/** What is run: a program and its arguments, never a line for a shell. */
export interface ChildSpec {
  readonly file: string;
  readonly args: readonly string[];
  /** Whether we write to its stdin and read its stdout. Default: both. */
  readonly stdin?: boolean;
  readonly stdout?: boolean;
  /** Scheduling priority, -20 to 19 (setpriority(2)); default 0. */
  readonly nice?: number;
  /** It is ended with SIGKILL beyond so much memory; default {@link MOST_MEMORY_BYTES}. */
  readonly memoryBytes?: number;
  /** Where its stderr is kept, if anywhere, and how much of it. */
  readonly log?: { readonly path: string; readonly maxBytes: number };
}

/** How it ended. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Set when it never ran (ENOENT, EACCES, EAGAIN, EMFILE …) or did not die of SIGKILL in time. */
  readonly error: NodeJS.ErrnoException | null;
  /** The last 4 kB of what it said. */
  readonly stderr: string;
}

/** How long each step of {@link ManagedChild.stop} may take, in milliseconds. */
export interface StopLadder {
  /** After its stdin was ended. */
  readonly eofMs: number;
  /** After its one SIGINT (FFmpeg takes a second one as an order to lose data). */
  readonly interruptMs: number;
  /** After SIGKILL to its group; then it is given up (uninterruptible in the kernel). */
  readonly killMs: number;
}

export const STOP_LADDER: StopLadder = { eofMs: 5_000, interruptMs: 3_000, killMs: 3_000 };

const STDERR_TAIL_BYTES = 4096;
/** How long output may still trickle out of the pipes of a child that has exited. */
const DRAIN_MS = 2_000;

/**
 * One run of one child process.
 *
 * It is the leader of a session and group of its own, so that a terminal's Ctrl-C reaches us and not it, and so that
 * SIGKILL takes its children too. No orphan when we die without a word: its stdin and stdout are our pipes, so a child
 * that reads its input sees the end of it, and one that writes gets EPIPE; one that does neither (stopped by SIGSTOP,
 * or stuck) is found by its marker at the next start (`leftovers.ts`).
 */
export class ManagedChild {
  /** `null` where it could not be started. */
  readonly pid: number | null;
  /** Ticks since boot, see {@link readStartTime}; names the process together with `pid`. */
  readonly startTime: string | null;
  readonly stdin: Writable | null;
  /** Must be read: a child whose output nobody takes stands still. */
  readonly stdout: Readable | null;
  /** Settles once, never rejects: the process is gone and its output has been read or given up. */
  readonly exited: Promise<ChildExit>;

  private readonly child: ChildProcess | null = null;
  private readonly log: CappedLog | null;
  private settle!: (exit: ChildExit) => void;
  private tail = Buffer.alloc(0);
  private error: NodeJS.ErrnoException | null = null;
  private running = false;
  private done = false;
  private interrupted = false;
  private killed = false;
  private stopping: Promise<ChildExit> | null = null;

  constructor(
    spec: ChildSpec,
    private readonly clock: Clock,
  ) {
    this.exited = new Promise((resolve) => (this.settle = resolve));
    this.log = spec.log ? new CappedLog(spec.log.path, spec.log.maxBytes) : null;
    try {
      this.child = spawn(spec.file, [...spec.args], {
        detached: true,
        shell: false,
        windowsHide: true,
        stdio: [spec.stdin === false ? 'ignore' : 'pipe', spec.stdout === false ? 'ignore' : 'pipe', 'pipe'],
      });
    } catch (error) {
      this.error = error as NodeJS.ErrnoException;
    }
    this.pid = this.child?.pid ?? null;
    this.running = this.pid !== null;
    this.startTime = this.pid === null ? null : readStartTime(this.pid);
    this.stdin = this.child?.stdin ?? null;
    this.stdout = this.child?.stdout ?? null;
    if (this.pid !== null) this.limit(this.pid, spec);
    this.listen();
  }

  /** Whether the process is there. */
  get alive(): boolean {
    return this.running;
  }

  /** The last 4 kB it said so far. */
  get stderr(): string {
    return this.tail.toString('utf8');
  }

  /**
   * Ends it: end of input, then one SIGINT, then SIGKILL to its group, each on its own timer. Resolves with how it ended;
   * calling it again changes nothing but the answer's arrival.
   */
  stop(ladder: Partial<StopLadder> = {}): Promise<ChildExit> {
    this.stopping ??= this.climb({ ...STOP_LADDER, ...ladder });
    return this.stopping;
  }

  /** Ends it at once, without asking; also while {@link stop} waits on an earlier step. */
  kill(): Promise<ChildExit> {
    this.sigkill();
    this.stopping ??= this.waitFor(STOP_LADDER.killMs).then((gone) => this.giveUpUnless(gone));
    return this.stopping;
  }

  /**
   * Lets it rest, with its children, until {@link resume}: it takes no processor and writes nothing. Only for one that nobody
   * stops by {@link stop}, whose first steps it would not hear; {@link kill} ends it all the same.
   */
  pause(): void {
    this.signalGroup('SIGSTOP');
  }

  resume(): void {
    this.signalGroup('SIGCONT');
  }

  private signalGroup(signal: NodeJS.Signals): void {
    if (!this.running || this.pid === null) return;
    try {
      process.kill(-this.pid, signal);
    } catch {
      // It has just ended.
    }
  }

  private async climb(ladder: StopLadder): Promise<ChildExit> {
    if (this.stdin && this.running) {
      this.stdin.end();
      if (await this.waitFor(ladder.eofMs)) return this.exited;
    }
    if (this.running && !this.interrupted && !this.killed) {
      this.interrupted = true;
      this.child?.kill('SIGINT');
      if (await this.waitFor(ladder.interruptMs)) return this.exited;
    }
    this.sigkill();
    return this.giveUpUnless(await this.waitFor(ladder.killMs));
  }

  /** @returns whether it exited within `ms`. */
  private waitFor(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel: Cancel = this.clock.after(ms, () => resolve(false));
      void this.exited.then(() => {
        cancel();
        resolve(true);
      });
    });
  }

  private giveUpUnless(gone: boolean): Promise<ChildExit> {
    if (!gone) {
      this.error ??= Object.assign(new Error(`process ${this.pid} does not die`), { code: 'ETIMEDOUT' });
      this.finish(null, null);
    }
    return this.exited;
  }

  private sigkill(): void {
    this.killed = true;
    if (!this.running || this.pid === null) return;
    try {
      // Safe while it runs: the pid, and so the group, is ours until the exit has been collected.
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      this.child?.kill('SIGKILL');
    }
  }

  private limit(pid: number, { nice, memoryBytes = MOST_MEMORY_BYTES }: ChildSpec): void {
    if (nice !== undefined) renice(pid, nice);
    offerToOomKiller(pid);
    const unwatch = watchMemory(this.clock, pid, memoryBytes, () => {
      this.error ??= Object.assign(new Error(`process ${pid} took more than ${memoryBytes} bytes`), { code: 'ENOMEM' });
      this.sigkill();
    });
    void this.exited.then(unwatch);
  }

  private listen(): void {
    const child = this.child;
    if (!child) {
      queueMicrotask(() => this.finish(null, null));
      return;
    }
    // A pipe whose other end died is no news: the exit is.
    child.stdin?.on('error', () => undefined);
    child.stdout?.on('error', () => undefined);
    child.stderr?.on('error', () => undefined);
    child.stderr?.on('data', (chunk: Buffer) => this.onStderr(chunk));
    child.on('error', (error: NodeJS.ErrnoException) => {
      // Also emitted when a signal could not be sent; only a child that never ran ends by it.
      if (child.pid !== undefined) return;
      this.error = error;
      this.finish(null, null);
    });
    child.on('exit', (code, signal) => {
      this.running = false;
      const cancel = this.clock.after(DRAIN_MS, () => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        this.finish(code, signal);
      });
      child.on('close', () => {
        cancel();
        this.finish(code, signal);
      });
    });
  }

  private onStderr(chunk: Buffer): void {
    this.log?.write(chunk);
    const joined = chunk.length >= STDERR_TAIL_BYTES ? chunk : Buffer.concat([this.tail, chunk]);
    this.tail = Buffer.from(joined.subarray(Math.max(0, joined.length - STDERR_TAIL_BYTES)));
  }

  private finish(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.done) return;
    this.done = true;
    this.log?.close();
    this.child?.stdin?.destroy();
    this.settle({ code, signal, error: this.error, stderr: this.stderr });
  }
}

function renice(pid: number, nice: number): void {
  try {
    setPriority(pid, nice);
  } catch {
    // Gone already, or not allowed to go below 0: it runs all the same.
  }
}
