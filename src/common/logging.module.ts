import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { DynamicModule, Module } from '@nestjs/common';
import { LoggerModule, Params } from 'nestjs-pino';
import pino, { DestinationStream } from 'pino';
import { scrub } from './scrub';

/** What the request log takes from a request: never its headers, never its query. */
interface LoggedRequest {
  readonly id: unknown;
  readonly method: string;
  readonly url: string;
  readonly remoteAddress?: string;
}

/** Options of the service's one logger. Every line passes {@link scrub} on its way out. */
export function loggerOptions(level: string): pino.LoggerOptions {
  return {
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    hooks: { streamWrite: scrub },
    formatters: { level: (label) => ({ level: label }) },
  };
}

/** An id a caller or proxy gave, if it is fit to be written to a log; else a new one. It goes back as `X-Request-Id`. */
function requestId(request: IncomingMessage, response: ServerResponse): string {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && /^[A-Za-z0-9_-]{8,64}$/.test(given) ? given : randomUUID();
  response.setHeader('X-Request-Id', id);
  return id;
}

function httpParams(level: string, destination?: DestinationStream): Params {
  const options = {
    ...loggerOptions(level),
    genReqId: requestId,
    serializers: {
      req: ({ id, method, url, remoteAddress }: LoggedRequest) => ({
        id,
        method,
        url: String(url).split('?')[0],
        remoteAddress,
      }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
    customLogLevel: (_request: IncomingMessage, response: ServerResponse, error?: Error) => {
      if (response.statusCode >= 500) return 'error' as const;
      return error ? ('warn' as const) : ('info' as const);
    },
    autoLogging: { ignore: (request: IncomingMessage) => /^\/(api\/video\/health|metrics)\b/.test(request.url ?? '') },
  };
  return { pinoHttp: destination ? [options, destination] : options, assignResponse: true };
}

/** The log: JSON lines on stdout, one a request and what the rooms say, with request ids and without secrets. */
@Module({})
export class LoggingModule {
  /** @param destination where lines go instead of stdout (tests) */
  static forRoot(level: string, destination?: DestinationStream): DynamicModule {
    return { module: LoggingModule, imports: [LoggerModule.forRoot(httpParams(level, destination))] };
  }
}
