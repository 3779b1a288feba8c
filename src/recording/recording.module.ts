import { Module } from '@nestjs/common';
import { ScheduledTasksModule } from '../maintenance/scheduled-tasks.module';
import { RuntimeModule } from '../runtime/runtime.module';
import { SessionsModule } from '../sessions/sessions.module';
import { AngleRecordings } from './angle-recordings.service';
import { RecordingController } from './recording.controller';
import { RecordingLogModule } from './recording-log.module';
import { RecordingRecovery } from './recording-recovery.service';
import { RecordingService } from './recording.service';

@Module({
  imports: [RecordingLogModule, SessionsModule, RuntimeModule, ScheduledTasksModule],
  controllers: [RecordingController],
  providers: [AngleRecordings, RecordingService, RecordingRecovery],
  exports: [RecordingRecovery, RecordingService],
})
export class RecordingModule {}
