import { Injectable, OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { Subscription } from 'rxjs';
import { ProblemException } from '../../common/problem';
import { CourtRuntime } from '../../runtime/court-runtime';
import { AudienceFigures, CourtAudience, NOBODY } from './court-audience';
import type { LiveSocket } from './live-socket';
import type { CourtNews } from './live-protocol';
import { LiveStream, StreamRequest } from './live-stream';

/** The audiences of all courts. Of a court that nobody watches nothing is kept. */
@Injectable()
export class LiveHub implements OnModuleInit, OnModuleDestroy {
  private readonly courts = new Map<string, CourtAudience>();
  private events: Subscription | undefined;

  constructor(private readonly runtime: CourtRuntime) {}

  onModuleInit(): void {
    this.events = this.runtime.watch().subscribe((event) => this.courts.get(event.sessionId)?.hear(event));
  }

  onModuleDestroy(): void {
    this.events?.unsubscribe();
  }

  /**
   * Shows a court to a viewer, from now until {@link leave} or the session's end.
   * @param onClosed the session closed
   * @throws ProblemException `session_not_live`
   */
  join(request: StreamRequest, socket: LiveSocket, onClosed: () => void): LiveStream {
    const { sessionId } = request;
    const status = this.runtime.status(sessionId);
    const court = this.courts.get(sessionId) ?? (status && new CourtAudience(sessionId, this.runtime, status));
    if (court) this.courts.set(sessionId, court);
    const stream = court?.admit(request, socket, onClosed);
    if (stream) return stream;
    if (court?.empty) this.courts.delete(sessionId);
    throw new ProblemException('session_not_live', 'The session is not open: nothing can be watched.');
  }

  leave(stream: LiveStream): void {
    const court = this.courts.get(stream.sessionId);
    court?.dismiss(stream);
    if (court?.empty) this.courts.delete(stream.sessionId);
  }

  /** Somebody watches the court. */
  isWatched(sessionId: string): boolean {
    return this.courts.has(sessionId);
  }

  /** Tells all who watch a court; where nobody does, nothing happens. */
  tell(sessionId: string, news: CourtNews): void {
    this.courts.get(sessionId)?.tell(news);
  }

  figures(sessionId: string): AudienceFigures {
    return this.courts.get(sessionId)?.figures ?? NOBODY;
  }
}
