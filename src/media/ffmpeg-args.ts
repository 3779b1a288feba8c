/**
 * FFmpeg command lines, as arrays, built by pure functions. FFmpeg never dials anything: it reads pipes only
 * (`-protocol_whitelist pipe`), with its demuxer forced, so that nothing in a camera's bytes can make it open a URL.
 */

/** Not interactive, no banner, no progress; what it complains about goes to the log. */
const QUIET = ['-hide_banner', '-nostats', '-loglevel', 'warning', '-protocol_whitelist', 'pipe'] as const;

/** Single pictures in, no waiting: the container says everything and the first frame must come out at once. */
const NO_PROBING = ['-probesize', '32', '-analyzeduration', '0', '-fpsprobesize', '0'] as const;

/** Our own fragmented MP4 says all there is to know: FFmpeg need not decode its first pictures once only to look at them. */
const NO_FIRST_LOOK = ['-nofind_stream_info'] as const;

/** One fragment a frame, written as soon as it is whole. */
const FRAGMENTS = ['-f', 'mp4', '-flush_packets', '1'] as const;

/** Containers a camera may send over HTTP, by FFmpeg's demuxer names. */
export type DemuxFormat = 'mpegts' | 'flv' | 'mp4' | 'matroska';

/**
 * A camera's container on stdin → its video track as fragmented MP4 on stdout, not re-encoded.
 * `-fpsprobesize 0 -analyzeduration 1000000` brings the first fragment after 0.45 s instead of 2.2 s; `nobuffer` would
 * lose the first keyframe. A small `dts_delta_threshold` lets FFmpeg re-anchor at MPEG-TS discontinuities of a second.
 */
export function httpDemuxArgs(format: DemuxFormat, marker: string): string[] {
  return [
    ...QUIET,
    ...['-fpsprobesize', '0', '-analyzeduration', '1000000', '-dts_delta_threshold', '1'],
    ...['-f', format, '-i', 'pipe:0', '-map', '0:v:0', '-c', 'copy', '-metadata', `comment=${marker}`],
    ...['-movflags', 'frag_every_frame+empty_moov+default_base_moof', ...FRAGMENTS, 'pipe:1'],
  ];
}

export interface EncoderArgsOptions {
  /** Only libx264 gives what the journal takes; the name is configuration (`VIDEO_CODEC`). */
  readonly codec: string;
  readonly preset: string;
  readonly crf: number;
  /** The picture size of the whole recording in pixels, both even. */
  readonly width: number;
  readonly height: number;
  readonly threads: number;
  readonly marker: string;
}

/** Seconds between keyframes, by time and not by count, because MJPEG cameras have no frame rate to speak of. */
export const ENCODER_GOP_SECONDS = 2;

/**
 * JPEGs with their times in Matroska on stdin → H.264 as fragmented MP4 on stdout, with those same times.
 *
 * - `-copyts -avoid_negative_ts disabled -use_editlist 0` and `frag_discont` carry the times through to `tfdt`
 *   unshifted, even where the first pictures cannot be decoded; `-enc_time_base` keeps 90 kHz in between.
 * - JPEG is full range with BT.601 colours (JFIF); the filter makes it video range and says so. A picture of another size
 *   is fitted into the first one's, so that a recording has one configuration; odd sizes lose a line, not their sharpness.
 * - `zerolatency`: without it x264 holds back 0.7 to 1.8 s. Slices of one picture encoded by several threads cost more
 *   in total, so `threads` is 1 wherever one core keeps up.
 * - A keyframe is due 2 s after the last one whatever was missing between; `-g` is only the far end of the rope.
 */
