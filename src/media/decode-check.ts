import { FileEnds } from './ffprobe';
import { MediaToolError, MediaTools, ToolRun, finishTool, runTool, startTool } from './media-tool';
import { ManagedChild } from './process';

/** What FFmpeg made of some frames. */
export interface DecodedFrames {
  /** What it complained of, empty where it did not. */
  readonly complaint: string;
  /** SHA-256 of the decoder configuration and of each packet that was decoded, hex. */
  readonly configuration: string;
  readonly packets: readonly string[];
}

/** Transforms and loop filter are skipped: every bit is still parsed, which is what shows a wrong offset. */
const CHEAPLY = ['-skip_loop_filter', 'all', '-skip_idct', 'all', '-threads', '2'];
/**
 * Without a first look at the stream (FFmpeg decodes some twenty pictures for it) the decoder must be told to take the deepest
 * reordering where the parameter sets do not say how deep it is: that is what `strict` means to it.
 */
const AT_ONCE = ['-nofind_stream_info', '-strict', 'strict'];
const QUIETLY = ['-v', 'error', '-nostdin', '-hide_banner', '-abort_on', 'empty_output_stream'];

/** Arguments of FFmpeg for {@link FragmentDecoder}. */
export function decodeFragmentsArgs(frames: number): string[] {
  const input = ['-protocol_whitelist', 'pipe', ...AT_ONCE, ...CHEAPLY, '-f', 'mp4', '-i', 'pipe:0'];
  const copy = ['-map', '0:v:0', '-c', 'copy', '-frames:v', `${frames}`, '-f', 'framehash', '-hash', 'SHA256'];
  return [...QUIETLY, ...input, ...decoded(0, frames), ...copy, 'pipe:1'];
}

/**
 * Arguments of FFmpeg for {@link decodeEnds}: both stretches in one process, for starting it takes longer than the decoding.
 */
export function decodeEndsArgs(path: string, { firstFrames, lastFrames, lastKeyframeSeconds }: FileEnds): string[] {
  const input = ['-protocol_whitelist', 'file', ...AT_ONCE, ...CHEAPLY];
  // A hair behind the keyframe: seconds in decimals may fall just before it, and seeking goes backwards.
  const seek = ['-ss', (lastKeyframeSeconds + 0.0005).toFixed(6), '-noaccurate_seek'];
  const stretches = [
    { frames: firstFrames, from: [] },
    { frames: lastFrames, from: seek },
  ].filter(({ frames }) => frames > 0);
  return [
    ...QUIETLY,
    ...stretches.flatMap(({ from }) => [...input, ...from, '-f', 'mp4', '-i', `file:${path}`]),
    ...stretches.flatMap(({ frames }, i) => decoded(i, frames)),
  ];
}

/** In the track's own time base: in steps of the usual rate, pictures close to each other would look doubled. */
function decoded(input: number, frames: number): string[] {
  const timing = ['-fps_mode', 'passthrough', '-enc_time_base', '1:90000'];
  return ['-map', `${input}:v:0`, ...timing, '-frames:v', `${frames}`, '-f', 'null', '-'];
}

/**
 * Decodes the beginnings of fragmented MP4s that come through a pipe, and says which packets they were. While somebody holds
 * it, an FFmpeg waits that has started already: starting (it links two hundred libraries) is half of the time.
 */
export class FragmentDecoder {
  private holders = 0;
  private waiting: ManagedChild | null = null;
  private readonly ending = new Set<Promise<unknown>>();
  private readonly running = new Set<ManagedChild>();

  /** @param maxFrames how many frames of an input are decoded at the most */
  constructor(
    private readonly tools: MediaTools,
    private readonly maxFrames: number,
  ) {}

  /** Somebody will want a decoder soon. @returns lets go; the waiting one goes with the last holder */
  hold(): () => void {
    this.holders++;
    this.prepare();
    let held = true;
    return () => {
      if (!held || this.holders === 0) return;
      held = false;
      if (--this.holders === 0) this.letGo();
    };
  }

  /** Nobody waits for an answer any more: ends what runs; settles when none is left. */
  async close(): Promise<void> {
    this.holders = 0;
    this.letGo();
    await Promise.all([...this.ending, ...[...this.running].map((child) => child.kill())]);
  }

  private letGo(): void {
    const ended = this.take()?.kill();
    if (!ended) return;
    this.ending.add(ended);
    void ended.finally(() => this.ending.delete(ended));
  }

  /**
   * Decodes.
   * @param input init segment and fragments, beginning with a keyframe
   * @throws MediaToolError where it could not be run, or took too long; what reading the input throws
   */
  async decode(input: AsyncIterable<Buffer>, { timeoutMs, nice }: Omit<ToolRun, 'input'>): Promise<DecodedFrames> {
    const child = (nice === undefined ? this.take() : null) ?? this.start(nice);
    this.running.add(child);
    try {
      const { stdout, exit } = await finishTool(this.tools.clock, child, { timeoutMs, input });
      return { complaint: exit.stderr.trim(), ...readHashes(stdout) };
    } catch (error) {
      if (error instanceof MediaToolError && error.fileAtFault) {
        return { complaint: error.message, ...readHashes(error.stdout) };
      }
      throw error;
    } finally {
      this.running.delete(child);
      this.prepare();
    }
  }

  private take(): ManagedChild | null {
    const { waiting } = this;
    this.waiting = null;
    return waiting?.alive ? waiting : null;
  }

  private prepare(): void {
    if (this.holders > 0 && !this.waiting?.alive) this.waiting = this.start();
  }

  private start(nice?: number): ManagedChild {
    const { clock, ffmpegPath } = this.tools;
    const options = { stdin: true, ...(nice === undefined ? {} : { nice }) };
    return startTool(clock, ffmpegPath, decodeFragmentsArgs(this.maxFrames), options);
  }
}

/**
 * Decodes the beginning and the last group of pictures of a file.
 * @returns what FFmpeg complained of, empty for a clean file
 * @throws MediaToolError where it could not be run, or took too long
 */
export async function decodeEnds(tools: MediaTools, path: string, ends: FileEnds, run: ToolRun): Promise<string> {
  try {
    const { exit } = await runTool(tools.clock, tools.ffmpegPath, decodeEndsArgs(path, ends), run);
    return exit.stderr.trim();
  } catch (error) {
    if (error instanceof MediaToolError && error.fileAtFault) return error.message;
    throw error;
  }
}

/** FFmpeg's `framehash`: `#extradata 0, <bytes>, <hash>`, then a line a packet whose last field is its hash. */
function readHashes(text: string): Pick<DecodedFrames, 'configuration' | 'packets'> {
  let configuration = '';
  const packets: string[] = [];
  for (const line of text.split('\n')) {
    const hash = /, *([0-9a-f]{64})$/.exec(line.trimEnd())?.[1];
    if (hash === undefined) continue;
    if (line.startsWith('#extradata')) configuration = hash;
    else if (!line.startsWith('#')) packets.push(hash);
  }
  return { configuration, packets };
}
