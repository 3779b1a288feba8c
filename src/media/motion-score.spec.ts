import { MOTION_SIZE } from './ffmpeg-args';
import { motionScore } from './motion-score';

const { width, height } = MOTION_SIZE;

/** A court in gray, with something bright on it. */
function court(mover: { x: number; y: number; width: number; height: number } | null, noise = 0, light = 0): Buffer {
  const picture = Buffer.alloc(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const on = mover && x >= mover.x && x < mover.x + mover.width && y >= mover.y && y < mover.y + mover.height;
      // The same noise in each run of the test: a sum of the place, not chance.
      const grain = noise === 0 ? 0 : ((x * 7919 + y * 104_729) % (2 * noise + 1)) - noise;
      picture[y * width + x] = (on ? 200 : 60 + (x % 40)) + grain + light;
    }
  }
  return picture;
}

describe('the score of two pictures', () => {
  it('is 0 for a still court, and for one that is still but for its noise', () => {
    expect(motionScore(court(null), court(null))).toBe(0);
    expect(motionScore(court(null), court(null, 6))).toBe(0);
  });

  it('is what changed of the picture, in tenths of a percent, where something moved', () => {
    // 12 x 20 pixels are 1.7 % of the picture; where it was and where it is have both changed.
    const [from, to] = [40, 90].map((x) => court({ x, y: 30, width: 12, height: 20 }, 3));
    expect(motionScore(from as Buffer, to as Buffer)).toBe(33);
    const [near, step] = [40, 44].map((x) => court({ x, y: 30, width: 12, height: 20 }));
    expect(motionScore(near as Buffer, step as Buffer)).toBe(11);
  });

  it('is no more than 100 where everything is another', () => {
    expect(motionScore(court(null), court({ x: 0, y: 0, width: 80, height: 90 }))).toBe(100);
  });

  it('does not take light that changes everywhere for movement', () => {
    expect(motionScore(court(null), court(null, 0, 30))).toBe(0);
  });

  it('compares only pictures of one size', () => {
    expect(() => motionScore(Buffer.alloc(4), Buffer.alloc(5))).toThrow(RangeError);
    expect(() => motionScore(Buffer.alloc(0), Buffer.alloc(0))).toThrow(RangeError);
  });
});
