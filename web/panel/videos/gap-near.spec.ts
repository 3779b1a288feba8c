import { gapNear } from './gap-near';

describe('the gap that is spoken of', () => {
  const first = { start_seconds: 10, end_seconds: 20 };
  const second = { start_seconds: 21, end_seconds: 22 };

  test.each([
    [5, null],
    [9.95, first],
    [15, first],
    [20.001, first],
    [20.95, second],
    [21.5, second],
    [24.9, second],
    [25.1, null],
  ])('at %d s', (position, expected) => expect(gapNear(position, [first, second])).toBe(expected));
});
