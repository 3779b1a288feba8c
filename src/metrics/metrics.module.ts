import { Module } from '@nestjs/common';
import { ClubsModule } from '../clubs/clubs.module';
import { CompressionModule } from '../compression/compression.module';
import { JobsModule } from '../jobs/jobs.module';
import { RecordingLogModule } from '../recording/recording-log.module';
import { RuntimeModule } from '../runtime/runtime.module';
import { SessionsModule } from '../sessions/sessions.module';
import { StorageModule } from '../storage/storage.module';
import { CameraMetrics } from './camera-metrics';
import { CompressionMetrics } from './compression-metrics';
import { CourtMetrics } from './court-metrics';
import { CourtTotals } from './court-totals';
import { EncoderMetrics } from './encoder-metrics';
import { HttpMetrics } from './http-metrics';
import { JobMetrics } from './job-metrics';
import { MetricsController } from './metrics.controller';
import { MetricsRegistry } from './metrics-registry';
import { ProcessMetrics } from './process-metrics';
import { RecordingMetrics } from './recording-metrics';

/** How the service does, for Prometheus. Everything is read when somebody asks; nothing is counted frame by frame. */
@Module({
  imports: [
    ClubsModule,
    CompressionModule,
    JobsModule,
    RecordingLogModule,
    RuntimeModule,
    SessionsModule,
    StorageModule,
  ],
  controllers: [MetricsController],
  providers: [
    MetricsRegistry,
    CourtTotals,
    CourtMetrics,
    CameraMetrics,
    RecordingMetrics,
    EncoderMetrics,
    ProcessMetrics,
    HttpMetrics,
    JobMetrics,
    CompressionMetrics,
  ],
})
export class MetricsModule {}
