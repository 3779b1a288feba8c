import { areaOf, wordsOf } from './activity-shape';

const of = (scores: (number | null)[], bucket_seconds = 1) => {
  return { scores, bucket_seconds, seconds: scores.length * bucket_seconds };
};

describe('the graph of what moved', () => {
  it('is an area of steps, small scores not lost beside large ones', () => {
    expect(areaOf(of([100, 25]), 2)).toBe('M0.0 100 L0.0 0.0 L500.0 0.0 L500.0 50.0 L1000.0 50.0 V100 Z');
  });

  it('has a hole where nothing is known, and a line where nothing moved', () => {
    expect(areaOf(of([0, null, 100], 10), 40)).toBe(
      'M0.0 100 L0.0 96.0 L250.0 96.0 V100 Z M500.0 100 L500.0 0.0 L750.0 0.0 V100 Z',
    );
    expect(areaOf(of([]), 10)).toBe('');
    expect(areaOf(of([null, null]), 10)).toBe('');
  });

  it('does not go beyond the end of the timeline', () => {
    expect(areaOf(of([100, 100, 100], 10), 15)).toBe('M0.0 100 L0.0 0.0 L666.7 0.0 L666.7 0.0 L1000.0 0.0 V100 Z');
  });
});

describe('what moved, in words', () => {
  it('is how much of it is lively, and the longest pause', () => {
    const scores = [20, 20, 0, 0, 0, 20, 0, 0, null, 0];
    expect(wordsOf(of(scores, 30))).toEqual({ lively: 3 / 9, pause: { start: 60, length: 90 } });
  });

  it('leaves out pauses that are none', () => {
    expect(wordsOf(of([20, 0, 0, 20], 20))).toEqual({ lively: 0.5, pause: null });
    expect(wordsOf(of([null]))).toBeNull();
  });
});
