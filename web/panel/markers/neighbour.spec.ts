import { neighbour } from './neighbour';

const MARKERS = [2, 10, 10.1, 30].map((at_seconds) => ({ at_seconds }));

describe('the marker beside a position', () => {
  it.each([
    [0, true, 2],
    [2, true, 10],
    [10, true, 30],
    [29.9, false, null],
    [30, true, null],
  ])('behind %d is that at %s', (position, paused, at) => {
    expect(neighbour(MARKERS, { position, paused }, 1)?.at_seconds ?? null).toBe(at === null ? null : at);
  });

  it.each([
    [1, true, null],
    [2.1, true, null],
    [30, true, 10.1],
    // It plays, and has just been jumped to: back means the one before.
    [31, false, 10.1],
    [32, false, 30],
  ])('before %d (paused: %s) is that at %s', (position, paused, at) => {
    expect(neighbour(MARKERS, { position, paused }, -1)?.at_seconds ?? null).toBe(at);
  });
});
