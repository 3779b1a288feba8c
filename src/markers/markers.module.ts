import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { VideoCatalogueModule } from '../files/video-catalogue.module';
import { ScheduledTasksModule } from '../maintenance/scheduled-tasks.module';
import { RecordingLogModule } from '../recording/recording-log.module';
import { RuntimeModule } from '../runtime/runtime.module';
import { SessionsModule } from '../sessions/sessions.module';
import { StoredVideosModule } from '../objects/stored-videos.module';
import { StorageModule } from '../storage/storage.module';
import { ChapterBook } from './chapter-book.service';
import { ChapterWriting } from './chapter-writing.service';
import { Marker } from './entities/marker.entity';
import { MarkerNewsModule } from './marker-news.module';
import { MarkersController } from './markers.controller';
import { MarkersService } from './markers.service';

@Module({
  imports: [
    TypeOrmModule.forFeature([Marker]),
    SessionsModule,
    RecordingLogModule,
    RuntimeModule,
    VideoCatalogueModule,
    ScheduledTasksModule,
    StorageModule,
    StoredVideosModule,
    MarkerNewsModule,
  ],
  controllers: [MarkersController],
  providers: [ChapterBook, ChapterWriting, MarkersService],
})
export class MarkersModule {}
