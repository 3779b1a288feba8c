import { Controller, Get, HttpStatus, Req, Res } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ApiOperation, ApiResponse, ApiTags, getSchemaPath, ApiExtraModels } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Public } from '../auth/public.decorator';
import { HealthView } from './dto/health.dto';
import { Health, HealthService } from './health.service';
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

  private async isAdmin(request: Request): Promise<boolean> {
    if (request.headers.authorization === undefined) return false;
    try {
      return await this.modules.get(HealthViewer, { strict: false }).isAdmin(request);
    } catch {
      return false;
    }
  }
}
