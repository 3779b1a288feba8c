import type { Request, Response } from 'express';
import { isOver, taken } from '../../common/answer-over';
import { askedRange } from '../../common/byte-range';
import { Clock } from '../../common/clock';
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
 * when the file is needed no more, whether the client stayed or not; closing it is the caller's.
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
  for await (const piece of pieces) {
    if (isOver(response)) return;
    if (!response.write(piece)) await takenOrStuck(response, clock);
  }
  response.end();
}

/** Settles when the client has taken what it got, or is gone. */
function takenOrStuck(response: Response, clock: Clock): Promise<void> {
  const cancel = clock.after(STUCK_MS, () => response.destroy());
  return taken(response).finally(cancel);
}
