import { isWholeJpeg } from './jpeg';
import { snapshotArgs } from './ffmpeg-args';
import { FfmpegContext, ownMarker, ManagedChild } from './process';

export interface SnapshotOptions {
  readonly ffmpeg: FfmpegContext;
  /** The session or probe it is for; appears in the process's arguments. */
  readonly session: string;
  /** Default 640 pixels. */
  readonly maxWidth?: number;
  /** Default 4 (2 best, 31 worst). */
  readonly quality?: number;
  /** Default 5000 ms. */
  readonly timeoutMs?: number;
  /** Scheduling priority, -20 to 19; default 0. */
  readonly nice?: number;
  readonly signal?: AbortSignal;
}

const MAX_SNAPSHOT_BYTES = 8 * 1024 * 1024;

/** No picture could be made. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';

  constructor(
    message: string,
    options?: { cause?: unknown },
    /** The picture is at fault, not the machine: it will not be decoded the next time either. */
    readonly undecodable = false,
  ) {
    super(message, options);
  }
}

/**
 * Decodes one H.264 or H.265 keyframe to a JPEG, in a child that lives for it alone (60 to 150 ms). Settles as soon as the picture is
 * whole; the child, which has nothing more to do, ends a moment later.
 * @param initAndKeyframe `ftyp moov` and one `moof mdat` with a keyframe.
 * @throws SnapshotError within `timeoutMs` at the latest; the child is gone by then.
 */
export async function makeSnapshot(initAndKeyframe: Buffer, options: SnapshotOptions): Promise<Buffer> {
  const { ffmpeg, session, maxWidth = 640, quality = 4, timeoutMs = 5_000, nice, signal } = options;
  if (signal?.aborted) throw new SnapshotError('aborted');
  const marker = ownMarker({ instance: ffmpeg.instance, session });
  const child = new ManagedChild(
    { file: ffmpeg.path, args: snapshotArgs({ maxWidth, quality, marker }), ...(nice === undefined ? {} : { nice }) },
    ffmpeg.clock,
  );
  let failure: string | null = null;
  const abort = (reason: string): void => {
    failure ??= reason;
    void child.kill();
  };
  const onAbort = (): void => abort('aborted');
  signal?.addEventListener('abort', onAbort, { once: true });
  const cancel = ffmpeg.clock.after(timeoutMs, () => abort(`no picture within ${timeoutMs} ms`));
  let jpeg = Buffer.alloc(0);
  const whole = new Promise<boolean>((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      jpeg = Buffer.concat([jpeg, chunk]);
      if (jpeg.length > MAX_SNAPSHOT_BYTES) abort('the picture is too large');
      else if (isWholeJpeg(jpeg)) resolve(true);
    });
  });
  child.stdin?.end(initAndKeyframe);
  const ended = child.exited.then((exit) => {
    cancel();
    signal?.removeEventListener('abort', onAbort);
    return exit;
  });
  if ((await Promise.race([whole, ended])) === true && failure === null) return jpeg;
  const exit = await ended;
  if (failure !== null) throw new SnapshotError(failure);
  if (exit.error) throw new SnapshotError('FFmpeg could not be started', { cause: exit.error });
  if (exit.code !== 0 || !isWholeJpeg(jpeg)) {
    throw new SnapshotError('the keyframe could not be decoded', undefined, exit.code !== null);
  }
  return jpeg;
}
