import { Subject } from 'rxjs';
import { HandClock } from '../common/hand-clock.fixture';
import { CourtRuntime, MotionFacts, RuntimeEvent } from '../runtime/court-runtime';
import { ActivityLog } from './activity-log.service';
import { ActivityStore, MINUTE_SECONDS, Scores } from './activity-store';

const ID = '5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55';
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Rows as the database would keep them, while it is there. */
class Rows extends ActivityStore {
  readonly minutes = new Map<number, readonly (number | null)[]>();
  away = false;
  reads = 0;

  constructor() {
    super(undefined as never);
  }

  override save(_id: string, minute: number, scores: readonly (number | null)[]): Promise<void> {
    if (this.away) return Promise.reject(new Error('away'));
    this.minutes.set(minute, scores);
    return Promise.resolve();
  }

  override read(): Promise<Scores> {
    this.reads++;
    return Promise.resolve([...this.minutes.values()].flat());
  }
}

describe('the log of what moved', () => {
  let motion: Subject<MotionFacts>;
  let events: Subject<RuntimeEvent>;
  let clock: HandClock;
  let rows: Rows;
  let log: ActivityLog;

  beforeEach(() => {
    [motion, events, clock, rows] = [new Subject(), new Subject(), new HandClock(), new Rows()];
    const runtime = { motion: () => motion, watch: () => events } as unknown as CourtRuntime;
    log = new ActivityLog(runtime, rows, clock);
    log.onModuleInit();
  });

  /** Two seconds at a time, as cameras give them. */
  function moved(from: number, to: number, score = 7): void {
    for (let second = from; second < to; second += 2) motion.next({ sessionId: ID, second, scores: [score, score] });
  }
  const changed = (phase: string): void =>
    events.next({ type: 'recording.changed', sessionId: ID, recording: { phase, stoppedAt: 1 } } as never);

  it('writes a minute when it is over, and the rest when the recording is', async () => {
    moved(0, 90);
    await settle();
    expect([...rows.minutes.keys()]).toEqual([0]);
    expect(rows.minutes.get(0)).toEqual(new Array(MINUTE_SECONDS).fill(7));
    changed('stopping');
    await settle();
    expect(rows.minutes.get(1)).toEqual([...new Array<number>(30).fill(7), ...new Array<null>(30).fill(null)]);
  });

  it('knows at once what is not written yet, and asks the database once', async () => {
    moved(0, 10);
    expect(await log.scoresOf(ID)).toEqual(new Array(10).fill(7));
    moved(14, 16, 1);
    expect((await log.scoresOf(ID)).slice(8)).toEqual([7, 7, undefined, undefined, undefined, undefined, 1, 1]);
    expect(rows.reads).toBe(1);
  });

  it('goes on with what an earlier process has written', async () => {
    rows.minutes.set(0, new Array<number>(MINUTE_SECONDS).fill(3));
    moved(64, 66);
    const scores = await log.scoresOf(ID);
    expect([scores.length, scores[59], scores[60] ?? null, scores[64]]).toEqual([66, 3, null, 7]);
  });

  it('keeps everything while the database is away', async () => {
    rows.away = true;
    moved(0, 400);
    await settle();
    expect(rows.minutes.size).toBe(0);
    rows.away = false;
    clock.pass(5_000);
    await log.written(ID);
    expect([...rows.minutes.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('writes what it has when the service ends', async () => {
    moved(0, 10);
    await log.beforeApplicationShutdown();
    expect(rows.minutes.get(0)?.slice(8, 12)).toEqual([7, 7, null, null]);
  });

  it('lets the database alone say what is known once the file is there', async () => {
    moved(0, 10);
    changed('ready');
    await settle();
    rows.minutes.clear();
    expect(await log.scoresOf(ID)).toEqual([]);
  });
});
