import { Module } from '@nestjs/common';
import { FilesModule } from '../files/files.module';
import { JobsModule } from '../jobs/jobs.module';
import { ScheduledTasksModule } from '../maintenance/scheduled-tasks.module';
import { ReviewFiles } from '../preview/review/review-files';
import { ProxyModule } from '../proxy/proxy.module';
import { RecordingLogModule } from '../recording/recording-log.module';
import { RuntimeModule } from '../runtime/runtime.module';
import { SessionsModule } from '../sessions/sessions.module';
import { StoredVideosModule } from '../objects/stored-videos.module';
import { StorageModule } from '../storage/storage.module';
import { WebhookOutboxModule } from '../webhooks/webhook-outbox.module';
import { CourtButtonsController } from './court-buttons.controller';
import { CourtButtons } from './court-buttons.service';
import { HighlightFilm } from './highlight-film.service';
import { HighlightMaking } from './highlight-making.service';
import { HighlightPictures } from './highlight-pictures.service';
import { HighlightStore } from './highlight-store.service';
import { HighlightUpkeep } from './highlight-upkeep.service';
import { HighlightsController } from './highlights.controller';
import { HighlightsService } from './highlights.service';

/** Stretches of matches that people keep as files of their own. */
@Module({
  imports: [
    FilesModule,
    JobsModule,
    ProxyModule,
    RecordingLogModule,
    RuntimeModule,
    ScheduledTasksModule,
    SessionsModule,
    StorageModule,
    StoredVideosModule,
    WebhookOutboxModule,
  ],
  controllers: [HighlightsController, CourtButtonsController],
  providers: [
    CourtButtons,
    HighlightFilm,
    HighlightMaking,
    HighlightPictures,
    HighlightsService,
    HighlightStore,
    HighlightUpkeep,
    ReviewFiles,
  ],
  exports: [HighlightMaking, HighlightPictures, HighlightsService],
})
export class HighlightsModule {}
