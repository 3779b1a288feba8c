import { Module } from '@nestjs/common';
import { ClubsModule } from '../clubs/clubs.module';
import { FilesModule } from '../files/files.module';
import { VideoCatalogueModule } from '../files/video-catalogue.module';
import { JobsModule } from '../jobs/jobs.module';
import { ScheduledTasksModule } from '../maintenance/scheduled-tasks.module';
import { ProxyModule } from '../proxy/proxy.module';
import { SessionsModule } from '../sessions/sessions.module';
import { StorageModule } from '../storage/storage.module';
import { ClubRounds } from './club-rounds';
import { ClubStorageService } from './club-storage.service';
import { LocalCopies } from './local-copies.service';
import { StorageController } from './storage.controller';
import { StoragePlaces } from './storage-places';
import { StorageUpkeep } from './storage-upkeep.service';
import { StoredVideosModule } from './stored-videos.module';
import { UploadsController } from './uploads.controller';
import { VideoUploads } from './video-uploads.service';

/** Videos that clubs keep elsewhere too. */
@Module({
  imports: [
    ClubsModule,
    FilesModule,
    JobsModule,
    ProxyModule,
    ScheduledTasksModule,
    SessionsModule,
    StorageModule,
    StoredVideosModule,
    VideoCatalogueModule,
  ],
  controllers: [StorageController, UploadsController],
  providers: [ClubRounds, ClubStorageService, LocalCopies, StoragePlaces, StorageUpkeep, VideoUploads],
})
export class ObjectsModule {}
