import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { ProblemException } from '../common/problem';
import { AppConfig } from '../config/app-config';
import { mayScrape } from './metrics-access';

/** Lets through who may read the metrics. @throws ProblemException `unauthorized` or `forbidden` */
@Injectable()
export class MetricsGuard implements CanActivate {
  constructor(private readonly config: AppConfig) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers, socket } = context.switchToHttp().getRequest<Request>();
    const verdict = mayScrape(this.config.metricsToken, { headers, peer: socket.remoteAddress });
    if (verdict === 'allowed') return true;
    if (verdict === 'unauthorized') throw new ProblemException('unauthorized');
    throw new ProblemException(
      'forbidden',
      'Metrics are for programs on the same machine; for others set METRICS_TOKEN.',
    );
  }
}
