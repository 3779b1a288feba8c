import { Controller, Delete, Get, HttpCode, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, FromCaller } from '../auth/caller';
import { CurrentUser } from '../auth/current-user.decorator';
import { Principal } from '../auth/principal';
import { Roles } from '../auth/roles.decorator';
import { ApiProblems } from '../common/api-problems';
import { ParseSessionIdPipe } from '../common/ids';
import { JobListAnswer, JobListQuery } from './dto/jobs.dto';
import { JobList } from './job-list.service';

@ApiTags('jobs')
@ApiBearerAuth()
@Controller('api/video/jobs')
export class JobsController {
  constructor(private readonly jobs: JobList) {}

  @Get()
  @Roles('SUPER_ADMIN', 'CLUB_ADMIN')
  @ApiOperation({
    summary: 'Lists background work, newest first',
    description:
      'SUPER_ADMIN: all of it. CLUB_ADMIN: of the active club. Work that has ended is kept for 14 days. A job is tried ' +
      'again, later each time, until it has had `max_attempts`.',
  })
  @ApiOkResponse({ type: JobListAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found')
  list(@CurrentUser() user: Principal, @Query() query: JobListQuery): Promise<JobListAnswer> {
    return this.jobs.list(user, query);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Cancels a job',
    description:
      'One that waits never begins; one that runs is ended. One that has ended stays as it is. SUPER_ADMIN and the admins of its club.',
  })
  @ApiNoContentResponse()
  @ApiProblems('validation_failed', 'forbidden', 'not_found')
  async cancel(
    @CurrentUser() user: Principal,
    @Param('id', ParseSessionIdPipe) id: string,
    @FromCaller() caller: Caller,
  ): Promise<void> {
    await this.jobs.cancel(user, id, caller);
  }
}
