/**
 * Scores put together, for a graph of so many points: each the mean of what is known in its time, `null` where nothing is.
 * @param scores with holes where nothing was noted
 * @param count at most; fewer where there are not so many seconds
 * @returns the points, and how many seconds each stands for
 */
export function intoBuckets(
  scores: readonly (number | null | undefined)[],
  count: number,
): { readonly bucketSeconds: number; readonly points: (number | null)[] } {
  const bucketSeconds = Math.max(1, Math.ceil(scores.length / count));
  const points: (number | null)[] = [];
  for (let from = 0; from < scores.length; from += bucketSeconds) {
    const known = scores.slice(from, from + bucketSeconds).filter((score) => typeof score === 'number');
    points.push(known.length === 0 ? null : Math.round(known.reduce((sum, score) => sum + score, 0) / known.length));
  }
  return { bucketSeconds, points };
}
