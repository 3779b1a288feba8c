import type { BufferedRange } from './playback-control';

export type StepDirection = 1 | -1;

/**
 * Where to seek for the next or the previous picture: into the middle of its time, so that rounding lands on no neighbour.
 * @param mediaTime of the picture shown, from `requestVideoFrameCallback`, in seconds
 * @param fps measured; a wrong one repeats or skips pictures
 * @param attempt 1 at first; more where the picture did not change (uneven spacing): looks further
 */
export function stepTarget(mediaTime: number, fps: number, direction: StepDirection, attempt = 1): number {
  const frames = direction > 0 ? attempt + 0.5 : 0.5 - attempt;
  return Math.max(0, mediaTime + frames / fps);
}

/**
 * Moves a position out of a gap of the recording: there is no picture in it, and a player that seeks there waits.
 * @param gaps in order, not touching each other
 * @param margin seconds between the gap's start and the middle of the last picture before it
 */
export function outOfGaps(
  position: number,
  gaps: readonly BufferedRange[],
  direction: StepDirection,
  margin: number,
): number {
  const gap = gaps.find(({ start, end }) => position > start - margin / 2 && position < end);
  if (gap === undefined) return position;
  const before = gap.start - margin;
  return direction > 0 || before <= 0 ? gap.end + 0.001 : before;
}

/** A rate measured from pictures shown: feed it `mediaTime` and `presentedFrames` of each callback while playing. */
export class FrameRateMeter {
  private readonly spacings: number[] = [];
  private last: { mediaTime: number; presented: number } | null = null;

  add(mediaTime: number, presented: number): void {
    const { last } = this;
    this.last = { mediaTime, presented };
    if (last === null || presented !== last.presented + 1) return;
    const spacing = mediaTime - last.mediaTime;
    if (spacing <= 0.002 || spacing > 0.5) return;
    this.spacings.push(spacing);
    if (this.spacings.length > 25) this.spacings.shift();
  }

  /** After a seek two pictures in a row are no neighbours. */
  interrupt(): void {
    this.last = null;
  }

  /** Frames a second by the median spacing; `null` before there are enough. */
  get fps(): number | null {
    if (this.spacings.length < 5) return null;
    const sorted = [...this.spacings].sort((a, b) => a - b);
    return 1 / (sorted[Math.floor(sorted.length / 2)] as number);
  }
}
