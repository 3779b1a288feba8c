import { Module } from '@nestjs/common';
import { ProxyModule } from '../proxy/proxy.module';
import { StorageModule } from '../storage/storage.module';
import { ClubStores } from './club-stores.service';
import { ObjectBook } from './object-book.service';
import { VideoOpener } from './video-opener.service';

/** Where videos lie, for all who read them; it knows no room. */
@Module({
  imports: [ProxyModule, StorageModule],
  providers: [ClubStores, ObjectBook, VideoOpener],
  exports: [ClubStores, ObjectBook, VideoOpener],
})
export class StoredVideosModule {}
