import { Clock } from '../common/clock';
import { ObjectFault, ObjectFaultCode } from './object-store';
import { pause } from './pace';

/** Before the second and the third try. What is away for longer is the job's to wait for. */
const PAUSES_MS = [250, 1_000];
const PASSING: readonly ObjectFaultCode[] = ['storage_unreachable', 'storage_failed'];

/**
 * Does it, and again where a storage had one of its moments.
 * @param also what else is worth another try: `storage_checksum` of what is sent again
 * @throws what the last try threw
 */
export async function persistently<T>(
  clock: Clock,
  signal: AbortSignal,
  work: () => Promise<T>,
  also?: ObjectFaultCode,
): Promise<T> {
  for (const ms of PAUSES_MS) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || !isPassing(error, also)) throw error;
      await pause(clock, ms, signal);
      signal.throwIfAborted();
    }
  }
  return work();
}

function isPassing(error: unknown, also?: ObjectFaultCode): boolean {
  // A connection that is cut in the middle of a body is an error of the socket.
  return error instanceof ObjectFault
    ? PASSING.includes(error.code) || error.code === also
    : (error as { code?: unknown }).code === 'ECONNRESET';
}
