import { ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

interface Call {
  readonly id: number;
  readonly method: string;
  readonly argument: unknown;
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** What a worker does for the bench: each method takes and gives plain data. */
export type Methods = Record<string, (argument: never) => unknown>;

/** How long a worker may take to end by itself. */
const END_MS = 20_000;

/** The bench's side of a process of its own: calls its methods and ends it. */
export class Worker<M extends Methods> {
  private readonly calls = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  private lastId = 0;

  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
  ) {
    child.on('message', (answer: Answer) => this.answered(answer));
    child.on('exit', (code, signal) => {
      for (const { reject } of this.calls.values()) reject(new Error(`${name} ended (${signal ?? code})`));
      this.calls.clear();
    });
  }

  /** Starts a compiled module that calls {@link serve}. */
  static async start<M extends Methods>(
    name: string,
    module: string,
    args: readonly string[] = [],
    execArgv: readonly string[] = [],
  ): Promise<Worker<M>> {
    const child = fork(module, args, { execArgv: [...execArgv], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const worker = new Worker<M>(name, child);
    await once(child, 'spawn');
    return worker;
  }

  get pid(): number {
    return this.child.pid as number;
  }

  call<K extends keyof M & string>(method: K, argument: Parameters<M[K]>[0]): Promise<Awaited<ReturnType<M[K]>>> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      if (!this.child.connected) return reject(new Error(`${this.name} is gone`));
      this.calls.set(id, { resolve: resolve as (value: never) => void, reject });
      this.child.send({ id, method, argument } satisfies Call);
    });
  }

  /** Lets it end in order, and ends it where it does not. */
  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    const late = setTimeout(() => this.child.kill('SIGKILL'), END_MS);
    if (this.child.connected) this.child.disconnect();
    await ended;
    clearTimeout(late);
  }

  private answered({ id, value, error }: Answer): void {
    const call = this.calls.get(id);
    this.calls.delete(id);
    if (error !== undefined) call?.reject(new Error(`${this.name}: ${error}`));
    else call?.resolve(value as never);
  }
}

/** The bench may be gone by the time an answer is ready: then nobody misses it. */
function answer(message: Answer): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** The worker's side: answers calls until the bench lets go (or dies), then runs `end` and leaves. */
export function serve(methods: Methods, end: () => Promise<void>): void {
  process.on('message', ({ id, method, argument }: Call) => {
    void (async () => {
      try {
        const value = await (methods[method] as (argument: unknown) => unknown)(argument);
        answer({ id, value });
      } catch (error) {
        answer({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      }
    })();
  });
  // A Ctrl-C of the terminal reaches every process of the group: the bench decides when its workers end.
  process.on('SIGINT', () => undefined);
  process.once('disconnect', () => void end().finally(() => process.exit(0)));
}
