import { brandArgs, BrandArgsOptions } from './brand-args';
import { FfmpegContext, ownMarker, ManagedChild } from './process';
import { PictureError } from './picture';

/** It has all the time there is: everything else goes first. */
const NICE = 19;

export interface BrandFilm extends Omit<BrandArgsOptions, 'marker'> {
  readonly session: string;
  readonly durationSeconds: number;
  /** A PNG of ours. */
  readonly logo: Buffer;
  readonly signal: AbortSignal;
  /** How much is done, 0 to 1. */
  readonly progress: (share: number) => void;
}

/**
 * Makes a copy of a film with a logo in it.
 * @throws PictureError; the signal's reason where that aborts. What was written so far is the caller's to remove.
 */
export async function brandFilm(ffmpeg: FfmpegContext, film: BrandFilm): Promise<void> {
  const { session, durationSeconds, logo, signal, progress, ...options } = film;
  signal.throwIfAborted();
  const marker = ownMarker({ instance: ffmpeg.instance, session });
  const child = new ManagedChild(
    { file: ffmpeg.path, args: brandArgs({ ...options, marker }), nice: NICE },
    ffmpeg.clock,
  );
  const onAbort = (): void => void child.kill();
  signal.addEventListener('abort', onAbort, { once: true });
  let rest = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk.toString('latin1')}`.split('\n');
    rest = (lines.pop() as string).slice(-200);
    for (const line of lines) {
      const [, microseconds] = /^out_time_us=(\d{1,15})$/.exec(line) ?? [];
      if (microseconds !== undefined)
        progress(Math.min(1, Number(microseconds) / 1e6 / Math.max(durationSeconds, 0.001)));
    }
  });
  child.stdin?.end(logo);
  const exit = await child.exited;
  signal.removeEventListener('abort', onAbort);
  signal.throwIfAborted();
  if (exit.error) throw new PictureError('FFmpeg could not be run', false, { cause: exit.error });
  if (exit.code !== 0) throw new PictureError('no film could be made of it', exit.code !== null);
}
