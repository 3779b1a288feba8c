import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import { Logger as PinoLogger } from 'nestjs-pino';
import type { DestinationStream } from 'pino';
import { setupApiDocument } from './api-document';
import { followMediaUrl } from './auth/media-url-path';
import { AppModule } from './app.module';
import { isAllowedOrigin } from './common/allowed-origin';
import { isOwnHost } from './common/own-host';
import { ProblemException } from './common/problem';
import { ProblemFilter, sendProblem } from './common/problem.filter';
import { Shutdown } from './common/shutdown';
import { ApiValidationPipe } from './common/validation.pipe';
import { AppConfig } from './config/app-config';
import { DeliveryOrigins } from './objects/delivery-origins.service';
import { HttpMetrics } from './metrics/http-metrics';
import { isPanel, newNonce, setupPages } from './pages';
import { refuseWhileEnding } from './refuse-while-ending';

/**
 * The application, set up and not yet listening: the same one in production and in the end-to-end tests.
 * @param log where log lines go instead of stdout (tests)
 */
export async function createApp(config: AppConfig, log?: DestinationStream): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(config, log), {
    bodyParser: false,
    bufferLogs: true,
    abortOnError: false,
    forceCloseConnections: true,
  });
  app.useLogger(app.get(PinoLogger));
  setupApp(app);
  return app;
}

/** Pipes, filter, headers, CORS, proxies, time-outs and the API document. Bodies are read in {@link AppModule}. */
export function setupApp(app: NestExpressApplication): void {
  const config = app.get(AppConfig);
  app.disable('x-powered-by');
  app.set('trust proxy', config.trustProxy);
  app.set('query parser', 'simple');
  app.set('etag', false);
  // Before anything that writes a request's path down.
  app.use(followMediaUrl);
  app.use(app.get(HttpMetrics).middleware);
  app.use(securityHeaders(config, app.get(DeliveryOrigins)));
  app.use(checkHost(config));
  app.use(checkOrigin(config));
  app.use(refuseWhileEnding(app.get(Shutdown)));
  if (config.corsOrigins.length > 0) {
    app.enableCors({
      origin: [...config.corsOrigins],
      credentials: true,
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      exposedHeaders: ['Retry-After', 'X-Request-Id', 'Content-Disposition', 'Content-Range', 'Accept-Ranges', 'ETag'],
      maxAge: 600,
    });
  }
  app.useGlobalPipes(new ApiValidationPipe());
  app.useGlobalFilters(new ProblemFilter());
  setupApiDocument(app);
  setupPages(app);
  // A request is small: one that trickles in for longer holds a socket and nothing else. Answers may take hours.
  const server = app.getHttpServer();
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  server.keepAliveTimeout = 65_000;
}

/** Answers nobody who took another name for ours. */
function checkHost({ publicUrl }: AppConfig): Middleware {
  return (request, response, next) => {
    if (isOwnHost(request.headers.host, publicUrl)) return next();
    sendProblem(response, new ProblemException('misdirected_request'));
  };
}

/**
 * What changes something, with a cookie, from a page that is neither ours nor one of `CORS_ORIGINS`, is forgery: `SameSite`
 * keeps cookies from other sites, and this from other names on the same one (OWASP: Cross-Site Request Forgery Prevention).
 */
function checkOrigin(config: AppConfig): Middleware {
  return ({ method, headers }, response, next) => {
    const harmless = method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
    if (harmless || headers.cookie === undefined || isAllowedOrigin(headers.origin, headers.host, config))
      return next();
    sendProblem(response, new ProblemException('forbidden', 'Pages of this origin may not do this: see CORS_ORIGINS.'));
  };
}

type Middleware = (request: Request, response: Response, next: NextFunction) => void;

/**
 * Swagger's page has styles in its HTML, the panel makes some of its own and has a service worker; everything else does with
 * neither. It plays videos also from where clubs have them given.
 */
function securityHeaders(config: AppConfig, delivery: DeliveryOrigins): Middleware {
  const strict = headers(config, ["'self'"]);
  const docs = headers(config, ["'self'", "'unsafe-inline'"]);
  const ofThisAnswer = (_request: unknown, response: unknown): string => `'nonce-${newNonce(response as Response)}'`;
  const panel = headers(config, ["'self'", ofThisAnswer], "'self'", () => `blob:${delivery.sources}`);
  return (request, response, next) => {
    const policy = isPanel(request) ? panel : request.path.startsWith('/api/docs') ? docs : strict;
    policy(request, response, next);
  };
}

type Source = string | ((request: unknown, response: unknown) => string);

function headers(config: AppConfig, styles: Source[], workers = "'none'", media: Source = 'blob:'): Middleware {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: styles,
        imgSrc: ["'self'", 'data:', 'blob:'],
        mediaSrc: ["'self'", media],
        // Also the WebSocket of the same host: 'self' is ws and wss too (CSP Level 3, §6.7.2.8).
        connectSrc: ["'self'"],
        workerSrc: [workers],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Frontends of other origins show pictures and videos only where CORS_ORIGINS says that there are such frontends.
    crossOriginResourcePolicy: { policy: config.corsOrigins.length > 0 ? 'cross-origin' : 'same-origin' },
    // Clubs run this on plain HTTP in their own network; the header counts on HTTPS only.
    strictTransportSecurity: { maxAge: 15_552_000, includeSubDomains: false },
    referrerPolicy: { policy: 'no-referrer' },
  });
}
