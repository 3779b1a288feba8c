import { randomUUID } from 'node:crypto';
import { BeforeApplicationShutdown, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { Cancel, Clock } from '../common/clock';
import { ProblemException } from '../common/problem';
import { scrub } from '../common/scrub';
import { toProblem } from '../common/to-problem';
import { within } from '../common/within';
import { JobContext, JobData, JobEnd, JobEndCause, JobKind, JobRefused } from './job-kind';
import { EnqueueOptions, JobStore, TakenJob } from './job-store.service';

/** How often a process looks for what others enqueued, tells that it lives, and hears what was cancelled. */
const LOOK_MS = 2_000;
/** When the service ends: how long jobs may go on, and then how long they may take to stop. */
const DRAIN_MS = 2_000;
const STOP_MS = 5_000;
/** Work that goes on so long after its signal is left to itself. */
const DEAF_MS = 10_000;
/** A result that the database did not take is told again after so long. */
const RETRY_MS = [250, 500, 1_000, 2_000] as const;
const MOST_MESSAGE = 500;

type Work<T> = (data: T, context: JobContext) => Promise<void>;

interface Handled {
  readonly kind: JobKind<JobData>;
  readonly work: Work<JobData>;
  /** Jobs under way, and places held while more are taken. */
  taken: number;
  taking: Promise<void> | null;
  again: boolean;
}

interface Run extends TakenJob {
  progress: number;
  readonly ending: AbortController;
}

/**
 * Background work. A room hands in what is done for its kinds ({@link handle}, in `onModuleInit`) and enqueues jobs, in the
 * transaction of what they belong to; any process of the service does them, each job in one process at a time, at once
 * where that is this one. A try that fails is made again, later each time; a process that dies gives its jobs to the others,
 * or to its next life, within seconds. So work is done at least once: it must bear that it was done before, or half done.
 */
@Injectable()
export class Jobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Jobs.name);
  private readonly kinds = new Map<string, Handled>();
  private readonly runs = new Map<string, Run>();
  /** Run ids that are being taken: their jobs are not lost, though nobody remembers them yet. */
  private readonly takings = new Set<string>();
  private readonly working = new Set<Promise<void>>();
  private readonly wakeups = new Set<Cancel>();
  /** Kinds enqueued in transactions that go on. */
  private readonly uncommitted = new WeakMap<QueryRunner, Set<string>>();
  private looking: Promise<void> | null = null;
  private started = false;
  private ended = false;
  private away = false;
  private readonly endedHere = new Map<string, Record<'done' | 'failed', number>>();

  constructor(
    private readonly database: DataSource,
    private readonly store: JobStore,
    private readonly clock: Clock,
  ) {}

  /** What is done for a kind of job. Called once a kind, in `onModuleInit` of the room that owns it. */
  handle<T extends JobData>(kind: JobKind<T>, work: Work<T>): void {
    if (this.kinds.has(kind.name)) throw new Error(`Two rooms handle jobs "${kind.name}"`);
    this.kinds.set(kind.name, { kind, work: work as Work<JobData>, taken: 0, taking: null, again: false });
    if (this.started) this.wake(kind.name);
  }

  /**
   * Puts a job into the queue; where `options.manager` is in a transaction, with its COMMIT. It begins at once where this
   * process has room for it.
   * @returns its id; where the key has one that waits or runs, that one's
   */
  async enqueue<T extends JobData>(kind: JobKind<T>, data: T, options: EnqueueOptions = {}): Promise<string> {
    const id = await this.store.enqueue(kind, data, options);
    const runner = options.manager?.queryRunner;
    if (runner?.isTransactionActive) {
      const names = this.uncommitted.get(runner) ?? new Set();
      this.uncommitted.set(runner, names.add(kind.name));
    } else {
      this.wake(kind.name);
    }
    return id;
  }

  /** Ends a job that waits or runs, in whichever process; one that has ended stays as it is. */
  async cancel(kind: JobKind<JobData>, id: string): Promise<void> {
    if (await this.store.cancel(kind.name, id)) this.end(id, 'cancelled');
  }

  /** Ends the job that waits or runs for a key. @returns whether there was one, which may still be at its last words */
  async cancelKey(kind: JobKind<JobData>, key: string): Promise<boolean> {
    const id = await this.store.live(kind.name, key);
    if (id !== null) await this.cancel(kind, id);
    return id !== null;
  }

  /**
   * As {@link cancel}, with what belongs to it in one transaction.
   * @returns false: it had ended, or there is none; nothing was written then
   */
  async cancelWith(kind: string, id: string, also: (manager: EntityManager) => Promise<void>): Promise<boolean> {
    const cancelled = await this.database.transaction(async (manager) => {
      if (!(await this.store.cancel(kind, id, manager))) return false;
      await also(manager);
      return true;
    });
    if (cancelled) this.end(id, 'cancelled');
    return cancelled;
  }

  /** Whether the newest job of a key failed for good, or was cancelled: whoever asks for it anew goes against that. */
  async wasGivenUp(kind: JobKind<JobData>, key: string): Promise<boolean> {
    return ['failed', 'cancelled'].includes((await this.store.lastState(kind.name, key)) ?? '');
  }

  /** Jobs that this process brought to an end, by kind, since its start. */
  get figures(): ReadonlyMap<string, Readonly<Record<'done' | 'failed', number>>> {
    return this.endedHere;
  }

  onApplicationBootstrap(): void {
    this.started = true;
    this.database.subscribers.push({
      afterTransactionCommit: ({ queryRunner }) => {
        for (const name of this.uncommitted.get(queryRunner) ?? []) this.wake(name);
      },
    });
    // Not waited for.
    void this.look();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.ended = true;
    for (const cancel of this.wakeups) cancel();
    await this.looking;
    await Promise.all([...this.kinds.values()].flatMap(({ taking }) => taking ?? []));
    const all = (): Promise<unknown> => Promise.all(this.working);
    await within(this.clock, DRAIN_MS, all(), null);
    for (const id of this.runs.keys()) this.end(id, 'shutting_down');
    // What does not stop is its next life's, by this process's identity.
    await within(this.clock, STOP_MS, all(), null);
    this.store.end();
  }

  private look(): Promise<void> {
    this.looking ??= this.lookNow().finally(() => {
      this.looking = null;
      this.later(LOOK_MS, () => void this.look());
    });
    return this.looking;
  }

  private async lookNow(): Promise<void> {
    try {
      await this.beat();
      const freed = await this.store.freeLost(({ id, runId }) => {
        return this.takings.has(runId) || this.runs.get(id)?.runId === runId;
      });
      if (freed > 0) this.logger.log({ jobs: freed }, 'Jobs whose process is gone go on.');
      if (this.kinds.size > 0) for (const name of await this.store.due([...this.kinds.keys()])) this.wake(name);
      if (this.away) this.logger.log('Background work goes on.');
      this.away = false;
    } catch (error) {
      this.tellAway(error);
    }
  }

  private async beat(): Promise<void> {
    if (this.runs.size === 0) return;
    for (const { id, runId } of await this.store.beat([...this.runs.values()])) {
      if (this.runs.get(id)?.runId === runId) this.end(id, 'cancelled');
    }
  }

  private tellAway(error: unknown): void {
    if (this.away) this.logger.debug({ err: error }, 'Jobs cannot be looked for.');
    else this.logger.warn({ err: error }, 'Jobs cannot be looked for; the next look tries again.');
    this.away = true;
  }

  /** Takes what the kind has, as far as there is room. */
  private wake(name: string): void {
    const handled = this.kinds.get(name);
    if (!handled || this.ended || !this.started) return;
    handled.again = true;
    handled.taking ??= this.takeAll(handled)
      .catch((error: unknown) => this.tellAway(error))
      .finally(() => {
        handled.taking = null;
        // Asked for between the last look and here.
        if (handled.again && handled.taken < handled.kind.atOnce) this.wake(name);
      });
  }

  private async takeAll(handled: Handled): Promise<void> {
    while (!this.ended && handled.taken < handled.kind.atOnce && handled.again) {
      handled.again = false;
      const room = handled.kind.atOnce - handled.taken;
      const runId = randomUUID();
      this.takings.add(runId);
      try {
        const jobs = await this.store.take(handled.kind, room, runId);
        for (const job of jobs) this.begin(handled, job);
        if (jobs.length === room) handled.again = true;
      } finally {
        this.takings.delete(runId);
      }
    }
  }

  private begin(handled: Handled, job: TakenJob): void {
    const run: Run = { ...job, progress: 0, ending: new AbortController() };
    this.runs.set(job.id, run);
    handled.taken++;
    const work = this.perform(handled, run).finally(() => {
      this.working.delete(work);
      this.runs.delete(job.id);
      handled.taken--;
      this.wake(job.kind);
    });
    this.working.add(work);
  }

  /** Never rejects. */
  private async perform(handled: Handled, run: Run): Promise<void> {
    const { kind } = handled;
    const expiry = this.clock.after(kind.expireSeconds * 1000, () => run.ending.abort(new JobEnd('expired')));
    let failure: unknown = null;
    try {
      await this.bounded(handled.work(run.data, this.contextOf(run)), run);
    } catch (error) {
      failure = error ?? new Error('The work failed without a reason');
    } finally {
      expiry();
    }
    await this.settle(run, kind, failure);
  }

  private contextOf(run: Run): JobContext {
    const { id, attempt, last, ending } = run;
    const progress = (share: number): void => {
      if (Number.isFinite(share)) run.progress = Math.min(1, Math.max(0, share));
    };
    return { id, attempt, last, signal: ending.signal, progress };
  }

  /** Work that does not hear its signal holds its place no longer than this. */
  private bounded(work: Promise<void>, run: Run): Promise<void> {
    const { signal } = run.ending;
    return new Promise((resolve, reject) => {
      const deaf = (): void => {
        this.clock.after(DEAF_MS, () => reject(signal.reason as Error));
      };
      signal.addEventListener('abort', deaf, { once: true });
      work.then(resolve, reject).finally(() => signal.removeEventListener('abort', deaf));
    });
  }

  /** Tells the rows how it went, as long as it takes; they know of its process until then, so nobody else begins it. */
  private async settle(run: Run, kind: JobKind<JobData>, failure: unknown): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        return await this.tell(run, kind, failure);
      } catch (error) {
        this.tellAway(error);
        if (this.ended) return;
        const pause = RETRY_MS[Math.min(tries, RETRY_MS.length - 1)] as number;
        await new Promise<void>((resolve) => this.clock.after(pause, resolve));
      }
    }
  }

  private async tell(run: Run, kind: JobKind<JobData>, failure: unknown): Promise<void> {
    if (failure === null) {
      await this.store.completed(run);
      return this.count(kind.name, 'done');
    }
    const { aborted, reason } = run.ending.signal;
    const why = aborted && reason instanceof JobEnd ? reason.why : null;
    if (why === 'shutting_down') return this.store.giveBack(run);
    const final = failure instanceof JobRefused;
    const message = why === 'expired' ? 'It took too long.' : sentenceOf(failure);
    const next = await this.store.failed(run, kind, message, final);
    if (why === 'cancelled') return;
    const { id, attempt } = run;
    const log = { err: failure, job: id, kind: kind.name, attempt };
    if (next === null) {
      this.count(kind.name, 'failed');
      return this.logger.error(log, 'A job failed for good.');
    }
    this.logger.warn(log, 'A job failed; it is tried again.');
    this.later(next + 5, () => this.wake(kind.name));
  }

  private count(kind: string, outcome: 'done' | 'failed'): void {
    const counts = this.endedHere.get(kind) ?? { done: 0, failed: 0 };
    counts[outcome]++;
    this.endedHere.set(kind, counts);
  }

  private end(id: string, why: JobEndCause): void {
    this.runs.get(id)?.ending.abort(new JobEnd(why));
  }

  private later(ms: number, task: () => void): void {
    if (this.ended) return;
    const cancel = this.clock.after(ms, () => {
      this.wakeups.delete(cancel);
      task();
    });
    this.wakeups.add(cancel);
  }
}

/** What admins of any club may read: nothing of a text that is not ours. */
function sentenceOf(error: unknown): string {
  if (error instanceof JobRefused || error instanceof ProblemException) return cut(error.message);
  const problem = toProblem(error);
  return problem.code === 'internal_error' ? 'It failed; the log says why.' : cut(problem.detail);
}

function cut(text: string): string {
  return scrub(text).slice(0, MOST_MESSAGE);
}
