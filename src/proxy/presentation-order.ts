/** Pictures that may still be overtaken: no H.264 stream keeps more for later (MaxDpbFrames, Rec. ITU-T H.264 A.3.1). */
const DEPTH = 16;
/** Two pictures that would change places stand at least this part of their stamps' distance apart. */
const NEAREST = 0.25;

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
    if (after) placed = Math.min(placed, after.at - Math.max(1, (after.stamp - stamp) * NEAREST));
    if (before) placed = Math.max(placed, before.at + Math.max(1, (stamp - before.stamp) * NEAREST));
    placed = Math.max(Math.round(placed), earliest);
    if (shown.length === DEPTH) shown.shift();
    shown.push({ stamp, at: placed });
    return placed;
  }
}
