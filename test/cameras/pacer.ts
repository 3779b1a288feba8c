/** Monotonic milliseconds since the machine's boot, the same clock as `SystemClock.monotonic()` of the service. */
export function monotonic(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Something that has to act at times it names itself. */
export interface Paced {
  /** Monotonic milliseconds of its next action. */
  readonly nextAt: number;
  /** Acts and moves {@link nextAt} on. */
  act(): void;
}

/** Actions that fall into one such window are done in one go: a hundred cameras then cost no more wake-ups than one. */
const WINDOW_MS = 4;

/**
 * One timer for all cameras of the process. It catches up without dropping anything when the process was held up, and
 * has no timer running while nothing plays.
 */
export class Pacer {
  private readonly players = new Set<Paced>();
  private timer: NodeJS.Timeout | null = null;
  private wakeAt = Infinity;

  add(player: Paced): void {
    this.players.add(player);
    if (player.nextAt < this.wakeAt) this.arm();
  }

  remove(player: Paced): void {
    this.players.delete(player);
    if (this.players.size === 0) this.disarm();
  }

  private disarm(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.wakeAt = Infinity;
  }

  private arm(): void {
    this.disarm();
    if (this.players.size === 0) return;
    for (const player of this.players) this.wakeAt = Math.min(this.wakeAt, player.nextAt);
    this.timer = setTimeout(() => this.run(), Math.max(WINDOW_MS, this.wakeAt - monotonic()));
  }

  private run(): void {
    const now = monotonic();
    for (const player of this.players) while (this.players.has(player) && player.nextAt <= now) player.act();
    this.arm();
  }
}

/** The pacer all cameras of this process share. */
export const pacer = new Pacer();
