import type { Request } from 'express';

/** Bytes of something: the first, and the one after the last. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The one range that `Range` asks for (RFC 9110 §14.2). `null`: all of it, also where several ranges are asked for, the header
 * means nothing to us, or `If-Range` names another version; `unsatisfiable`: it begins behind the end.
 * @param etag strong, with its quotes; `null` where it has none
 */
export function askedRange(request: Request, bytes: number, etag: string | null): ByteRange | 'unsatisfiable' | null {
  const version = request.headers['if-range'];
  if (version !== undefined && version !== etag) return null;
  clampSuffix(request, bytes);
  const ranges = request.range(bytes);
  if (ranges === -1) return 'unsatisfiable';
  if (ranges === undefined || ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return null;
  const [range] = ranges;
  return range ? { from: range.start, to: range.end + 1 } : null;
}

/** "The last n bytes" of what has fewer are all of it (RFC 9110 §14.1.2); `range-parser` refuses them. */
export function clampSuffix(request: Request, bytes: number): void {
  const [, length] = /^bytes=-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  if (length !== undefined && Number(length) > bytes) request.headers.range = 'bytes=0-';
}
