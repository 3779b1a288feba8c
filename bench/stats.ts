/** The middle value, or the mean of both middle ones. NaN for none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Quantile `q` (0 … 1) with linear interpolation between neighbours. NaN for none. */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * q;
  const low = sorted[Math.floor(place)] as number;
  const high = sorted[Math.ceil(place)] as number;
  return low + (high - low) * (place - Math.floor(place));
}

/** p95 by nearest rank, so that with few values it is one that was measured, and no better one. NaN for none. */
export function p95(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The lowest point of each stretch of `width` along x: of a heap that saws, what is left after each collection. */
export function floors(points: readonly Point[], width: number): Point[] {
  const lowest = new Map<number, Point>();
  for (const point of points) {
    const stretch = Math.floor(point.x / width);
    const best = lowest.get(stretch);
    if (best === undefined || point.y < best.y) lowest.set(stretch, point);
  }
  return [...lowest.values()];
}

/** Slope by Theil and Sen: the median of the slopes between all pairs, which no outlier moves, with its quartiles. */
export function slope(points: readonly Point[]): { median: number; low: number; high: number } {
  const slopes: number[] = [];
  points.forEach((a, i) => {
    for (const b of points.slice(i + 1)) if (b.x !== a.x) slopes.push((b.y - a.y) / (b.x - a.x));
  });
  return { median: median(slopes), low: quantile(slopes, 0.25), high: quantile(slopes, 0.75) };
}
