import { createHash } from 'node:crypto';
import { Clock } from '../common/clock';
import { MediaTools } from './media-tool';
import { FfmpegContext } from './process';

/** FFmpeg and ffprobe as this installation runs them. */
export class Toolchain implements FfmpegContext, MediaTools {
  /** This installation, for the marker in a child's arguments: two services on one machine must not end each other's. */
  readonly instance: string;

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
}
