import { Module } from '@nestjs/common';
import { ClubsModule } from '../clubs/clubs.module';
import { RuntimeModule } from '../runtime/runtime.module';
import { ClubsOverviewController } from './clubs-overview.controller';
import { ClubsOverview } from './clubs-overview.service';
import { CourtBoard } from './court-board.service';
import { CourtOverviewController } from './court-overview.controller';
import { CourtOverview } from './court-overview.service';

/** How courts and clubs stand, at a glance: read from what all the rooms wrote. */
@Module({
  imports: [ClubsModule, RuntimeModule],
  controllers: [ClubsOverviewController, CourtOverviewController],
  providers: [ClubsOverview, CourtBoard, CourtOverview],
})
export class OverviewModule {}
