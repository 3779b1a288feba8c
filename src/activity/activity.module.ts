import { Module } from '@nestjs/common';
import { ScheduledTasksModule } from '../maintenance/scheduled-tasks.module';
import { RecordingLogModule } from '../recording/recording-log.module';
import { RuntimeModule } from '../runtime/runtime.module';
import { SessionsModule } from '../sessions/sessions.module';
import { ActivityController } from './activity.controller';
import { ActivityLog } from './activity-log.service';
import { ActivityService } from './activity.service';
import { ActivityStore } from './activity-store';
import { AutoStop } from './auto-stop.service';
import { AutoStopNewsModule } from './auto-stop-news.module';
import { AutoStopPace } from './auto-stop-pace';

/** How much moves on courts that record, and recordings that stop by themselves when nobody plays. */
@Module({
  imports: [SessionsModule, RecordingLogModule, RuntimeModule, ScheduledTasksModule, AutoStopNewsModule],
  controllers: [ActivityController],
  providers: [ActivityLog, ActivityService, ActivityStore, AutoStop, AutoStopPace],
})
export class ActivityModule {}
