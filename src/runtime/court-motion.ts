import { Frame, TICKS_PER_SECOND } from '../media/access-unit';
import { ChildExit, FfmpegContext } from '../media/process';
import { CameraProxy } from '../proxy/camera-proxy';
import { FrameConsumer } from '../proxy/frame-consumer';
import { formatOf, MotionDecoder } from './motion-decoder';
import { MotionSeconds, ScoredSeconds } from './motion-seconds';

/** The name under which it stands among the proxy's consumers. */
export const MOTION_CONSUMER = 'motion';

export interface CourtMotionOptions {
  readonly ffmpeg: FfmpegContext;
  readonly session: string;
  readonly proxy: Pick<CameraProxy, 'subscribe'>;
  /** Where in the recording's file a session time lies, in seconds; `null`: nowhere yet. */
  readonly secondsAt: (ticks: number) => number | null;
  readonly onScores: (scored: ScoredSeconds) => void;
  /** The decoder died; the next run begins after `pauseMs`. */
  readonly onRestart: (exit: ChildExit, pauseMs: number) => void;
}

/** Nothing waits here: a frame that cannot be taken goes by. */
const QUEUE_BYTES = 16 * 1024 * 1024;
/** Between two pictures that are looked at, give or take what cameras jitter: of video as often as most send a keyframe. */
const VIDEO_TICKS = 1.9 * TICKS_PER_SECOND;
const JPEG_TICKS = 0.95 * TICKS_PER_SECOND;
/** Larger pictures cost more, and are looked at less often in turn. */
const USUAL_PIXELS = 1920 * 1088;
/** No frame for so long, and the camera was away. */
const AWAY_TICKS = 3 * TICKS_PER_SECOND;

/**
 * How much moves on a court that records: small pictures of keyframes, compared. Costs the same whatever the camera sends.
 * What was not seen, because the camera or the decoder was away, has no score.
 */
export class CourtMotion implements FrameConsumer {
  readonly name = MOTION_CONSUMER;
  readonly maxQueueBytes = QUEUE_BYTES;

  private readonly seconds = new MotionSeconds();
  private readonly unsubscribe: () => void;
  private decoder: MotionDecoder | null = null;
  private ending: Promise<unknown> = Promise.resolve();
  private seenDts = Number.NEGATIVE_INFINITY;
  private lookedDts = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: CourtMotionOptions) {
    this.unsubscribe = options.proxy.subscribe(this);
  }

  take(frame: Frame): void {
    if (frame.dts - this.seenDts > AWAY_TICKS) this.seconds.forget();
    this.seenDts = frame.dts;
    if (!frame.keyframe || frame.dts - this.lookedDts < pace(frame)) return;
    this.lookedDts = frame.dts;
    if (this.decoder && this.decoder.format !== formatOf(frame)) this.endDecoder();
    this.decoder ??= this.decoderOf(frame);
    this.decoder.take(frame);
  }

  /** When this settles no decoder is left. */
  async close(): Promise<void> {
    this.unsubscribe();
    this.endDecoder();
    await this.ending;
  }

  private decoderOf(first: Frame): MotionDecoder {
    const { ffmpeg, session, onRestart } = this.options;
    const decoder: MotionDecoder = new MotionDecoder({
      ffmpeg,
      session,
      first,
      onPicture: (pixels, dts) => {
        if (this.decoder === decoder) this.onPicture(pixels, dts);
      },
      onRestart: (exit, pauseMs) => {
        this.seconds.forget();
        onRestart(exit, pauseMs);
      },
    });
    return decoder;
  }

  private onPicture(pixels: Buffer, dts: number): void {
    const at = this.options.secondsAt(dts);
    const scored = at === null || at < 0 ? null : this.seconds.take(at, pixels);
    if (scored) this.options.onScores(scored);
  }

  private endDecoder(): void {
    const { decoder } = this;
    this.decoder = null;
    if (decoder) this.ending = Promise.all([this.ending, decoder.stop()]);
  }
}

/** Ticks between two looks at such a camera. */
function pace(frame: Frame): number {
  if (frame.kind === 'jpeg') return JPEG_TICKS;
  const { width, height } = frame.config;
  return VIDEO_TICKS * Math.max(1, (width * height) / USUAL_PIXELS);
}
