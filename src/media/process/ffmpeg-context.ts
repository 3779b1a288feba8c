import { Clock } from '../../common/clock';

/** What everything that runs FFmpeg has to know. */
export interface FfmpegContext {
  /** The program, `FFMPEG_PATH`. */
  readonly path: string;
  /** This installation, for the marker in a child's arguments. */
  readonly instance: string;
  readonly clock: Clock;
}
