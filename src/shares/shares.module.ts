import { Module } from '@nestjs/common';
import { ClubsModule } from '../clubs/clubs.module';
import { FilesModule } from '../files/files.module';
import { VideoCatalogueModule } from '../files/video-catalogue.module';
import { HighlightsModule } from '../highlights/highlights.module';
import { JobsModule } from '../jobs/jobs.module';
import { ProxyModule } from '../proxy/proxy.module';
import { SessionsModule } from '../sessions/sessions.module';
import { RuntimeModule } from '../runtime/runtime.module';
import { FetchBack } from '../objects/fetch-back.service';
import { StoredVideosModule } from '../objects/stored-videos.module';
import { StorageModule } from '../storage/storage.module';
import { BrandedFilms } from './branded-films.service';
import { OpenShares } from './open-shares.service';
import { PageShell } from './page/page-shell';
import { ShareCards } from './share-cards.service';
import { ShareCookies } from './share-cookies';
import { ShareFilms } from './share-films';
import { ShareKeys } from './share-keys';
import { ShareMediaController } from './share-media.controller';
import { SharePageController } from './share-page.controller';
import { ShareThrottle } from './share-throttle';
import { SharedFilms } from './shared-films';
import { SharedHighlights } from './shared-highlights';
import { SharedMedia } from './shared-media';
import { SharedVideos } from './shared-videos';
import { SharesController } from './shares.controller';
import { SharesService } from './shares.service';
import { Visitors } from './visitors';

/** Links that show matches to people who have no account. */
@Module({
  imports: [
    ClubsModule,
    FilesModule,
    VideoCatalogueModule,
    SessionsModule,
    ProxyModule,
    JobsModule,
    RuntimeModule,
    StorageModule,
    StoredVideosModule,
    HighlightsModule,
  ],
  controllers: [SharesController, SharePageController, ShareMediaController],
  providers: [
    { provide: SharedMedia, useClass: SharedFilms },
    SharedHighlights,
    SharedVideos,
    BrandedFilms,
    FetchBack,
    OpenShares,
    PageShell,
    ShareCards,
    ShareCookies,
    ShareFilms,
    ShareKeys,
    ShareThrottle,
    SharesService,
    Visitors,
  ],
})
export class SharesModule {}