export function encoderArgs(options: EncoderArgsOptions): string[] {
  const { codec, preset, crf, width, height, threads, marker } = options;
  const fit = `scale=${width}:${height}:force_original_aspect_ratio=decrease:force_divisible_by=2`;
  const filters = [
    'crop=trunc(iw/2)*2:trunc(ih/2)*2',
    `${fit}:in_range=pc:out_range=tv:out_color_matrix=bt601`,
    'format=yuv420p',
    `pad=${width}:${height}:-1:-1`,
    'setsar=1',
  ];
  return [
    ...QUIET,
    ...['-threads', '1', ...NO_PROBING, '-f', 'matroska', '-i', 'pipe:0', '-copyts', '-map', '0:v:0'],
    ...['-filter_threads', '1', '-vf', filters.join(',')],
    ...['-fps_mode', 'passthrough', '-enc_time_base', '1:90000'],
    ...['-c:v', codec, '-preset', preset, '-crf', `${crf}`, '-tune', 'zerolatency', '-threads', `${threads}`],
    ...['-g', '600', '-sc_threshold', '0', '-forced-idr', '1'],
    ...['-force_key_frames', `expr:isnan(prev_forced_t)+gte(t-prev_forced_t,${ENCODER_GOP_SECONDS})`],
    ...['-color_range', 'tv', '-colorspace', 'smpte170m', '-color_primaries', 'bt709', '-color_trc', 'iec61966-2-1'],
    ...['-metadata', `comment=${marker}`, '-video_track_timescale', '90000'],
    ...['-avoid_negative_ts', 'disabled', '-use_editlist', '0'],
    ...['-movflags', 'frag_every_frame+empty_moov+default_base_moof+frag_discont', ...FRAGMENTS, 'pipe:1'],
  ];
}

const ONE_THREAD_PRESETS = new Set(['ultrafast', 'superfast', 'veryfast', 'faster']);
/** 1080p30 in pixels a second: what one core still encodes with `faster`. */
const ONE_THREAD_PIXEL_RATE = 1920 * 1080 * 30;

/** Encoder threads: one wherever it keeps up (cheapest in total, and courts run side by side), else a few. */
export function encoderThreads(preset: string, pixelsPerSecond: number, cores: number): number {
  const need = (pixelsPerSecond / ONE_THREAD_PIXEL_RATE) * (ONE_THREAD_PRESETS.has(preset) ? 1 : 3);
  return Math.max(1, Math.min(Math.ceil(need), cores, 4));
}

export interface SnapshotArgsOptions {
  /** Widest picture wanted in pixels; smaller ones are not blown up. */
  readonly maxWidth: number;
  /** `mjpeg`'s quantiser, 2 (best) to 31. */
  readonly quality: number;
  readonly marker: string;
}

/** One init segment and keyframe fragment on stdin → one JPEG on stdout. */
export function snapshotArgs({ maxWidth, quality, marker }: SnapshotArgsOptions): string[] {
  return [
    ...QUIET,
    ...['-threads', '1', ...NO_FIRST_LOOK, '-f', 'mp4', '-i', 'pipe:0', '-map', '0:v:0', '-frames:v', '1'],
    ...['-filter_threads', '1', '-vf', `scale='min(${maxWidth},iw)':-2:out_range=pc:out_color_matrix=bt601`],
    ...['-threads', '1', '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-q:v', `${quality}`],
    ...['-metadata', `comment=${marker}`, '-f', 'image2pipe', 'pipe:1'],
  ];
}

/** The size in which movement is looked for: a player at the far wall is still some pixels tall, and noise averages out. */
export const MOTION_SIZE = { width: 160, height: 90 } as const;

export interface MotionArgsOptions {
  /** What its stdin gets: keyframe fragments of our own, or JPEGs in Matroska. */
  readonly format: 'mp4' | 'matroska';
  /** Width of the camera's picture in pixels. */
  readonly sourceWidth: number;
  readonly marker: string;
}

/**
 * Keyframes on stdin → each as {@link MOTION_SIZE} bytes of gray on stdout, the moment it is there. Always the same size,
 * whatever the camera's, so that any two can be compared and nothing has to say where one ends. Blocks that are not smoothed
 * cannot be seen in it, and a JPEG is decoded at a fraction of its size where that is still more than what is wanted.
 */
