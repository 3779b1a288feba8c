import fc from 'fast-check';
import { property } from '../../test/support/property';
import { SessionTimeline } from './session-timeline';
import { apart, PlacedPicture, playTogether, TrueCamera } from './two-cameras.fixture';

const FRAME_MS = 40;
const ANGLE_FROM = 7_013;

const ppm = fc.integer({ min: -100, max: 100 });
const firstStamp = fc.integer({ min: 0, max: 2 ** 32 });
const jitter = fc.integer({ min: 0, max: 40 });
const reportEvery = fc.integer({ min: 1, max: 30 }).map((seconds) => seconds * 25);

/** The match's first camera and one more. */
function together(main: TrueCamera, angle: TrueCamera): PlacedPicture[][] {
  const first = new SessionTimeline();
  const second = new SessionTimeline({ zero: main.from + main.way, reference: () => first.offset });
  return playTogether([
    { camera: main, timeline: first },
    { camera: angle, timeline: second },
  ]);
}

function steps(pictures: readonly PlacedPicture[]): number[] {
  return pictures.slice(1).map(({ frame }, i) => (frame.dts - (pictures[i] as PlacedPicture).frame.dts) / 90);
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** Whatever the clocks say, the film runs: no gap, no leap, no stillness. */
function expectSmooth(pictures: readonly PlacedPicture[], leap = 0): void {
  expect(pictures.filter(({ frame }) => frame.after !== undefined)).toEqual([]);
  const found = steps(pictures);
  expect(found.reduce((least, step) => Math.min(least, step), Infinity)).toBeGreaterThan(FRAME_MS * 0.5);
  expect(largest(found)).toBeLessThan(FRAME_MS * 1.5 + leap);
}

describe('two cameras of one match', () => {
  const tells = fc.record({ way: fc.integer({ min: 20, max: 350 }), jitter, ppm, firstStamp, reportEvery });
  const firstReport = fc.integer({ min: 0, max: 125 });

  it('whose clocks are told are within a frame of each other, and to a few milliseconds once two reports have come', () => {
    const reorder = fc.constantFrom(0, 2);
    fc.assert(
      fc.property(tells, tells, firstReport, firstReport, reorder, (first, second, one, other, depth) => {
        const main = { ...first, from: 1_000, seconds: 130, firstReport: one };
        const angle = { ...second, from: ANGLE_FROM, seconds: 120, firstReport: other, reorder: depth };
        const placed = together(main, angle);
        const known = Math.max(
          main.from + (one + first.reportEvery) * 40,
          ANGLE_FROM + (other + second.reportEvery) * 40,
        );
        const differences = apart(placed, known + 10_000);
        expect(differences.length).toBeGreaterThan(500);
        expect(largest(differences)).toBeLessThan(20);
        expectSmooth(placed[1] as PlacedPicture[]);
      }),
      property(15),
    );
  });

  it('are so from the first picture where the first report comes before it', () => {
    fc.assert(
      fc.property(tells, tells, (first, second) => {
        const main = { ...first, from: 1_000, seconds: 20, firstReport: 0, reportEvery: 125 };
        const angle = { ...second, from: ANGLE_FROM, seconds: 12, firstReport: 0, reportEvery: 125 };
        expect(largest(apart(together(main, angle)))).toBeLessThan(FRAME_MS);
      }),
      property(15),
    );
  });

  it('are no worse for a clock that is nonsense, jumps, or falls silent, nor for stamps that jump', () => {
    const YEARS = 56 * 365 * 86_400_000;
    const nonsense = fc.constantFrom(-YEARS, -2 * YEARS, 3 * 3_600_000, -3 * 3_600_000, 1_500, -2_000, 600_000);
    const oddity = fc.oneof(
      nonsense.map((ahead) => ({ ahead: () => ahead })),
      fc.array(nonsense, { minLength: 3 }).map((all) => ({ ahead: (n: number) => all[n % all.length] as number })),
      fc
        .tuple(nonsense, fc.integer({ min: 100, max: 900 }))
        .map(([by, from]) => ({ ahead: (n: number) => (n < from ? 0 : by) })),
      fc.integer({ min: 100, max: 900 }).map((until) => ({ ahead: (n: number) => (n < until ? 0 : null) })),
    );
    const leap = fc.tuple(fc.constantFrom(0, 0, 3_000, -5_000, 40_000_000), fc.integer({ min: 100, max: 900 }));
    fc.assert(
      fc.property(tells, tells, oddity, leap, fc.boolean(), (first, second, odd, [by, from], whose) => {
        const jumped = (n: number): number => (n < from ? 0 : by);
        const main = { ...first, from: 1_000, seconds: 70, firstReport: 25, reportEvery: 125, ...(whose ? odd : {}) };
        const angle = {
          ...second,
          ...{ from: ANGLE_FROM, seconds: 60, firstReport: 25, reportEvery: 125 },
          ...(whose ? {} : odd),
          jumped,
        };
        const placed = together(main, angle);
        // By arrival they are apart by the difference of their ways, and by what both loops allow.
        expect(largest(apart(placed))).toBeLessThan(Math.abs(first.way - second.way) + 100);
        expectSmooth(placed[1] as PlacedPicture[], by === 0 ? 0 : first.jitter + second.jitter);
      }),
      property(30),
    );
  });

  it('follow a clock that is set anew, though it be set wrong, gently and no further than it says', () => {
    const by = fc.integer({ min: -350, max: 350 });
    const when = fc.integer({ min: 400, max: 900 });
    fc.assert(
      fc.property(tells, tells, by, when, fc.boolean(), (first, second, step, from, whose) => {
        const ahead = (n: number): number => (n < from ? 0 : step);
        const reports = { firstReport: 0, reportEvery: 125 };
        const main = { ...first, ...reports, from: 1_000, seconds: 70, ...(whose ? { ahead } : {}) };
        const angle = { ...second, ...reports, from: ANGLE_FROM, seconds: 60, ...(whose ? {} : { ahead }) };
        const placed = together(main, angle);
        expect(largest(apart(placed))).toBeLessThan(Math.abs(step) + 60);
        expectSmooth(placed[1] as PlacedPicture[]);
      }),
      property(15),
    );
  });

  it.each([
    [100, -100],
    [-100, 100],
  ])(
    'that tell no clock and have equal ways stay within 100 ms, with crystals wrong by %i and %i millionths',
    (one, other) => {
      const camera = { way: 60, jitter: 0, firstStamp: 5, reportEvery: 0, firstReport: 0 };
      const main = { ...camera, ppm: one, from: 1_000, seconds: 1_820 };
      const angle = { ...camera, ppm: other, from: ANGLE_FROM, seconds: 1_800 };
      const placed = together(main, angle);
      expect(largest(apart(placed))).toBeLessThan(100);
      expectSmooth(placed[1] as PlacedPicture[]);
    },
  );

  it('leave the first one as it is, whatever its clock says', () => {
    fc.assert(
      fc.property(tells, firstReport, (camera, report) => {
        const main = { ...camera, from: 1_000, seconds: 60, firstReport: report };
        const [told] = playTogether([{ camera: main, timeline: new SessionTimeline() }]);
        const [untold] = playTogether([{ camera: { ...main, reportEvery: 0 }, timeline: new SessionTimeline() }]);
        expect(told?.map(({ off }) => off)).toEqual(untold?.map(({ off }) => off));
      }),
      property(10),
    );
  });
});
