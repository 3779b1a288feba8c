import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser } from '../auth/current-user.decorator';
import { Principal } from '../auth/principal';
import { ApiProblems } from '../common/api-problems';
import { ParseIdPipe } from '../common/ids';
import { CourtOverview } from './court-overview.service';
import { CourtOutagesAnswer, CourtStatusAnswer, DEFAULT_DAYS, OutagesQuery } from './dto/court-status.dto';

@ApiTags('terrains')
@ApiBearerAuth()
@Controller('api/clubs/:id/terrains')
export class CourtOverviewController {
  constructor(private readonly courts: CourtOverview) {}

  @Get('status')
  @ApiOperation({
    summary: 'How all courts of a club stand just now',
    description:
      "The club's members and SUPER_ADMIN; made to be asked every few seconds. That a court is in use and records is told " +
      'to everybody, whose session it is only to who may see it.',
  })
  @ApiOkResponse({ type: CourtStatusAnswer })
  @ApiProblems('not_found')
  status(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) clubId: number): Promise<CourtStatusAnswer> {
    return this.courts.status(user, clubId);
  }

  @Get('outages')
  @ApiOperation({
    summary: "When the cameras of a club's courts were away",
    description: "The club's CLUB_ADMIN and SUPER_ADMIN. Outages are kept for 90 days.",
  })
  @ApiOkResponse({ type: CourtOutagesAnswer })
  @ApiProblems('forbidden', 'not_found')
  outages(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) clubId: number,
    @Query() query: OutagesQuery,
  ): Promise<CourtOutagesAnswer> {
    return this.courts.outagesOf(user, clubId, query.days ?? DEFAULT_DAYS);
  }
}
