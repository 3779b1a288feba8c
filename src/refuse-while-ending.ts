import type { NextFunction, Request, Response } from 'express';
import { ProblemException } from './common/problem';
import { sendProblem } from './common/problem.filter';
import { Shutdown } from './common/shutdown';

/** Those who watch over the service still hear how it does. */
const WATCHED = /^\/(api\/video\/health|metrics)(\/|$)/;
const RETRY_AFTER_SECONDS = 5;

/**
 * While the service ends, the port stays open and answers every call with `shutting_down`, so that a load balancer sees
 * `ready` say no, and callers a reason instead of a closed door. Answers under way end with the rooms they come from.
 */
export function refuseWhileEnding(shutdown: Shutdown) {
  return (request: Request, response: Response, next: NextFunction): void => {
    if (!shutdown.underWay || WATCHED.test(request.path)) return next();
    response.setHeader('Connection', 'close');
    sendProblem(
      response,
      new ProblemException('shutting_down', 'The service is being restarted. Running recordings are kept.', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      }),
    );
  };
}
