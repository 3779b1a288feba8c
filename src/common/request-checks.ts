import express, { NextFunction, Request, RequestHandler, Response } from 'express';
import { ProblemException } from './problem';
import { parseStrictJson, StrictJsonError } from './strict-json';

/** The largest request body, in bytes. */
export const MAX_BODY_BYTES = 100 * 1024;

/**
 * Reads JSON bodies strictly, as {@link parseStrictJson}. Another type of body is `unsupported_media_type`; no body is
 * `{}`, so that a missing field is named by the validation.
 */
export function jsonBody(): RequestHandler[] {
  const raw = express.raw({ limit: MAX_BODY_BYTES, type: () => true });
  const checkType: RequestHandler = (request, _response, next) => {
    next(hasBody(request) && !isJson(request) ? new ProblemException('unsupported_media_type') : undefined);
  };
  return [checkType, raw, parseBody];
}

function hasBody(request: Request): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function isJson(request: Request): boolean {
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.map((item) => item.trim()).find((item) => item.startsWith('charset='));
  return type.trim() === 'application/json' && (!charset || /^charset="?utf-?8"?$/.test(charset));
}

function parseBody(request: Request, _response: Response, next: NextFunction): void {
  const raw: unknown = request.body;
  if (!Buffer.isBuffer(raw) || raw.length === 0) {
    request.body = {};
    next();
    return;
  }
  try {
    const body = parseStrictJson(new TextDecoder('utf-8', { fatal: true }).decode(raw));
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw new ProblemException('validation_failed', 'The body must be a JSON object.');
    }
    request.body = body;
    next();
  } catch (error) {
    next(toBodyProblem(error));
  }
}

function toBodyProblem(error: unknown): ProblemException {
  if (error instanceof ProblemException) return error;
  if (error instanceof StrictJsonError) return new ProblemException('validation_failed', error.message);
  return new ProblemException('malformed_json', undefined, {}, { cause: error });
}

/** Refuses addresses no route means: a query parameter given twice, NUL, or bytes that are no UTF-8, anywhere in the URL. */
export function checkUrl(request: Request, _response: Response, next: NextFunction): void {
  next(urlFault(request));
}

function urlFault(request: Request): ProblemException | undefined {
  const [path = '', query = ''] = request.originalUrl.split(/\?(.*)/s);
  try {
    if (decodeURIComponent(path).includes('\0')) return malformed('path', 'The path is malformed.');
  } catch {
    return malformed('path', 'The path is malformed.');
  }
  const seen = new Set<string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (`${name}${value}`.includes('\0')) return malformed(name, 'A query parameter holds a NUL character.');
    if (seen.has(name)) return malformed(name, 'A query parameter is given more than once.');
    seen.add(name);
  }
  return undefined;
}

function malformed(field: string, detail: string): ProblemException {
  return new ProblemException('validation_failed', detail, {
    errors: [{ field: field.slice(0, 64), message: detail }],
  });
}
