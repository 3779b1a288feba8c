import { Cancel, Clock } from './clock';

/** Time that passes when the test says so; both clocks begin at 0. */
export class HandClock extends Clock {
  private readonly tasks = new Map<() => void, number>();
  private time = 0;
  private wallAhead = 0;

  now(): number {
    return this.time + this.wallAhead;
  }

  monotonic(): number {
    return this.time;
  }

  after(ms: number, task: () => void): Cancel {
    const own = (): void => task();
    this.tasks.set(own, this.time + ms);
    return () => this.tasks.delete(own);
  }

  /** Somebody sets the wall clock, by so many milliseconds. */
  stepWall(ms: number): void {
    this.wallAhead += ms;
  }

  /** Timers that wait. */
  get pending(): number {
    return this.tasks.size;
  }

  /** Timers run in their order, also those that others start. */
  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const [next] = [...this.tasks].filter(([, at]) => at <= end).sort(([, a], [, b]) => a - b);
      if (!next) break;
      const [task, at] = next;
      this.tasks.delete(task);
      this.time = Math.max(this.time, at);
      task();
    }
    this.time = end;
  }
}
