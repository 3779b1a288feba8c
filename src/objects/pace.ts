import { Clock } from '../common/clock';

/** Lets so many bits a second through, whoever shares it; in turn. */
export class Pace {
  /** When the next may go; {@link Clock.monotonic}. */
  private free = 0;

  constructor(
    private readonly clock: Clock,
    readonly bitsPerSecond: number,
  ) {}

  /** Settles when these bytes may go. @throws the signal's reason */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    const now = this.clock.monotonic();
    const at = Math.max(now, this.free);
    this.free = at + (bytes * 8_000) / this.bitsPerSecond;
    if (at > now) await pause(this.clock, at - now, signal);
    signal.throwIfAborted();
  }
}

/** So many milliseconds, or until the signal aborts. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
}
