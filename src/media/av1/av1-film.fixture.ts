import { execFileSync } from 'node:child_process';

/** What FFmpeg draws for a spec. */
export interface Av1FilmOptions {
  readonly seconds?: number;
  readonly size?: string;
}

/** Draws a film of AV1 into a finished MP4, 25 pictures a second and a keyframe every one. */
export function drawAv1Film(file: string, { seconds = 4, size = '320x180' }: Av1FilmOptions = {}): void {
  const input = ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=25:duration=${seconds}`, '-pix_fmt', 'yuv420p'];
  const encode = ['-c:v', 'libsvtav1', '-preset', '12', '-crf', '35', '-svtav1-params', 'lp=1', '-g', '25'];
  const output = ['-video_track_timescale', '90000', '-movflags', '+faststart', file];
  // Into nobody's output: the encoder says there what it is, whatever FFmpeg's level.
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...input, ...encode, ...output], { stdio: 'pipe' });
}
