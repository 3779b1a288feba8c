import { setImmediate } from 'node:timers/promises';
import { atMost, TakesTooLong } from './ical';

/** Of one event: a match a day for 27 years. */
const MOST_STEPS = 10_000;
/** Done at once; then others get their turn. */
const STEPS_AT_ONCE = 100;
/**
 * A hundred steps take a few milliseconds. What takes so long does not come to the end of one: a rule that nothing fulfils keeps
 * the library looking. The one bound in wall time, for it is there for others' sake.
 */
const PIECE_MS = 250;
/** Of the processor, for all events of a calendar. */
const MOST_CPU_MS = 3_000;

/**
 * Bounds what is done for one calendar. Counted, in steps and in the processor's time: how much of a calendar is read does not
 * depend on what else the machine has to do.
 */
export class ReadingEffort {
  private cpuMs = 0;
  private stepsLeft = STEPS_AT_ONCE;

  /**
   * All that a work gives, but for `null`.
   * @throws TakesTooLong, or what the work throws
   */
  async spend<T>(work: Iterator<T | null>): Promise<T[]> {
    const found: T[] = [];
    for (let steps = 0; steps < MOST_STEPS && this.cpuMs < MOST_CPU_MS;) {
      if (this.stepsLeft === 0) {
        await setImmediate();
        this.stepsLeft = STEPS_AT_ONCE;
      }
      const { over, taken } = this.measured(() => take(work, this.stepsLeft, found));
      if (over) return found;
      steps += taken;
    }
    throw new TakesTooLong('takes more than a calendar may');
  }

  private measured(piece: () => Piece): Piece {
    const before = process.cpuUsage();
    let taken = this.stepsLeft;
    try {
      const done = atMost(PIECE_MS, piece);
      taken = done.taken;
      return done;
    } finally {
      const { user, system } = process.cpuUsage(before);
      this.cpuMs += (user + system) / 1_000;
      this.stepsLeft -= taken;
    }
  }
}

interface Piece {
  /** There is no more. */
  readonly over: boolean;
  readonly taken: number;
}

function take<T>(work: Iterator<T | null>, most: number, found: T[]): Piece {
  for (let taken = 1; taken <= most; taken++) {
    const next = work.next();
    if (next.done === true) return { over: true, taken };
    if (next.value !== null) found.push(next.value);
  }
  return { over: false, taken: most };
}
