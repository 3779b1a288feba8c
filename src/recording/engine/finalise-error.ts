import { JournalError } from './journal-error';

/**
 * Why a recording did not become a video. Everything stays as it is and it may be tried again.
 * - `nothing_recorded`: no part has a whole fragment.
 * - `target_exists`: another file has the video's name; nothing is ever written over.
 * - `gate_refused`: neither the file finished in place nor the remuxed one is as it should be.
 * - `disk_full`: no room for a remux.
 */
export type FinaliseFailure = 'nothing_recorded' | 'target_exists' | 'gate_refused' | 'disk_full';

/** The finaliser gave up. File system errors are thrown as they are. */
export class FinaliseError extends Error {
  constructor(
    readonly code: FinaliseFailure,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'FinaliseError';
  }
}

/** Why there is no file, as the recording's row says it: a code where it must not be tried again, else a sentence. */
export function failureWords(error: unknown): string {
  return error instanceof JournalError ? error.words : 'The file could not be finished; it will be tried again.';
}
