import { Module } from '@nestjs/common';
import { AutoStopNews } from './auto-stop-news.service';

/** Apart from what stops recordings: who shows it need not know that. */
@Module({ providers: [AutoStopNews], exports: [AutoStopNews] })
export class AutoStopNewsModule {}
