import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module';
import { ClubsModule } from '../clubs/clubs.module';
import { VideoCatalogueModule } from '../files/video-catalogue.module';
import { MarkerNewsModule } from '../markers/marker-news.module';
import { ErasureService } from './erasure.service';
import { PersonalDataService } from './personal-data.service';
import { PrivacyController } from './privacy.controller';

/** What a person may ask of us about themselves: their data, and its end. See docs/privacy.md. */
@Module({
  imports: [AuthModule, ClubsModule, VideoCatalogueModule, MarkerNewsModule],
  controllers: [PrivacyController],
  providers: [ErasureService, PersonalDataService],
})
export class PrivacyModule {}
