import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Counts, TASK_NAMES, TaskName, TaskOutcome, TaskRun } from './task-table';

interface Row {
  readonly name: TaskName;
  readonly started_at: Date;
  readonly duration_ms: number;
  readonly outcome: TaskOutcome;
  readonly result: Counts;
  readonly error: string | null;
}

/** The last run of each task, whichever process did it: the table `scheduled_tasks`. */
@Injectable()
export class TaskLog {
  constructor(private readonly database: DataSource) {}

  /** A run that was skipped says nothing of the task: whoever did it writes that. */
  async write({ name, startedAt, durationMs, outcome, result, error }: TaskRun): Promise<void> {
    await this.database.query(
      `INSERT INTO scheduled_tasks AS t (name, started_at, duration_ms, outcome, result, error, host, pid)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (name) DO UPDATE
         SET started_at = excluded.started_at, duration_ms = excluded.duration_ms, outcome = excluded.outcome,
             result = excluded.result, error = excluded.error, host = excluded.host, pid = excluded.pid
       WHERE excluded.outcome <> 'skipped' OR t.outcome = 'skipped'`,
      [name, new Date(startedAt), durationMs, outcome, JSON.stringify(result), error, hostname(), process.pid],
    );
  }

  async last(): Promise<TaskRun[]> {
    const rows = await this.database.query<Row[]>(
      `SELECT name, started_at, duration_ms, outcome, result, error FROM scheduled_tasks WHERE name = ANY($1)`,
      [TASK_NAMES],
    );
    return rows.map(({ name, started_at, duration_ms, outcome, result, error }) => {
      return { name, startedAt: started_at.getTime(), durationMs: duration_ms, outcome, result, error };
    });
  }
}
