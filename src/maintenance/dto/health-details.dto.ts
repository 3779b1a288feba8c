import { ApiProperty } from '@nestjs/swagger';
import { DiskForecast } from '../disk-watch.service';
import { Counts, TASK_NAMES, TaskName, TaskOutcome, TaskRun, TASKS } from '../task-table';

/** The last run of a scheduled task, by whichever service process. */
export class TaskView {
  @ApiProperty({ enum: TASK_NAMES })
  name: TaskName;

  @ApiProperty({ example: 900 })
  every_seconds: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: '`null`: it has not run yet.' })
  last_run: string | null;

  @ApiProperty({
    enum: ['ok', 'failed', 'skipped'],
    nullable: true,
    description: '`skipped`: another process is doing it, and has not said yet how it went.',
  })
  outcome: TaskOutcome | null;

  @ApiProperty({ type: Number, nullable: true })
  duration_ms: number | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'number' },
    nullable: true,
    example: { deleted_videos: 2, deleted_bytes: 5_402_469_134, postponed_videos: 0 },
  })
  result: Counts | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  error: string | null;
}

/** Room on the disk of the videos. */
export class DiskView {
  @ApiProperty({ example: 500_107_862_016 })
  free_bytes: number;

  @ApiProperty({ description: '`DISK_RESERVE_MB`: below it no recording starts.', example: 1_073_741_824 })
  reserve_bytes: number;

  @ApiProperty({ description: 'What running recordings write now.', example: 1_500_000 })
  write_bytes_per_second: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Until the reserve is reached at this rate; `null` while nothing records.',
    example: 92.41,
  })
  hours_left: number | null;
}

export function viewOfTask(name: TaskName, run: TaskRun | null): TaskView {
  return {
    name,
    every_seconds: TASKS[name].everyMs / 1000,
    last_run: run && new Date(run.startedAt).toISOString(),
    outcome: run && run.outcome,
    duration_ms: run && run.durationMs,
    result: run && run.result,
    error: run && run.error,
  };
}

export function viewOfDisk({ freeBytes, reserveBytes, writeRate, hoursLeft }: DiskForecast): DiskView {
  return {
    free_bytes: freeBytes,
    reserve_bytes: reserveBytes,
    write_bytes_per_second: writeRate,
    hours_left: hoursLeft,
  };
}
