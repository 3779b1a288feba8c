import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../../common/clock';
import { GapReason, H264Frame, JpegFrame, TICKS_PER_SECOND } from '../../media/access-unit';
import { buildRun } from '../../media/fmp4/fragment';
import { buildInitSegment } from '../../media/fmp4/init-segment';
import { drawJpegs } from '../../media/jpeg.fixture';
import { readJpegSize } from '../../media/jpeg';
import { Encoder, EncoderOptions } from './encoder';

const pictures = drawJpegs({ count: 25 });

function jpegFrame(data: Buffer, seconds: number, after?: GapReason): JpegFrame {
  const size = readJpegSize(data) ?? { width: 320, height: 180 };
  const frame = {
    kind: 'jpeg',
    data,
    ...size,
    dts: Math.round(seconds * TICKS_PER_SECOND),
    keyframe: true,
    cts: 0,
  } as const;
  return after ? { ...frame, after } : frame;
}

/** An encoder whose output can be waited for. */
class Bench {
  readonly frames: H264Frame[] = [];
  readonly encoder: Encoder;
  private waiters: { count: number; done: () => void }[] = [];

  constructor(options: Partial<EncoderOptions> = {}) {
    this.encoder = new Encoder({
      ffmpeg: { path: 'ffmpeg', instance: 'spec', clock: new SystemClock() },
      session: 'encoder-spec',
      codec: 'libx264',
      preset: 'ultrafast',
      crf: 30,
      maxFps: 25,
      onFrame: (frame) => {
        this.frames.push(frame);
        this.waiters = this.waiters.filter(({ count, done }) => this.frames.length < count || (done(), false));
      },
      ...options,
    });
  }

  has(count: number): Promise<void> {
    if (this.frames.length >= count) return Promise.resolve();
    return new Promise((done) => this.waiters.push({ count, done }));
  }

  feed(times: readonly number[], jpegs: readonly Buffer[] = pictures): void {
    times.forEach((time, i) => this.encoder.take(jpegFrame(jpegs[i % jpegs.length] as Buffer, time)));
  }
}

/** The machine's clock, which a test can set forward. */
class AheadClock extends SystemClock {
  ahead = 0;

  override monotonic(): number {
    return super.monotonic() + this.ahead;
  }
}

function every(step: number, count: number, from = 0): number[] {
  return Array.from({ length: count }, (_, i) => from + i * step);
}

function ticks(times: readonly number[]): number[] {
  return times.map((time) => Math.round(time * TICKS_PER_SECOND));
}

