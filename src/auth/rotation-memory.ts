import { Clock } from '../common/clock';

/** Longer than any request can be under way. */
const KEPT_MS = 60_000;
const MAX_KEPT = 10_000;

/**
 * When refresh tokens were traded in this process, for a minute: tells a request that was under way at that moment (two
 * tabs at once) from one that came with the old token afterwards.
 */
export class RotationMemory {
  private readonly tradedAt = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /** The token with this hash has just been traded. */
  note(hash: Buffer): void {
    const now = this.clock.monotonic();
    for (const [key, at] of this.tradedAt) {
      if (now - at < KEPT_MS && this.tradedAt.size < MAX_KEPT) break;
      this.tradedAt.delete(key);
    }
    this.tradedAt.set(hash.toString('base64'), now);
  }

  /** @param arrival monotonic milliseconds at which the request with this token came in */
  overlapped(hash: Buffer, arrival: number): boolean {
    const at = this.tradedAt.get(hash.toString('base64'));
    return at !== undefined && arrival <= at;
  }
}
