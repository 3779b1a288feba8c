import { collide, DECODE_GRID, guessedRate, onGrid, spacePictures } from './picture-spacing';

const STEP = 3600;

/** Applies the moves and rounds to steps as FFmpeg does. */
function places(times: readonly number[], moves: ReadonlyMap<number, number>): number[] {
  return times.map((time) => Math.round((time + (moves.get(time) ?? 0) - (times[0] as number)) / STEP));
}

function expectApart(rounded: readonly number[]): void {
  rounded.slice(1).forEach((place, i) => expect(place).toBeGreaterThan(rounded[i] as number));
}

describe('spacePictures', () => {
  it('leaves regular pictures alone, whatever the length of a gap in them', () => {
    const times = Array.from({ length: 400 }, (_, i) => i * STEP + (i >= 100 ? 370_123 : 0));
    expect(spacePictures(Float64Array.from(times)).size).toBe(0);
  });

  it('parts pictures that jitter around the middle between two steps', () => {
    let seed = 3;
    const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
    const times = Array.from({ length: 1_000 }, (_, i) =>
      Math.round(i * STEP + (i >= 50 ? STEP / 2 + (random() - 0.5) * 600 : 0)),
    );
    const moves = spacePictures(Float64Array.from(times));
    expect(moves.size).toBeGreaterThan(0);
    expectApart(places(times, moves));
    for (const move of moves.values()) expect(move).toBeLessThan(STEP);
  });

  it('moves pictures that lie exactly in the middle, where rounding goes to even', () => {
    const times = Array.from({ length: 100 }, (_, i) => i * STEP + (i >= 50 ? STEP / 2 : 0));
    const moves = spacePictures(Float64Array.from(times));
    expect([...moves.keys()]).toEqual(times.slice(50));
    expectApart(places(times, moves));
  });

  it('tells no untruths for a camera that became faster than its first pictures', () => {
    const times = Array.from({ length: 400 }, (_, i) => (i < 100 ? i * STEP : 100 * STEP + (i - 100) * (STEP / 2)));
    expect(spacePictures(Float64Array.from(times)).size).toBe(0);
  });
});

describe('guessedRate', () => {
  it.each([
    ['what the file looks like', 25, 24.7, 0, 25],
    ['the average, where the file looks like more than 210 a second', 90_000, 24.9, 0, 24.9],
    ['the parameter sets, where the file looks much faster and its average far off', 200, 24.9, 25, 25],
    ['the file, where the parameter sets say nothing', 200, 24.9, 0, 200],
    ['the parameter sets, where the file says nothing', 0, 0, 25, 25],
  ])('is %s', (_, base, average, coded, rate) => {
    expect(guessedRate(base, average, coded)).toBe(rate);
  });
});

describe('onGrid', () => {
  it('keeps decode times apart and within half a step, except where they are closer than the grid', () => {
    const times = [0, 3601, 7199, 7200, 7201, 9900];
    let before = -1;
    const placed = times.map((time) => (before = onGrid(time, before)));
    expect(placed).toEqual([0, 3600, 7200, 7650, 8100, 9900]);
    for (const time of placed) expect(time % DECODE_GRID).toBe(0);
  });
});

describe('collide', () => {
  it('tells whether two pictures fall on one step', () => {
    expect(collide(Float64Array.from([0, 3600, 7200]), 25)).toBe(false);
    expect(collide(Float64Array.from([0, 3600, 4000]), 25)).toBe(true);
  });
});