export function motionArgs({ format, sourceWidth, marker }: MotionArgsOptions): string[] {
  const { width, height } = MOTION_SIZE;
  const halvings = Math.min(3, Math.max(0, Math.floor(Math.log2(sourceWidth / width))));
  const thrift = format === 'matroska' ? ['-lowres', `${halvings}`] : ['-skip_loop_filter', 'all'];
  return [
    ...QUIET,
    ...['-threads', '1', '-flags', 'low_delay', ...thrift, ...NO_FIRST_LOOK],
    ...['-f', format, '-i', 'pipe:0', '-map', '0:v:0'],
    ...['-filter_threads', '1', '-vf', `scale=${width}:${height}:flags=area,format=gray`, '-fps_mode', 'passthrough'],
    ...['-threads', '1', '-c:v', 'rawvideo', '-metadata', `comment=${marker}`],
    ...['-f', 'rawvideo', '-flush_packets', '1', 'pipe:1'],
  ];
}

export interface PreviewArgsOptions {
  /** Widest picture wanted in pixels; smaller ones are not blown up. */
  readonly maxWidth: number;
  /** Most pictures a second. */
  readonly fps: number;
  /** `mjpeg`'s quantiser, 2 (best) to 31. */
  readonly quality: number;
  /** What has to be decoded: the camera's picture in pixels, and its pictures a second. */
  readonly source: { readonly width: number; readonly height: number; readonly fps: number };
  readonly marker: string;
}

/** Pictures scaled down by more than this do not show that they were not deblocked: 46 dB for 1080p in 640 pixels. */
const HIDES_BLOCKS = 1.5;
/** 1080p30 in pixels a second: beyond it the preview's decoder leaves out pictures too. */
const EVERY_PICTURE_PIXEL_RATE = 1920 * 1080 * 31;
/** A picture a little early still counts as due: cameras jitter, and the next one would be a whole frame late. */
const DUE_EARLY_SECONDS = 0.01;

/**
 * Init segment and one fragment a frame on stdin → JPEGs as `multipart` with Content-Length on stdout, each the moment
 * its frame is there.
 *
 * - `select` by time, not the `fps` filter, which holds a picture back and fills every outage with duplicates.
 * - The output's `-threads 1`: the JPEG encoder's frame threads would hold one picture more each.
 * - `low_delay`: a picture comes out with its own frame, not with the next ones.
 * - The deblocking filter, a fifth of the work, is left to keyframes where the picture gets much smaller anyway; where
 *   decoding would still cost too much (4K, 60 pictures a second), so are pictures nothing refers to.
 */
export function previewArgs({ maxWidth, fps, quality, source, marker }: PreviewArgsOptions): string[] {
  const distance = Math.round((1 / fps - DUE_EARLY_SECONDS) * 1000) / 1000;
  const filters = [
    `select='isnan(prev_selected_t)+gte(t-prev_selected_t,${distance})'`,
    `scale='min(${maxWidth},iw)':-2:flags=fast_bilinear:out_range=pc:out_color_matrix=bt601`,
  ];
  const { width, height, fps: sourceFps } = source;
  const thrift = [
    ...(width > maxWidth * HIDES_BLOCKS ? ['-skip_loop_filter', 'nokey'] : []),
    ...(width * height * sourceFps > EVERY_PICTURE_PIXEL_RATE ? ['-skip_frame', 'noref'] : []),
  ];
  return [
    ...QUIET,
    ...['-threads', '1', '-flags', 'low_delay', ...thrift, ...NO_FIRST_LOOK],
    ...['-f', 'mp4', '-i', 'pipe:0', '-map', '0:v:0'],
    ...['-filter_threads', '1', '-vf', filters.join(','), '-fps_mode', 'passthrough'],
    ...['-threads', '1', '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-q:v', `${quality}`],
    ...['-metadata', `comment=${marker}`, '-f', 'mpjpeg', '-flush_packets', '1', 'pipe:1'],
  ];
}
