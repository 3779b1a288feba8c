import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { ObjectFault, SentPart, WholeObject } from './object-store';

/** Between two turns of the event loop: recordings must not feel it. */
const SLICE_BYTES = 256 * 1024;

/** Hashes of bytes in memory, with room for others in between. */
export async function sumsOf(bytes: Buffer): Promise<{ sha256: string; md5: string }> {
  const [sha256, md5] = [createHash('sha256'), createHash('md5')];
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    const slice = bytes.subarray(at, at + SLICE_BYTES);
    sha256.update(slice);
    md5.update(slice);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return { sha256: sha256.digest('hex'), md5: md5.digest('hex') };
}

/** What S3 says of an object of parts: SHA-256 of their SHA-256s, and how many (its documentation, "composite checksums"). */
export function compositeSha256(parts: readonly SentPart[]): string {
  const inner = Buffer.concat(parts.map(({ sha256 }) => Buffer.from(sha256, 'hex')));
  return `${createHash('sha256').update(inner).digest('base64')}-${parts.length}`;
}

/** The ETag that most of what speaks S3 gives an object of parts: MD5 of their MD5s, and how many. */
export function compositeEtag(parts: readonly SentPart[]): string {
  const inner = Buffer.concat(parts.map(({ md5 }) => Buffer.from(md5, 'hex')));
  return `${createHash('md5').update(inner).digest('hex')}-${parts.length}`;
}

/** Reads it all. @throws ObjectFault `storage_checksum` where it is anything else */
export async function mustHash(
  body: Readable,
  { bytes, sha256 }: Pick<WholeObject, 'bytes' | 'sha256'>,
): Promise<void> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    hash.update(chunk);
    size += chunk.length;
  }
  if (size !== bytes || hash.digest('hex') !== sha256) throw new ObjectFault('storage_checksum');
}
