import type { Request, Response } from 'express';
import { taken, whenOver } from '../common/answer-over';
import { askedRange } from '../common/byte-range';
import { ProblemException } from '../common/problem';
import { AwayVideo } from '../objects/away-video';

/** How long an address of the storage is good: to begin a download, and to move about in a match that is watched. */
const SIGNED_SECONDS = { attachment: 600, inline: 2 * 3_600 } as const;

/** What of a file in a storage an answer is made of. */
export interface SendableAway {
  readonly away: AwayVideo;
  readonly filename: string;
}

/**
 * Answers with a video that lies in its club's storage: by a redirect where the club wishes that, else with its bytes, as
 * `sendFile` does. What a script asks for always comes through here: it could not follow elsewhere without that storage's consent
 * (CORS). Settles when the answer is over.
 * @throws ProblemException `range_not_satisfiable`, `storage_unreachable`
 */
export async function sendAway(
  request: Request,
  response: Response,
  { away, filename }: SendableAway,
  disposition: 'attachment' | 'inline',
): Promise<void> {
  const isScript = request.headers['sec-fetch-dest'] === 'empty';
  if (away.deliver === 'redirect' && request.method === 'GET' && !isScript) {
    const url = await away.signedUrl({ seconds: SIGNED_SECONDS[disposition], filename, disposition });
    if (url !== null) {
      response.setHeader('Cache-Control', 'private, no-store');
      response.redirect(302, url);
      return;
    }
  }
  const { bytes, etag } = away;
  const asked = askedRange(request, bytes, etag);
  const headers = {
    'Content-Type': 'video/mp4',
    'Content-Disposition': `${disposition}; filename="${filename}"`,
    ETag: etag,
    'Cache-Control': 'private, no-cache',
    'Accept-Ranges': 'bytes',
  };
  response.setHeader('ETag', etag);
  if (request.fresh) {
    response.set(headers).removeHeader('Content-Type');
    response.status(304).end();
    return;
  }
  response.removeHeader('ETag');
  if (asked === 'unsatisfiable') throw new ProblemException('range_not_satisfiable');
  const range = asked ?? { from: 0, to: bytes };
  const begin = (): void => {
    response.set(headers).status(asked ? 206 : 200);
    response.setHeader('Content-Length', range.to - range.from);
    if (asked) response.setHeader('Content-Range', `bytes ${range.from}-${range.to - 1}/${bytes}`);
  };
  if (request.method === 'HEAD') {
    begin();
    response.end();
    return;
  }
  await pour(response, away, range, begin);
}

/** The head goes once the storage has given the first bytes: until then there is still a problem to tell. */
async function pour(
  response: Response,
  away: AwayVideo,
  range: { readonly from: number; readonly to: number },
  begin: () => void,
): Promise<void> {
  const leaving = new AbortController();
  whenOver(response, () => leaving.abort(new Error('the answer is over')));
  try {
    for await (const chunk of away.read(range, leaving.signal)) {
      if (leaving.signal.aborted) return;
      if (!response.headersSent) begin();
      if (!response.write(chunk)) await taken(response);
    }
    response.end();
  } catch (error) {
    if (leaving.signal.aborted) return;
    if (!response.headersSent) throw error;
    // The client sees that it is not whole, and may go on from where it is.
    response.destroy();
  }
}
