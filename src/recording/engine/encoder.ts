import { availableParallelism } from 'node:os';
import { Cancel } from '../../common/clock';
import { Frame, GapReason, H264Frame, JpegFrame, TICKS_PER_SECOND } from '../../media/access-unit';
import { encoderArgs, encoderThreads } from '../../media/ffmpeg-args';
import { FragmentSplitter, SplitSample } from '../../media/fmp4/fragment-splitter';
import { ChildExit, FfmpegContext, ownMarker, ManagedChild, StopLadder, Supervisor } from '../../media/process';
import { FrameConsumer } from '../../proxy/frame-consumer';
import { EncoderLateness, EncoderLoad, PICTURES_HELD } from './encoder-lateness';
import { EncoderQueue } from './encoder-queue';
import { jpegBlockHead, jpegTrackHeader } from './jpeg-track-muxer';

export interface EncoderOptions {
  readonly ffmpeg: FfmpegContext;
  readonly session: string;
  /** `VIDEO_CODEC`, `VIDEO_PRESET`, `VIDEO_CRF`. */
  readonly codec: string;
  readonly preset: string;
  readonly crf: number;
  /** `VIDEO_FPS`: pictures beyond it are not encoded. */
  readonly maxFps: number;
  /** Scheduling priority of the child; default 0. */
  readonly nice?: number;
  /** `LOGS_DIR/<session>.ffmpeg.log` and its cap. */
  readonly log?: { readonly path: string; readonly maxBytes: number };
  /** What may wait for the encoder or be in it; default 32 MiB. */
  readonly maxQueueBytes?: number;
  /** Without a picture out for this long while pictures wait, it counts as dead. Default 5000 ms. */
  readonly stallMs?: number;
  /** One encoded picture, with the session time of its JPEG; in order. */
  readonly onFrame: (frame: H264Frame) => void;
  /** A run ended that nobody ended; the next one begins after `pauseMs`. */
  readonly onRestart?: (exit: ChildExit, pauseMs: number) => void;
}

export interface EncoderStatus {
  /** Running process, `null` between runs. */
  readonly pid: number | null;
  readonly startTime: string | null;
  readonly restarts: number;
  /** Pictures taken that no encoded picture came of: no room, or not decodable. Those over `maxFps` are not among them. */
  readonly droppedFrames: number;
}

const DEFAULT_QUEUE_BYTES = 32 * 1024 * 1024;
const DEFAULT_STALL_MS = 5_000;
/** Starting takes longer than going on, most of all on a machine where many start at once. */
const START_STALL_FACTOR = 3;
/** Cameras' own clocks run a little fast; a camera of just the highest rate must not lose a picture for it. */
const FPS_TOLERANCE = 1.04;
/** Pictures late in a bunch are not too many: what was saved up for this long may come at once. */
const BURST_SECONDS = 0.2;

/**
 * Makes H.264 of a court's JPEGs, one FFmpeg for the recording's length.
 *
 * The first picture's size is the recording's size, whatever comes later is fitted into it: one configuration, one file.
 * Times go through FFmpeg and come back, so a hole stays a hole and a slow camera stays slow. A run that dies, or hangs,
 * is replaced at once and gets the pictures the old one did not give back; its first frame says `encoder_restarted`.
 */
export class Encoder implements FrameConsumer {
  readonly name = 'encoder';
  readonly maxQueueBytes: number;

  private readonly queue: EncoderQueue;
  private readonly supervisor: Supervisor;
  private readonly lateness = new EncoderLateness();
  private size: { readonly width: number; readonly height: number } | null = null;
  private carried: GapReason | undefined;
  private due = Number.NEGATIVE_INFINITY;
  private lastDts = Number.NEGATIVE_INFINITY;
  private blocked = false;
  private announceRestart = false;
  private progressAt = 0;
  private produced = false;
  private watch: Cancel | null = null;
  private stopping: Promise<void> | null = null;

  /** Why its program could not be started, as long as it cannot. */
  unable: Error | null = null;

  constructor(private readonly options: EncoderOptions) {
    this.maxQueueBytes = options.maxQueueBytes ?? DEFAULT_QUEUE_BYTES;
    this.queue = new EncoderQueue(this.maxQueueBytes);
    this.supervisor = new Supervisor({
      clock: options.ffmpeg.clock,
      start: (generation) => this.launch(generation),
      onExit: (exit, _generation, pauseMs) => {
        this.afterRun();
        this.unable = exit.error;
        options.onRestart?.(exit, pauseMs);
      },
    });
  }

  get status(): EncoderStatus {
    const { child, restarts } = this.supervisor;
    const { dropped } = this.queue;
    return { pid: child?.pid ?? null, startTime: child?.startTime ?? null, restarts, droppedFrames: dropped };
  }

  /** How it keeps up. Cheap: from memory. */
  get load(): EncoderLoad {
    const running = this.supervisor.child !== null;
    const { count: queuedFrames, queuedBytes, dropped: droppedFrames } = this.queue;
    // Between two runs nobody encodes, and so nobody is late.
    const late = this.lateness.read(this.now(), running ? this.queue.owedSince(PICTURES_HELD) : null);
    return { running, ...late, queuedFrames, queuedBytes, droppedFrames };
  }

