import { ArgumentsHost, Catch, ExceptionFilter, Logger } from '@nestjs/common';
import type { Response } from 'express';
import { PROBLEMS, ProblemException } from './problem';
import { toProblem } from './to-problem';

/** The body of every error: RFC 9457 and the stable `code`; `error` repeats `detail` for older clients. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly error: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
  readonly session_id?: string;
}

/** The body of a problem. `type` is a relative reference to the problem's page in the documentation (RFC 9457 §3.1.1). */
export function problemBody(problem: ProblemException): ProblemBody {
  const [status, title] = PROBLEMS[problem.code];
  const { errors, session_id } = problem.extras;
  return {
    type: `/api/docs/errors#${problem.code}`,
    title,
    status,
    detail: problem.detail,
    code: problem.code,
    ...(errors && { errors }),
    ...(session_id !== undefined && { session_id }),
    error: problem.detail,
  };
}

/** Answers everything thrown as `application/problem+json`; what is not a caller's fault is logged with its cause. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') return;
    const response = host.switchToHttp().getResponse<Response>();
    const problem = toProblem(error);
    if (problem.code === 'internal_error') {
      this.logger.error({ err: error }, 'request failed');
    } else if (
      problem.code === 'database_unavailable' ||
      problem.code === 'overloaded' ||
      problem.code === 'disk_full'
    ) {
      this.logger.warn({ err: error }, problem.code);
    }
    sendProblem(response, problem);
  }
}

/** Writes the problem; an answer that is under way already is cut, so that the caller does not take a half for a whole. */
export function sendProblem(response: Response, problem: ProblemException): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { retryAfterSeconds } = problem.extras;
  // Headers meant for the answer that failed (a file's type, its caching) must not stand on the problem.
  for (const name of [
    'Content-Disposition',
    'Content-Length',
    'Accept-Ranges',
    'ETag',
    'Last-Modified',
    'Content-Encoding',
  ]) {
    response.removeHeader(name);
  }
  if (problem.code === 'unauthorized') response.setHeader('WWW-Authenticate', 'Bearer');
  if (retryAfterSeconds !== undefined)
    response.setHeader('Retry-After', String(Math.max(1, Math.ceil(retryAfterSeconds))));
  response.setHeader('Cache-Control', 'no-store');
  response
    .status(problem.getStatus())
    .type('application/problem+json')
    .send(JSON.stringify(problemBody(problem)));
}
