import { Module } from '@nestjs/common';
import { MarkerNews } from './marker-news.service';

/** Apart from the markers themselves: what they need, needs to hear of them, too. */
@Module({ providers: [MarkerNews], exports: [MarkerNews] })
export class MarkerNewsModule {}
