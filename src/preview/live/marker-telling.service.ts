import { Injectable, OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { concatMap, Subscription } from 'rxjs';
import { MarkerChange, MarkerNews } from '../../markers/marker-news.service';
import { LiveHub } from './live-hub.service';
import { LiveRights } from './live-rights.service';

/**
 * Tells who watches a court what becomes of the markers of its match. Markers hold people's words, and whoever sees a match
 * sees its markers: so the right to see it is asked about before each, not only every few seconds as for the pictures.
 */
@Injectable()
export class MarkerTelling implements OnModuleInit, OnModuleDestroy {
  private subscription: Subscription | undefined;

  constructor(
    private readonly news: MarkerNews,
    private readonly hub: LiveHub,
    private readonly rights: LiveRights,
  ) {}

  onModuleInit(): void {
    // One behind the other: what is told last is how it is.
    this.subscription = this.news
      .watch()
      .pipe(concatMap((change) => this.tell(change)))
      .subscribe();
  }

  onModuleDestroy(): void {
    this.subscription?.unsubscribe();
  }

  private async tell({ sessionId, markerId, marker }: MarkerChange): Promise<void> {
    if (!this.hub.isWatched(sessionId)) return;
    // That there was one says nothing of what it was.
    if (marker !== null) await this.rights.checkNow(sessionId);
    this.hub.tell(sessionId, { type: 'marker', marker_id: markerId, marker });
  }
}
