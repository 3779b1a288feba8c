/** Pictures that may still be overtaken: no H.264 stream keeps more for later (MaxDpbFrames, Rec. ITU-T H.264 A.3.1). */
const DEPTH = 16;
/** Two pictures that would change places stand this part of their stamps' distance apart, but at most so many ticks (20 ms). */
const NEAREST = 0.25;
const NEAREST_TICKS = 1800;
/** What would have to be moved further than this (a second) has no order with what was before: the clock jumped. */
const FURTHEST_TICKS = 90_000;

interface Shown {
  /** The camera's presentation time, in ticks. */
  readonly stamp: number;
  /** Ours, in ticks. */
  readonly at: number;
}

/**
 * Keeps pictures in the order in which the camera shows them. A camera with B-frames sends some pictures long before they
 * are shown: where the speed of its clock is learned anew in between, what was sent before is shown by the old speed and what
 * comes after by the new one, and the two could change places.
 */
export class PresentationOrder {
  private readonly shown: Shown[] = [];

  /** The camera's clock jumped, or another connection begins: its stamps have no order with those before. */
  restart(): void {
    this.shown.length = 0;
  }

  /**
   * Where a picture is to be shown, in ticks.
   * @param stamp the camera's word, in its ticks
   * @param at where it would lie by itself
   * @param earliest its decode time: nothing is shown before
   */
  place(stamp: number, at: number, earliest: number): number {
    const { shown } = this;
    let before: Shown | undefined;
    let after: Shown | undefined;
    for (const one of shown) {
      if (one.stamp < stamp) before = !before || one.at > before.at ? one : before;
      else if (one.stamp > stamp) after = !after || one.at < after.at ? one : after;
    }
    let placed = at;
    if (after && placed >= after.at) placed = after.at - apart(after.stamp - stamp);
    if (before && placed <= before.at) placed = before.at + apart(stamp - before.stamp);
    if (Math.abs(placed - at) > FURTHEST_TICKS) {
      this.restart();
      placed = at;
    }
    placed = Math.max(Math.round(placed), earliest);
    if (shown.length === DEPTH) shown.shift();
    shown.push({ stamp, at: placed });
    return placed;
  }
}

function apart(stamps: number): number {
  return Math.max(1, Math.min(stamps * NEAREST, NEAREST_TICKS));
}
