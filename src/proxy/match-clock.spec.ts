import { SessionTimeline } from './session-timeline';
import { apart, PlacedPicture, playTogether, TrueCamera } from './two-cameras.fixture';

const MAIN: TrueCamera = {
  ...{ from: 1_000, seconds: 60, way: 20, jitter: 10, ppm: 0 },
  ...{ firstStamp: 5, reportEvery: 125, firstReport: 0 },
};
const ANGLE: TrueCamera = { ...MAIN, from: 3_013, seconds: 57, way: 220, firstStamp: 90_000_000 };

function largest(placed: readonly PlacedPicture[][], after = 0): number {
  return Math.max(...apart(placed, after).map(Math.abs));
}

describe('MatchClock', () => {
  function play(main: TrueCamera, angle: TrueCamera): PlacedPicture[][] {
    const first = new SessionTimeline();
    const second = new SessionTimeline({ zero: 1_020, reference: () => first.offset });
    return playTogether([
      { camera: main, timeline: first },
      { camera: angle, timeline: second },
    ]);
  }

  it('keeps pictures in place over a reconnect after which the camera tells its clock no more', () => {
    const ahead = (n: number): number | null => (n < 500 ? 0 : null);
    expect(largest(play(MAIN, { ...ANGLE, reconnectsAt: 500, ahead }))).toBeLessThan(40);
  });

  it('and where the first camera does not', () => {
    const ahead = (n: number): number | null => (n < 500 ? 0 : null);
    expect(largest(play({ ...MAIN, reconnectsAt: 500, ahead }, ANGLE))).toBeLessThan(40);
  });

  it('moves pictures that were placed by their arrival gently to where they belong', () => {
    const placed = play(MAIN, { ...ANGLE, firstReport: 250 });
    expect(largest(placed)).toBeGreaterThan(190);
    // The report, and 200 ms by a twentieth each.
    expect(largest(placed, ANGLE.from + (250 + 105) * 40)).toBeLessThan(10);
    const times = placed[1]?.map(({ frame }) => frame.dts / 90) as number[];
    const steps = times.slice(1).map((time, i) => time - (times[i] as number));
    expect(Math.min(...steps)).toBeGreaterThan(36);
    expect(Math.max(...steps)).toBeLessThan(44);
  });

  it('follows a first camera whose stamps run wrong, and is moved to the clock for it, with a camera that is wrong the other way', () => {
    const placed = play({ ...MAIN, ppm: 700, seconds: 120 }, { ...ANGLE, ppm: -700, seconds: 117 });
    expect(largest(placed)).toBeLessThan(40);
  });
});
