import { Module } from '@nestjs/common';
import { VideoCatalogueModule } from '../files/video-catalogue.module';
import { StoredVideosModule } from '../objects/stored-videos.module';
import { RecordingLogModule } from '../recording/recording-log.module';
import { RuntimeModule } from '../runtime/runtime.module';
import { SessionsModule } from '../sessions/sessions.module';
import { ViewerSource } from '../sessions/viewer-figures';
import { StorageModule } from '../storage/storage.module';
import { LiveModule } from './live/live.module';
import { PreviewController } from './preview.controller';
import { PreviewService } from './preview.service';
import { ReviewController } from './review/review.controller';
import { ReviewFiles } from './review/review-files';
import { ReviewRecordings } from './review/review-recordings.service';
import { ReviewService } from './review/review.service';
import { ViewerCounter } from './viewer-counter.service';
import { ViewerSlots } from './viewer-slots';

/** Watching a court: pictures for whoever may see its session. */
@Module({
  imports: [SessionsModule, RuntimeModule, RecordingLogModule, VideoCatalogueModule, StorageModule, StoredVideosModule, LiveModule],
  controllers: [PreviewController, ReviewController],
  providers: [
    PreviewService,
    ViewerSlots,
    { provide: ViewerSource, useClass: ViewerCounter },
    ReviewService,
    ReviewRecordings,
    ReviewFiles,
  ],
})
export class PreviewModule {}
