import { Module } from '@nestjs/common';
import { ScheduledTasks } from './scheduled-tasks.service';
import { TaskLog } from './task-log.service';

/** What runs tasks, without the tasks: it knows no room, and every room may use it. */
@Module({ providers: [ScheduledTasks, TaskLog], exports: [ScheduledTasks, TaskLog] })
export class ScheduledTasksModule {}
