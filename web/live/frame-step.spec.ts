import { FrameRateMeter, outOfGaps, stepTarget } from './frame-step';

/** Which picture of a film with this rate is shown at this second. */
const shown = (seconds: number, fps: number): number => Math.floor(seconds * fps + 1e-9);

describe('stepTarget', () => {
  it.each([25, 29.97, 30, 50, 12.5])('goes through a film of %f frames a second, one by one, both ways', (fps) => {
    let picture = 10;
    for (let i = 0; i < 100; i++) {
      const next = shown(stepTarget(picture / fps, fps, 1), fps);
      expect(next).toBe(++picture);
    }
    for (let i = 0; i < 100; i++) {
      const previous = shown(stepTarget(picture / fps, fps, -1), fps);
      expect(previous).toBe(--picture);
    }
  });

  it('bears times that were rounded to milliseconds', () => {
    for (let picture = 1; picture < 200; picture++) {
      const mediaTime = Math.round((picture * 1000) / 29.97) / 1000;
      expect(shown(stepTarget(mediaTime, 29.97, 1), 29.97)).toBe(picture + 1);
      expect(shown(stepTarget(mediaTime, 29.97, -1), 29.97)).toBe(picture - 1);
    }
  });

  it('stays at the beginning, and looks further when told to', () => {
    expect(stepTarget(0, 25, -1)).toBe(0);
    expect(stepTarget(1, 25, 1, 2)).toBeCloseTo(1.1);
    expect(stepTarget(1, 25, -1, 2)).toBeCloseTo(0.94);
  });
});

describe('outOfGaps', () => {
  const gaps = [
    { start: 0, end: 2 },
    { start: 10, end: 14 },
  ];

  it.each([
    ['leaves what has a picture', 5, 1, 5],
    ['goes forward behind a gap', 11, 1, 14.001],
    ['goes back before a gap', 13, -1, 9.98],
    ['takes the edge for the gap', 9.995, 1, 14.001],
    ['finds nothing before a gap at the beginning', 1, -1, 2.001],
    ['leaves its end', 14, -1, 14],
  ] as const)('%s', (_what, position, direction, expected) => {
    expect(outOfGaps(position, gaps, direction, 0.02)).toBeCloseTo(expected);
  });
});

describe('FrameRateMeter', () => {
  it('measures neighbours only', () => {
    const meter = new FrameRateMeter();
    for (let i = 0; i < 4; i++) meter.add(i / 12.5, i);
    expect(meter.fps).toBeNull();
    // Pictures were left out, a seek, a stand-still: none of them is a spacing.
    meter.add(2, 20);
    meter.interrupt();
    meter.add(9, 21);
    meter.add(9, 22);
    for (let i = 1; i < 6; i++) meter.add(9 + i / 12.5, 22 + i);
    expect(meter.fps).toBeCloseTo(12.5);
  });
});
