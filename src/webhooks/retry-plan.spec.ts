import { MOST_ATTEMPTS, pauseAfter } from './retry-plan';

describe('the tries of a message', () => {
  const pauses = (unevenness: number): (number | null)[] =>
    Array.from({ length: MOST_ATTEMPTS }, (_, i) => pauseAfter(i + 1, unevenness));

  it('are a minute apart at first, half a day at last, and end after a day', () => {
    const minutes = pauses(0).map((ms) => ms && ms / 60_000);
    expect(minutes).toEqual([1, 5, 15, 30, 60, 120, 480, 720, null]);
    expect(minutes.reduce<number>((sum, one) => sum + (one ?? 0), 0)).toBe(1431);
  });

  it('are spread by a tenth', () => {
    expect(pauses(1)[0]).toBe(66_000);
    expect(pauses(1).at(-1)).toBeNull();
  });
});
