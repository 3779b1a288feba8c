import { intoBuckets } from './activity-buckets';

describe('scores put together', () => {
  it.each([
    [[], 10, 1, []],
    [[1, 2, 3], 10, 1, [1, 2, 3]],
    [[1, 2, 3, 4, 100], 2, 3, [2, 52]],
    [[null, null, 5, null], 2, 2, [null, 5]],
    [[0, null, null], 1, 3, [0]],
    [[3, undefined, undefined, 5], 2, 2, [3, 5]],
  ])('%j in %d', (scores, count, bucketSeconds, points) => {
    expect(intoBuckets(scores, count)).toEqual({ bucketSeconds, points });
  });
});
