import { FfmpegContext, ownMarker, ManagedChild } from './process';
import { readClaimedSize } from './jpeg';
import { cardArgs, CardArgsOptions, logoArgs, PictureFormat } from './picture-args';

/** Longest side of a logo in pixels. */
const LOGO_SIDE = 512;
/** The largest picture that is decoded for one: 16 megapixels, 64 MB. */
const MOST_PIXELS = 4096 * 4096;
const MOST_OUTPUT_BYTES = 2 * 1024 * 1024;
const TIMEOUT_MS = 10_000;
const NICE = 10;

/** No picture could be made. */
export class PictureError extends Error {
  override readonly name = 'PictureError';

  constructor(
    message: string,
    /** What was given is at fault, not the machine: it will not work the next time either. */
    readonly undecodable: boolean,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/**
 * What a picture is by its first bytes, whatever its name or type says: PNG (ISO/IEC 15948 §5.2), JPEG, WebP (RFC 9649 §2.4).
 * SVG is none: it is a program.
 */
export function pictureFormatOf(bytes: Buffer): PictureFormat | null {
  if (bytes.subarray(0, 8).equals(PNG)) return 'png';
  if (bytes.subarray(0, 4).toString('latin1') === 'RIFF' && bytes.subarray(8, 12).toString('latin1') === 'WEBP') {
    return 'webp';
  }
  return readClaimedSize(bytes) ? 'jpeg' : null;
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * Makes a PNG of at most 512 pixels of what somebody gave us.
 * @throws PictureError
 */
export function makeLogo(ffmpeg: FfmpegContext, picture: Buffer, format: PictureFormat): Promise<Buffer> {
  const marker = ownMarker({ instance: ffmpeg.instance, session: 'logo' });
  return run(ffmpeg, logoArgs({ format, maxSide: LOGO_SIDE, maxPixels: MOST_PIXELS, marker }), picture);
}

/**
 * Makes the card that is shown for a link elsewhere.
 * @param logo a PNG of ours
 * @throws PictureError
 */
export function makeCard(
  ffmpeg: FfmpegContext,
  { session, ...options }: Omit<CardArgsOptions, 'logo' | 'marker'> & { readonly session: string },
  logo: Buffer | null,
  signal: AbortSignal,
): Promise<Buffer> {
  const marker = ownMarker({ instance: ffmpeg.instance, session });
  return run(ffmpeg, cardArgs({ ...options, logo: logo !== null, marker }), logo ?? Buffer.alloc(0), signal);
}

async function run(ffmpeg: FfmpegContext, args: string[], input: Buffer, signal?: AbortSignal): Promise<Buffer> {
  if (signal?.aborted) throw new PictureError('aborted', false);
  const child = new ManagedChild({ file: ffmpeg.path, args, nice: NICE }, ffmpeg.clock);
  let failure: string | null = null;
  const abort = (reason: string): void => {
    failure ??= reason;
    void child.kill();
  };
  const onAbort = (): void => abort('aborted');
  signal?.addEventListener('abort', onAbort, { once: true });
  const cancel = ffmpeg.clock.after(TIMEOUT_MS, () => abort(`no picture within ${TIMEOUT_MS} ms`));
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_OUTPUT_BYTES) abort('the picture is too large');
    else chunks.push(chunk);
  });
  child.stdin?.end(input);
  const exit = await child.exited;
  cancel();
  signal?.removeEventListener('abort', onAbort);
  if (failure !== null) throw new PictureError(failure, bytes > MOST_OUTPUT_BYTES);
  if (exit.error) throw new PictureError('FFmpeg could not be run', false, { cause: exit.error });
  if (exit.code !== 0 || bytes === 0) throw new PictureError('no picture could be made of it', exit.code !== null);
  return Buffer.concat(chunks);
}
