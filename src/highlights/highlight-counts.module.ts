import { Module } from '@nestjs/common';
import { HighlightCounts } from './highlight-counts.service';

/** What lists of matches say of highlights; knows no room that makes or shows them. */
@Module({ providers: [HighlightCounts], exports: [HighlightCounts] })
export class HighlightCountsModule {}
