import { BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock';
import { isDatabaseUnavailable } from '../common/database-error';
import { toProblem } from '../common/to-problem';
import { underAdvisoryLock } from '../database/advisory-lock';
import { MaintenanceAlarm } from './maintenance-alarm';
import { TaskLog } from './task-log.service';
import { Counts, TaskName, TaskOutcome, TaskRun, TASKS } from './task-table';

export interface RunOptions {
  /** Waits for a run of this process that is under way, and then does its own. Default: leaves it at that one. */
  readonly wait?: boolean;
  /** Does only a part of what the task is for: it is not noted as its last run. */
  readonly partial?: boolean;
}

/** The column holds an integer; a run of three weeks is long enough. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Runs what is done by the clock, so that one can see it: never twice at once in this process; a task that concerns the
 * whole installation by one process at a time. Every run must be idempotent, and bear another one beside it: see
 * {@link underAdvisoryLock}. What a task throws ends with it: it is told, noted, and the next tick tries again.
 */
@Injectable()
export class ScheduledTasks implements BeforeApplicationShutdown {
  private readonly logger = new Logger(ScheduledTasks.name);
  private readonly running = new Map<TaskName, Promise<TaskRun>>();
  private readonly last = new Map<TaskName, TaskRun>();
  private ended = false;

  constructor(
    private readonly database: DataSource,
    private readonly log: TaskLog,
    private readonly clock: Clock,
  ) {}

  /** The database and the rooms are needed up to the end of what runs. */
  async beforeApplicationShutdown(): Promise<void> {
    this.ended = true;
    await Promise.all(this.running.values());
  }

  /** Does `work` as a run of the task. Never throws: the outcome says how it went. */
  async run(name: TaskName, work: () => Promise<Counts>, options: RunOptions = {}): Promise<TaskRun> {
    if (options.wait) while (this.running.has(name)) await this.running.get(name);
    if (this.ended || this.running.has(name)) return this.ending(name)('skipped');
    const run = this.perform(name, work, options.partial ?? false);
    this.running.set(name, run);
    try {
      return await run;
    } finally {
      this.running.delete(name);
    }
  }

  /** The last runs that this process knows of its own. */
  lastHere(): readonly TaskRun[] {
    return [...this.last.values()];
  }

  private async perform(name: TaskName, work: () => Promise<Counts>, partial: boolean): Promise<TaskRun> {
    const end = this.ending(name);
    let run: TaskRun;
    let away = false;
    try {
      const alone = TASKS[name].scope === 'installation';
      const result = alone ? await underAdvisoryLock(this.database, name, work) : await work();
      run = result === null ? end('skipped') : end('ok', result);
      if (this.last.get(name)?.outcome === 'failed' && run.outcome === 'ok')
        this.logger.log({ task: name }, 'Works again.');
    } catch (error) {
      away = isDatabaseUnavailable(error);
      run = end('failed', error instanceof MaintenanceAlarm ? error.counts : {}, sentenceOf(error));
      this.tell(run, error);
    }
    if (!partial) await this.note(run, away);
    return run;
  }

  private ending(name: TaskName): (outcome: TaskOutcome, result?: Counts, error?: string) => TaskRun {
    const startedAt = this.clock.now();
    const began = this.clock.monotonic();
    return (outcome, result = {}, error) => {
      const durationMs = Math.min(Math.round(this.clock.monotonic() - began), LONGEST_MS);
      return { name, startedAt, durationMs, outcome, result, error: error ?? null };
    };
  }

  /** In memory whatever happens, and in the database as soon as that is there again. */
  private async note(run: TaskRun, away: boolean): Promise<void> {
    if (run.outcome !== 'skipped' || !this.last.has(run.name)) this.last.set(run.name, run);
    if (away) return;
    await this.log.write(run).catch((error: unknown) => {
      this.logger.debug({ err: error, task: run.name }, 'The run of a task could not be written.');
    });
  }

  /** An alarm every time; anything else once, until the task works again: an outage is not told four times a minute. */
  private tell({ name, error: sentence }: TaskRun, error: unknown): void {
    if (error instanceof MaintenanceAlarm) this.logger.error({ task: name, ...error.facts }, error.message);
    else if (this.last.get(name)?.error === sentence) this.logger.debug({ task: name, err: error }, 'Fails again.');
    else this.logger.warn({ task: name, err: error }, 'A scheduled task failed; its next turn tries again.');
  }
}

/** What went wrong, without a word of the original where that is not ours: it may hold paths and addresses. */
function sentenceOf(error: unknown): string {
  if (error instanceof MaintenanceAlarm) return error.message;
  const problem = toProblem(error);
  return problem.code === 'internal_error' ? 'It failed; the log says why.' : problem.detail;
}
