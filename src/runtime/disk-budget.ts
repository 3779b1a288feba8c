/** What one recording under way will still write, as far as one can tell. */
export interface Writer {
  /** Bits a second, measured or expected. */
  readonly bitrate: number;
  readonly remainingMs: number;
}

/** Bytes that these recordings will still write up to their planned ends. */
export function bytesToCome(writers: readonly Writer[]): number {
  return Math.ceil(writers.reduce((sum, { bitrate, remainingMs }) => sum + (bitrate / 8) * (remainingMs / 1000), 0));
}

/**
 * Whether a further recording may start: the reserve, what running ones will still need, and what it needs itself must fit.
 */
export function mayStart(freeBytes: number, reserveBytes: number, running: readonly Writer[], next: Writer): boolean {
  return freeBytes >= reserveBytes + bytesToCome([...running, next]);
}

/** Whether running recordings have to stop, so that their files can still be finished. */
export function mustStop(freeBytes: number, reserveBytes: number): boolean {
  return freeBytes < reserveBytes / 2;
}
