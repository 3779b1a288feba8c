import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { RecordingLogModule } from '../recording/recording-log.module';
import { RuntimeModule } from '../runtime/runtime.module';
import { SessionsModule } from '../sessions/sessions.module';
import { ChapterBook } from './chapter-book.service';
import { Marker } from './entities/marker.entity';
import { MarkersController } from './markers.controller';
import { MarkersService } from './markers.service';

@Module({
  imports: [TypeOrmModule.forFeature([Marker]), SessionsModule, RecordingLogModule, RuntimeModule],
  controllers: [MarkersController],
  providers: [ChapterBook, MarkersService],
})
export class MarkersModule {}
