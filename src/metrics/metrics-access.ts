import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What of a request decides whether it may read the metrics. */
export interface Scrape {
  readonly headers: IncomingHttpHeaders;
  /** The address at the other end of the socket, whatever a header says. */
  readonly peer: string | undefined;
}

/** Headers by which proxies say that they passed something on (RFC 7239, RFC 9110 §7.6.3, and what came before them). */
const PROXY_HEADERS = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'];
const LOOPBACK_PEER = /^(::1|(::ffff:)?127(\.\d{1,3}){3})$/i;
const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

/**
 * Metrics tell much of a club's evening, so they are for whoever holds the token; without a token, for a program on this very
 * machine that calls directly. A proxy on this machine has a loopback address too: what it passes on is refused, as far as it
 * says so; and a page in a browser here, whose name was bent to this machine's address, is given away by its `Host`.
 * @param token `METRICS_TOKEN`
 */
export function mayScrape(token: string | null, { headers, peer }: Scrape): 'allowed' | 'unauthorized' | 'forbidden' {
  if (token !== null) return holds(headers.authorization, token) ? 'allowed' : 'unauthorized';
  const direct = PROXY_HEADERS.every((name) => headers[name] === undefined);
  const here = LOOPBACK_PEER.test(peer ?? '') && LOOPBACK_HOST.test(headers.host ?? '');
  return direct && here ? 'allowed' : 'forbidden';
}

/** Compares hashes, so that the time it takes says nothing of the token, not even its length. */
function holds(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
  return given !== undefined && timingSafeEqual(hash(given), hash(token));
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
