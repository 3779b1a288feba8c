import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { readTimeBars } from './time-bars';

/** One decoded picture: what its time bars say (`null`: unreadable or torn) and its presentation time. */
export interface ReadFrame {
  readonly bars: number | null;
  readonly seconds: number;
}

/** Everything FFmpeg had to say about an input. */
export interface Reading {
  readonly frames: readonly ReadFrame[];
  /** FFmpeg's warnings and errors; empty for a clean stream. */
  readonly complaints: string;
  readonly code: number | null;
}

/** Pictures are scaled to this before their bars are read. */
const WIDTH = 352;
const HEIGHT = 198;

/**
 * Decodes an input with FFmpeg itself and reads the time bars of every picture.
 * @param input file or URL
 * @param options `inputArgs` go before `-i` (for instance `-rtsp_transport tcp`), `frames` ends it after so many pictures
 */
export async function readWithFfmpeg(
  input: string,
  options: { inputArgs?: readonly string[]; frames?: number; signal?: AbortSignal } = {},
): Promise<Reading> {
  const limit = options.frames === undefined ? [] : ['-frames:v', String(options.frames)];
  const args = ['-hide_banner', '-nostdin', '-v', 'warning', ...(options.inputArgs ?? []), '-i', input];
  const graph = `[0:v:0]scale=${WIDTH}:${HEIGHT}:flags=area,format=gray,split[a][b]`;
  const outputs = ['a', 'b'].flatMap((label, i) => [
    ...['-map', `[${label}]`, ...limit, '-fps_mode', 'passthrough', '-c:v', 'rawvideo'],
    ...(i === 0 ? ['-f', 'rawvideo', 'pipe:1'] : ['-enc_time_base', '1:90000', '-f', 'framecrc', 'pipe:3']),
  ]);
  const child = spawn('ffmpeg', [...args, '-filter_complex', graph, ...outputs], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    signal: options.signal,
  });
  const bars: (number | null)[] = [];
  let rest = Buffer.alloc(0);
  child.stdout?.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (; rest.length >= WIDTH * HEIGHT; rest = rest.subarray(WIDTH * HEIGHT)) {
      bars.push(readTimeBars(rest, WIDTH, HEIGHT));
    }
  });
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaints = (complaints + chunk.toString()).slice(-20_000)));
  let list = '';
  (child.stdio[3] as Readable).on('data', (chunk: Buffer) => (list += chunk.toString()));
  const code = await new Promise<number | null>((settle, reject) => {
    child.on('error', reject);
    child.on('close', settle);
  });
  const [, numerator = '1', denominator = '1'] = /^#tb 0: (\d+)\/(\d+)/m.exec(list) ?? [];
  const times = list
    .split('\n')
    .filter((line) => /^0,/.test(line))
    .map((line) => (Number(line.split(',')[2]) * Number(numerator)) / Number(denominator));
  // The scaler's remark on full-range JPEG is about our conversion, not about the stream.
  const relevant = complaints.split('\n').filter((line) => !line.includes('deprecated pixel format used'));
  return {
    frames: bars.map((value, i) => ({ bars: value, seconds: times[i] ?? NaN })),
    complaints: relevant.join('\n'),
    code,
  };
}
