import type { NextFunction, Request, Response } from 'express';

/** What a media URL is good for. The strings are the wire's. */
export const MEDIA_PURPOSES = ['preview', 'snapshot', 'play', 'download'] as const;
export type MediaPurpose = (typeof MEDIA_PURPOSES)[number];

/** What a request with a media URL brings instead of a bearer token. */
export interface MediaUrlClaim {
  readonly sessionId: string;
  readonly token: string;
  /** One of these the URL must have been made for. */
  readonly purposes: readonly MediaPurpose[];
}

interface Target {
  readonly purposes: readonly MediaPurpose[];
  readonly pattern: RegExp;
  route(sessionId: string, rest: string): string;
}

const preview = (sessionId: string, rest: string): string => `/api/preview/${sessionId}/${rest}`;

/** Every file of a media URL, and the media route that it is another name of. */
const TARGETS: readonly Target[] = [
  { purposes: ['preview'], pattern: /^stream\.mjpeg$/, route: preview },
  { purposes: ['snapshot'], pattern: /^snapshot\.jpg$/, route: preview },
  { purposes: ['play'], pattern: /^review\.m3u8$/, route: preview },
  { purposes: ['play'], pattern: /^review\/[^/]+\/(init|media)\.mp4$/, route: preview },
  {
    purposes: ['download', 'play'],
    pattern: /^video\.mp4$/,
    route: (sessionId) => `/api/video/files/${sessionId}/download`,
  },
];

const FILES: Readonly<Record<MediaPurpose, string>> = {
  preview: 'stream.mjpeg',
  snapshot: 'snapshot.jpg',
  play: 'review.m3u8',
  download: 'video.mp4',
};

const PATH = /^\/api\/media\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/([A-Za-z0-9_-]{43})\/([^?]*)(\?.*)?$/;

type Claimed = Request & { mediaUrl?: MediaUrlClaim };

/** The path of a media URL. The token stands in a path of its own, so that what a playlist names lies beside it. */
export function mediaUrlPath(sessionId: string, token: string, purpose: MediaPurpose): string {
  return `/api/media/${sessionId}/${token}/${FILES[purpose]}`;
}

/**
 * A media URL is another name of a media route: the request goes on under the route's own path, and no log line, metric or
 * answer has the token. Whether it is good is asked by the guard, from the database, on each request.
 */
export function followMediaUrl(request: Request, _response: Response, next: NextFunction): void {
  const reading = request.method === 'GET' || request.method === 'HEAD';
  const [, sessionId = '', token = '', rest = '', query = ''] = (reading && PATH.exec(request.url)) || [];
  const target = TARGETS.find(({ pattern }) => pattern.test(rest));
  if (target) {
    (request as Claimed).mediaUrl = { sessionId, token, purposes: target.purposes };
    request.url = `${target.route(sessionId, rest)}${query}`;
    request.originalUrl = request.url;
  }
  next();
}

/** `null`: the request came by no media URL. */
export function mediaUrlOf(request: Request): MediaUrlClaim | null {
  return (request as Claimed).mediaUrl ?? null;
}
