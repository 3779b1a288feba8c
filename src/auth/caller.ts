import { createParamDecorator, ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { isIP } from 'node:net';

/** Where a request came from: for limits, sign-ins and the audit trail. */
export interface Caller {
  /** As `TRUST_PROXY` lets it be known; IPv4 without its IPv6 mapping. `null` where the socket is gone. */
  readonly ip: string | null;
  /** At most 256 characters, printable ASCII. */
  readonly userAgent: string | null;
}

/** @returns who is at the other end of this request */
export function callerOf(request: Request): Caller {
  const ip = (request.ip ?? '').replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  const agent = (request.headers['user-agent'] ?? '').replace(/[^\x20-\x7e]/g, '').slice(0, 256);
  return { ip: isIP(ip) === 0 ? null : ip, userAgent: agent === '' ? null : agent };
}

/** The {@link Caller} of a request, as a controller's parameter. */
export const FromCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  return callerOf(context.switchToHttp().getRequest<Request>());
});
