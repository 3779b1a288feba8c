import { Controller, Get, HttpStatus, Req, Res } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ApiOperation, ApiResponse, ApiTags, getSchemaPath, ApiExtraModels } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Public } from '../auth/public.decorator';
import { Clock } from '../common/clock';
import { within } from '../common/within';
import { HealthView } from './dto/health.dto';
import { Health, HealthService, PATIENCE_MS, Readiness } from './health.service';
import { HealthViewer } from './health-viewer';

const EXAMPLE: Health = {
  status: 'ok',
  ffmpeg_available: true,
  database: 'ok',
  active_sessions: 3,
  active_recordings: 2,
  max_concurrent: 10,
};

const SCHEMA = { schema: { $ref: getSchemaPath(HealthView) } };

@ApiTags('health')
@ApiExtraModels(HealthView)
@Public()
@Controller('api/video/health')
export class HealthController {
  constructor(
    private readonly health: HealthService,
    private readonly modules: ModuleRef,
    private readonly clock: Clock,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Whether the service can record. Open to anyone; `details` only for admins.' })
  @ApiResponse({ status: 200, description: 'It can', content: { 'application/json': { ...SCHEMA, example: EXAMPLE } } })
  @ApiResponse({
    status: 503,
    description: 'The database is away; running recordings go on',
    content: {
      'application/json': { ...SCHEMA, example: { ...EXAMPLE, status: 'unavailable', database: 'unavailable' } },
    },
  })
  async read(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<Health> {
    // At the same time: without a database both wait, and the answer has to be there within two seconds.
    const [health, admin] = await Promise.all([this.health.check(), this.isAdmin(request)]);
    response.setHeader('Cache-Control', 'no-store');
    if (health.status === 'unavailable') response.status(HttpStatus.SERVICE_UNAVAILABLE);
    return admin ? { ...health, details: await this.health.details() } : health;
  }

  @Get('live')
  @ApiOperation({ summary: 'Whether the process answers at all. For supervisors: where it does not, start it anew.' })
  @ApiResponse({ status: 200, content: { 'application/json': { example: { status: 'live' } } } })
  live(@Res({ passthrough: true }) response: Response): { status: 'live' } {
    response.setHeader('Cache-Control', 'no-store');
    return { status: 'live' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'Whether new work may be sent here. For load balancers.' })
  @ApiResponse({ status: 200, content: { 'application/json': { example: { status: 'ready' } } } })
  @ApiResponse({
    status: 503,
    description: 'Not now: `shutting_down`, `database_unavailable` or `ffmpeg_missing`; running recordings go on',
    content: { 'application/json': { example: { status: 'unready', reason: 'shutting_down' } } },
  })
  async ready(@Res({ passthrough: true }) response: Response): Promise<Readiness> {
    const readiness = await this.health.ready();
    response.setHeader('Cache-Control', 'no-store');
    if (readiness.status === 'unready') response.status(HttpStatus.SERVICE_UNAVAILABLE);
    return readiness;
  }

  private async isAdmin(request: Request): Promise<boolean> {
    if (request.headers.authorization === undefined) return false;
    try {
      const admin = this.modules.get(HealthViewer, { strict: false }).isAdmin(request);
      return await within(this.clock, PATIENCE_MS, admin, false);
    } catch {
      return false;
    }
  }
}
