import { Module } from '@nestjs/common';
import { ProxyModule } from '../../proxy/proxy.module';
import { StorageModule } from '../../storage/storage.module';
import { RecorderFactory } from './recorder-factory';

/** What turns frames into files. */
@Module({
  imports: [ProxyModule, StorageModule],
  providers: [RecorderFactory],
  exports: [RecorderFactory],
})
export class RecordingEngineModule {}
