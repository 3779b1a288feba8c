import { MotionSeconds } from './motion-seconds';

const still = Buffer.alloc(100, 50);
const other = Buffer.alloc(100, 50).fill(200, 0, 5);

describe('the scores of seconds', () => {
  let seconds: MotionSeconds;
  beforeEach(() => (seconds = new MotionSeconds()));

  it('need two pictures', () => {
    expect(seconds.take(0, still)).toBeNull();
    expect(seconds.take(2, still)).toEqual({ second: 0, scores: [0, 0] });
    expect(seconds.take(4, other)).toEqual({ second: 2, scores: [50, 50] });
  });

  it('are one a second, however the camera jitters', () => {
    const given = [0, 1.98, 4.01, 5.97, 8].map((at) => seconds.take(at, still));
    expect(given.flatMap((run) => (run ? run.scores.map((_, i) => run.second + i) : []))).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7,
    ]);
  });

  it('come of pictures of two seconds: one in the same second is left out', () => {
    seconds.take(1.01, still);
    expect(seconds.take(1.97, other)).toBeNull();
    expect(seconds.take(2.95, still)).toEqual({ second: 1, scores: [0] });
  });

  it('are missing where pictures are too far apart, and after what was forgotten', () => {
    seconds.take(0, still);
    expect(seconds.take(15.1, other)).toBeNull();
    expect(seconds.take(16, still)).toEqual({ second: 15, scores: [50] });
    seconds.forget();
    expect(seconds.take(18, other)).toBeNull();
  });

  it('are not made of time that runs backwards', () => {
    seconds.take(10, still);
    expect(seconds.take(3, other)).toBeNull();
    expect(seconds.take(4, other)).toEqual({ second: 3, scores: [0] });
  });
});
