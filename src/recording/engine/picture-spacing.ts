import { TICKS_PER_SECOND } from '../../media/access-unit';

/** Rates that FFmpeg takes a file for when its first pictures come near enough to them (libavformat's guess). */
const RATES = [60, 50, 48, 30, 25, 24, 20, 18, 16, 15, 12.5, 12, 10, 8, 6, 5, 4, 3, 2, 1] as const;
const TOLERANCE = 0.04;
/** Pictures the guess is made from. */
const LOOKED_AT = 20;
/** Of a picture's place: what lies this near to the middle between two places may be rounded to either. */
const EDGE = 0.01;
/** A picture is moved by this many places at the most; where that does not do, the file stays as it was. */
const FARTHEST = 1.5;

/**
 * Players and FFmpeg count a recording's pictures in steps of its usual rate, and call two pictures that round to the same
 * step faulty ("non monotonically increasing dts"). After an outage pictures lie half a step off, and then a hair of
 * jitter is enough. This moves such pictures on by a fraction of a step, decode order and all other times untouched.
 * @param sorted presentation times in ticks, ascending, all different
 * @returns by how many ticks each of those pictures moves; empty where none has to, or where moving would tell untruths
 */
export function spacePictures(sorted: Float64Array): Map<number, number> {
  const moves = new Map<number, number>();
  const rate = usualRate(sorted);
  if (rate === null) return moves;
  const step = TICKS_PER_SECOND / rate;
  const first = sorted[0] as number;
  let before = -1;
  for (const pts of sorted) {
    const exact = (pts - first) / step;
    let place = exact;
    if (Math.abs(place - Math.floor(place) - 0.5) < EDGE) place += 2 * EDGE;
    if (Math.round(place) <= before) place = before + 0.5 + 2 * EDGE;
    if (place - exact > FARTHEST) return new Map();
    before = Math.round(place);
    const move = Math.ceil((place - exact) * step);
    if (move > 0) moves.set(pts, move);
  }
  return moves;
}

function usualRate(sorted: Float64Array): number | null {
  const count = Math.min(sorted.length, LOOKED_AT);
  if (count < 2) return null;
  const steps = Array.from({ length: count - 1 }, (_, i) => (sorted[i + 1] as number) - (sorted[i] as number));
  const median = steps.sort((a, b) => a - b)[steps.length >> 1] as number;
  const measured = TICKS_PER_SECOND / median;
  return RATES.find((rate) => Math.abs(measured / rate - 1) <= TOLERANCE) ?? null;
}
