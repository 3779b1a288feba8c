import { ApiProperty } from '@nestjs/swagger';
import { TASK_NAMES, TaskName, TaskRun } from '../task-table';

/** What a clean-up did, all its tasks together. */
export class CleanUpAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ description: 'Sessions that were ended: recording over, nobody using them, or their process gone.' })
  cleaned_sessions: number;

  @ApiProperty({ description: 'Leftover FFmpeg processes of this service that were ended.' })
  killed_processes: number;

  @ApiProperty({ description: 'Videos deleted by age or quota.' })
  deleted_videos: number;

  @ApiProperty({ description: 'What these took.' })
  deleted_bytes: number;

  @ApiProperty({ description: 'Videos that are due too, but more than one run may delete.' })
  postponed_videos: number;

  @ApiProperty({ description: 'Files and recording folders that no row knows, moved to `VIDEOS_DIR/.quarantine`.' })
  quarantined_files: number;

  @ApiProperty({ description: 'Videos whose file is missing now.' })
  missing_files: number;

  @ApiProperty({ description: 'Videos whose file was missing and is back.' })
  found_files: number;

  @ApiProperty({ description: 'Files and thumbnails of deleted videos that a crash had left.' })
  removed_files: number;

  @ApiProperty({ description: 'Files removed from the trash.' })
  emptied_files: number;

  @ApiProperty({ enum: TASK_NAMES, isArray: true, description: 'Tasks that failed or raised an alarm; see health.' })
  failed_tasks: TaskName[];

  @ApiProperty({ enum: TASK_NAMES, isArray: true, description: 'Tasks that another service process is doing now.' })
  skipped_tasks: TaskName[];
}

export function cleanUpAnswer(runs: readonly TaskRun[]): CleanUpAnswer {
  const count = (name: string): number => runs.reduce((sum, { result }) => sum + (result[name] ?? 0), 0);
  const names = (outcome: TaskRun['outcome']): TaskName[] =>
    runs.filter((run) => run.outcome === outcome).map(({ name }) => name);
  return {
    success: true,
    cleaned_sessions: count('cleaned_sessions'),
    killed_processes: count('killed_processes'),
    deleted_videos: count('deleted_videos'),
    deleted_bytes: count('deleted_bytes'),
    postponed_videos: count('postponed_videos'),
    quarantined_files: count('quarantined_files'),
    missing_files: count('missing_files'),
    found_files: count('found_files'),
    removed_files: count('removed_files'),
    emptied_files: count('emptied_files'),
    failed_tasks: names('failed'),
    skipped_tasks: names('skipped'),
  };
}
