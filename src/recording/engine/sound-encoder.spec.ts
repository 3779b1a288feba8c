import { execFileSync } from 'node:child_process';
import { SystemClock } from '../../common/clock';
import { TICKS_PER_SECOND } from '../../media/access-unit';
import { SoundUnit } from '../../media/sound/sound-format';
import { beepSource } from '../../media/sound/sound.fixture';
import { until } from '../../../test/support/until';
import { SoundEncoder } from './sound-encoder';

const RATE = 8_000;
const PACKET = 160;
const STEP = (PACKET * TICKS_PER_SECOND) / RATE;
const FRAME = (1024 * TICKS_PER_SECOND) / 16_000;
const ffmpeg = { path: 'ffmpeg', instance: 'spec', clock: new SystemClock() };

describe('SoundEncoder', () => {
  let packets: Buffer[];
  let frames: SoundUnit[];
  let restarts: number;
  let encoder: SoundEncoder;

  beforeAll(() => {
    const source = ['-v', 'error', '-f', 'lavfi', '-i', beepSource(4, RATE), '-f', 'alaw', '-'];
    const samples = execFileSync('ffmpeg', source);
    packets = Array.from({ length: samples.length / PACKET }, (_, i) => samples.subarray(i * PACKET, (i + 1) * PACKET));
  });

  beforeEach(() => {
    frames = [];
    restarts = 0;
    encoder = new SoundEncoder({
      ffmpeg,
      session: 'spec',
      format: { kind: 'alaw', rate: RATE },
      onFrame: (unit) => frames.push(unit),
      onRestart: () => restarts++,
    });
  });
  afterEach(() => encoder.stop());

  const give = (from: number, to: number, ticksOf = (i: number): number => i * STEP): void => {
    for (let i = from; i < to; i++) encoder.take({ data: packets[i]!, ticks: ticksOf(i) });
  };

  /** Beginnings of beeps in seconds of the session, to a few frames: those with a tone nearby are many times as long as others. */
  const loud = (): number[] => {
    const begins = frames.filter(({ data }, i) => data.length > 60 && (frames[i - 1]?.data.length ?? 0) <= 60);
    return begins.map(({ ticks }) => ticks / TICKS_PER_SECOND);
  };

  it('gives frames in a row whose times are those of their samples', async () => {
    give(0, 200);
    await encoder.stop();
    expect(frames.length).toBeGreaterThanOrEqual(62);
    frames.forEach(({ ticks }, i) => expect(ticks).toBeCloseTo(i * FRAME, 5));
    expect(encoder.pid).toBeNull();
  });

  it('fills a hole with silence, and counts anew behind a long one', async () => {
    give(0, 60);
    give(80, 120);
    const hour = 3600 * TICKS_PER_SECOND;
    give(120, 200, (i) => hour + i * STEP);
    await encoder.stop();
    const steps = frames.slice(1).map(({ ticks }, i) => ticks - (frames[i] as SoundUnit).ticks);
    const jumps = steps.filter((step) => Math.abs(step - FRAME) > 1);
    expect(jumps).toHaveLength(1);
    expect(jumps[0]).toBeGreaterThan(hour - 3 * FRAME);
    // The hour itself is not encoded.
    expect(frames.length).toBeLessThan(75);
    const [beep] = loud().filter((at) => at > 3_602.5);
    expect(Math.abs((beep ?? 0) - 3_603)).toBeLessThan(0.2);
  });

  it('keeps in step with a clock that drifts', async () => {
    // It says 20 ms and takes 20.1.
    give(0, 200, (i) => i * STEP * 1.005);
    await encoder.stop();
    const last = frames[frames.length - 1] as SoundUnit;
    // Samples were put in: as long as it took, not as long as it said.
    expect(last.ticks + FRAME).toBeGreaterThan(199 * STEP * 1.005 - FRAME);
  });

  it('dies, and is restarted: what is missing is a hole in time, not a shift', async () => {
    give(0, 60);
    await until(() => frames.length > 10);
    process.kill(encoder.pid as number, 'SIGKILL');
    await until(() => restarts === 1);
    give(100, 200);
    await encoder.stop();
    const behind = frames.filter(({ ticks }) => ticks >= 100 * STEP);
    expect(behind[0]?.ticks).toBe(100 * STEP);
    expect(
      loud()
        .filter((at) => at > 2.1 && at < 3.9)
        .map(Math.round),
    ).toEqual([3]);
  });

  it('takes no more than its bound where nobody reads', async () => {
    const stuck = new SoundEncoder({
      ffmpeg: { ...ffmpeg, path: '/bin/cat' },
      session: 'spec',
      format: { kind: 'alaw', rate: RATE },
      onFrame: () => undefined,
      onRestart: () => restarts++,
    });
    // Not FFmpeg's arguments to `cat`: it ends at once, again and again, with pauses.
    stuck.take({ data: packets[0]!, ticks: 0 });
    await until(() => restarts > 0);
    for (let i = 0; i < 1_000; i++) stuck.take({ data: packets[0]!, ticks: i * STEP });
    await stuck.stop();
    expect(frames).toEqual([]);
  });
});
