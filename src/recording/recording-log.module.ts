import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { VideoCatalogueModule } from '../files/video-catalogue.module';
import { RuntimeModule } from '../runtime/runtime.module';
import { WebhookOutboxModule } from '../webhooks/webhook-outbox.module';
import { Recording, RecordingGap, RecordingPart } from './entities/recording.entity';
import { RecordingLog } from './recording-log.service';
import { RecordingMirror } from './recording-mirror.service';
import { RecordingStops } from './recording-stops.service';

/** The rows of recordings, without routes: what sessions show of them. */
@Module({
  imports: [
    TypeOrmModule.forFeature([Recording, RecordingPart, RecordingGap]),
    VideoCatalogueModule,
    RuntimeModule,
    WebhookOutboxModule,
  ],
  providers: [RecordingLog, RecordingMirror, RecordingStops],
  exports: [RecordingLog, RecordingMirror, RecordingStops],
})
export class RecordingLogModule {}
