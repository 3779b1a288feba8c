import { Module } from '@nestjs/common';
import { JobsSource } from '../health/jobs-source';
import { ScheduledTasksModule } from '../maintenance/scheduled-tasks.module';
import { JobList } from './job-list.service';
import { JobStore } from './job-store.service';
import { JobUpkeep } from './job-upkeep.service';
import { Jobs } from './jobs';
import { JobsController } from './jobs.controller';

/** Background work; it knows no room, and every room may use it. */
@Module({
  imports: [ScheduledTasksModule],
  controllers: [JobsController],
  providers: [JobStore, Jobs, JobList, JobUpkeep, { provide: JobsSource, useExisting: JobList }],
  exports: [Jobs, JobsSource],
})
export class JobsModule {}
