import type { Request } from 'express';
import { ProblemException } from './problem';

/** The largest picture that is taken, in bytes. */
export const MAX_PICTURE_BYTES = 1024 * 1024;

const TYPES = ['image/png', 'image/jpeg', 'image/webp'];

/**
 * Reads a body that is a picture; what it really is, its bytes say. Read by the handler, not before it, so that nobody's megabyte
 * is taken who may not send one.
 * @throws ProblemException `unsupported_media_type`, `payload_too_large`, `validation_failed` (there is none, or half of one)
 */
export async function readPicture(request: Request): Promise<Buffer> {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!TYPES.includes(type)) throw new ProblemException('unsupported_media_type', `Send one of ${TYPES.join(', ')}.`);
  if (Number(request.headers['content-length'] ?? 0) > MAX_PICTURE_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_PICTURE_BYTES) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof ProblemException) throw error;
    throw new ProblemException('validation_failed', 'The body came only in part.', {}, { cause: error });
  }
  if (bytes === 0) throw new ProblemException('validation_failed', 'There is no picture in the body.');
  return Buffer.concat(chunks);
}

function tooLarge(): ProblemException {
  return new ProblemException('payload_too_large', 'Pictures are at most 1 MiB.');
}
