import { Injectable } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { whenOver } from '../common/answer-over';
import { Clock } from '../common/clock';
import { MetricsRegistry } from './metrics-registry';

const BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * Requests by method, route and status. A route is its template (`/api/video/session/:id`), never what was asked for: no
 * label holds an id, and no caller can add series by inventing paths.
 */
@Injectable()
export class HttpMetrics {
  private readonly inFlight;
  private readonly requests;
  private readonly durations;

  constructor(
    registry: MetricsRegistry,
    private readonly clock: Clock,
  ) {
    this.inFlight = registry.gauge('padelvar_http_requests_in_flight', 'Requests being answered, streams too.');
    this.requests = registry.counter('padelvar_http_requests_total', 'Requests answered.', [
      'method',
      'route',
      'status',
    ]);
    this.durations = registry.histogram(
      'padelvar_http_request_duration_seconds',
      'Time from a request to the last byte of its answer; of a stream, how long it was watched.',
      BUCKETS,
      ['method', 'route'],
    );
  }

  /** To be used before everything else. */
  readonly middleware = (request: Request, response: Response, next: NextFunction): void => {
    const began = this.clock.monotonic();
    this.inFlight.inc();
    whenOver(response, () => {
      this.inFlight.dec();
      const labels = { method: methodLabel(request.method), route: routeLabel(request) };
      this.requests.inc({ ...labels, status: response.headersSent ? String(response.statusCode) : 'none' });
      this.durations.observe(labels, (this.clock.monotonic() - began) / 1000);
    });
    next();
  };
}

/** The template of the route that took the request; one that takes any path is a middleware of Nest's, and no route. */
function routeLabel(request: Request): string {
  const { route } = request as { route?: { path?: unknown } };
  return typeof route?.path === 'string' && !route.path.includes('*') ? route.path : 'unmatched';
}

function methodLabel(method: string): string {
  return METHODS.has(method) ? method : 'other';
}
