import { Cancel, Clock } from '../../common/clock';
import { ChildExit, ManagedChild } from './managed-child';
import { Supervisor } from './supervisor';

/** Time that moves when told to. */
class ManualClock extends Clock {
  private time = 0;
  private readonly tasks = new Map<object, { at: number; task: () => void }>();
  now(): number {
    return this.time;
  }
  monotonic(): number {
    return this.time;
  }
  after(ms: number, task: () => void): Cancel {
    const key = {};
    this.tasks.set(key, { at: this.time + ms, task });
    return () => void this.tasks.delete(key);
  }
  advance(ms: number): void {
    this.time += ms;
    for (const [key, { at, task }] of [...this.tasks]) {
      if (at > this.time) continue;
      this.tasks.delete(key);
      task();
    }
  }
}

/** Real, short-lived programs under a clock that stands still between restarts. */
function bench(code: string): {
  supervisor: Supervisor;
  clock: ManualClock;
  pauses: number[];
  exit: () => Promise<number>;
  started: number[];
} {
  const clock = new ManualClock();
  const pauses: number[] = [];
  const started: number[] = [];
  const waiting: ((pause: number) => void)[] = [];
  const supervisor = new Supervisor({
    clock,
    start: (generation) => {
      started.push(generation);
      return new ManagedChild({ file: process.execPath, args: ['-e', code] }, clock);
    },
    onExit: (_exit: ChildExit, _generation, pauseMs) => {
      pauses.push(pauseMs);
      waiting.splice(0).forEach((tell) => tell(pauseMs));
    },
  });
  return { supervisor, clock, pauses, started, exit: () => new Promise((resolve) => waiting.push(resolve)) };
}

const STAY = 'process.stdin.on("end", () => process.exit(0)).resume()';

describe('Supervisor', () => {
  it('restarts at once, then after 1, 2, 5, 10, 30, 30 s', async () => {
    const { supervisor, clock, pauses, exit } = bench('process.exit(1)');
    supervisor.start();
    for (let i = 0; i < 8; i++) clock.advance(await exit());
    expect(pauses).toEqual([0, 1000, 2000, 5000, 10_000, 30_000, 30_000, 30_000]);
    await supervisor.stop();
  });

  it('forgives one that ran for a minute', async () => {
    const { supervisor, clock, pauses, exit } = bench(STAY);
    supervisor.start();
    for (let i = 0; i < 3; i++) {
      const gone = exit();
      clock.advance(60_000);
      process.kill(supervisor.child?.pid as number, 'SIGKILL');
      await gone;
    }
    expect(pauses).toEqual([0, 0, 0]);
    expect(supervisor.restarts).toBe(3);
    await supervisor.stop();
  });

  it('can be stopped in a pause, and hurried out of one', async () => {
    const { supervisor, clock, started, exit } = bench('process.exit(1)');
    supervisor.start();
    await exit();
    await exit();
    expect(started).toEqual([1, 2]);
    supervisor.hurry();
    expect(started).toEqual([1, 2, 3]);
    await exit();
    expect(await supervisor.stop()).toBeNull();
    clock.advance(60_000);
    expect(started).toEqual([1, 2, 3]);
  });

  it('replaces a run; the old one is no longer current', async () => {
    const { supervisor, exit, started } = bench(STAY);
    supervisor.start();
    expect(supervisor.isCurrent(1)).toBe(true);
    const gone = exit();
    supervisor.replace();
    await gone;
    expect(supervisor.isCurrent(1)).toBe(false);
    expect(supervisor.isCurrent(2)).toBe(true);
    expect(started).toEqual([1, 2]);
    expect(await supervisor.stop()).toMatchObject({ code: 0 });
    expect(supervisor.child).toBeNull();
  });

  it('does not take a stop for a death', async () => {
    const { supervisor, pauses } = bench(STAY);
    supervisor.start();
    await supervisor.stop();
    expect(pauses).toEqual([]);
    expect(supervisor.restarts).toBe(0);
  });
});
