import type { Request, Response } from 'express';
import send from 'send';
import { clampSuffix } from '../common/byte-range';
import { ProblemException } from '../common/problem';
import { DownloadableVideo } from './files.service';

/**
 * Answers with a file's bytes: ranges (RFC 9110 §14), conditional requests (§13), its name for saving. Settles when the
 * answer is over, whether the client stayed or not.
 * @throws ProblemException `range_not_satisfiable`, or `not_found` where the file has gone meanwhile.
 */
export async function sendFile(request: Request, response: Response, video: DownloadableVideo): Promise<void> {
  response.setHeader('Content-Type', 'video/mp4');
  response.setHeader('Content-Disposition', `attachment; filename="${video.filename}"`);
  // Strong, so that a player may resume with If-Range; private, for authorisation is asked at every request.
  response.setHeader('ETag', video.etag);
  response.setHeader('Cache-Control', 'private, no-cache');
  clampSuffix(request, video.bytes);
  await new Promise<void>((resolve, reject) => {
    response.once('close', resolve);
    send(request, video.path, { dotfiles: 'allow', cacheControl: false, index: false })
      .on('error', (error: Error & { status?: number }) => {
        for (const name of ['Content-Type', 'Content-Disposition', 'ETag', 'Cache-Control', 'Last-Modified']) {
          response.removeHeader(name);
        }
        if (error.status === 416) reject(new ProblemException('range_not_satisfiable'));
        else if (error.status === 404) reject(new ProblemException('not_found'));
        else reject(error);
      })
      .on('directory', () => reject(new ProblemException('not_found')))
      .pipe(response);
  });
}
