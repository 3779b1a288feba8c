import { keyframeForThumbnail } from './thumbnail-moment';

const gap = (start: number, end: number) => ({ start_seconds: start, end_seconds: end });

describe('keyframeForThumbnail', () => {
  it.each([
    ['the nearest before', [0, 9, 12, 20], 100, [], 1],
    ['the nearest after', [0, 5, 11, 20], 100, [], 2],
    ['the earlier of two as near', [8, 12], 100, [], 0],
    ['the only one', [0], 100, [], 0],
    ['one of a file that is younger than it says', [0, 2, 4], 1_000, [], 2],
    ['none in a gap', [0, 9, 10, 30], 100, [gap(8, 12)], 0],
    ['the one after a gap', [0, 9, 12], 100, [gap(8, 12)], 2],
    ['none at the edge a camera went away at', [0, 8, 30], 100, [gap(8, 29)], 0],
    ['the first where all lie in gaps', [0, 9, 12], 100, [gap(0, 50)], 0],
    ['the first of a file of no length', [0, 2], 0, [], 0],
  ])('takes %s', (_name, seconds, duration, gaps, index) => {
    expect(keyframeForThumbnail(seconds, duration, gaps)).toBe(index);
  });
});
