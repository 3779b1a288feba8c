import { Controller, Get, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Public } from '../auth/public.decorator';
import { ApiProblems } from '../common/api-problems';
import { MetricsGuard } from './metrics.guard';
import { MetricsRegistry } from './metrics-registry';

/** Not behind the guards of people: a scraper is none. */
@ApiTags('health')
@ApiBearerAuth('metrics')
@Public()
@UseGuards(MetricsGuard)
@Controller('metrics')
export class MetricsController {
  constructor(private readonly registry: MetricsRegistry) {}

  @Get()
  @ApiOperation({
    summary: "The service's figures in Prometheus's text format",
    description:
      'With `METRICS_TOKEN` as bearer token. Where none is set: only for programs on the same machine that call directly, not through a proxy.',
  })
  @ApiProduces('text/plain')
  @ApiOkResponse({ description: 'Described in `docs/metrics.md`.', schema: { type: 'string' } })
  @ApiProblems('forbidden')
  async read(@Res({ passthrough: true }) response: Response): Promise<string> {
    const text = await this.registry.read();
    response.setHeader('Content-Type', this.registry.contentType);
    response.setHeader('Cache-Control', 'no-store');
    return text;
  }
}
