import { decidePlayback, isBuffered, liveEdge, PlaybackView } from './playback-control';

/** Ten seconds buffered, played where it should be. */
const AT_TARGET: PlaybackView = {
  position: 9.88,
  ranges: [{ start: 0, end: 10 }],
  target: 0.12,
  rate: 1,
  hasNext: true,
};

function decide(changes: Partial<PlaybackView>): [rate: number, seekTo: number | null] {
  const { rate, seekTo } = decidePlayback({ ...AT_TARGET, ...changes });
  return [rate, seekTo];
}

describe('liveEdge', () => {
  it('lies the target before the end, but in the last stretch', () => {
    expect(liveEdge([], 0.12)).toBeNull();
    expect(liveEdge([{ start: 0, end: 10 }], 0.12)).toBeCloseTo(9.88);
    expect(
      liveEdge(
        [
          { start: 0, end: 10 },
          { start: 15, end: 15.04 },
        ],
        0.12,
      ),
    ).toBeCloseTo(15.001);
  });
});

describe('isBuffered', () => {
  it.each([
    [4.9, false],
    [5, true],
    [7, true],
    [8.5, false],
    [9.5, true],
    [11, false],
  ])('at %s s: %s', (position, expected) => {
    const ranges = [
      { start: 5, end: 8 },
      { start: 9, end: 10 },
    ];
    expect(isBuffered(ranges, position)).toBe(expected);
  });
});

describe('decidePlayback', () => {
  it('waits while there is nothing', () => expect(decide({ ranges: [] })).toEqual([1, null]));

  it.each([
    ['plays at its own speed at the target', 9.88, 1, 1],
    ['leaves a little lag alone', 9.83, 1, 1],
    ['catches up gently', 9.8, 1, 1.08],
    ['hurries when far behind', 9.67, 1, 1.25],
    ['goes on catching up until it is there', 9.85, 1.08, 1.08],
    ['stops catching up there', 9.875, 1.08, 1],
    ['eases off where the buffer is thin', 9.95, 1, 0.95],
    ['goes on easing off until the target', 9.9, 0.95, 0.95],
    ['stops easing off there', 9.88, 0.95, 1],
  ])('%s', (_what, position, rate, expected) => expect(decide({ position, rate })).toEqual([expected, null]));

  it('jumps when more than a second behind', () => {
    expect(decide({ position: 8.87 })).toEqual([1, 9.88]);
    expect(decide({ position: 8.89 })).toEqual([1.25, null]);
  });

  describe('at a hole', () => {
    const ranges = [
      { start: 0, end: 10 },
      { start: 10.3, end: 10.5 },
    ];

    it('jumps over it when no picture is left before it', () => {
      expect(decide({ position: 9.97, ranges, hasNext: false })).toEqual([1, 10.38]);
    });

    it('plays first what lies before it', () => {
      expect(decide({ position: 9.7, ranges, hasNext: false })[1]).toBeNull();
      expect(decide({ position: 9.97, ranges })[1]).toBeNull();
    });

    it('goes to the stretch after it, however short that is', () => {
      const short = [
        { start: 0, end: 10 },
        { start: 10.3, end: 10.34 },
      ];
      expect(decide({ position: 9.99, ranges: short, hasNext: false })).toEqual([1, 10.301]);
    });

    it('gets out of it', () => {
      expect(decide({ position: 10.2, ranges, hasNext: false })).toEqual([1, 10.38]);
    });

    it('waits at the end: what comes next is no hole yet', () => {
      expect(decide({ position: 10.49, ranges, hasNext: false })[1]).toBeNull();
    });
  });

  it('comes back where the timeline began anew', () => {
    expect(decide({ position: 500 })).toEqual([1, 9.88]);
  });

  it('comes out of what was taken away under it', () => {
    expect(decide({ position: 3, ranges: [{ start: 9.5, end: 10 }] })).toEqual([1, 9.88]);
  });
});
