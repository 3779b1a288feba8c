import type { Readable } from 'node:stream';
import type { Request, Response } from 'express';
import send from 'send';
import { isOver, whenOver } from '../common/answer-over';
import { clampSuffix } from '../common/byte-range';
import { ProblemException } from '../common/problem';
import { AwayVideo } from '../objects/away-video';
import { DiskEntry } from '../storage/disk';
import { sendAway } from './send-away';

/** What of a file an answer is made of. */
export interface SendableFile {
  /** `null`: it is not here, see `away`. */
  readonly path: string | null;
  /** In its club's storage. */
  readonly away?: AwayVideo;
  /** As it is called when it is saved: plain letters, digits, `-`, `_`, `.`. */
  readonly filename: string;
  readonly bytes: number;
  /** Changes with the file's content. */
  readonly etag: string;
}

/** Another one whenever the file is another one, or was written to. */
export function etagOf({ identity, bytes, modifiedAt }: DiskEntry): string {
  return `"${identity}-${bytes}-${modifiedAt.getTime()}"`.replace(/:/g, '-');
}

/**
 * Answers with a file's bytes: ranges (RFC 9110 §14), conditional requests (§13), its name for saving. Settles when the
 * answer is over, whether the client stayed or not.
 * @param disposition whether it is to be saved, or shown where it is
 * @throws ProblemException `range_not_satisfiable`; `not_found` where the file has gone meanwhile; `storage_unreachable`
 */
export async function sendFile(
  request: Request,
  response: Response,
  file: SendableFile,
  disposition: 'attachment' | 'inline' = 'attachment',
): Promise<void> {
  const { path, away, filename } = file;
  if (path === null) {
    if (!away) throw new ProblemException('not_found');
    return sendAway(request, response, { away, filename }, disposition);
  }
  response.setHeader('Content-Type', 'video/mp4');
  response.setHeader('Content-Disposition', `${disposition}; filename="${filename}"`);
  // Strong, so that a player may resume with If-Range; private, for authorisation is asked at every request.
  response.setHeader('ETag', file.etag);
  response.setHeader('Cache-Control', 'private, no-cache');
  clampSuffix(request, file.bytes);
  if (isOver(response)) return;
  await new Promise<void>((resolve, reject) => {
    whenOver(response, resolve);
    send(request, path, { dotfiles: 'allow', cacheControl: false, index: false })
      .on('error', (error: Error & { status?: number }) => {
        for (const name of ['Content-Type', 'Content-Disposition', 'ETag', 'Cache-Control', 'Last-Modified']) {
          response.removeHeader(name);
        }
        if (error.status === 416) reject(new ProblemException('range_not_satisfiable'));
        else if (error.status === 404) reject(new ProblemException('not_found'));
        else reject(error);
      })
      .on('stream', (stream: Readable) => whenOver(response, () => stream.destroy()))
      .on('directory', () => reject(new ProblemException('not_found')))
      .pipe(response);
  });
}
