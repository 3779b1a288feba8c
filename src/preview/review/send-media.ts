import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { askedRange } from '../../common/byte-range';
import { Cancel, Clock } from '../../common/clock';
import { ProblemException } from '../../common/problem';
import { DiskFile } from '../../storage/disk';
import { readMedia } from './review-media';
import { ReviewPart } from './review-recording';

/** A reader that takes nothing for so long has gone: its file is closed. */
const STUCK_MS = 60_000;

/** A part's bytes, let in. */
export interface ReviewMedia {
  readonly file: DiskFile;
  readonly part: ReviewPart;
  /** Strong: of every byte there is, now and later. */
  readonly etag: string;
  /** More bytes may follow. */
  readonly growing: boolean;
}

/**
 * Answers with a part's bytes, as far as whole fragments go: ranges (RFC 9110 §14), conditional requests (§13). Of what still
 * grows the length is not told (§14.4), and all of it has no version: only bytes that are there stay as they are. Settles
 * when the answer is over, whether the client stayed or not. The file stays the caller's to close.
 * @throws ProblemException `range_not_satisfiable`
 */
export async function sendMedia(
  request: Request,
  response: Response,
  { file, part, etag, growing }: ReviewMedia,
  clock: Clock,
): Promise<void> {
  const range = askedRange(request, part.end, etag);
  if (range === 'unsatisfiable') {
    response.setHeader('Content-Range', `bytes */${part.end}`);
    throw new ProblemException('range_not_satisfiable');
  }
  response.setHeader('Content-Type', 'video/mp4');
  response.setHeader('Accept-Ranges', 'bytes');
  // Asked for at every use, for authorisation is.
  response.setHeader('Cache-Control', 'private, no-cache');
  if (range || !growing) {
    response.setHeader('ETag', etag);
    if (request.fresh) return void response.status(304).end();
  }
  const { from, to } = range ?? { from: 0, to: part.end };
  if (range) {
    response.status(206);
    response.setHeader('Content-Range', `bytes ${from}-${to - 1}/${growing ? '*' : part.end}`);
  }
  response.setHeader('Content-Length', to - from);
  if (request.method === 'HEAD') return void response.end();
  await stream(response, readMedia(file, part, { from, to }), clock);
}

async function stream(response: Response, pieces: AsyncIterable<Buffer>, clock: Clock): Promise<void> {
  let stuck: Cancel = () => undefined;
  const watched = async function* (): AsyncGenerator<Buffer> {
    for await (const piece of pieces) {
      stuck();
      stuck = clock.after(STUCK_MS, () => response.destroy());
      yield piece;
    }
  };
  try {
    await pipeline(Readable.from(watched(), { objectMode: false, highWaterMark: 1 }), response);
  } catch (error) {
    // The client left: nothing is wrong. Otherwise the answer is cut, so that nobody takes a half for a whole.
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE')) throw error;
  } finally {
    stuck();
  }
}
