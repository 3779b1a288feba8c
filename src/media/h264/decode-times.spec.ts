import { DecodeTimes } from './decode-times';

const FRAME = 3600;
/** Presentation times of `count` pictures in decode order, `pattern` being the order within each mini group. */
function decodeOrder(pattern: readonly number[], count: number, start = 1_000_000): number[] {
  const times = [start];
  for (let group = 0; times.length < count; group++) {
    times.push(...pattern.map((shown) => start + (group * pattern.length + shown) * FRAME));
  }
  return times.slice(0, count);
}

const PATTERNS: readonly (readonly [string, number, readonly number[]])[] = [
  ['no B-frames', 0, [1]],
  ['one B-frame', 1, [2, 1]],
  ['three B-frames, none a reference', 1, [4, 1, 2, 3]],
  ['a pyramid', 2, [4, 2, 1, 3]],
  ['a deep pyramid', 3, [8, 4, 2, 1, 3, 6, 5, 7]],
];

describe('DecodeTimes', () => {
  it.each(PATTERNS)('spaces decode times evenly, never after presentation: %s', (_name, depth, pattern) => {
    const times = new DecodeTimes(depth, 25);
    const pts = decodeOrder(pattern, 100);
    const dts = pts.map((time) => times.next(time));
    expect(dts).toEqual(pts.map((_, i) => 1_000_000 + (i - depth) * FRAME));
    expect(pts.every((time, i) => time >= (dts[i] as number))).toBe(true);
  });

  it.each(PATTERNS)('finds the depth out where nobody says it: %s', (_name, depth, pattern) => {
    const times = new DecodeTimes(null, null);
    const pts = decodeOrder(pattern, 100);
    const dts = pts.map((time) => times.next(time));
    expect(times.depth).toBe(depth);
    expect(dts.every((time, i) => i === 0 || time > (dts[i - 1] as number))).toBe(true);
    expect(dts.slice(30)).toEqual(pts.map((_, i) => 1_000_000 + (i - depth) * FRAME).slice(30));
  });

  it.each([-10, -2, 2, 1e6])('begins anew where the clock jumps by %d s', (seconds) => {
    const times = new DecodeTimes(1, 25);
    const before = decodeOrder([2, 1], 21);
    before.forEach((time) => times.next(time));
    const after = decodeOrder([2, 1], 21, (before.at(-1) as number) + seconds * 90_000);
    expect(after.map((time) => times.next(time))).toEqual(after.map((_, i) => (after[0] as number) + (i - 1) * FRAME));
    expect(times.depth).toBe(1);
  });

  it('takes a small step back for a bad clock, not for deep reordering', () => {
    const times = new DecodeTimes(null, 25);
    decodeOrder([1], 50).forEach((time) => times.next(time));
    times.next(1_000_000 + 40 * FRAME);
    expect(times.depth).toBeLessThanOrEqual(1);
  });

  it('increases strictly where presentation times stand still', () => {
    const times = new DecodeTimes(0, 25);
    expect([5000, 5000, 5000, 8600].map((time) => times.next(time))).toEqual([5000, 5001, 5002, 8600]);
  });

  it('does not date a picture after a loss before the loss', () => {
    const times = new DecodeTimes(2, 25);
    decodeOrder([4, 2, 1, 3], 41).forEach((time) => times.next(time));
    times.restart();
    const back = 1_000_000 + 65 * FRAME;
    expect(times.next(back)).toBe(back - 2 * FRAME);
  });

  it('survives a jump back right after a loss', () => {
    const times = new DecodeTimes(0, 25);
    decodeOrder([1], 40).forEach((time) => times.next(time));
    times.restart();
    expect([1000, 4600].map((time) => times.next(time))).toEqual([1000, 4600]);
  });
});
