const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Clocks that agree within this are right enough. */
const TOLERANCE_MS = 5 * MINUTE_MS;
/** After so long without a run the wall clock has nothing left to be measured by. */
const LONG_AWAY_MS = 7 * DAY_MS;
/** A clock that moved is believed again once it has gone evenly for so long: somebody has set it right, or noticed. */
const DOUBT_MS = DAY_MS;

/** All clocks at one moment, in milliseconds. */
export interface ClockLook {
  /** This process's. */
  readonly wall: number;
  readonly monotonic: number;
  /** The database's. */
  readonly database: number;
  /** The newest time that was trusted, by any process ever; `null`: none yet. */
  readonly trusted: number | null;
}

/**
 * Tells whether the wall clock may be relied upon to call a video old. It jumps: a dead battery, a wrong time server, a
 * typing mistake; and where the database runs on the same machine, both jump together. So it is held against the
 * database's, against the monotonic clock since it was trusted last, and, by a process that has just begun, against the
 * last time that any process trusted. A clock that is back where it should be is trusted at once, one that stays elsewhere
 * after a day.
 */
export class ClockDoubt {
  /** When the clock was right. */
  private anchor: ClockLook | null = null;
  private last: ClockLook | null = null;
  /** Since when it has gone evenly, elsewhere; {@link ClockLook.monotonic}. */
  private since: number | null = null;

  /** @returns why the wall clock cannot be trusted, in a sentence; `null`: it can */
  consider(look: ClockLook): string | null {
    if (this.last && Math.abs(drift(this.last, look)) > TOLERANCE_MS) this.since = null;
    this.last = look;
    const apart = look.wall - look.database;
    if (Math.abs(apart) > TOLERANCE_MS) {
      return `The clocks of this machine and of the database are ${inWords(apart)} apart: nothing is deleted by age or quota.`;
    }
    const off = this.offBy(look);
    this.since ??= look.monotonic;
    if (off === 0 || look.monotonic - this.since >= DOUBT_MS) {
      this.anchor = look;
      this.since = null;
      return null;
    }
    return `The clock of this machine is ${inWords(off)} from where it should be: nothing is deleted by age or quota until it has gone evenly for a day.`;
  }

  /** How far the wall clock is from where it should be, as far as one can tell; 0: near enough. */
  private offBy(look: ClockLook): number {
    const off = this.anchor ? drift(this.anchor, look) : look.wall - (look.trusted ?? look.wall);
    return Math.abs(off) <= (this.anchor ? TOLERANCE_MS : LONG_AWAY_MS) ? 0 : off;
  }
}

/** How much the wall clock has gone beyond the time that has passed. */
function drift(from: ClockLook, to: ClockLook): number {
  return to.wall - from.wall - (to.monotonic - from.monotonic);
}

function inWords(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / MINUTE_MS);
  if (minutes < 180) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}
