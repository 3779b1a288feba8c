import type { Request } from 'express';
import { ProblemException } from '../common/problem';

/** The page of the panel that a link opens. */
export type LinkPage = 'invitation' | 'confirm' | 'reset';

/** A name or an IP address, and perhaps a port (RFC 9110 §7.2), in characters that mean nothing else anywhere. */
const HOST = /^([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:\d{1,5})?$/;

/** The address of a link. The token stands behind the `#`: browsers send that part to no server, so no log has it. */
export function linkAddress(origin: string, page: LinkPage, token: string): string {
  return `${origin}/panel/link#/${page}/${token}`;
}

/**
 * Where links lead: `PUBLIC_URL`, else the host that was asked. Any caller may name any host, so the latter is good for one
 * thing only: an answer to this very caller. What is mailed to somebody else never has it, for there is no mail without
 * `PUBLIC_URL` (load-config.ts).
 * @throws ProblemException `validation_failed` for a host that is none
 */
export function linkOrigin(publicUrl: string | null, request: Pick<Request, 'protocol' | 'headers'>): string {
  if (publicUrl !== null) return publicUrl;
  const { host = '' } = request.headers;
  if (!HOST.test(host)) throw new ProblemException('validation_failed', 'The Host header is malformed.');
  return `${request.protocol === 'https' ? 'https' : 'http'}://${host}`;
}
