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

/** From one decode time to the next, in frames. */
function steps(dts: readonly number[], frame = FRAME): number[] {
  return dts.slice(1).map((time, i) => (time - (dts[i] as number)) / frame);
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

  describe('begins with pictures of unannounced reordering', () => {
    /** Six pictures to begin with, the others one by one. */
    function dated(pts: readonly number[], begun = 6): { dts: number[]; depth: number } {
      const times = new DecodeTimes(null, null);
      const dts = [...times.begin(pts.slice(0, begun)), ...pts.slice(begun).map((time) => times.next(time))];
      return { dts, depth: times.depth };
    }
    const slower = (pts: readonly number[], times: number): number[] => pts.map((time) => time * times);

    it.each<readonly [string, number, readonly number[], number]>([
      ...PATTERNS.map(([name, depth, pattern]) => [name, depth, pattern, 6] as const),
      ['two B-frames', 1, [3, 1, 2], 6],
      ['three B-frames, few pictures', 1, [4, 1, 2, 3], 3],
      ['one picture and no more', 0, [1], 1],
    ])('evenly from the first on: %s', (_name, depth, pattern, begun) => {
      const pts = decodeOrder(pattern, 100);
      expect(dated(pts, begun)).toEqual({ depth, dts: pts.map((_, i) => 1_000_000 + (i - depth) * FRAME) });
    });

    it.each([0.2, 1, 5, 12.5, 29.97, 120])('evenly at %d frames a second', (fps) => {
      const straight = decodeOrder([1], 30).map((time) => Math.round(time * (25 / fps)));
      expect(dated(straight, 2).dts).toEqual(straight);
      if (fps >= 5) {
        const { dts } = dated(slower(decodeOrder([3, 1, 2], 60), 25 / fps).map(Math.round));
        expect(steps(dts, (FRAME * 25) / fps).every((step) => Math.abs(step - 1) < 0.001)).toBe(true);
      }
    });

    it.each([-1e4, -2, -0.4, 2, 1e4])('across a jump of %d s', (seconds) => {
      const pts = decodeOrder([2, 1], 40).map((time, i) => time + (i < 3 ? 0 : seconds * 90_000));
      const { dts, depth } = dated(pts);
      expect(depth).toBe(1);
      expect(steps(dts.slice(0, 3))).toEqual([1, 1]);
      // A jump between a picture and the B-frames shown before it: half a frame off until the next.
      expect(Math.min(...steps(dts.slice(3)))).toBeGreaterThanOrEqual(0.5);
      expect(steps(dts.slice(6)).every((step) => step === 1)).toBe(true);
      expect(dts.slice(6).every((time, i) => time <= (pts[i + 6] as number))).toBe(true);
    });

    it.each(PATTERNS.slice(1))('and goes over to what comes later without a rush: %s', (_name, depth, pattern) => {
      const plain = decodeOrder([1], 20);
      const pts = [...plain, ...decodeOrder(pattern, 60, plain.at(-1)).slice(1)];
      const { dts, depth: found } = dated(pts);
      expect(found).toBe(depth);
      expect(Math.min(...steps(dts))).toBeGreaterThanOrEqual(0.5);
      expect(Math.max(...steps(dts))).toBeLessThanOrEqual(2);
      expect(dts.slice(32)).toEqual(pts.map((_, i) => 1_000_000 + (i - depth) * FRAME).slice(32));
    });

    it('takes pictures left out for B-frames three times at most', () => {
      const pts = Array.from({ length: 60 }, (_, i) => 1_000_000 + (i + Math.floor(i / 5) * 4) * FRAME);
      const { dts } = dated(pts);
      expect(dts.filter((time, i) => time !== pts[i])).toHaveLength(3);
      expect(dts.every((time, i) => time <= (pts[i] as number))).toBe(true);
    });
  });

  it('does not rush where a new configuration reorders deeper', () => {
    const times = new DecodeTimes(0, 25);
    const before = decodeOrder([1], 20).map((time) => times.next(time));
    times.configure(2, 25);
    const after = decodeOrder([4, 2, 1, 3], 21, 1_000_000 + 20 * FRAME).map((time) => times.next(time));
    expect(Math.min(...steps([...before, ...after]))).toBe(0.5);
    expect(steps(after.slice(5)).every((step) => step === 1)).toBe(true);
  });
});
