import { Injectable } from '@nestjs/common';
import { Observable, Subject } from 'rxjs';
import type { MarkerView } from './dto/markers.dto';

/** A marker was made or changed, or taken away. */
export interface MarkerChange {
  readonly sessionId: string;
  readonly markerId: number;
  /** As it is now; `null`: it is no more. */
  readonly marker: MarkerView | null;
}

/**
 * What became of markers, for who shows them. Told once it is committed, in the order of the changes, by the process that made
 * them; says nothing about who may know.
 */
@Injectable()
export class MarkerNews {
  private readonly changes = new Subject<MarkerChange>();

  watch(): Observable<MarkerChange> {
    return this.changes;
  }

  tell(change: MarkerChange): void {
    this.changes.next(change);
  }

  /** Markers that went with something else. */
  tellGone(gone: readonly { readonly id: number; readonly session_id: string }[]): void {
    for (const { id, session_id: sessionId } of gone) this.tell({ sessionId, markerId: id, marker: null });
  }
}
