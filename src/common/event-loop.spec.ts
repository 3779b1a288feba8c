import { once } from 'node:events';
import { setTimeout as tick } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { EventLoop } from './event-loop';
import { HandClock } from './hand-clock.fixture';

/** Holds the event loop: nothing else gets its turn. */
function hold(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe('EventLoop', () => {
  it('tells how late work came to its turn over the last window, and forgets it with the next', async () => {
    const clock = new HandClock();
    const loop = new EventLoop(clock);
    loop.onModuleInit();
    try {
      for (let i = 0; i < 4; i++) {
        hold(150);
        // Timers of libuv run, the histogram's among them.
        await tick(1);
      }
      expect(loop.delay()).toBeNull();
      clock.pass(5_000);
      const delay = loop.delay();
      expect(delay?.p99Ms).toBeGreaterThan(100);
      expect(delay?.maxMs).toBeGreaterThanOrEqual(delay?.p99Ms ?? Infinity);
      // Something else to wait for while the loop is free: a thread of its own starts and ends.
      await once(new Worker('setTimeout(() => undefined, 300)', { eval: true }), 'exit');
      clock.pass(5_000);
      expect(loop.delay()?.p50Ms).toBeLessThan(delay?.p50Ms ?? 0);
    } finally {
      loop.onModuleDestroy();
    }
    expect(clock.pending).toBe(0);
  });
});
