import { Cancel, Clock } from './clock';

const RETRY_MS = [250, 500, 1_000, 2_000, 5_000] as const;

/** What waits for one key, in order. */
interface Backlog {
  readonly tasks: Task[];
  failures: number;
  running: Promise<void> | null;
  retry: Cancel | undefined;
  settled: (() => void)[];
}

interface Task {
  /** A later task of the same kind takes this one's place, where it has not begun: only the newest counts. */
  readonly kind: string | null;
  readonly write: () => Promise<void>;
}

/**
 * Writes that may have to wait for the database: each key's in the order they were noted, tried again until they are done,
 * at first soon, then every five seconds. Keys do not wait for each other. Nothing is dropped but what a newer write of its
 * kind makes needless, so what waits is bounded by what there is to say.
 */
export class WriteBehind {
  private readonly backlogs = new Map<string, Backlog>();

  /** @param onFailure hears of each try that failed */
  constructor(
    private readonly clock: Clock,
    private readonly onFailure: (key: string, error: unknown) => void,
  ) {}

  /** Keys of which something is not written yet. */
  get pending(): number {
    return this.backlogs.size;
  }

  /**
   * @param kind of a write that a newer one replaces; `null`: each counts
   * @param write may be called again after it failed, also where it had done its work: it must bear that
   */
  note(key: string, kind: string | null, write: () => Promise<void>): void {
    let backlog = this.backlogs.get(key);
    if (!backlog) {
      backlog = { tasks: [], failures: 0, running: null, retry: undefined, settled: [] };
      this.backlogs.set(key, backlog);
    }
    // What runs stays the first one: it may be half done.
    const waiting = backlog.running ? backlog.tasks.slice(1) : backlog.tasks;
    const older = kind === null ? undefined : waiting.find((task) => task.kind === kind);
    if (older) backlog.tasks.splice(backlog.tasks.indexOf(older), 1);
    backlog.tasks.push({ kind, write });
    if (!backlog.retry) void this.run(key, backlog);
  }

  /** Settles when all that was noted for the key so far is written. */
  async written(key: string): Promise<void> {
    const backlog = this.backlogs.get(key);
    if (backlog) await new Promise<void>((resolve) => backlog.settled.push(resolve));
  }

  /** One last try of everything; what fails now is lost with this process. */
  async end(): Promise<void> {
    await Promise.all(
      [...this.backlogs].map(async ([key, backlog]) => {
        backlog.retry?.();
        await (backlog.running ?? this.run(key, backlog));
        this.backlogs.get(key)?.retry?.();
      }),
    );
  }

  private run(key: string, backlog: Backlog): Promise<void> {
    backlog.retry = undefined;
    return (backlog.running ??= this.work(key, backlog).finally(() => (backlog.running = null)));
  }

  private async work(key: string, backlog: Backlog): Promise<void> {
    try {
      for (let task = backlog.tasks[0]; task; task = backlog.tasks[0]) {
        await task.write();
        backlog.tasks.shift();
        backlog.failures = 0;
      }
      this.backlogs.delete(key);
      for (const settle of backlog.settled.splice(0)) settle();
    } catch (error) {
      this.onFailure(key, error);
      const delay = RETRY_MS[Math.min(backlog.failures++, RETRY_MS.length - 1)] as number;
      backlog.retry = this.clock.after(delay, () => void this.run(key, backlog));
    }
  }
}
