import { Module } from '@nestjs/common';
import { VideoCatalogue } from './video-catalogue.service';

/** The list of videos without its routes: what the recording room enters finished files into. */
@Module({ providers: [VideoCatalogue], exports: [VideoCatalogue] })
export class VideoCatalogueModule {}
