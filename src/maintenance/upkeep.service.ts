import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { RecordingRecovery } from '../recording/recording-recovery.service';
import { SessionJanitor } from '../sessions/session-janitor.service';
import { VideoStore } from '../storage/video-store';
import { FileSweep } from './file-sweep.service';
import { Retention } from './retention.service';
import { RunOptions, ScheduledTasks } from './scheduled-tasks.service';
import { Counts, TaskName, TaskRun, TASKS } from './task-table';

const ALL = [
  'orphan_sessions',
  'orphan_processes',
  'stuck_recordings',
  'retention',
  'files_and_rows',
  'trash',
] as const satisfies readonly TaskName[];
type UpkeepTask = (typeof ALL)[number];

/** What can be done for one club alone. */
const BY_CLUB: readonly UpkeepTask[] = ['orphan_sessions', 'orphan_processes', 'retention', 'files_and_rows'];

/** Everything that keeps disk, rows and processes in order: by the clock, and when an admin asks for it. */
@Injectable()
export class Upkeep {
  constructor(
    private readonly tasks: ScheduledTasks,
    private readonly janitor: SessionJanitor,
    private readonly recovery: RecordingRecovery,
    private readonly retention: Retention,
    private readonly sweep: FileSweep,
    private readonly store: VideoStore,
  ) {}

  /** One after the other: all three go through the same folders. Sessions and recordings have clocks of their own. */
  @Interval(TASKS.retention.everyMs)
  async tick(): Promise<void> {
    for (const name of ['retention', 'files_and_rows', 'trash'] as const) await this.run(name, null);
  }

  /**
   * Everything now, each after a run of it that is under way.
   * @param clubId only what concerns this club; `null`: all
   */
  async now(clubId: number | null): Promise<TaskRun[]> {
    const partial = clubId !== null;
    const runs: TaskRun[] = [];
    for (const name of partial ? BY_CLUB : ALL) runs.push(await this.run(name, clubId, { wait: true, partial }));
    return runs;
  }

  private run(name: UpkeepTask, clubId: number | null, options: RunOptions = {}): Promise<TaskRun> {
    return this.tasks.run(name, () => this.work(name, clubId), options);
  }

  private async work(name: UpkeepTask, clubId: number | null): Promise<Counts> {
    switch (name) {
      case 'orphan_sessions':
        return this.janitor.endOrphans(clubId);
      case 'orphan_processes':
        return this.janitor.endLeftovers(clubId);
      case 'stuck_recordings':
        await this.recovery.recover();
        return {};
      case 'retention':
        return this.retention.work(clubId);
      case 'files_and_rows':
        return this.sweep.work(clubId);
      case 'trash':
        return { emptied_files: await this.store.emptyTrash() };
    }
  }
}
