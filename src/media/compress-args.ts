/** What a finished film may be coded in anew. */
export const COMPRESSION_CODECS = ['h264', 'h265', 'av1'] as const;
export type CompressionCodec = (typeof COMPRESSION_CODECS)[number];

/** FFmpeg's encoders for them. */
export const ENCODERS: Readonly<Record<CompressionCodec, string>> = {
  h264: 'libx264',
  h265: 'libx265',
  // Not libaom's, which takes many times as long as the film.
  av1: 'libsvtav1',
};

/** As ffprobe, and so a video's row, calls them. */
export const CODEC_NAMES: Readonly<Record<CompressionCodec, string>> = { h264: 'h264', h265: 'hevc', av1: 'av1' };

/**
 * What nobody tells apart from a camera's own stream at play, on the scale of x264 and x265: of H.265 some three more than of
 * H.264. Of AV1 it is its encoder's own 35 ({@link av1Crf}).
 */
export const DEFAULT_CRF: Readonly<Record<CompressionCodec, number>> = { h264: 24, h265: 27, av1: 28 };

/** Below, files grow instead of shrinking; above, the ball is lost. */
export const LEAST_CRF = 18;
export const MOST_CRF = 34;

/** SVT-AV1's presets go from 0 to 13, the fastest; with this one it takes less time than x265 for fewer bytes of the same likeness. */
const AV1_PRESET = '10';

/**
 * AV1's scale ends at 63, that of x264 and x265 at 51: the same share of it. So 19 becomes 23, which FFmpeg's guide
 * (https://trac.ffmpeg.org/wiki/Encode/AV1) calls alike, and 28 the 35 that SVT-AV1 has where nobody asks.
 */
export function av1Crf(crf: number): number {
  return Math.round((crf * 63) / 51);
}

/** Arguments for a film that takes less room. */
export interface CompressArgsOptions {
  readonly codec: CompressionCodec;
  readonly crf: number;
  /** Absolute path of a finished film of ours. */
  readonly from: string;
  /** Absolute path of the film that is made. */
  readonly to: string;
  readonly marker: string;
}

/** A keyframe no later than every two seconds, by the pictures' own times: a gap is no reason for thirty of them. */
const KEYFRAMES = 'expr:isnan(prev_forced_t)+gte(t-prev_forced_t,1.9)';
/** Further apart than the rule above ever lets them be. */
const FARTHEST = 600;

/**
 * A finished file of ours → the same pictures at the very same times, coded anew at a constant quality, as an MP4 whose index
 * stands at its end; how far it is comes on stdout (`-progress`). One thread: recordings go first. Closed groups of pictures,
 * for highlights are cut at keyframes.
 */
export function compressArgs({ codec, crf, from, to, marker }: CompressArgsOptions): string[] {
  return [
    ...['-hide_banner', '-nostats', '-loglevel', 'warning', '-y', '-progress', 'pipe:1'],
    ...['-protocol_whitelist', 'file', '-threads', '1', '-f', 'mp4', '-i', `file:${from}`],
    ...['-map', '0:v:0', '-filter_threads', '1', '-fps_mode', 'passthrough', '-enc_time_base', '1:90000'],
    ...['-map_metadata', '-1', '-map_chapters', '-1', '-pix_fmt', 'yuv420p'],
    ...[...coder(codec, crf), '-force_key_frames', KEYFRAMES, ...(codec === 'av1' ? [] : ['-forced-idr', '1'])],
    ...['-metadata', `comment=${marker}`, '-video_track_timescale', '90000', '-f', 'mp4', `file:${to}`],
  ];
}

function coder(codec: CompressionCodec, crf: number): string[] {
  const encoder = ENCODERS[codec];
  if (codec === 'h264') {
    return ['-c:v', encoder, '-preset', 'veryfast', '-crf', `${crf}`, '-threads', '1', '-g', `${FARTHEST}`];
  }
  if (codec === 'av1') {
    // `lp`: as much work at once as one core does. Without `enable-force-key-frames` it does not look at which pictures FFmpeg
    // wants to be keyframes. Its groups are closed (`irefresh-type`), and each sample is one picture that is shown, at its time;
    // those that are only referred to lie in front of one.
    const own = 'lp=1:enable-force-key-frames=1';
    const quality = ['-preset', AV1_PRESET, '-crf', `${av1Crf(crf)}`];
    return ['-c:v', encoder, ...quality, '-svtav1-params', own, '-g', `${FARTHEST}`];
  }
  // Of its own threads it has no more than one, either: `pools` are those, `frame-threads` pictures at once. `hvc1`: Apple's
  // players take no other name.
  const own = `log-level=error:pools=none:frame-threads=1:open-gop=0:keyint=${FARTHEST}`;
  return ['-c:v', encoder, '-preset', 'veryfast', '-crf', `${crf}`, '-x265-params', own, '-tag:v', 'hvc1'];
}

/** Two films and a moment → on stdout how alike {@link ALIKE_PICTURES} pictures from there on are, a line each (`ssim`). */
export function alikeArgs(a: string, b: string, seconds: number, marker: string): string[] {
  const input = (path: string): string[] => {
    const from = ['-ss', seconds.toFixed(3), '-f', 'mp4', '-i', `file:${path}`];
    return ['-protocol_whitelist', 'file', '-threads', '1', ...from];
  };
  // Both are cut before they are compared: an end by `-frames:v` reaches one before the other, and one more pair comes out of it
  // that is not of one moment.
  const first = `trim=end_frame=${ALIKE_PICTURES}`;
  const graph = `[0:v:0]${first}[a];[1:v:0]${first}[b];[a][b]ssim=stats_file=-[out]`;
  return [
    ...['-v', 'error', '-nostdin', '-hide_banner', ...input(a), ...input(b)],
    ...['-filter_complex_threads', '1', '-filter_complex', graph, '-map', '[out]'],
    ...['-metadata', `comment=${marker}`, '-f', 'null', '/dev/null'],
  ];
}

export const ALIKE_PICTURES = 5;
