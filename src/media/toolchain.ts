import { createHash } from 'node:crypto';
import { Clock } from '../common/clock';
import { canCode } from './compress-film';
import { CompressionCodec } from './compress-args';
import { MediaTools } from './media-tool';
import { FfmpegContext } from './process';

/** FFmpeg and ffprobe as this installation runs them. */
export class Toolchain implements FfmpegContext, MediaTools {
  /** This installation, for the marker in a child's arguments: two services on one machine must not end each other's. */
  readonly instance: string;
  private readonly coders = new Map<CompressionCodec, Promise<boolean>>();

  constructor(
    readonly ffmpegPath: string,
    readonly ffprobePath: string,
    readonly clock: Clock,
    dataDir: string,
  ) {
    this.instance = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  }

  get path(): string {
    return this.ffmpegPath;
  }

  /** Whether this FFmpeg can code it; asked of it once. @throws MediaToolError it cannot be run */
  canCode(codec: CompressionCodec): Promise<boolean> {
    let asked = this.coders.get(codec);
    if (!asked) {
      asked = canCode(this, codec).catch((error: unknown) => {
        this.coders.delete(codec);
        throw error;
      });
      this.coders.set(codec, asked);
    }
    return asked;
  }
}
