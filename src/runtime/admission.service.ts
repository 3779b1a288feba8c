import { Injectable } from '@nestjs/common';
import { EventLoop } from '../common/event-loop';
import { ProblemException } from '../common/problem';
import { NodeLoad, Overload, overloadFor, Wish } from './admission';
import { CourtRuntime } from './court-runtime';

const DETAILS: Readonly<Record<Overload, string>> = {
  event_loop_late:
    'The service is behind with what it records already, so it begins nothing new just now. Running recordings go on; try again in a few seconds.',
  encoders_late:
    'The machine cannot encode one more camera just now: running recordings of cameras without H.264 would suffer. They go on; try again when one of them has ended, or set this camera to H.264.',
};
const RETRY_AFTER_SECONDS = 10;

/** Refuses what is new before it harms what runs. */
@Injectable()
export class Admission {
  constructor(
    private readonly runtime: CourtRuntime,
    private readonly eventLoop: EventLoop,
  ) {}

  /** @throws ProblemException `overloaded` */
  admit(wish: Wish): void {
    const overload = overloadFor(wish, this.load());
    if (overload === null) return;
    throw new ProblemException('overloaded', DETAILS[overload], { retryAfterSeconds: RETRY_AFTER_SECONDS });
  }

  load(): NodeLoad {
    const open = this.runtime.openSessions().map((sessionId) => this.runtime.status(sessionId));
    return {
      loopP99Ms: this.eventLoop.delay()?.p99Ms ?? null,
      encodersLateForMs: open.flatMap((status) => status?.work?.encoder?.lateForMs ?? []),
    };
  }
}
