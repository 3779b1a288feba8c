import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '../auth/roles.decorator';
import { ApiProblems } from '../common/api-problems';
import { PageQuery } from '../common/pagination';
import { ClubsOverview } from './clubs-overview.service';
import { ClubsOverviewAnswer } from './dto/clubs-overview.dto';

@ApiTags('clubs')
@ApiBearerAuth()
@Controller('api/clubs/overview')
export class ClubsOverviewController {
  constructor(private readonly clubs: ClubsOverview) {}

  @Get()
  @Roles('SUPER_ADMIN')
  @ApiOperation({ summary: 'What goes on in each club', description: 'SUPER_ADMIN.' })
  @ApiOkResponse({ type: ClubsOverviewAnswer })
  @ApiProblems('forbidden')
  list(@Query() query: PageQuery): Promise<ClubsOverviewAnswer> {
    return this.clubs.list(query);
  }
}
