import { Module } from '@nestjs/common';
import { ClubsModule } from '../clubs/clubs.module';
import { ProxyModule } from '../proxy/proxy.module';
import { StorageModule } from '../storage/storage.module';
import { ClubStores } from './club-stores.service';
import { DeliveryOrigins } from './delivery-origins.service';
import { ObjectBook } from './object-book.service';
import { VideoOpener } from './video-opener.service';

/** Where videos lie, for all who read them; it knows no room. */
@Module({
  imports: [ClubsModule, ProxyModule, StorageModule],
  providers: [ClubStores, DeliveryOrigins, ObjectBook, VideoOpener],
  exports: [ClubStores, DeliveryOrigins, ObjectBook, VideoOpener],
})
export class StoredVideosModule {}
