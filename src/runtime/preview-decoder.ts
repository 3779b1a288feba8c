import { Cancel } from '../common/clock';
import { Frame, VideoConfig, VideoFrame, TICKS_PER_SECOND } from '../media/access-unit';
import { previewArgs } from '../media/ffmpeg-args';
import { frameFragment } from '../media/fmp4/fragment';
import { buildInitSegment } from '../media/fmp4/init-segment';
import { ChildExit, FfmpegContext, ownMarker, ManagedChild, Supervisor } from '../media/process';
import { MjpegCutter } from '../proxy/sources/mjpeg/mjpeg-cutter';
import { PictureDetail } from './court-runtime';

export interface PreviewDecoderOptions {
  readonly ffmpeg: FfmpegContext;
  readonly session: string;
  /** `tile`: it is given keyframes only, and makes a picture of each. */
  readonly detail: PictureDetail;
  /** The one format it decodes; for another one another decoder is made. */
  readonly config: VideoConfig;
  /** The camera's frames a second, as far as known. */
  readonly fps: number | null;
  /** The frames since the newest keyframe: what a run begins with. */
  readonly backlog: () => readonly Frame[];
  /** One picture, whole. `dts`: of its frame, where that is known, which it is of tiles. */
  readonly onPicture: (data: Buffer, width: number, height: number, dts: number | null) => void;
  /** A run ended that nobody ended; the next one begins after `pauseMs`. */
  readonly onRestart: (exit: ChildExit, pauseMs: number) => void;
}

const WIDTHS: Readonly<Record<PictureDetail, number>> = { pictures: 640, tile: 480 };
const PREVIEW_FPS = 5;
const PREVIEW_QUALITY = 6;
/** Recordings come first where the processor is short. */
const NICE = 5;
/** Frames that go in without a picture coming out, for so long, are a decoder that hangs; starting may take longer. */
const STALL_MS = 5_000;
const START_STALL_MS = 15_000;
const STALL_CHECK_MS = 1_000;
/** Frames further apart than this are a camera that was away, and no reproach to the decoder. */
const FLOW_MS = 2_000;
/** There is nothing in it worth waiting for. */
const STOP_LADDER = { eofMs: 300, interruptMs: 300 };
const BOUNDS = { maxJpegBytes: 4 * 1024 * 1024, maxHeaderBytes: 1024, maxPictureSize: 8192 };
const EXPECTED_FPS = 25;

/**
 * Makes 5 JPEGs a second of a court's video, or one of each keyframe it is given: one FFmpeg, fed on its stdin with the
 * fragments other viewers get too. A run that dies or hangs is replaced and begins with the GOP buffer, so that pictures go
 * on at once.
 */
export class PreviewDecoder {
  private readonly supervisor: Supervisor;
  private readonly init: Buffer;
  /** Decode time of the newest frame the run was given. */
  private fedDts = Number.NEGATIVE_INFINITY;
  private awaitsKeyframe = true;
  private blocked = false;
  private resume: (() => void) | null = null;
  private fedAt = 0;
  private progressAt = 0;
  private produced = false;
  /** A tile's keyframe is in, its picture not yet out: the time between counts, however long until the next one. */
  private owing = false;
  /** The newest keyframe that came while a picture was owed. */
  private waiting: VideoFrame | null = null;
  private watch: Cancel | null = null;

  constructor(private readonly options: PreviewDecoderOptions) {
    this.init = buildInitSegment(options.config);
    this.supervisor = new Supervisor({
      clock: options.ffmpeg.clock,
      start: (generation) => this.launch(generation),
      onExit: (exit, _generation, pauseMs) => {
        this.unblock();
        options.onRestart(exit, pauseMs);
      },
    });
  }

  /** Whether its format is this one. */
  decodes(config: VideoConfig): boolean {
    return config.fingerprint === this.options.config.fingerprint;
  }

  start(): void {
    this.supervisor.start();
    this.watchForStall();
  }

