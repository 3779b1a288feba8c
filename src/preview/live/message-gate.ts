import { Clock } from '../../common/clock';

/** A page asks for all its courts at once, and may take them all back at once. */
const BURST = 200;
const PER_SECOND = 20;
/** So many messages that are none, and whoever sends them speaks something else. */
const MAX_FAULTS = 10;

/** Bounds what one viewer says: a bucket of messages that fills with time, and a count of those that are none. */
export class MessageGate {
  private left = BURST;
  private filledAt: number;
  private faults = 0;

  constructor(private readonly clock: Clock) {
    this.filledAt = clock.monotonic();
  }

  /** Counts a message, or anything else that wants work. False: too many. */
  pass(): boolean {
    const now = this.clock.monotonic();
    this.left = Math.min(BURST, this.left + ((now - this.filledAt) / 1000) * PER_SECOND);
    this.filledAt = now;
    if (this.left < 1) return false;
    this.left--;
    return true;
  }

  /** Counts a message that is none. False: that was one too many. */
  passFault(): boolean {
    return ++this.faults < MAX_FAULTS;
  }
}
