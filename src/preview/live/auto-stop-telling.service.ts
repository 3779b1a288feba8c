import { Injectable, OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { Subscription } from 'rxjs';
import { AutoStopNews } from '../../activity/auto-stop-news.service';
import { LiveHub } from './live-hub.service';

/** Tells who watches a court that its recording stops by itself, or that it does not. */
@Injectable()
export class AutoStopTelling implements OnModuleInit, OnModuleDestroy {
  private subscription: Subscription | undefined;

  constructor(
    private readonly news: AutoStopNews,
    private readonly hub: LiveHub,
  ) {}

  onModuleInit(): void {
    this.subscription = this.news
      .watch()
      .subscribe(({ sessionId, at }) => this.hub.tell(sessionId, { type: 'auto_stop', at: at?.toISOString() ?? null }));
  }

  onModuleDestroy(): void {
    this.subscription?.unsubscribe();
  }
}
