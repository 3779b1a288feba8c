/** A match has begun by then, and the knock-up is over. */
const WANTED = 0.1;

interface Stretch {
  readonly start_seconds: number;
  readonly end_seconds: number;
}

/**
 * Which keyframe stands for a video: the one nearest to a tenth of its length that lies in no gap; where all do, the first.
 * @param seconds of the keyframes, ascending, at least one
 * @returns its index
 */
export function keyframeForThumbnail(
  seconds: readonly number[],
  durationSeconds: number,
  gaps: readonly Stretch[],
): number {
  const wanted = durationSeconds * WANTED;
  let best = -1;
  for (const [index, at] of seconds.entries()) {
    if (gaps.some((gap) => gap.start_seconds <= at && at < gap.end_seconds)) continue;
    if (best < 0 || Math.abs(at - wanted) < Math.abs((seconds[best] as number) - wanted)) best = index;
  }
  return Math.max(best, 0);
}
