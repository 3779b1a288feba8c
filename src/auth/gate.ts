import { ProblemException } from '../common/problem';

/** Lets a few in at once, lets a few more wait, and turns the rest away: work that costs memory and CPU stays bounded. */
export class Gate {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /**
   * @param slots how many run at once
   * @param queue how many wait
   */
  constructor(
    private readonly slots: number,
    private readonly queue: number,
  ) {}

  /** @throws ProblemException `overloaded` when the queue is full; whatever `task` throws */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.running < this.slots) {
      this.running += 1;
    } else {
      if (this.waiting.length >= this.queue) {
        throw new ProblemException('overloaded', 'Too many sign-ins at once.', { retryAfterSeconds: 2 });
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    try {
      return await task();
    } finally {
      // The slot is handed on rather than freed, so that nobody slips in before those who wait.
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}
