import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/auth.module';
import { CompressionLogModule } from '../compression/compression-log.module';
import { HighlightCountsModule } from '../highlights/highlight-counts.module';
import { ProxyModule } from '../proxy/proxy.module';
import { SessionsModule } from '../sessions/sessions.module';
import { StoredVideosModule } from '../objects/stored-videos.module';
import { StorageModule } from '../storage/storage.module';
import { Video } from './entities/video.entity';
import { DownloadTrail } from './download-trail.service';
import { FilesController } from './files.controller';
import { FilesService } from './files.service';
import { Thumbnails } from './thumbnails.service';
import { VideoCatalogueModule } from './video-catalogue.module';
import { VideoFiles } from './video-files.service';
import { VideoViews } from './video-views.service';

@Module({
  imports: [
    TypeOrmModule.forFeature([Video]),
    AuthModule,
    CompressionLogModule,
    HighlightCountsModule,
    ProxyModule,
    SessionsModule,
    StorageModule,
    VideoCatalogueModule,
    StoredVideosModule,
  ],
  controllers: [FilesController],
  providers: [DownloadTrail, FilesService, Thumbnails, VideoFiles, VideoViews],
  exports: [DownloadTrail, VideoFiles],
})
export class FilesModule {}
