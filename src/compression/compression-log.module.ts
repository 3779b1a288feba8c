import { Module } from '@nestjs/common';
import { CompressionLog } from './compression-log.service';

/** How videos stand to their compression, without routes: what is shown beside them. */
@Module({ providers: [CompressionLog], exports: [CompressionLog] })
export class CompressionLogModule {}
