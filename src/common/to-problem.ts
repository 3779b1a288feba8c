import { HttpException } from '@nestjs/common';
import { isDatabaseUnavailable, sqlState } from './database-error';
import { PROBLEMS, ProblemCode, ProblemException } from './problem';

const BY_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: 'validation_failed',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'in_use',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  416: 'range_not_satisfiable',
  422: 'validation_failed',
  429: 'too_many_attempts',
  503: 'overloaded',
};

/** SQLSTATEs of data that no column takes: out of range, bad text representation, NUL or bad UTF-8 in text. */
const UNSTORABLE = new Set(['22003', '22P02', '22P05', '22021', '22008', '22007']);

/** SQLSTATEs of work that lost against other work: a lock not had in time, a deadlock, a serialisation failure. */
const CONTENDED = new Set(['55P03', '40P01', '40001']);

/** System errors of a machine at its limits: out of descriptors, processes or memory; no space. */
const OVERLOADED = new Set(['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM']);
const DISK_FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Whether an error, or what caused it, is a machine at its limits: trying again later may do. */
export function isOverloaded(error: unknown): boolean {
  let at = error;
  for (let depth = 0; depth < 4 && typeof at === 'object' && at !== null; depth++) {
    const { code, cause } = at as { code?: unknown; cause?: unknown };
    if (typeof code === 'string' && OVERLOADED.has(code)) return true;
    at = cause;
  }
  return false;
}

/** Retry hint of a 503 in seconds. */
const RETRY_SECONDS = 2;

/**
 * Turns whatever was thrown into the problem a caller is told. What is not ours becomes `internal_error` without a word
 * of the original: inner texts may hold addresses, paths and secrets.
 */
export function toProblem(error: unknown): ProblemException {
  if (error instanceof ProblemException) return error;
  const options = { cause: error };
  if (isDatabaseUnavailable(error)) {
    return new ProblemException('database_unavailable', undefined, { retryAfterSeconds: RETRY_SECONDS }, options);
  }
  if (error instanceof HttpException) {
    return new ProblemException(BY_STATUS[error.getStatus()] ?? 'internal_error', undefined, {}, options);
  }
  if (!(error instanceof Error)) return new ProblemException('internal_error', undefined, {}, options);
  return fromError(error, options);
}

function fromError(error: Error, options: { cause: unknown }): ProblemException {
  const { code, type, status } = error as Error & { code?: unknown; type?: unknown; status?: unknown };
  const overloaded = isOverloaded(error);
  // A camera's error carries a problem code and a sentence made for people.
  if (error.name === 'CameraError' && isProblemCode(code) && !overloaded)
    return new ProblemException(code, error.message, {}, options);
  const state = sqlState(error);
  if (state && UNSTORABLE.has(state)) {
    return new ProblemException('validation_failed', 'A value cannot be stored.', {}, options);
  }
  const contended = state !== null && state !== undefined && CONTENDED.has(state);
  if (contended || overloaded) {
    return new ProblemException('overloaded', undefined, { retryAfterSeconds: RETRY_SECONDS }, options);
  }
  if (typeof code === 'string' && DISK_FULL.has(code)) return new ProblemException('disk_full', undefined, {}, options);
  // body-parser and Express throw errors of http-errors: `status`, and body-parser a `type`.
  if (type === 'entity.parse.failed') return new ProblemException('malformed_json', undefined, {}, options);
  if (error instanceof URIError)
    return new ProblemException('validation_failed', 'The path is malformed.', {}, options);
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new ProblemException(BY_STATUS[status] ?? 'validation_failed', undefined, {}, options);
  }
  return new ProblemException('internal_error', undefined, {}, options);
}

function isProblemCode(code: unknown): code is ProblemCode {
  return typeof code === 'string' && Object.hasOwn(PROBLEMS, code);
}
