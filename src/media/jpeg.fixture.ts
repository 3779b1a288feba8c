import { execFileSync } from 'node:child_process';

export interface JpegDrawing {
  readonly count?: number;
  readonly size?: string;
  /** FFmpeg's pixel format; default `yuvj420p`. */
  readonly pixelFormat?: string;
}

/** JPEGs that FFmpeg draws, every one different. */
export function drawJpegs({ count = 10, size = '320x180', pixelFormat = 'yuvj420p' }: JpegDrawing = {}): Buffer[] {
  const source = ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=25`, '-frames:v', `${count}`];
  const output = ['-c:v', 'mjpeg', '-q:v', '4', '-pix_fmt', pixelFormat, '-f', 'image2pipe', 'pipe:1'];
  const bytes = execFileSync('ffmpeg', ['-v', 'error', ...source, ...output], { maxBuffer: 1 << 28 });
  const jpegs: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(Buffer.from([0xff, 0xd9]), at) + 2;
    jpegs.push(Buffer.from(bytes.subarray(at, end)));
    at = end;
  }
  return jpegs;
}
