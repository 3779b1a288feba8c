/** Milliseconds between two pictures, and what one may be early or late without moving those after it. */
const APART_MS = 200;
const SLACK_MS = 80;

/** Picks five pictures a second, evenly, of those a camera of JPEGs sends. */
export class PicturePace {
  private due = Number.NEGATIVE_INFINITY;

  /** @param at epoch milliseconds of a picture */
  takes(at: number): boolean {
    const late = at - this.due;
    // Also after a pause, and where the wall clock stepped back: nobody waits for the time it had.
    if (late > APART_MS || late < -2 * APART_MS) {
      this.due = at + APART_MS;
      return true;
    }
    if (late < -SLACK_MS) return false;
    this.due = Math.max(this.due, at - SLACK_MS) + APART_MS;
    return true;
  }
}
