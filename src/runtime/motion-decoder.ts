import { Cancel } from '../common/clock';
import { Frame } from '../media/access-unit';
import { MOTION_SIZE, motionArgs } from '../media/ffmpeg-args';
import { frameFragment } from '../media/fmp4/fragment';
import { buildInitSegment } from '../media/fmp4/init-segment';
import { ChildExit, FfmpegContext, ownMarker, ManagedChild, Supervisor } from '../media/process';
import { jpegBlockHead, jpegTrackHeader } from '../recording/engine/jpeg-track-muxer';

export interface MotionDecoderOptions {
  readonly ffmpeg: FfmpegContext;
  readonly session: string;
  /** A frame of the one format it decodes; for another one another decoder is made. */
  readonly first: Frame;
  /** A frame as gray pixels of {@link MOTION_SIZE}, and the time it was given with. */
  readonly onPicture: (pixels: Buffer, dts: number) => void;
  /** A run ended that nobody ended; the next one begins after `pauseMs`. */
  readonly onRestart: (exit: ChildExit, pauseMs: number) => void;
}

const PICTURE_BYTES = MOTION_SIZE.width * MOTION_SIZE.height;
/** Recordings and those who watch come first. */
const NICE = 10;
/** A picture that takes longer than this never comes; the first one waits for FFmpeg to start, on a busy machine. */
const STALL_MS = 10_000;
/** A hint only: each picture says its own time. */
const STEP_TICKS = 90_000;
const STOP_LADDER = { eofMs: 300, interruptMs: 300 };

/** Frames of one format are equal in this. */
export function formatOf(frame: Frame): string {
  return frame.kind === 'jpeg' ? `jpeg:${frame.width}x${frame.height}` : frame.config.fingerprint;
}

/**
 * Makes small gray pictures of single frames: one FFmpeg, fed on its stdin. One frame at a time is in it, so whatever it does,
 * a picture is that frame's or nobody's. A run that dies or hangs is replaced, with pauses that grow.
 */
export class MotionDecoder {
  readonly format: string;
  private readonly supervisor: Supervisor;
  /** The time of the frame that is in it; `null`: none. */
  private owed: number | null = null;
  private stall: Cancel | null = null;
  private pixels = Buffer.alloc(PICTURE_BYTES);
  private filled = 0;

  constructor(private readonly options: MotionDecoderOptions) {
    this.format = formatOf(options.first);
    this.supervisor = new Supervisor({
      clock: options.ffmpeg.clock,
      start: (generation) => this.launch(generation),
      onExit: (exit, _generation, pauseMs) => {
        this.settle();
        options.onRestart(exit, pauseMs);
      },
    });
    this.supervisor.start();
  }

  /** Takes a keyframe of its format. While another one is in it, or between two runs, it goes by. */
  take(frame: Frame): void {
    const { stdin } = this.supervisor.child ?? {};
    if (!stdin || this.owed !== null) return;
    this.owed = frame.dts;
    this.filled = 0;
    if (frame.kind === 'jpeg') {
      stdin.write(jpegBlockHead(frame.dts, frame.data.length));
      stdin.write(frame.data);
    } else {
      stdin.write(frameFragment(frame, STEP_TICKS));
    }
    this.stall = this.options.ffmpeg.clock.after(STALL_MS, () => this.supervisor.replace());
  }

  /** Ends the process; when this settles it is gone. */
  async stop(): Promise<void> {
    this.settle();
    await this.supervisor.stop(STOP_LADDER);
  }

  private launch(generation: number): ManagedChild {
    const { ffmpeg, session, first } = this.options;
    const jpeg = first.kind === 'jpeg';
    const child = new ManagedChild(
      {
        file: ffmpeg.path,
        args: motionArgs({
          format: jpeg ? 'matroska' : 'mp4',
          sourceWidth: jpeg ? first.width : first.config.width,
          marker: ownMarker({ instance: ffmpeg.instance, session }),
        }),
        nice: NICE,
      },
      ffmpeg.clock,
    );
    child.stdout?.on('data', (chunk: Buffer) => {
      if (this.supervisor.isCurrent(generation)) this.read(chunk);
    });
    const { width, height } = first.kind === 'jpeg' ? first : first.config;
    child.stdin?.write(jpeg ? jpegTrackHeader({ width, height, fps: 1 }) : buildInitSegment(first.config));
    return child;
  }

  private read(chunk: Buffer): void {
    if (this.owed === null) return;
    this.filled += chunk.copy(this.pixels, this.filled);
    if (this.filled < PICTURE_BYTES) return;
    const { pixels, owed } = this;
    this.pixels = Buffer.alloc(PICTURE_BYTES);
    this.settle();
    this.options.onPicture(pixels, owed);
  }

  /** Nothing is in it any more. */
  private settle(): void {
    this.stall?.();
    this.stall = null;
    this.owed = null;
    this.filled = 0;
  }
}
