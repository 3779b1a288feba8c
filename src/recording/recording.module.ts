import { Module } from '@nestjs/common';
import { RuntimeModule } from '../runtime/runtime.module';
import { SessionsModule } from '../sessions/sessions.module';
import { RecordingController } from './recording.controller';
import { RecordingLogModule } from './recording-log.module';
import { RecordingRecovery } from './recording-recovery.service';
import { RecordingService } from './recording.service';

@Module({
  imports: [RecordingLogModule, SessionsModule, RuntimeModule],
  controllers: [RecordingController],
  providers: [RecordingService, RecordingRecovery],
})
export class RecordingModule {}
