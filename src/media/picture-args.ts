/** FFmpeg command lines for single pictures that people see outside: a club's logo, the card of a shared match. */

/** As in `ffmpeg-args.ts`; each input names its one protocol. */
const QUIET = ['-hide_banner', '-nostats', '-loglevel', 'warning'] as const;

/** What a logo may come as. */
export type PictureFormat = 'png' | 'jpeg' | 'webp';

export interface LogoArgsOptions {
  readonly format: PictureFormat;
  /** Longest side wanted in pixels; smaller ones are not blown up. */
  readonly maxSide: number;
  /** A picture of more is not decoded. */
  readonly maxPixels: number;
  readonly marker: string;
}

/** One picture of a stranger's on stdin → a PNG of our own on stdout: pixels, and nothing else that was in it. */
export function logoArgs({ format, maxSide, maxPixels, marker }: LogoArgsOptions): string[] {
  const scale = `scale='min(${maxSide},iw)':'min(${maxSide},ih)':force_original_aspect_ratio=decrease`;
  return [
    ...[...QUIET, '-protocol_whitelist', 'pipe', '-threads', '1', '-max_pixels', `${maxPixels}`],
    ...['-f', `${format}_pipe`, '-i', 'pipe:0', '-map', '0:v:0', '-frames:v', '1', '-map_metadata', '-1'],
    ...['-filter_threads', '1', '-vf', `${scale},format=rgba`, '-threads', '1', '-c:v', 'png'],
    ...['-metadata', `comment=${marker}`, '-f', 'image2pipe', 'pipe:1'],
  ];
}

/** Pixels: what Open Graph's readers show without cutting. */
export const CARD = { width: 1200, height: 630 } as const;
/** Pixels: the logo's largest size in the card, and its distance from the edges. */
const LOGO = { width: 260, height: 160, margin: 40 } as const;

export interface CardArgsOptions {
  /** Absolute path of the video. */
  readonly path: string;
  /** The keyframe at or before this moment is shown. */
  readonly seconds: number;
  /** Whether a PNG comes on stdin, to be laid over. */
  readonly logo: boolean;
  readonly marker: string;
}

/**
 * A keyframe of a finished file of ours, and the club's logo on stdin → one JPEG of {@link CARD} on stdout. The keyframe lies
 * before the moment that was sought, so its time is below zero, where `overlay` has no logo yet: it begins at zero anew.
 */
export function cardArgs({ path, seconds, logo, marker }: CardArgsOptions): string[] {
  const { width, height } = CARD;
  const fit = `scale=${width}:${height}:force_original_aspect_ratio=increase:out_range=pc:out_color_matrix=bt601`;
  const fill = `[0:v:0]${fit},crop=${width}:${height},setsar=1,format=yuvj420p,setpts=PTS-STARTPTS`;
  const small = `[1:v:0]scale=${LOGO.width}:${LOGO.height}:force_original_aspect_ratio=decrease[logo]`;
  const over = `[card][logo]overlay=W-w-${LOGO.margin}:H-h-${LOGO.margin}[out]`;
  return [
    ...[...QUIET, '-protocol_whitelist', 'file', '-threads', '1', '-noaccurate_seek', '-ss', seconds.toFixed(3)],
    ...['-f', 'mp4', '-i', `file:${path}`],
    ...(logo ? ['-protocol_whitelist', 'pipe', '-threads', '1', '-f', 'png_pipe', '-i', 'pipe:0'] : []),
    ...['-filter_complex_threads', '1', '-filter_complex', logo ? `${fill}[card];${small};${over}` : `${fill}[out]`],
    ...['-map', '[out]', '-frames:v', '1', '-map_metadata', '-1', '-threads', '1', '-c:v', 'mjpeg'],
    ...['-pix_fmt', 'yuvj420p', '-q:v', '3', '-metadata', `comment=${marker}`, '-f', 'image2pipe', 'pipe:1'],
  ];
}
