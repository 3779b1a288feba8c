import { Module } from '@nestjs/common';
import { VideoCatalogueModule } from '../files/video-catalogue.module';
import { Clock } from '../common/clock';
import { AppConfig } from '../config/app-config';
import { Toolchain } from '../media/toolchain';
import { StorageModule } from '../storage/storage.module';
import { AdoptedMatches } from './adopted-matches.service';
import { ImportClubs } from './import-clubs.service';
import { ImportSurvey } from './import-survey.service';
import { VideoImport } from './video-import.service';

/** Videos of the first system come in. No part of the service: `scripts/import.ts` runs it, beside the service or without. */
@Module({
  imports: [StorageModule, VideoCatalogueModule],
  providers: [
    {
      provide: Toolchain,
      inject: [AppConfig, Clock],
      useFactory: (config: AppConfig, clock: Clock) =>
        new Toolchain(config.ffmpegPath, config.ffprobePath, clock, config.dataDir),
    },
    AdoptedMatches,
    ImportClubs,
    ImportSurvey,
    VideoImport,
  ],
  exports: [VideoImport],
})
export class ImportsModule {}
