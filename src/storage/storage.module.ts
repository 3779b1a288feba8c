import { Module } from '@nestjs/common';
import { AppConfig } from '../config/app-config';
import { BrandedShelf } from './branded-shelf';
import { Disk, NodeDisk } from './disk';
import { Quarantine } from './quarantine';
import { ThumbnailShelf } from './thumbnail-shelf';
import { VideoStore } from './video-store';

/** The disk and what lies where on it. */
@Module({
  providers: [
    { provide: Disk, useClass: NodeDisk },
    {
      provide: VideoStore,
      inject: [Disk, AppConfig],
      useFactory: (disk: Disk, config: AppConfig) => VideoStore.open(disk, config.videosDir),
    },
    BrandedShelf,
    Quarantine,
    ThumbnailShelf,
  ],
  exports: [BrandedShelf, Disk, VideoStore, Quarantine, ThumbnailShelf],
})
export class StorageModule {}
