import { Injectable } from '@nestjs/common';
import { Observable, Subject } from 'rxjs';

/** It was said, or taken back, that a recording stops by itself. */
export interface AutoStopChange {
  readonly sessionId: string;
  /** When; `null`: it goes on. */
  readonly at: Date | null;
}

/** For who shows it. Told once it is committed, by the process that did it. */
@Injectable()
export class AutoStopNews {
  private readonly changes = new Subject<AutoStopChange>();

  watch(): Observable<AutoStopChange> {
    return this.changes;
  }

  tell(change: AutoStopChange): void {
    this.changes.next(change);
  }
}
