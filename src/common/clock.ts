import { randomInt } from 'node:crypto';

/** Cancels what a {@link Clock} was asked to do later. Calling it twice, or after it ran, does nothing. */
export type Cancel = () => void;

/**
 * Time, injected: wall time for people, monotonic time for durations, timers that a test can drive.
 */
export abstract class Clock {
  /** Wall time in milliseconds since the epoch; may jump. */
  abstract now(): number;
  /** Monotonic milliseconds with a fraction; never jumps, meaningless between boots of the machine. */
  abstract monotonic(): number;
  /** Runs `task` once after `ms` milliseconds. Does not keep the process alive. */
  abstract after(ms: number, task: () => void): Cancel;
}

/** The machine's own clocks. Monotonic time counts from the machine's boot (CLOCK_MONOTONIC), so it survives a restart of the process. */
export class SystemClock extends Clock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return Number(process.hrtime.bigint()) / 1e6;
  }

  after(ms: number, task: () => void): Cancel {
    const timer = setTimeout(task, ms);
    timer.unref();
    return () => clearTimeout(timer);
  }
}

/** A value between `(1 - spread) * ms` and `(1 + spread) * ms`, so that many retries do not fall together. */
export function jitter(ms: number, spread = 0.25): number {
  return ms * (1 - spread + (2 * spread * randomInt(0, 1001)) / 1000);
}
