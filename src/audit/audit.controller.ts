import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Caller, FromCaller } from '../auth/caller';
import { CurrentUser } from '../auth/current-user.decorator';
import { Principal } from '../auth/principal';
import { Roles } from '../auth/roles.decorator';
import { ApiProblems } from '../common/api-problems';
import { AuditExport } from './audit-export.service';
import { AuditTrail } from './audit-trail.service';
import { AuditFilter, AuditListAnswer, AuditListQuery } from './dto/audit.dto';

const EXAMPLE = [
  '"id","at","actor_id","actor_name","actor_email","club_id","action","target","ip","details"',
  '"4711","2026-05-01T18:04:05.678Z","12","Front desk","desk@club.example","1","court.changed","court:3","192.168.1.30",""',
].join('\r\n');

@ApiTags('audit')
@ApiBearerAuth()
@Controller('api/audit')
export class AuditController {
  constructor(
    private readonly trail: AuditTrail,
    private readonly exports: AuditExport,
  ) {}

  @Get()
  @Roles('SUPER_ADMIN', 'CLUB_ADMIN')
  @ApiOperation({
    summary: 'Who did what, newest first',
    description:
      'SUPER_ADMIN: everything. CLUB_ADMIN: what happened in the active club. The trail is only ever added to: no line ' +
      'is changed or deleted, by nobody.',
  })
  @ApiOkResponse({ type: AuditListAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found')
  list(@CurrentUser() user: Principal, @Query() query: AuditListQuery): Promise<AuditListAnswer> {
    return this.trail.list(user, query);
  }

  @Get('export.csv')
  @Roles('SUPER_ADMIN', 'CLUB_ADMIN')
  @ApiOperation({
    summary: 'The same as a file for spreadsheets',
    description:
      'As the list, whole: CSV in UTF-8 (with its mark), however long. Cells that would be formulas begin with an ' +
      'apostrophe. An export is itself a line of the trail.',
  })
  @ApiProduces('text/csv')
  @ApiOkResponse({ content: { 'text/csv': { schema: { type: 'string' }, example: EXAMPLE } } })
  @ApiProblems('validation_failed', 'forbidden', 'not_found')
  export(
    @CurrentUser() user: Principal,
    @Query() filter: AuditFilter,
    @FromCaller() caller: Caller,
    @Res() response: Response,
  ): Promise<void> {
    return this.exports.send(user, filter, caller, response);
  }
}
