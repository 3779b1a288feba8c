/** Runs tasks side by side, so many at a time; each result is there for whoever asks by name. */
export class SideBySide<T> {
  private readonly results = new Map<string, Promise<T>>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  constructor(private readonly limit: number) {}

  add(name: string, task: () => Promise<T>): void {
    const result = this.turn()
      .then(task)
      .finally(() => this.leave());
    // Whoever asks gets the error; until then it is nobody's unhandled rejection.
    result.catch(() => undefined);
    this.results.set(name, result);
  }

  get(name: string): Promise<T> {
    return this.results.get(name) ?? Promise.reject(new Error(`nothing runs under "${name}"`));
  }

  /** Settles when all are over, well or not. */
  async over(): Promise<void> {
    await Promise.allSettled(this.results.values());
  }

  private async turn(): Promise<void> {
    if (this.running < this.limit) {
      this.running++;
      return;
    }
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.running--;
  }
}
