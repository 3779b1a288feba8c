import { Clock } from '../common/clock';
import { ChildExit, ManagedChild } from './process';

/** The programs that look at finished files. */
export interface MediaTools {
  readonly ffmpegPath: string;
  readonly ffprobePath: string;
  readonly clock: Clock;
}

/** What ffprobe says of a file. */
export interface VideoProbe {
  readonly videoStreams: number;
  readonly otherStreams: number;
  /** Of the first video stream. */
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  /** Samples by the file's own tables; 0 where it does not say. */
  readonly samples: number;
  /** Length of the video track in seconds. */
  readonly durationSeconds: number;
  /** `r_frame_rate` and `avg_frame_rate`, pictures a second; 0 where unknown. */
  readonly baseRate: number;
  readonly averageRate: number;
}

/** A program did not do its work: not there, ended with a fault, took too long, answered nonsense. */
export class MediaToolError extends Error {
  constructor(
    message: string,
    /** True where the file is at fault and not the machine (out of processes, program missing, time-out). */
    readonly fileAtFault: boolean,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'MediaToolError';
  }
}

/** Arguments of ffprobe for {@link probeVideo}. */
export function probeArgs(path: string): string[] {
  const entries =
    'stream=codec_type,codec_name,width,height,nb_frames,duration,r_frame_rate,avg_frame_rate:format=duration';
  return ['-v', 'error', '-protocol_whitelist', 'file', '-show_entries', entries, '-of', 'json', '-i', `file:${path}`];
}

/** Which stretches of a file {@link decodeEnds} decodes, both at once. */
export interface FileEnds {
  /** Frames to decode from the beginning, and from the last keyframe on. */
  readonly firstFrames: number;
  readonly lastFrames: number;
  /** Presentation time of the last keyframe in seconds from the first picture. */
  readonly lastKeyframeSeconds: number;
}

/**
 * Arguments of FFmpeg that decode the beginning and the last group of pictures, in one process: starting it takes longer than
 * the decoding. Transforms and loop filter are skipped: every bit is still parsed, which is what shows a wrong offset.
 */
export function decodeEndsArgs(path: string, { firstFrames, lastFrames, lastKeyframeSeconds }: FileEnds): string[] {
  const input = ['-protocol_whitelist', 'file', '-skip_loop_filter', 'all', '-skip_idct', 'all', '-threads', '1'];
  // A hair behind the keyframe: seconds in decimals may fall just before it, and seeking goes backwards.
  const seek = ['-ss', (lastKeyframeSeconds + 0.0005).toFixed(6), '-noaccurate_seek'];
  return [
    ...['-v', 'error', '-nostdin', '-hide_banner', '-abort_on', 'empty_output_stream'],
    ...[...input, '-i', `file:${path}`, ...input, ...seek, '-i', `file:${path}`],
    ...decoded(0, firstFrames),
    ...decoded(1, lastFrames),
  ];
}

/** In the track's own time base: in steps of the usual rate, pictures close to each other would look doubled. */
function decoded(input: number, frames: number): string[] {
  const timing = ['-fps_mode', 'passthrough', '-enc_time_base', '1:90000'];
  return ['-map', `${input}:v:0`, ...timing, '-frames:v', `${frames}`, '-f', 'null', '-'];
}

/** Reads a file's streams. @throws MediaToolError */
export async function probeVideo(tools: MediaTools, path: string, timeoutMs: number): Promise<VideoProbe> {
  const { stdout } = await runTool(tools.clock, tools.ffprobePath, probeArgs(path), timeoutMs);
  try {
    return readProbe(JSON.parse(stdout) as ProbeJson);
  } catch (cause) {
    throw new MediaToolError('ffprobe answered no JSON', true, { cause });
  }
}

/**
 * Decodes the beginning and the last group of pictures.
 * @returns what FFmpeg complained of, empty for a clean file
 * @throws MediaToolError where it could not be run, or took too long
 */
export async function decodeEnds(tools: MediaTools, path: string, ends: FileEnds, timeoutMs: number): Promise<string> {
  const args = decodeEndsArgs(path, ends);
  try {
    return (await runTool(tools.clock, tools.ffmpegPath, args, timeoutMs)).exit.stderr.trim();
  } catch (error) {
    if (error instanceof MediaToolError && error.fileAtFault) return error.message;
    throw error;
  }
}

interface ProbeJson {
  readonly streams?: readonly {
    readonly codec_type?: string;
    readonly codec_name?: string;
    readonly width?: number;
    readonly height?: number;
    readonly nb_frames?: string;
    readonly duration?: string;
    readonly r_frame_rate?: string;
    readonly avg_frame_rate?: string;
  }[];
  readonly format?: { readonly duration?: string };
}

/** `25/1` as a number; 0 where there is none. */
function rational(text: string | undefined): number {
  const [numerator = 0, denominator = 0] = (text ?? '').split('/').map(Number);
  return denominator > 0 ? numerator / denominator : 0;
}

function readProbe(json: ProbeJson): VideoProbe {
  const streams = json.streams ?? [];
  const videos = streams.filter((stream) => stream.codec_type === 'video');
  const first = videos[0];
  return {
    videoStreams: videos.length,
    otherStreams: streams.length - videos.length,
    codec: first?.codec_name ?? '',
    width: first?.width ?? 0,
    height: first?.height ?? 0,
    samples: Number(first?.nb_frames ?? 0),
    durationSeconds: Number(first?.duration ?? json.format?.duration ?? 0),
    baseRate: rational(first?.r_frame_rate),
    averageRate: rational(first?.avg_frame_rate),
  };
}

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/**
 * Runs a program that ends by itself and says what it wrote.
 * @throws MediaToolError where it did not start, did not end in time (it is killed), or ended with a fault
 */
export async function runTool(
  clock: Clock,
  file: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<{ stdout: string; exit: ChildExit }> {
  const child = new ManagedChild({ file, args, stdin: false }, clock);
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_OUTPUT_BYTES) chunks.push(chunk);
  });
  let late = false;
  const cancel = clock.after(timeoutMs, () => {
    late = true;
    void child.kill();
  });
  const exit = await child.exited;
  cancel();
  if (late) throw new MediaToolError('the check took too long', false);
  if (exit.error) throw new MediaToolError('a media program could not be run', false, { cause: exit.error });
  if (exit.signal !== null) throw new MediaToolError(`a media program was ended by ${exit.signal}`, false);
  if (exit.code !== 0) throw new MediaToolError(exit.stderr.trim() || `a media program ended with ${exit.code}`, true);
  return { stdout: Buffer.concat(chunks).toString('utf8'), exit };
}
