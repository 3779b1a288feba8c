import { Subject } from 'rxjs';
import { CourtRuntime, CourtStatus, RuntimeEvent } from '../runtime/court-runtime';
import { CourtTotals } from './court-totals';

type Change = Partial<Record<'frames' | 'reconnects' | 'losses' | 'bytes' | 'gap' | 'late' | 'restarts', number>>;

function status(change: Change): CourtStatus {
  const { frames = 0, reconnects = 0, losses = 0, bytes, gap = 0, late = 0, restarts = 0 } = change;
  const gaps = gap === 0 ? [] : [{ startSeconds: 2, endSeconds: 2 + gap, reason: 'camera_lost' }];
  return {
    frames,
    reconnects,
    losses,
    recording: bytes === undefined ? null : { bytesWritten: bytes, gaps, restarts },
    work: bytes === undefined ? null : { droppedFrames: 1, encoder: { lateFramesInAll: late, droppedFrames: 2 } },
  } as unknown as CourtStatus;
}

describe('CourtTotals', () => {
  it('adds up what is open and what was, and never falls when a session ends', () => {
    const events = new Subject<RuntimeEvent>();
    const courts = new Map<string, CourtStatus>();
    const totals = new CourtTotals({
      watch: () => events,
      openSessions: () => [...courts.keys()],
      status: (id: string) => courts.get(id) ?? null,
    } as unknown as CourtRuntime);
    totals.onModuleInit();
    expect(totals.read()).toMatchObject({ frames: 0, gapSeconds: { camera_lost: 0, queue_overflow: 0 } });

    courts.set('a', status({ frames: 100, reconnects: 2, bytes: 5_000, gap: 3, late: 4, restarts: 1 }));
    courts.set('b', status({ frames: 10, losses: 1 }));
    const both = totals.read();
    expect(both).toEqual({
      frames: 110,
      reconnects: 2,
      losses: 1,
      bytesWritten: 5_000,
      gapSeconds: {
        camera_lost: 3,
        camera_stalled: 0,
        packets_lost: 0,
        encoder_restarted: 0,
        service_restarted: 0,
        queue_overflow: 0,
      },
      journalDroppedFrames: 1,
      encoderRestarts: 1,
      encoderLateFrames: 4,
      encoderDroppedFrames: 2,
    });

    // The session closes: it is told and gone in one step.
    events.next({ type: 'court.closed', sessionId: 'a', last: courts.get('a') as CourtStatus });
    courts.delete('a');
    expect(totals.read()).toEqual(both);

    // Another one on the same court begins at nothing, and adds to it.
    courts.set('c', status({ frames: 7, bytes: 100, gap: 0.5 }));
    expect(totals.read()).toMatchObject({ frames: 117, bytesWritten: 5_100, gapSeconds: { camera_lost: 3.5 } });
    totals.onModuleDestroy();
    expect(events.observed).toBe(false);
  });
});
