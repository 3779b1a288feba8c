import { Module } from '@nestjs/common';
import { ClubsModule } from '../clubs/clubs.module';
import { FilesModule } from '../files/files.module';
import { VideoCatalogueModule } from '../files/video-catalogue.module';
import { JobsModule } from '../jobs/jobs.module';
import { ScheduledTasksModule } from '../maintenance/scheduled-tasks.module';
import { FetchBack } from '../objects/fetch-back.service';
import { StoredVideosModule } from '../objects/stored-videos.module';
import { ProxyModule } from '../proxy/proxy.module';
import { RuntimeModule } from '../runtime/runtime.module';
import { SessionsModule } from '../sessions/sessions.module';
import { StorageModule } from '../storage/storage.module';
import { CompressionController } from './compression.controller';
import { CompressionLogModule } from './compression-log.module';
import { CompressionMaking } from './compression-making.service';
import { CompressionService } from './compression.service';
import { CompressionStore } from './compression-store.service';
import { CompressionUpkeep } from './compression-upkeep.service';

/** Finished videos that are coded anew, to take less room. */
@Module({
  imports: [
    ClubsModule,
    CompressionLogModule,
    FilesModule,
    JobsModule,
    ProxyModule,
    RuntimeModule,
    ScheduledTasksModule,
    SessionsModule,
    StorageModule,
    StoredVideosModule,
    VideoCatalogueModule,
  ],
  controllers: [CompressionController],
  providers: [CompressionMaking, CompressionService, CompressionStore, CompressionUpkeep, FetchBack],
  exports: [CompressionStore],
})
export class CompressionModule {}
