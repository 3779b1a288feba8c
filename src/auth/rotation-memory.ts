import { Clock } from '../common/clock';

/** Longer than any request can be under way. */
const KEPT_MS = 60_000;
const MAX_KEPT = 10_000;

/**
 * When refresh tokens were traded in this process, for a minute: tells a request that was under way at that moment (two
 * tabs at once) from one that came with the old token afterwards. A trade lasts until its answer has left: before that,
 * nobody can have the new token.
 */
export class RotationMemory {
  /** Monotonic milliseconds by hash; `Infinity` until the answer has left. */
  private readonly tradedAt = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /**
   * The tokens with these hashes have just been traded.
   * @returns to be called when the answer has left; more than once is once
   */
  note(hashes: readonly Buffer[]): () => void {
    const keys = hashes.map((hash) => hash.toString('base64'));
    for (const key of keys) this.tradedAt.set(key, Infinity);
    for (const oldest of this.tradedAt.keys()) {
      if (this.tradedAt.size <= MAX_KEPT) break;
      this.tradedAt.delete(oldest);
    }
    let left = false;
    return () => {
      if (left) return;
      left = true;
      for (const key of keys) this.tradedAt.set(key, this.clock.monotonic());
      this.clock.after(KEPT_MS, () => {
        for (const key of keys) this.tradedAt.delete(key);
      });
    };
  }

  /** @param arrival monotonic milliseconds at which the request with this token came in */
  overlapped(hash: Buffer, arrival: number): boolean {
    const at = this.tradedAt.get(hash.toString('base64'));
    return at !== undefined && arrival <= at;
  }
}
