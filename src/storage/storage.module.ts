import { Module } from '@nestjs/common';
import { AppConfig } from '../config/app-config';
import { BrandedShelf } from './branded-shelf';
import { CompressionShelf } from './compression-shelf';
import { Disk, NodeDisk } from './disk';
import { IncomingVideos } from './incoming-videos';
import { HighlightShelf } from './highlight-shelf';
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
    CompressionShelf,
    HighlightShelf,
    IncomingVideos,
    Quarantine,
    ThumbnailShelf,
  ],
  exports: [
    BrandedShelf,
    CompressionShelf,
    Disk,
    VideoStore,
    HighlightShelf,
    IncomingVideos,
    Quarantine,
    ThumbnailShelf,
  ],
})
export class StorageModule {}
