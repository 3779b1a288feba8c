interface At {
  readonly id: number;
  readonly at_seconds: number;
}

/** Markers that would lie over each other on a timeline, as one sign. */
export interface Bundle<T> {
  /** Middle of the sign, in pixels from the beginning. */
  readonly x: number;
  /** In their order; never empty. */
  readonly markers: readonly [T, ...T[]];
}

/**
 * The signs of a timeline: none is nearer to another than its own width, however many there are.
 * @param markers in their order
 * @param line.width of the timeline, in pixels
 * @param line.end its seconds
 * @param line.sign width of a sign, in pixels
 */
export function bundles<T extends At>(
  markers: readonly T[],
  { width, end, sign }: { readonly width: number; readonly end: number; readonly sign: number },
): readonly Bundle<T>[] {
  if (end <= 0 || width <= sign) return [];
  const found: { x: number; markers: [T, ...T[]] }[] = [];
  for (const marker of markers) {
    const x = Math.min(Math.max((width * marker.at_seconds) / end, sign / 2), width - sign / 2);
    const last = found.at(-1);
    if (last && x < last.x + sign) last.markers.push(marker);
    else found.push({ x, markers: [marker] });
  }
  return found;
}