  /** Takes one JPEG; frames of another kind are not its business. Never blocks: what has no room is dropped and counted. */
  take(frame: Frame): void {
    if (frame.kind !== 'jpeg' || this.stopping || frame.dts <= this.lastDts) return;
    this.lastDts = frame.dts;
    if (!this.isDue(frame)) {
      this.carried ??= frame.after;
      return;
    }
    const reason = this.supervisor.child || !this.size ? 'queue_overflow' : 'encoder_restarted';
    const now = this.now();
    if (!this.queue.offer(frame, this.carried ?? frame.after, reason, now)) return;
    this.lateness.taken(now);
    this.carried = undefined;
    if (!this.size) {
      this.size = { width: even(frame.width), height: even(frame.height) };
      this.supervisor.start();
      this.watchForStall();
    }
    this.pump();
  }

  /**
   * Ends the input, waits for everything in flight, then climbs the ladder. All frames have been given to `onFrame` when
   * it resolves. Should the encoder die on this last stretch, one more run encodes what is left.
   */
  stop(ladder?: Partial<StopLadder>): Promise<void> {
    this.stopping ??= this.finish(ladder);
    return this.stopping;
  }

  private async finish(ladder?: Partial<StopLadder>): Promise<void> {
    for (let run = 0; run < 2 && !this.queue.isEmpty; run++) {
      if (run > 0) this.supervisor.start();
      else this.supervisor.hurry();
      this.pump(true);
      const exit = await this.supervisor.stop(ladder);
      if (exit?.code === 0) break;
      this.afterRun();
    }
    await this.supervisor.stop(ladder);
    this.watch?.();
    this.queue.clear();
  }

  /** Spends a budget of `maxFps`, so that 30 pictures a second become 25 and not 15, and jitter costs none. */
  private isDue({ dts }: JpegFrame): boolean {
    const period = TICKS_PER_SECOND / (this.options.maxFps * FPS_TOLERANCE);
    if (dts < this.due - period / 2) return false;
    this.due = Math.max(this.due, dts - BURST_SECONDS * TICKS_PER_SECOND) + period;
    return true;
  }

  private launch(generation: number): ManagedChild {
    const { ffmpeg, session, codec, preset, crf, maxFps, nice, log } = this.options;
    const { width, height } = this.size ?? { width: 2, height: 2 };
    const threads = encoderThreads(preset, width * height * maxFps, availableParallelism());
    const marker = ownMarker({ instance: ffmpeg.instance, session });
    const args = encoderArgs({ codec, preset, crf, width, height, threads, marker });
    const child = new ManagedChild(
      { file: ffmpeg.path, args, ...(nice === undefined ? {} : { nice }), ...(log ? { log } : {}) },
      ffmpeg.clock,
    );
    this.announceRestart = generation > 1;
    this.produced = false;
    this.progressAt = this.now();
    this.lateness.runBegan(this.progressAt);
    this.blocked = false;
    const splitter = new FragmentSplitter({
      maxFrameBytes: MAX_FRAME_BYTES,
      onSample: (sample) => this.onSample(sample),
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      if (!this.supervisor.isCurrent(generation)) return;
      try {
        splitter.push(chunk);
      } catch {
        // What it writes is no longer a stream: only a fresh run helps.
        void child.kill();
      }
    });
    child.stdin?.on('drain', () => {
      if (!this.supervisor.isCurrent(generation)) return;
      this.blocked = false;
      this.pump();
    });
    child.stdin?.write(jpegTrackHeader({ width, height, fps: maxFps }));
    // The supervisor knows the child only when this returns.
    queueMicrotask(() => this.pump());
    return child;
  }

  /** Feeds the encoder what its input takes; `all` when the input ends and there is no later. */
  private pump(all = false): void {
    const stdin = this.supervisor.child?.stdin;
    if (!stdin || stdin.destroyed || stdin.writableEnded) return;
    while (all || !this.blocked) {
      const frame = this.queue.next();
      if (!frame) return;
      stdin.cork();
      stdin.write(jpegBlockHead(frame.dts, frame.data.length));
      this.blocked = !stdin.write(frame.data);
      stdin.uncork();
    }
  }

  private onSample(sample: SplitSample): void {
    this.progressAt = this.now();
    this.produced = true;
    this.unable = null;
    const owedSince = this.queue.owedSince(PICTURES_HELD);
    const settled = this.queue.settle(sample.dts);
    if (!settled) return;
    this.lateness.returned(this.progressAt, owedSince, this.queue.owedSince(PICTURES_HELD));
    const after = settled.after ?? (this.announceRestart ? 'encoder_restarted' : undefined);
    this.announceRestart = false;
    const { config, data, keyframe, cts } = sample;
    const frame: H264Frame = { kind: 'h264', config, data, keyframe, dts: settled.dts, cts };
    this.options.onFrame(after ? { ...frame, after } : frame);
  }

  private afterRun(): void {
    this.blocked = false;
    this.queue.takeBack();
  }

  private watchForStall(): void {
    const { ffmpeg, stallMs = DEFAULT_STALL_MS } = this.options;
    this.watch = ffmpeg.clock.after(stallMs / 4, () => {
      const limit = this.produced ? stallMs : stallMs * START_STALL_FACTOR;
      const busy = this.blocked || this.queue.givenCount > PICTURES_HELD;
      if (!busy) this.progressAt = this.now();
      else if (this.now() - this.progressAt >= limit) this.supervisor.replace();
      this.watchForStall();
    });
  }

  private now(): number {
    return this.options.ffmpeg.clock.monotonic();
  }
}

const MAX_FRAME_BYTES = 8 * 1024 * 1024;

function even(pixels: number): number {
  return Math.max(2, pixels - (pixels % 2));
}
