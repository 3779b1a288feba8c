/** At 20 Mbit/s that is 25 kB, well within a socket's receive buffer. */
const INTERVAL_MS = 10;

/**
 * Lets sockets rest between reads and wakes all of them together. Cameras send a picture as a dozen packets spread over
 * its frame interval, and to read each on its own costs more than everything else about it: resting 10 ms after a
 * read halves the price of a court, for a delay nobody sees.
 *
 * This shapes input and output, it measures nothing: hence the real timer rather than the injected clock.
 */
export class ReadPacer {
  /** All connections of the process share one timer. */
  static readonly shared = new ReadPacer();

  private resting: (() => void)[] = [];
  private spare: (() => void)[] = [];
  private timer: NodeJS.Timeout | null = null;

  /** Calls `wake` at the next beat. */
  rest(wake: () => void): void {
    this.resting.push(wake);
    // Not unref'd: a socket that rests does not keep the process alive, though somebody waits for it.
    this.timer ??= setTimeout(() => this.beat(), INTERVAL_MS);
  }

  private beat(): void {
    const due = this.resting;
    this.resting = this.spare;
    this.timer = null;
    for (const wake of due) {
      wake();
    }
    due.length = 0;
    this.spare = due;
  }
}