/** Writes the frames as a file and lets FFmpeg decode it; throws at its first complaint. */
function decode(frames: readonly H264Frame[]): {
  width: number;
  height: number;
  pix_fmt: string;
  color_range: string;
  nb_read_frames: string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'padelvar-encoder-'));
  try {
    const first = frames[0] as H264Frame;
    const last = frames[frames.length - 1] as H264Frame;
    const file = join(folder, 'out.mp4');
    writeFileSync(
      file,
      Buffer.concat([buildInitSegment(first.config), ...buildRun(frames, last.dts + 3600, first.dts, 1)]),
    );
    const complaints = execFileSync('ffmpeg', ['-v', 'warning', '-xerror', '-i', file, '-f', 'null', '-'], {
      stdio: 'pipe',
    });
    expect(complaints.toString()).toBe('');
    const entries = 'stream=width,height,pix_fmt,color_range,nb_read_frames';
    const probe = execFileSync('ffprobe', [
      '-v',
      'error',
      '-count_frames',
      '-show_entries',
      entries,
      '-of',
      'json',
      file,
    ]);
    return (JSON.parse(probe.toString()) as { streams: [never] }).streams[0];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('Encoder', () => {
  it('keeps the times: 10 fps with a hole of 3 s, from a session that is hours old', async () => {
    const bench = new Bench();
    const times = [...every(0.1, 30, 9000.033), ...every(0.1, 30, 9006.033)];
    bench.feed(times);
    await bench.encoder.stop();
    expect(bench.frames.map(({ dts }) => dts)).toEqual(ticks(times));
    expect(bench.frames.every(({ cts }) => cts === 0)).toBe(true);
    expect(decode(bench.frames)).toMatchObject({
      width: 320,
      height: 180,
      pix_fmt: 'yuv420p',
      color_range: 'tv',
      nb_read_frames: '60',
    });
  });

  it('sets a keyframe every 2 s by time, and one right after a hole', async () => {
    const bench = new Bench();
    const times = [...every(0.1, 30), ...every(0.1, 30, 33)];
    bench.feed(times);
    await bench.encoder.stop();
    const keyframes = bench.frames.filter(({ keyframe }) => keyframe).map(({ dts }) => dts / TICKS_PER_SECOND);
    expect(keyframes).toEqual([0, 2, 33, 35]);
  });

  it('gives pictures out while they come in, holding one back', async () => {
    const bench = new Bench();
    bench.feed(every(0.04, 10));
    await bench.has(9);
    expect(bench.frames[0]?.keyframe).toBe(true);
    await bench.encoder.stop();
    expect(bench.frames).toHaveLength(10);
  });

  it('replaces a killed run and gives it what the old one had in hand: nothing is lost', async () => {
    const restarts: number[] = [];
    const bench = new Bench({ onRestart: (_exit, pauseMs) => restarts.push(pauseMs) });
    bench.feed(every(0.04, 20));
    await bench.has(10);
    process.kill(bench.encoder.status.pid as number, 'SIGKILL');
    bench.feed(every(0.04, 20, 0.8));
    await bench.has(39);
    await bench.encoder.stop();
    expect(bench.frames.map(({ dts }) => dts)).toEqual(ticks(every(0.04, 40)));
    expect(restarts).toEqual([0]);
    expect(bench.encoder.status).toMatchObject({ restarts: 1, droppedFrames: 0 });
    const marked = bench.frames.filter(({ after }) => after === 'encoder_restarted');
    expect(marked).toHaveLength(1);
    expect(marked[0]?.keyframe).toBe(true);
    expect(new Set(bench.frames.map(({ config }) => config.fingerprint)).size).toBe(1);
    expect(decode(bench.frames).nb_read_frames).toBe('40');
  });

  it('replaces a run that hangs (SIGSTOP)', async () => {
    const bench = new Bench({ stallMs: 200 });
    bench.feed(every(0.04, 10));
    await bench.has(9);
    process.kill(bench.encoder.status.pid as number, 'SIGSTOP');
    bench.feed(every(0.04, 10, 0.4));
    await bench.has(19);
    await bench.encoder.stop();
    expect(bench.frames).toHaveLength(20);
    expect(bench.encoder.status.restarts).toBeGreaterThanOrEqual(1);
  });

  describe('by a clock that can be set forward', () => {
    let clock: AheadClock;
    let bench: Bench;

    beforeEach(async () => {
      clock = new AheadClock();
      bench = new Bench({ ffmpeg: { path: 'ffmpeg', instance: 'spec', clock }, stallMs: 300_000 });
      bench.feed(every(0.04, 10));
      await bench.has(9);
    });

    afterEach(() => bench.encoder.stop());

    it('says how far it is behind while it stands still (SIGSTOP), and that it keeps up again', async () => {
      expect(bench.encoder.load).toMatchObject({
        running: true,
        behindMs: 0,
        lateForMs: 0,
        queuedFrames: 1,
        speed: 0.9,
      });
      const pid = bench.encoder.status.pid as number;
      process.kill(pid, 'SIGSTOP');
      bench.feed(every(0.04, 10, 0.4));
      clock.ahead = 5_000;
      const { behindMs, lateForMs } = bench.encoder.load;
      process.kill(pid, 'SIGCONT');
      expect(behindMs).toBeGreaterThanOrEqual(5_000);
      expect(lateForMs).toBeCloseTo(behindMs - 1_000, 5);
      await bench.has(19);
      expect(bench.encoder.load).toMatchObject({ behindMs: 0, lateForMs: 0, queuedFrames: 1, droppedFrames: 0 });
      // Ten came out; the last of them had but one behind it, and was not owed yet.
      expect(bench.encoder.load.lateFramesInAll).toBe(9);
      await bench.encoder.stop();
      expect(bench.encoder.load).toMatchObject({ running: false, queuedFrames: 0, queuedBytes: 0 });
    });

    it('is not late while its camera is away', async () => {
      clock.ahead = 60_000;
      expect(bench.encoder.load).toMatchObject({ behindMs: 0, lateForMs: 0 });
      bench.feed(every(0.04, 10, 60));
      await bench.has(19);
      await bench.encoder.stop();
      expect(bench.encoder.load.lateFramesInAll).toBe(0);
    });
  });

  it('loses nothing when it is killed on the last stretch', async () => {
    const bench = new Bench();
    bench.feed(every(0.04, 25));
    await bench.has(1);
    const stopped = bench.encoder.stop();
    process.kill(bench.encoder.status.pid as number, 'SIGKILL');
    await stopped;
    expect(bench.frames.map(({ dts }) => dts)).toEqual(ticks(every(0.04, 25)));
  });

  it.each([
    ['odd sizes', ['321x181'], 'yuvj420p', { width: 320, height: 180 }],
    ['4:2:2 colours', ['320x180'], 'yuvj422p', { width: 320, height: 180 }],
    ['grey pictures', ['320x180'], 'gray', { width: 320, height: 180 }],
    ['a new size in mid-stream', ['320x180', '640x480', '320x180'], 'yuvj420p', { width: 320, height: 180 }],
  ])('encodes %s into one configuration', async (_name, sizes, pixelFormat, expected) => {
    const bench = new Bench();
    let at = 0;
    for (const size of sizes) {
      bench.feed(every(0.04, 10, at), drawJpegs({ count: 10, size, pixelFormat }));
      at += 0.4;
    }
    await bench.encoder.stop();
    expect(bench.frames.map(({ dts }) => dts)).toEqual(ticks(every(0.04, 10 * sizes.length)));
    expect(new Set(bench.frames.map(({ config }) => config.fingerprint)).size).toBe(1);
    expect(decode(bench.frames)).toMatchObject({ ...expected, pix_fmt: 'yuv420p', color_range: 'tv' });
  });

  it.each([
    [50, 25],
    [30, 25],
    [25, 25],
    [25.5, 25],
    [10, 10],
  ])('encodes %d fps as at most %d', async (fps, expected) => {
    const bench = new Bench();
    bench.feed(every(1 / fps, Math.round(fps * 4)));
    await bench.encoder.stop();
    expect(bench.frames.length / 4).toBeGreaterThan(expected * 0.97);
    expect((bench.frames.length - 6) / 4).toBeLessThanOrEqual(expected * 1.04);
  });

  it('drops what cannot be decoded, counts it and says so on the next frame', async () => {
    const bench = new Bench();
    const broken = Buffer.from(pictures[0] as Buffer).fill(0, 2, 400);
    bench.feed([0, 0.04, 0.08, 0.12], [pictures[0] as Buffer, broken, pictures[2] as Buffer, pictures[3] as Buffer]);
    await bench.encoder.stop();
    expect(bench.frames.map(({ dts }) => dts)).toEqual(ticks([0, 0.08, 0.12]));
    expect(bench.frames[1]?.after).toBe('packets_lost');
    expect(bench.encoder.status.droppedFrames).toBe(1);
  });

  it('keeps pictures that come late in a bunch', async () => {
    const bench = new Bench();
    const times = [...every(0.04, 10), 0.55, 0.552, 0.554, 0.556, ...every(0.04, 10, 0.6)];
    bench.feed(times);
    await bench.encoder.stop();
    expect(bench.frames.map(({ dts }) => dts)).toEqual(ticks(times));
  });

  it('passes on why frames before one are missing, over the frames it drops itself', async () => {
    const bench = new Bench({ maxFps: 10 });
    const times = every(0.002, 20, 1);
    times.forEach((time, i) => bench.encoder.take(jpegFrame(pictures[0]!, time, i === 10 ? 'camera_lost' : undefined)));
    bench.encoder.take(jpegFrame(pictures[0]!, 3));
    await bench.encoder.stop();
    expect(bench.frames.length).toBeLessThan(6);
    expect(bench.frames.filter(({ after }) => after)).toMatchObject([
      { dts: 3 * TICKS_PER_SECOND, after: 'camera_lost' },
    ]);
  });

  it('bounds what waits: overflow is counted and named', async () => {
    const one = (pictures[0] as Buffer).length;
    const bench = new Bench({ maxQueueBytes: one * 5.5 });
    bench.feed(every(0.04, 50), [pictures[0] as Buffer]);
    await bench.has(4);
    bench.feed(every(0.04, 2, 2));
    await bench.encoder.stop();
    expect(bench.encoder.status.droppedFrames).toBe(45);
    expect(bench.frames).toHaveLength(7);
    expect(bench.frames[5]).toMatchObject({ dts: 2 * TICKS_PER_SECOND, after: 'queue_overflow' });
  });

  it('goes on trying when FFmpeg cannot be started, and stops at once', async () => {
    let failed = (): void => undefined;
    const failure = new Promise<void>((resolve) => (failed = resolve));
    const bench = new Bench({
      ffmpeg: { path: '/nonexistent/ffmpeg', instance: 'spec', clock: new SystemClock() },
      onRestart: (exit, pauseMs) => {
        expect(exit.error?.code).toBe('ENOENT');
        if (pauseMs > 0) failed();
      },
    });
    expect(bench.encoder.unable).toBeNull();
    bench.feed([0, 0.04]);
    await failure;
    expect(bench.encoder.unable).toMatchObject({ code: 'ENOENT' });
    await bench.encoder.stop();
    expect(bench.frames).toHaveLength(0);
    expect(bench.encoder.status.pid).toBeNull();
  });

  it('says why it cannot run only as long as it cannot', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'padelvar-encoder-'));
    const path = join(folder, 'ffmpeg');
    const bench = new Bench({
      ffmpeg: { path, instance: 'spec', clock: new SystemClock() },
      onRestart: () => {
        if (!existsSync(path)) symlinkSync(execFileSync('which', ['ffmpeg']).toString().trim(), path);
      },
    });
    bench.feed(every(0.04, 10));
    await bench.has(9);
    expect(bench.encoder.unable).toBeNull();
    await bench.encoder.stop();
    expect(bench.encoder.status).toMatchObject({ restarts: 1, droppedFrames: 0 });
    expect(bench.frames.map(({ dts }) => dts)).toEqual(ticks(every(0.04, 10)));
    rmSync(folder, { recursive: true });
  });

  it('stops with nothing taken', async () => {
    await expect(new Bench().encoder.stop()).resolves.toBeUndefined();
  });

  it('keeps its log and carries its marker, and leaves no process', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'padelvar-log-'));
    const path = join(folder, 'encoder-spec.ffmpeg.log');
    const bench = new Bench({ log: { path, maxBytes: 500 } });
    bench.feed([0, 0.04, 0.08]);
    await bench.has(1);
    const pid = bench.encoder.status.pid as number;
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toContain('padelvar:spec:encoder-spec');
    await bench.encoder.stop();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(readFileSync(path).length).toBeLessThanOrEqual(500);
    rmSync(folder, { recursive: true });
  });
});
