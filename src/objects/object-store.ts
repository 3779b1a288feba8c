import type { Readable } from 'node:stream';

/** What went wrong at a storage; stable words. */
export const OBJECT_FAULTS = [
  'storage_unreachable',
  'storage_refused',
  'storage_failed',
  'storage_checksum',
  'storage_missing',
  'storage_unreadable',
] as const;

export type ObjectFaultCode = (typeof OBJECT_FAULTS)[number];

const SENTENCES: Readonly<Record<ObjectFaultCode, string>> = {
  storage_unreachable: 'The storage does not answer, or the connection was cut.',
  storage_refused: 'The storage refuses: are the keys right, and may they read, write and delete?',
  storage_failed: 'The storage says that something went wrong on its side.',
  storage_checksum: 'The storage has something else than was sent.',
  storage_missing: 'The storage does not have it, or has no such bucket or zone.',
  storage_unreadable: 'The keys of the storage cannot be opened: enter them again.',
};

/** Thrown by every {@link ObjectStore}. Its message is a sentence for admins and holds no address and no key. */
export class ObjectFault extends Error {
  constructor(
    readonly code: ObjectFaultCode,
    detail: string = SENTENCES[code],
    options?: { cause?: unknown },
  ) {
    super(detail, options);
    this.name = 'ObjectFault';
  }
}

/** A part that the storage has acknowledged. Hashes in lower-case hexadecimal. */
export interface SentPart {
  /** From 1. */
  readonly number: number;
  readonly etag: string;
  readonly sha256: string;
  readonly md5: string;
}

/** Bytes on their way, and what they hash to. */
export interface PartBody {
  readonly number: number;
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly md5: string;
}

/** What an object must be. */
export interface WholeObject {
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** Those it was sent in; empty: in one piece. */
  readonly parts: readonly SentPart[];
}

/** How an address that is good for a while names what it leads to. */
export interface SignedUrlOptions {
  readonly seconds: number;
  /** Plain letters, digits, `-`, `_`, `.`. */
  readonly filename: string;
  readonly disposition: 'attachment' | 'inline';
}

/** Uploads that nobody goes on with. */
export interface StaleUploads {
  /** The club's; ends with a slash. */
  readonly folder: string;
  /** They were begun before. */
  readonly before: Date;
  /** Ids of those that go on. */
  readonly living: ReadonlySet<string>;
}

/** Uploads in parts, which may go on in another process. */
export interface PartUploads {
  /** Of each part but the last, for a file of so many bytes. */
  partBytes(total: number): number;
  /** @returns the upload's id */
  begin(key: string, signal: AbortSignal): Promise<string>;
  /** Idempotent: a part that is sent again takes the place of the one before. @returns its ETag */
  putPart(key: string, uploadId: string, part: PartBody, signal: AbortSignal): Promise<string>;
  /** @throws ObjectFault `storage_missing`: there is no such upload, or it was finished before */
  finish(key: string, uploadId: string, parts: readonly SentPart[], signal: AbortSignal): Promise<void>;
  /** Nothing happens where there is none. */
  abort(key: string, uploadId: string, signal: AbortSignal): Promise<void>;
  /** Aborts what was begun of a club's videos and nobody goes on with. What others have in the same place stays. @returns how many */
  abortStale(wanted: StaleUploads, signal: AbortSignal): Promise<number>;
}

/**
 * Where files lie: on this disk, in something that speaks S3, at Bunny. Keys are relative paths of plain letters. Every method
 * throws {@link ObjectFault}, or the signal's reason.
 */
export abstract class ObjectStore {
  /** `null`: it takes files in one piece only, so an upload that was cut begins anew. */
  abstract readonly parts: PartUploads | null;

  /** Puts an object in one piece; the storage is told its SHA-256 and must refuse anything else. */
  abstract put(
    key: string,
    whole: Omit<WholeObject, 'parts'>,
    body: () => Readable | Buffer,
    signal: AbortSignal,
  ): Promise<void>;

  /** Bytes of an object; `null`: there is none. */
  abstract size(key: string, signal: AbortSignal): Promise<number | null>;

  /**
   * Whether it has exactly this: by its own checksums where it has some that are worth it, else by reading all of it.
   * @throws ObjectFault `storage_checksum` or `storage_missing` where it has not
   */
  abstract verify(key: string, whole: WholeObject, signal: AbortSignal): Promise<void>;

  /** Bytes of an object from `from` up to, not with, `to`. The caller reads or destroys it. */
  abstract read(
    key: string,
    range: { readonly from: number; readonly to: number },
    signal: AbortSignal,
  ): Promise<Readable>;

  /** Nothing happens where there is none. */
  abstract delete(key: string, signal: AbortSignal): Promise<void>;

  /** An address where a browser finds it, for a while; `null`: it has none. */
  abstract signedUrl(key: string, options: SignedUrlOptions): Promise<string | null>;
}
