import { Injectable, OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { ScheduledTasks } from '../maintenance/scheduled-tasks.service';
import { TASKS } from '../maintenance/task-table';
import { JobStore } from './job-store.service';

/** Forgets jobs that ended long ago. */
@Injectable()
export class JobUpkeep implements OnApplicationBootstrap {
  constructor(
    private readonly store: JobStore,
    private readonly tasks: ScheduledTasks,
  ) {}

  /** Not waited for. */
  onApplicationBootstrap(): void {
    void this.tick();
  }

  @Interval(TASKS.old_jobs.everyMs)
  async tick(): Promise<void> {
    await this.tasks.run('old_jobs', async () => ({ forgotten_jobs: await this.store.forget() }));
  }
}
