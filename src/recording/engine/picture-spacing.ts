import { TICKS_PER_SECOND } from '../../media/access-unit';

/** Rates that FFmpeg takes a file for when its first pictures come near enough to them (libavformat's guess). */
const RATES = [60, 50, 48, 30, 25, 24, 20, 18, 16, 15, 12.5, 12, 10, 8, 6, 5, 4, 3, 2, 1] as const;
const TOLERANCE = 0.04;
/** Pictures the guess is made from. */
const LOOKED_AT = 20;
/** Of a picture's place: what lies this near to the middle between two places may be rounded to either. */
const EDGE = 0.01;
/** A picture is moved by so many places, or seconds, at the most; where that does not do, the file stays as it was. */
const FARTHEST = 3;
const FARTHEST_SECONDS = 0.12;

/**
 * Players and FFmpeg count a recording's pictures in steps of its usual rate, and call two pictures that round to the same
 * step faulty ("non monotonically increasing dts"). After an outage pictures lie half a step off, and then a hair of
 * jitter is enough. This moves such pictures on by a fraction of a step, decode order and all other times untouched.
 * @param sorted presentation times in ticks, ascending, all different
 * @param rate pictures a second that players count in; by default what the first pictures look like
 * @returns by how many ticks each of those pictures moves; empty where none has to, or where moving would tell untruths
 */
export function spacePictures(sorted: Float64Array, rate: number | null = usualRate(sorted)): Map<number, number> {
  const moves = new Map<number, number>();
  if (rate === null) return moves;
  const step = TICKS_PER_SECOND / rate;
  const farthest = Math.max(FARTHEST, FARTHEST_SECONDS * rate);
  const first = sorted[0] as number;
  let before = -1;
  for (let i = 0; i < sorted.length; i++) {
    const pts = sorted[i] as number;
    const exact = (pts - first) / step;
    let place = exact;
    if (Math.abs(place - Math.floor(place) - 0.5) < EDGE) place += 2 * EDGE;
    if (Math.round(place) <= before) place = before + 0.5 + 2 * EDGE;
    if (place - exact > farthest) return new Map();
    before = Math.round(place);
    const move = Math.ceil((place - exact) * step);
    if (move > 0) moves.set(pts, move);
  }
  return moves;
}

/**
 * Decode times on a grid of 5 ms. Where a gap falls into a file's first pictures, FFmpeg finds no rate in it and counts in
 * steps of the average, gap included, which is far too slow; on this grid it finds 200 a second, or what the parameter sets say.
 */
export const GRID_RATE = 200;
export const DECODE_GRID = TICKS_PER_SECOND / GRID_RATE;

/** The next decode time on the grid, after `before` (-1: none). */
export function onGrid(dts: number, before: number): number {
  const nearest = Math.round(dts / DECODE_GRID) * DECODE_GRID;
  return before >= 0 ? Math.max(nearest, before + DECODE_GRID) : nearest;
}

/**
 * The rate that FFmpeg counts a file's pictures in (`av_guess_frame_rate` for H.264).
 * @param base `r_frame_rate`
 * @param average `avg_frame_rate`
 * @param coded what the parameter sets say, 0 where nothing
 */
export function guessedRate(base: number, average: number, coded: number): number {
  const rate = average > 0 && average < 70 && base > 210 ? average : base;
  const off = rate > 0 && coded < rate * 0.7 && Math.abs(1 - average / rate) > 0.1;
  return coded > 0 && (rate === 0 || off) ? coded : rate;
}

/** Whether two of these pictures round to the same step of a rate. */
export function collide(sorted: Float64Array, rate: number): boolean {
  const step = TICKS_PER_SECOND / rate;
  const first = sorted[0] as number;
  for (let i = 1, before = 0; i < sorted.length; i++) {
    const place = Math.round(((sorted[i] as number) - first) / step);
    if (place <= before) return true;
    before = place;
  }
  return false;
}

/** The rate that players take a film for, by its first pictures; `null` where they would take it for none. */
export function usualRate(sorted: Float64Array): number | null {
  const count = Math.min(sorted.length, LOOKED_AT);
  if (count < 2) return null;
  const steps = Array.from({ length: count - 1 }, (_, i) => (sorted[i + 1] as number) - (sorted[i] as number));
  const median = steps.sort((a, b) => a - b)[steps.length >> 1] as number;
  const measured = TICKS_PER_SECOND / median;
  return RATES.find((rate) => Math.abs(measured / rate - 1) <= TOLERANCE) ?? null;
}
