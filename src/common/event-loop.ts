import { IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { Injectable, OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { Cancel, Clock } from './clock';

/** How much later than it was due work came to its turn, in milliseconds. */
export interface LoopDelay {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const SAMPLE_MS = 20;
const WINDOW_MS = 5_000;

/**
 * Measures the event loop's delay over the last five to ten seconds: two histograms take turns, and the one that has
 * been filled for a whole window is read. Libuv fills them; no JavaScript runs for it.
 */
@Injectable()
export class EventLoop implements OnModuleInit, OnModuleDestroy {
  private young: IntervalHistogram | null = null;
  private old: IntervalHistogram | null = null;
  private turn: Cancel | undefined;

  constructor(private readonly clock: Clock) {}

  onModuleInit(): void {
    this.young = monitorEventLoopDelay({ resolution: SAMPLE_MS });
    this.young.enable();
    this.takeTurns();
  }

  onModuleDestroy(): void {
    this.turn?.();
    this.young?.disable();
    this.old?.disable();
  }

  /** `null` in the first five seconds: what a start costs says nothing of what comes. */
  delay(): LoopDelay | null {
    const { old } = this;
    if (!old || old.count === 0) return null;
    return { p50Ms: delayOf(old.percentile(50)), p99Ms: delayOf(old.percentile(99)), maxMs: delayOf(old.max) };
  }

  private takeTurns(): void {
    this.turn = this.clock.after(WINDOW_MS, () => {
      const spent = this.old ?? monitorEventLoopDelay({ resolution: SAMPLE_MS });
      spent.reset();
      spent.enable();
      this.old = this.young;
      this.young = spent;
      this.takeTurns();
    });
  }
}

/** Nanoseconds between two samples, as Node has them, without the time that was meant to be between them. */
function delayOf(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - SAMPLE_MS);
}
