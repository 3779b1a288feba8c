import { httpDemuxArgs, DemuxFormat } from '../../../media/ffmpeg-args';
import { FragmentSplitter, SplitSample, SplitTrack } from '../../../media/fmp4/fragment-splitter';
import { ChildExit, FfmpegContext, ownMarker, ManagedChild } from '../../../media/process';
import { CameraError } from '../../camera-error';

export interface DemuxPipeOptions {
  readonly ffmpeg: FfmpegContext;
  readonly format: DemuxFormat;
  readonly session: string;
  readonly maxFrameBytes: number;
  readonly onSample: (sample: SplitSample) => void;
  /** It takes input again after {@link DemuxPipe.write} said no. */
  readonly onDrain: () => void;
  /** The child ended or what it gave was refused; said once, not after {@link DemuxPipe.close}. */
  readonly onEnd: (error: CameraError) => void;
}

/** A camera's container through one FFmpeg: bytes in, coded pictures out. It never dials, it only reads its pipe. */
export class DemuxPipe {
  private readonly child: ManagedChild;
  private failure: CameraError | null = null;
  private closed = false;

  constructor(options: DemuxPipeOptions) {
    const { ffmpeg, format, session, maxFrameBytes } = options;
    const marker = ownMarker({ instance: ffmpeg.instance, session });
    this.child = new ManagedChild({ file: ffmpeg.path, args: httpDemuxArgs(format, marker) }, ffmpeg.clock);
    const splitter = new FragmentSplitter({
      maxFrameBytes,
      onTrack: refuseUnlessH264,
      onSample: (sample) => {
        if (!this.closed) options.onSample(sample);
      },
    });
    this.child.stdin?.on('drain', options.onDrain);
    this.child.stdout?.on('data', (chunk: Buffer) => {
      if (this.failure || this.closed) return;
      try {
        splitter.push(chunk);
      } catch (error) {
        this.fail(error);
      }
    });
    void this.child.exited.then((exit) => {
      if (!this.closed) options.onEnd(this.failure ?? explain(exit));
    });
  }

  /** @returns false when it is full until `onDrain`. */
  write(chunk: Buffer): boolean {
    const { stdin } = this.child;
    return !stdin || stdin.destroyed || stdin.writableEnded || stdin.write(chunk);
  }

  /** The camera's body ended: what is in flight still comes out, then `onEnd` is said. */
  finish(): void {
    void this.child.stop({ eofMs: 1_000, interruptMs: 500 });
  }

  /** Ends it at once; resolves when it is gone. Nothing is said any more. */
  async close(): Promise<void> {
    this.closed = true;
    await this.child.kill();
  }

  private fail(error: unknown): void {
    this.failure =
      error instanceof CameraError
        ? error
        : new CameraError('camera_unsupported', "The camera's video stream is broken.", { cause: error });
    void this.child.kill();
  }
}

const FORMATS: Readonly<Record<string, string>> = {
  hvc1: 'H.265',
  hev1: 'H.265',
  vp08: 'VP8',
  vp09: 'VP9',
  av01: 'AV1',
  jpeg: 'Motion JPEG in a container',
  s263: 'H.263',
};
/** objectTypeIndication (mp4ra.org). */
const OBJECT_TYPES: Readonly<Record<number, string>> = {
  0x20: 'MPEG-4 Part 2',
  0x60: 'MPEG-2',
  0x61: 'MPEG-2',
  0x62: 'MPEG-2',
  0x63: 'MPEG-2',
  0x64: 'MPEG-2',
  0x65: 'MPEG-2',
  0x6a: 'MPEG-1',
  0x6c: 'Motion JPEG in a container',
};

function refuseUnlessH264({ config, format, objectType }: SplitTrack): void {
  if (config) return;
  throw notH264((objectType === null ? undefined : OBJECT_TYPES[objectType]) ?? FORMATS[format] ?? printable(format));
}

function notH264(codec: string): CameraError {
  return new CameraError(
    'camera_unsupported',
    `The camera sends ${codec}. Set its video codec to H.264, or give the address of its MJPEG stream.`,
  );
}

function printable(word: string): string {
  return word.replace(/[^A-Za-z0-9_.-]/g, '?').slice(0, 16);
}

/** What FFmpeg's end says about the camera. */
function explain({ error, stderr, code }: ChildExit): CameraError {
  if (error && error.code !== 'ETIMEDOUT') {
    return new CameraError('camera_unsupported', 'This kind of stream needs FFmpeg, which this server cannot start.', {
      cause: error,
    });
  }
  const codec = /Could not find tag for codec (\w+)/.exec(stderr)?.[1];
  if (codec) return notH264(codec.toUpperCase());
  if (/matches no streams/.test(stderr))
    return new CameraError('camera_unsupported', "The camera's stream has no video.");
  if (/moov atom not found/.test(stderr)) {
    return new CameraError('camera_unsupported', 'The address is an MP4 file that cannot be played while it comes in.');
  }
  if (code !== 0 && /Invalid data found|could not find codec parameters/i.test(stderr)) {
    return new CameraError('camera_unsupported', "The camera's stream cannot be read: no H.264 video was found in it.");
  }
  return new CameraError('camera_unreachable', "The camera's stream ended.");
}
