import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { OutgoingError } from '../proxy/outgoing-error';
import { OutgoingHttp, OutgoingTransfer } from '../proxy/outgoing-http';
import { isErrno } from '../storage/disk';
import { ObjectFault } from './object-store';
import { Pace } from './pace';

/** Nothing for so long: a storage under load takes its time before it answers. */
const IDLE_MS = 60_000;
/** What is sent at a time where the rate is bounded. */
const CHUNK_BYTES = 64 * 1024;

/** Requests to one club's storage: through the rules for addresses, and no faster than the club wishes. */
export class StoreHttp {
  constructor(
    private readonly http: OutgoingHttp,
    private readonly networks: readonly string[] | null,
    private readonly pace: Pace | null,
  ) {}

  /** Any status but a redirect. @throws OutgoingError, the signal's reason */
  open(transfer: Omit<OutgoingTransfer, 'networks' | 'idleMs'>): Promise<IncomingMessage> {
    const { networks, pace } = this;
    const { body, signal } = transfer;
    const slowed = body && pace ? { body: Readable.from(slowly(body, pace, signal), { objectMode: false }) } : {};
    return this.http.open({ ...transfer, ...slowed, networks, idleMs: IDLE_MS });
  }
}

async function* slowly(body: Buffer | Readable, pace: Pace, signal: AbortSignal): AsyncGenerator<Buffer> {
  const pieces = Buffer.isBuffer(body) ? [body] : (body as AsyncIterable<Buffer>);
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; at += CHUNK_BYTES) {
      const chunk = piece.subarray(at, at + CHUNK_BYTES);
      await pace.take(chunk.length, signal);
      yield chunk;
    }
  }
}

/** Of a body that is cut while it is read. */
const CUT = ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'EPIPE', 'ETIMEDOUT'];

/** A fault of the way there, in words for admins; anything else as it is. */
export function faultOf(error: unknown): unknown {
  if (isErrno(error, ...CUT)) return new ObjectFault('storage_unreachable', undefined, { cause: error });
  if (!(error instanceof OutgoingError)) return error;
  const plain = error.fault === 'unreachable' || error.fault === 'timeout' || error.fault === 'answer_cut';
  return new ObjectFault('storage_unreachable', plain ? undefined : error.message, { cause: error });
}
