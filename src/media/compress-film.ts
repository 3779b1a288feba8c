import { existsSync } from 'node:fs';
import { alikeArgs, CompressArgsOptions, compressArgs, CompressionCodec, ENCODERS } from './compress-args';
import { MediaTools, runTool } from './media-tool';
import { PictureError } from './picture';
import { FfmpegContext, ownMarker, ManagedChild } from './process';

/** It has all the time there is: everything else goes first. */
const NICE = 19;
/** How often it is asked whether it may go on. */
const LOOK_MS = 1_000;
/** Whoever was behind is not believed to be over it before this. */
const REST_LOOKS = 5;
const IONICE = '/usr/bin/ionice';
const TOOL_MS = 60_000;

/** Ways in which a film may be kept from being made. */
export interface CompressFilm extends Omit<CompressArgsOptions, 'marker'> {
  readonly session: string;
  readonly durationSeconds: number;
  /** Aborted: FFmpeg is killed. */
  readonly signal: AbortSignal;
  /** Asked once a second: true where the machine has no time for it. Then FFmpeg rests until it has. */
  readonly busy: () => boolean;
  /** How much is done, 0 to 1, and how many bytes that took. */
  readonly progress: (share: number, bytes: number) => void;
}

/**
 * Codes a film anew, behind everything else: nice 19, and where the machine has `ionice` behind everybody's reading and writing.
 * @throws PictureError; the signal's reason where that aborts. What was written so far is the caller's to remove.
 */
export async function compressFilm(ffmpeg: FfmpegContext, film: CompressFilm): Promise<void> {
  const { session, durationSeconds, signal, busy, progress, ...options } = film;
  await untilIdle(ffmpeg, busy, signal);
  const marker = ownMarker({ instance: ffmpeg.instance, session });
  const [file = ffmpeg.path, ...args] = [
    ...(await behindAllDisks(ffmpeg)),
    ffmpeg.path,
    ...compressArgs({ ...options, marker }),
  ];
  signal.throwIfAborted();
  const child = new ManagedChild({ file, args, stdin: false, nice: NICE }, ffmpeg.clock);
  const onAbort = (): void => void child.kill();
  signal.addEventListener('abort', onAbort, { once: true });
  let rest = '';
  let bytes = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk.toString('latin1')}`.split('\n');
    rest = (lines.pop() as string).slice(-200);
    for (const line of lines) {
      const [, name, value] = /^(total_size|out_time_us)=(\d{1,15})$/.exec(line) ?? [];
      if (name === 'total_size') bytes = Number(value);
      if (name === 'out_time_us') progress(Math.min(1, Number(value) / 1e6 / Math.max(durationSeconds, 0.001)), bytes);
    }
  });
  const watching = watch(ffmpeg, child, busy);
  const exit = await child.exited;
  signal.removeEventListener('abort', onAbort);
  await watching;
  signal.throwIfAborted();
  if (exit.error) throw new PictureError('FFmpeg could not be run', false, { cause: exit.error });
  if (exit.code !== 0) {
    const full = /No space left on device/.test(exit.stderr);
    throw new PictureError(full ? 'the disk is full' : 'the film could not be coded', exit.code !== null && !full);
  }
}

/** How alike two films are, the least alike of some pictures from each of these moments on: 1 are the same (SSIM), 0: none was there. */
export async function likeness(
  tools: MediaTools & FfmpegContext,
  { a, b, session }: { readonly a: string; readonly b: string; readonly session: string },
  moments: readonly number[],
): Promise<number> {
  const values: number[] = [];
  const marker = ownMarker({ instance: tools.instance, session });
  for (const seconds of moments) {
    const run = { timeoutMs: TOOL_MS, nice: NICE };
    const { stdout } = await runTool(tools.clock, tools.ffmpegPath, alikeArgs(a, b, seconds, marker), run);
    for (const [, value] of stdout.matchAll(/ All:(\d(?:\.\d+)?)/g)) values.push(Number(value));
  }
  return values.length === 0 ? 0 : Math.min(...values);
}

/** Whether this FFmpeg can code it. Asked of FFmpeg itself, by the encoder's own help. @throws MediaToolError it cannot be run */
export async function canCode(tools: MediaTools, codec: CompressionCodec): Promise<boolean> {
  const args = ['-hide_banner', '-v', 'error', '-h', `encoder=${ENCODERS[codec]}`];
  const { stdout } = await runTool(tools.clock, tools.ffmpegPath, args, { timeoutMs: TOOL_MS });
  return stdout.includes(`Encoder ${ENCODERS[codec]} `);
}

/** `ionice -c 3 …`, where there is one and the machine lets it. */
async function behindAllDisks({ clock }: FfmpegContext): Promise<string[]> {
  if (!existsSync(IONICE)) return [];
  const idle = ['-c', '3'];
  const works = await runTool(clock, IONICE, [...idle, 'true'], { timeoutMs: TOOL_MS }).then(
    () => true,
    () => false,
  );
  return works ? [IONICE, ...idle] : [];
}

async function untilIdle({ clock }: FfmpegContext, busy: () => boolean, signal: AbortSignal): Promise<void> {
  for (signal.throwIfAborted(); busy(); signal.throwIfAborted()) {
    await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
  }
}

/** Lets it rest while the machine is behind; settles with its end. */
async function watch({ clock }: FfmpegContext, child: ManagedChild, busy: () => boolean): Promise<void> {
  let resting = 0;
  while (child.alive) {
    await new Promise<void>((resolve) => {
      const cancel = clock.after(LOOK_MS, resolve);
      void child.exited.then(() => {
        cancel();
        resolve();
      });
    });
    if (busy()) {
      if (resting === 0) child.pause();
      resting = REST_LOOKS;
    } else if (resting > 0 && --resting === 0) {
      child.resume();
    }
  }
}
