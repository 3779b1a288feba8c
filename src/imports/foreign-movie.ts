import { probeVideo, VideoProbe } from '../media/ffprobe';
import { MediaToolError, MediaTools } from '../media/media-tool';
import { movieFault } from '../media/fmp4/movie-whole';
import { MAX_PICTURE_SIZE } from '../media/parameter-sets';
import { Disk, isErrno } from '../storage/disk';
import { Refusal } from './refusal';

/** A file that somebody else wrote, as far as a row of ours needs to know it. */
export interface ForeignMovie {
  readonly durationSeconds: number;
  readonly width: number;
  readonly height: number;
  readonly codec: string;
  /** Pictures a second; `null` where it does not say. */
  readonly fps: number | null;
  /** Browsers may not play it. */
  readonly unplayable: boolean;
}

/** Video codecs of MP4 files that recorders write, and whether browsers play them. */
const CODECS: Readonly<Record<string, boolean>> = {
  h264: true,
  vp9: true,
  av1: true,
  hevc: false,
  mpeg4: false,
  mjpeg: false,
};
/** The index of a day at 60 pictures a second takes some seconds. */
const TIMEOUT_MS = 30_000;
const MAX_DURATION_SECONDS = 24 * 60 * 60;
const MOST_FPS = 1_000;

/**
 * Looks at a file that nobody vouches for: its boxes by our own reader, which follows nothing, its index by ffprobe, with the
 * demuxer forced, one protocol allowed, and bounds in time and memory.
 * @param path absolute, no symbolic link
 * @throws Refusal
 */
export async function examineMovie(disk: Disk, tools: MediaTools, path: string): Promise<ForeignMovie> {
  await mustBeWhole(disk, path);
  const { videoStreams, codec, width, height, durationSeconds, averageRate } = await probe(tools, path);
  if (videoStreams !== 1) throw new Refusal('no_video');
  const plays = CODECS[codec];
  if (plays === undefined) throw new Refusal('codec_unknown', /^\w{1,32}$/.test(codec) ? codec : '');
  if (!isSize(width) || !isSize(height)) throw new Refusal('picture_size');
  if (!(durationSeconds > 0 && durationSeconds <= MAX_DURATION_SECONDS)) throw new Refusal('length');
  const fps = averageRate > 0 && averageRate <= MOST_FPS ? averageRate : null;
  return { durationSeconds, width, height, codec, fps, unplayable: !plays };
}

async function mustBeWhole(disk: Disk, path: string): Promise<void> {
  try {
    const file = await disk.open(path, 'read');
    try {
      const fault = await movieFault(file, await file.size());
      if (fault !== null) throw new Refusal(fault);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isErrno(error, 'EACCES', 'EPERM', 'ENOENT', 'ELOOP', 'EIO'))
      throw new Refusal('unreadable', '', { cause: error });
    throw error;
  }
}

async function probe(tools: MediaTools, path: string): Promise<VideoProbe> {
  try {
    return await probeVideo(tools, path, { timeoutMs: TIMEOUT_MS, nice: 10 });
  } catch (error) {
    if (!(error instanceof MediaToolError)) throw error;
    throw new Refusal(error.fileAtFault ? 'not_playable' : 'check_failed', '', { cause: error });
  }
}

function isSize(pixels: number): boolean {
  return Number.isInteger(pixels) && pixels > 0 && pixels <= MAX_PICTURE_SIZE;
}
