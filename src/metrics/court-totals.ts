import { Injectable, OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { Subscription } from 'rxjs';
import { GapReason } from '../media/access-unit';
import { CourtRuntime, CourtStatus } from '../runtime/court-runtime';

/** Every reason a gap can have, so that each is there from the first scrape on. */
const NO_GAPS: Readonly<Record<GapReason, number>> = {
  camera_lost: 0,
  camera_stalled: 0,
  packets_lost: 0,
  encoder_restarted: 0,
  service_restarted: 0,
  queue_overflow: 0,
};

/** What courts came to since the service started. */
export interface CourtSums {
  readonly reconnects: number;
  readonly frames: number;
  readonly losses: number;
  readonly bytesWritten: number;
  readonly gapSeconds: Readonly<Record<GapReason, number>>;
  readonly journalDroppedFrames: number;
  readonly encoderRestarts: number;
  readonly encoderLateFrames: number;
  readonly encoderDroppedFrames: number;
}

const NOTHING: CourtSums = {
  reconnects: 0,
  frames: 0,
  losses: 0,
  bytesWritten: 0,
  gapSeconds: NO_GAPS,
  journalDroppedFrames: 0,
  encoderRestarts: 0,
  encoderLateFrames: 0,
  encoderDroppedFrames: 0,
};

/**
 * Sums that never fall: what a court came to is kept when its session closes, and what is open is read when somebody asks. So
 * nothing is counted frame by frame.
 */
@Injectable()
export class CourtTotals implements OnModuleInit, OnModuleDestroy {
  private closed = NOTHING;
  private events: Subscription | undefined;

  constructor(private readonly runtime: CourtRuntime) {}

  onModuleInit(): void {
    this.events = this.runtime.watch().subscribe((event) => {
      if (event.type === 'court.closed') this.closed = plus(this.closed, event.last);
    });
  }

  onModuleDestroy(): void {
    this.events?.unsubscribe();
  }

  /** How the courts stand that are open now. */
  open(): CourtStatus[] {
    return this.runtime.openSessions().flatMap((sessionId) => this.runtime.status(sessionId) ?? []);
  }

  read(): CourtSums {
    return this.open().reduce(plus, this.closed);
  }
}

function plus(sums: CourtSums, { reconnects, frames, losses, recording, work }: CourtStatus): CourtSums {
  const gapSeconds = { ...sums.gapSeconds };
  for (const { reason, startSeconds, endSeconds } of recording?.gaps ?? []) {
    gapSeconds[reason] += endSeconds - startSeconds;
  }
  return {
    reconnects: sums.reconnects + reconnects,
    frames: sums.frames + frames,
    losses: sums.losses + losses,
    bytesWritten: sums.bytesWritten + (recording?.bytesWritten ?? 0),
    gapSeconds,
    journalDroppedFrames: sums.journalDroppedFrames + (work?.droppedFrames ?? 0),
    encoderRestarts: sums.encoderRestarts + (recording?.restarts ?? 0),
    encoderLateFrames: sums.encoderLateFrames + (work?.encoder?.lateFramesInAll ?? 0),
    encoderDroppedFrames: sums.encoderDroppedFrames + (work?.encoder?.droppedFrames ?? 0),
  };
}
