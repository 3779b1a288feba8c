/** Lets a bounded number of tasks run at once; the others wait their turn, first come first served. */
export class Turns {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly idling: (() => void)[] = [];

  constructor(private readonly most: number) {}

  /** Runs a task when it is its turn; settles as the task does. */
  async take<T>(task: () => Promise<T>): Promise<T> {
    if (this.running >= this.most) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running++;
    try {
      return await task();
    } finally {
      // The place is handed on, not freed: nobody can slip in between.
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
      if (this.running === 0) for (const settle of this.idling.splice(0)) settle();
    }
  }

  /** Settles when nothing runs or waits. */
  async idle(): Promise<void> {
    if (this.running > 0) await new Promise<void>((resolve) => this.idling.push(resolve));
  }
}
