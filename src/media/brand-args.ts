/** Arguments for a film with a club's logo laid over it. */
export interface BrandArgsOptions {
  /** Absolute path of a finished film of ours. */
  readonly from: string;
  /** Absolute path of the film that is made. */
  readonly to: string;
  /** Of the film, in pixels: the logo is an eighth as wide at most. */
  readonly width: number;
  readonly height: number;
  readonly marker: string;
}

/** `x264`'s quality: a copy of a recording of 23 that nobody tells apart. */
const CRF = 21;

/**
 * A finished file of ours, and the club's logo as a PNG on stdin → the film again with the logo in its upper right corner, each
 * picture at its own time, as one faststart MP4; how far it is comes on stdout (`-progress`). One thread: recordings go first.
 */
export function brandArgs({ from, to, width, height, marker }: BrandArgsOptions): string[] {
  const [w, h] = [Math.round(width / 8), Math.round(height / 8)];
  const margin = Math.round(height / 36);
  const logo = `[1:v:0]scale=${w}:${h}:force_original_aspect_ratio=decrease,format=rgba,colorchannelmixer=aa=0.85[logo]`;
  return [
    ...['-hide_banner', '-nostats', '-loglevel', 'warning', '-y', '-progress', 'pipe:1'],
    ...['-protocol_whitelist', 'file', '-threads', '1', '-f', 'mp4', '-i', `file:${from}`],
    ...['-protocol_whitelist', 'pipe', '-threads', '1', '-f', 'png_pipe', '-i', 'pipe:0'],
    ...['-filter_complex_threads', '1', '-filter_complex', `${logo};[0:v:0][logo]overlay=W-w-${margin}:${margin}[out]`],
    // Its sound, where it has some, as it is.
    ...[
      '-map',
      '[out]',
      '-map',
      '0:a:0?',
      '-c:a',
      'copy',
      '-fps_mode',
      'passthrough',
      '-enc_time_base',
      '1:90000',
      '-map_metadata',
      '-1',
    ],
    ...['-map_chapters', '-1', '-c:v', 'libx264', '-preset', 'veryfast', '-crf', `${CRF}`, '-pix_fmt', 'yuv420p'],
    ...['-threads', '1', '-g', '100', '-metadata', `comment=${marker}`, '-video_track_timescale', '90000'],
    ...['-movflags', '+faststart', '-f', 'mp4', `file:${to}`],
  ];
}
