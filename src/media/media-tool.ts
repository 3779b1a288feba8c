import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Clock } from '../common/clock';
import { ChildExit, ManagedChild } from './process';

/** The programs that look at finished files. */
export interface MediaTools {
  readonly ffmpegPath: string;
  readonly ffprobePath: string;
  readonly clock: Clock;
}

/** How a program is run. */
export interface ToolRun {
  readonly timeoutMs: number;
  /** Scheduling priority, -20 to 19; default 0. */
  readonly nice?: number;
  /** What it reads from its stdin; it may stop reading early. */
  readonly input?: AsyncIterable<Buffer>;
}

/** A program did not do its work: not there, ended with a fault, took too long, answered nonsense. */
export class MediaToolError extends Error {
  constructor(
    message: string,
    /** True where the file is at fault and not the machine (out of processes, program missing, time-out). */
    readonly fileAtFault: boolean,
    options?: { cause?: unknown },
    /** What it wrote before. */
    readonly stdout = '',
  ) {
    super(message, options);
    this.name = 'MediaToolError';
  }
}

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Starts a program that ends by itself; it may wait for its input as long as it must. See {@link finishTool}. */
export function startTool(
  clock: Clock,
  file: string,
  args: readonly string[],
  { stdin = false, nice }: { readonly stdin?: boolean; readonly nice?: number } = {},
): ManagedChild {
  return new ManagedChild({ file, args, stdin, ...(nice === undefined ? {} : { nice }) }, clock);
}

/**
 * Runs a program that ends by itself and says what it wrote.
 * @throws MediaToolError where it did not start, did not end in time (it is killed), or ended with a fault; what reading the
 * input throws
 */
export function runTool(
  clock: Clock,
  file: string,
  args: readonly string[],
  run: ToolRun,
): Promise<{ stdout: string; exit: ChildExit }> {
  const options = { stdin: run.input !== undefined, ...(run.nice === undefined ? {} : { nice: run.nice }) };
  return finishTool(clock, startTool(clock, file, args, options), run);
}

/** Feeds a program of {@link startTool} and waits for its end. @throws as {@link runTool} */
export async function finishTool(
  clock: Clock,
  child: ManagedChild,
  { timeoutMs, input }: Omit<ToolRun, 'nice'>,
): Promise<{ stdout: string; exit: ChildExit }> {
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
  const fed = input && child.stdin ? feed(input, child.stdin) : null;
  const exit = await child.exited;
  cancel();
  const unread = await fed;
  if (late) throw new MediaToolError('the check took too long', false);
  if (exit.error) throw new MediaToolError('a media program could not be run', false, { cause: exit.error });
  if (unread) throw unread.error;
  if (exit.signal !== null) throw new MediaToolError(`a media program was ended by ${exit.signal}`, false);
  const stdout = Buffer.concat(chunks).toString('utf8');
  if (exit.code === 0) return { stdout, exit };
  throw new MediaToolError(exit.stderr.trim() || `a media program ended with ${exit.code}`, true, {}, stdout);
}

/** @returns what went wrong with the input; that the program wants no more of it is no fault */
async function feed(input: AsyncIterable<Buffer>, stdin: NodeJS.WritableStream): Promise<{ error: unknown } | null> {
  const read: { error: unknown }[] = [];
  const source = Readable.from(input, { objectMode: true });
  source.on('error', (error) => read.push({ error }));
  await pipeline(source, stdin).catch(() => undefined);
  return read.find(({ error }) => !isClosedPipe(error)) ?? null;
}

function isClosedPipe(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ABORT_ERR' || code === 'ECONNRESET';
}