  /** Takes a frame of its format; settles when it can take the next one. Between two runs frames go by. */
  take(frame: VideoFrame): void | Promise<void> {
    const child = this.supervisor.child;
    if (!child?.stdin || frame.dts <= this.fedDts) return;
    this.feed(child, frame);
    if (!this.blocked) return;
    return new Promise((resolve) => (this.resume = resolve));
  }

  /** Ends the process; when this settles it is gone. */
  async stop(): Promise<void> {
    this.watch?.();
    const stopped = this.supervisor.stop(STOP_LADDER);
    this.unblock();
    await stopped;
  }

  private launch(generation: number): ManagedChild {
    const { ffmpeg, session, detail, config, fps, backlog } = this.options;
    const child = new ManagedChild(
      {
        file: ffmpeg.path,
        args: previewArgs({
          maxWidth: WIDTHS[detail],
          fps: PREVIEW_FPS,
          quality: PREVIEW_QUALITY,
          source: { width: config.width, height: config.height, fps: fps ?? EXPECTED_FPS },
          marker: ownMarker({ instance: ffmpeg.instance, session }),
        }),
        nice: NICE,
      },
      ffmpeg.clock,
    );
    this.listen(child, generation);
    this.fedDts = Number.NEGATIVE_INFINITY;
    this.awaitsKeyframe = true;
    this.produced = false;
    this.owing = false;
    this.waiting = null;
    this.fedAt = this.progressAt = ffmpeg.clock.monotonic();
    child.stdin?.write(this.init);
    for (const frame of backlog()) if (frame.kind !== 'jpeg' && this.decodes(frame.config)) this.feed(child, frame);
    return child;
  }

  private listen(child: ManagedChild, generation: number): void {
    const cutter = new MjpegCutter({
      ...BOUNDS,
      onJpeg: (data, width, height) => this.onPicture(data, width, height),
      onLoss: () => undefined,
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      if (!this.supervisor.isCurrent(generation)) return;
      try {
        cutter.push(chunk);
        if (this.waiting && !this.owing) this.feed(child, this.waiting);
      } catch {
        // What it writes are no pictures any more: only a fresh run helps.
        void child.kill();
      }
    });
    child.stdin?.on('drain', () => {
      if (this.supervisor.isCurrent(generation)) this.unblock();
    });
  }

  private feed(child: ManagedChild, frame: VideoFrame): void {
    const tile = this.options.detail === 'tile';
    if ((this.awaitsKeyframe || tile) && !frame.keyframe) return;
    const now = this.options.ffmpeg.clock.monotonic();
    // A picture that comes late would be given the time of this keyframe, so it waits; one that never comes is not waited for.
    if (tile && this.owing && now - this.fedAt < FLOW_MS) {
      this.waiting = frame;
      return;
    }
    this.waiting = null;
    this.awaitsKeyframe = false;
    this.fedDts = frame.dts;
    if (now - this.fedAt > FLOW_MS && !this.owing) this.progressAt = now;
    this.fedAt = now;
    this.owing = tile;
    const step = Math.round(TICKS_PER_SECOND / (this.options.fps ?? EXPECTED_FPS));
    if (child.stdin?.write(frameFragment(frame, step)) === false) this.blocked = true;
  }

  private onPicture(data: Buffer, width: number, height: number): void {
    this.produced = true;
    this.owing = false;
    this.progressAt = this.options.ffmpeg.clock.monotonic();
    this.options.onPicture(data, width, height, this.options.detail === 'tile' ? this.fedDts : null);
  }

  private unblock(): void {
    this.blocked = false;
    const { resume } = this;
    this.resume = null;
    resume?.();
  }

  private watchForStall(): void {
    const { clock } = this.options.ffmpeg;
    this.watch = clock.after(STALL_CHECK_MS, () => {
      const busyUntil = this.blocked || this.owing ? clock.monotonic() : this.fedAt;
      if (busyUntil - this.progressAt >= (this.produced ? STALL_MS : START_STALL_MS)) this.supervisor.replace();
      this.watchForStall();
    });
  }
}
