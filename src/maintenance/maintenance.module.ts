import { Module } from '@nestjs/common';
import { ClubsModule } from '../clubs/clubs.module';
import { VideoCatalogueModule } from '../files/video-catalogue.module';
import { UpkeepSource } from '../health/upkeep-source';
import { RecordingLogModule } from '../recording/recording-log.module';
import { RecordingModule } from '../recording/recording.module';
import { RuntimeModule } from '../runtime/runtime.module';
import { SessionsModule } from '../sessions/sessions.module';
import { StorageModule } from '../storage/storage.module';
import { CleanUpController } from './cleanup.controller';
import { DiskWatch } from './disk-watch.service';
import { FileSweep } from './file-sweep.service';
import { MaintenanceHealth } from './maintenance-health.service';
import { Retention } from './retention.service';
import { ScheduledTasksModule } from './scheduled-tasks.module';
import { ThumbnailSweep } from './thumbnail-sweep.service';
import { TrustedTime } from './trusted-time.service';
import { Upkeep } from './upkeep.service';
import { VideosDirectory } from './videos-directory.service';

/** What keeps disk, rows and processes in order by the clock. */
@Module({
  imports: [
    ClubsModule,
    RecordingLogModule,
    RecordingModule,
    RuntimeModule,
    ScheduledTasksModule,
    SessionsModule,
    StorageModule,
    VideoCatalogueModule,
  ],
  controllers: [CleanUpController],
  providers: [
    DiskWatch,
    FileSweep,
    Retention,
    ThumbnailSweep,
    TrustedTime,
    Upkeep,
    VideosDirectory,
    { provide: UpkeepSource, useClass: MaintenanceHealth },
  ],
})
export class MaintenanceModule {}
