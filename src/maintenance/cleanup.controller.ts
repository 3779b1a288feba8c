import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AuditService, authorOf } from '../auth/audit.service';
import { Caller, FromCaller } from '../auth/caller';
import { CurrentUser } from '../auth/current-user.decorator';
import { Principal } from '../auth/principal';
import { Roles } from '../auth/roles.decorator';
import { ApiProblems } from '../common/api-problems';
import { CleanUpAnswer, cleanUpAnswer } from './dto/cleanup.dto';
import { Upkeep } from './upkeep.service';

@ApiTags('maintenance')
@ApiBearerAuth()
@Controller('api/video/cleanup')
export class CleanUpController {
  constructor(
    private readonly upkeep: Upkeep,
    private readonly audit: AuditService,
  ) {}

  @Post()
  @HttpCode(200)
  @Roles('SUPER_ADMIN', 'CLUB_ADMIN')
  @ApiOperation({
    summary: 'Runs the clean-up now instead of at its next turn',
    description:
      'SUPER_ADMIN: everywhere. CLUB_ADMIN: sessions, videos and files of the active club. Repeating it is harmless. ' +
      'A task that raises an alarm (`failed_tasks`) has left alone what it is about.',
  })
  @ApiOkResponse({ type: CleanUpAnswer })
  @ApiProblems('forbidden')
  async cleanUp(@CurrentUser() user: Principal, @FromCaller() caller: Caller): Promise<CleanUpAnswer> {
    const clubId = user.role === 'SUPER_ADMIN' ? null : user.clubId;
    // Told first: what it deletes has lines of its own, and those are not to stand there without this one.
    await this.audit.record({ action: 'maintenance.clean_up', clubId, ...authorOf(user, caller) });
    return cleanUpAnswer(await this.upkeep.now(clubId));
  }
}
