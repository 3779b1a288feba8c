import { isOverloaded } from '../../common/to-problem';
import { isErrno } from '../../storage/disk';

/**
 * Why a journal ended before it was closed.
 * - `disk_full`: `ENOSPC`, `EDQUOT`, `EFBIG`. What was written is synced and may become the video.
 * - `overloaded`: `EMFILE` and the like: the disk was not even asked. What was written before may become the video too.
 * - `write_failed`: any other error of open, write or truncate. What the disk holds is not vouched for.
 * - `sync_failed`, `sync_timeout`: `fdatasync` failed or never came back. Never retried: the kernel may have dropped the
 *   pages it could not write and report success next time.
 */
export type JournalFailure = 'disk_full' | 'overloaded' | 'write_failed' | 'sync_failed' | 'sync_timeout';

/** Failures after which nobody knows what the disk holds. */
const IN_DOUBT: readonly JournalFailure[] = ['write_failed', 'sync_failed', 'sync_timeout'];

/** A journal can write no more. `cause` is the file system's error. */
export class JournalError extends Error {
  constructor(
    readonly code: JournalFailure,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'JournalError';
  }

  /** Whether what was written before may still be finished into a video. */
  get salvageable(): boolean {
    return !IN_DOUBT.includes(this.code);
  }

  /** As a recording's row has it: `<code>: <message>`. */
  get words(): string {
    return `${this.code}: ${this.message}`;
  }

  /** The error for a failed open or write. */
  static ofWrite(cause: unknown): JournalError {
    if (cause instanceof JournalError) return cause;
    if (isErrno(cause, 'ENOSPC', 'EDQUOT', 'EFBIG'))
      return new JournalError('disk_full', 'The disk is full', { cause });
    if (isOverloaded(cause)) return new JournalError('overloaded', 'The machine has no room for a file', { cause });
    return new JournalError('write_failed', 'The recording could not be written', { cause });
  }
}

/**
 * Whether a recording failed because the disk did not keep it, told from its row's `error`: trying again might call something
 * a video that is not on the disk. What there is of it stays for people to look at.
 */
export function isInDoubt(error: string | null): boolean {
  return error !== null && IN_DOUBT.some((code) => error.startsWith(`${code}: `));
}
