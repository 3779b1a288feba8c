import { SystemClock } from '../common/clock';
import { H264Frame, JpegFrame, TICKS_PER_SECOND } from '../media/access-unit';
import { drawClip, shift } from '../media/fmp4/clip.fixture';
import { drawJpegs } from '../media/jpeg.fixture';
import { listLeftovers } from '../media/process';
import { FrameConsumer } from '../proxy/frame-consumer';
import { CourtMotion } from './court-motion';
import { ScoredSeconds } from './motion-seconds';

const SESSION = '3f6c1f0e-2a58-4c6c-8f0b-6f2f4f1d7c11';
/** In the session, the file's zero. */
const ZERO = 10;
const ffmpeg = { path: 'ffmpeg', instance: 'motion-spec', clock: new SystemClock() };
const [first, , third] = drawClip({ seconds: 3, gop: 25 }).frames.filter(({ keyframe }) => keyframe);
const jpegs = drawJpegs({ count: 25, size: '640x360' });

/** The decoders of this spec that run. */
async function decoders(): Promise<number[]> {
  return (await listLeftovers('motion-spec')).map(({ pid }) => pid);
}

describe('what moves on a court', () => {
  let consumer: FrameConsumer | null;
  let motion: CourtMotion;
  let scored: ScoredSeconds[];
  let decoded: () => void;
  let died: Promise<void>;

  beforeEach(() => {
    scored = [];
    let dies: () => void;
    died = new Promise((resolve) => (dies = resolve));
    motion = new CourtMotion({
      ffmpeg,
      session: SESSION,
      proxy: {
        subscribe: (one) => {
          consumer = one;
          return () => (consumer = null);
        },
      },
      secondsAt: (ticks) => {
        setImmediate(decoded);
        return ticks / TICKS_PER_SECOND - ZERO;
      },
      onScores: (run) => scored.push(run),
      onRestart: () => dies(),
    });
  });

  afterEach(() => motion.close());

  /** A keyframe at this second of the file, with a frame behind it that is none; settles when it was looked at. */
  async function look(key: H264Frame | JpegFrame | undefined, second: number): Promise<void> {
    const looked = new Promise<void>((resolve) => (decoded = resolve));
    const ticks = (second + ZERO) * TICKS_PER_SECOND;
    const frame = key as H264Frame | JpegFrame;
    void consumer?.take(frame.kind === 'h264' ? shift(frame, ticks - frame.dts) : { ...frame, dts: ticks });
    if (frame.kind === 'h264') void consumer?.take(shift(frame, ticks + 90_000 - frame.dts, { keyframe: false }));
    await looked;
  }
  const jpeg = (data: Buffer | undefined): JpegFrame => {
    return { kind: 'jpeg', data: data as Buffer, width: 640, height: 360, dts: 0, keyframe: true, cts: 0 };
  };

  it('is nothing where nothing does, and something where something does, of video', async () => {
    for (const [at, key] of [first, first, third].entries()) await look(key, 2 * at);
    expect(scored).toEqual([
      { second: 0, scores: [0, 0] },
      { second: 2, scores: [expect.any(Number), expect.any(Number)] },
    ]);
    expect(scored[1]?.scores[0]).toBeGreaterThan(10);
  });

  it('is seen in JPEGs too, every second', async () => {
    for (const [at, data] of [jpegs[0], jpegs[24], jpegs[24]].entries()) await look(jpeg(data), at);
    expect(scored).toEqual([
      { second: 0, scores: [expect.any(Number)] },
      { second: 1, scores: [0] },
    ]);
    expect(scored[0]?.scores[0]).toBeGreaterThan(10);
  });

  it('is not looked at more often than need be', async () => {
    await look(first, 0);
    void consumer?.take(shift(third!, (ZERO + 1) * TICKS_PER_SECOND - third!.dts));
    await look(first, 2);
    expect(scored).toEqual([{ second: 0, scores: [0, 0] }]);
  });

  it('is not known where the camera was away', async () => {
    for (const second of [0, 2, 7, 9]) await look(first, second);
    expect(scored.map(({ second }) => second)).toEqual([0, 7]);
  });

  it('is not known while the decoder is dead, and is again when another one has come', async () => {
    await look(first, 0);
    await look(first, 2);
    process.kill((await decoders())[0] as number, 'SIGKILL');
    await died;
    // Across its death nothing is known, not even that nothing moved.
    for (const second of [4, 6]) await look(first, second);
    expect(scored.map(({ second }) => second)).toEqual([0, 4]);
  });

  it('leaves no decoder behind, and no consumer', async () => {
    await look(first, 0);
    expect(await decoders()).toHaveLength(1);
    await motion.close();
    expect([await decoders(), consumer]).toEqual([[], null]);
  });
});
