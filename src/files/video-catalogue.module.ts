import { Module } from '@nestjs/common';
import { MarkerNewsModule } from '../markers/marker-news.module';
import { StorageModule } from '../storage/storage.module';
import { VideoCatalogue } from './video-catalogue.service';
import { VideoReads } from './video-reads.service';
import { VideoRemoval } from './video-removal.service';
import { VideoTurns } from './video-turns';
import { VideoUpkeep } from './video-upkeep.service';

/** The list of videos without its routes: how files are entered, read, kept in order, and removed. */
@Module({
  imports: [StorageModule, MarkerNewsModule],
  providers: [VideoCatalogue, VideoReads, VideoRemoval, VideoTurns, VideoUpkeep],
  exports: [VideoCatalogue, VideoReads, VideoRemoval, VideoTurns, VideoUpkeep],
})
export class VideoCatalogueModule {}
