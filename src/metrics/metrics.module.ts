import { Module } from '@nestjs/common';
import { RecordingLogModule } from '../recording/recording-log.module';
import { RuntimeModule } from '../runtime/runtime.module';
import { SessionsModule } from '../sessions/sessions.module';
import { StorageModule } from '../storage/storage.module';
import { CourtMetrics } from './court-metrics';
import { CourtTotals } from './court-totals';
import { EncoderMetrics } from './encoder-metrics';
import { HttpMetrics } from './http-metrics';
import { MetricsController } from './metrics.controller';
import { MetricsRegistry } from './metrics-registry';
import { ProcessMetrics } from './process-metrics';
import { RecordingMetrics } from './recording-metrics';

/** How the service does, for Prometheus. Everything is read when somebody asks; nothing is counted frame by frame. */
@Module({
  imports: [RecordingLogModule, RuntimeModule, SessionsModule, StorageModule],
  controllers: [MetricsController],
  providers: [
    MetricsRegistry,
    CourtTotals,
    CourtMetrics,
    RecordingMetrics,
    EncoderMetrics,
    ProcessMetrics,
    HttpMetrics,
  ],
})
export class MetricsModule {}
