import { Module } from '@nestjs/common';
import { ProxyModule } from '../proxy/proxy.module';
import { RecordingEngineModule } from '../recording/engine/recording-engine.module';
import { Admission } from './admission.service';
import { CourtRuntime } from './court-runtime';
import { LocalCourtRuntime } from './local-court-runtime';

/** The runtime of sessions, behind its port: here, in this process. */
@Module({
  imports: [ProxyModule, RecordingEngineModule],
  providers: [LocalCourtRuntime, { provide: CourtRuntime, useExisting: LocalCourtRuntime }, Admission],
  exports: [Admission, CourtRuntime],
})
export class RuntimeModule {}
