import { randomBytes } from 'node:crypto';
import { Clock } from '../common/clock';

const LIFE_MS = 5 * 60_000;
const MAX_KEPT = 32;

interface Kept {
  readonly courtId: number;
  readonly jpeg: Buffer;
  readonly endsAt: number;
}

/** Pictures of camera tests, in memory, for five minutes; the oldest make room. */
export class SnapshotShelf {
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly clock: Clock) {}

  /** @returns the random name under which the picture is found */
  put(courtId: number, jpeg: Buffer): string {
    this.sweep();
    for (const oldest of this.kept.keys()) {
      if (this.kept.size < MAX_KEPT) break;
      this.kept.delete(oldest);
    }
    const name = randomBytes(16).toString('base64url');
    this.kept.set(name, { courtId, jpeg, endsAt: this.clock.monotonic() + LIFE_MS });
    this.clock.after(LIFE_MS, () => this.sweep());
    return name;
  }

  /** `null`: never there, gone, or another court's. */
  get(courtId: number, name: string): Buffer | null {
    this.sweep();
    const found = this.kept.get(name);
    return found?.courtId === courtId ? found.jpeg : null;
  }

  private sweep(): void {
    const now = this.clock.monotonic();
    for (const [name, { endsAt }] of this.kept) if (endsAt <= now) this.kept.delete(name);
  }
}
