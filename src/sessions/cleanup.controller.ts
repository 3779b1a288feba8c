import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { CurrentUser } from '../auth/current-user.decorator';
import { Principal } from '../auth/principal';
import { Roles } from '../auth/roles.decorator';
import { ApiProblems } from '../common/api-problems';
import { SessionJanitor } from './session-janitor.service';

class CleanUpAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ description: 'Sessions that were ended: recording over, nobody using them, or their process gone.' })
  cleaned_sessions: number;

  @ApiProperty({ description: 'Leftover FFmpeg processes of this service that were ended.' })
  killed_processes: number;
}

@ApiTags('sessions')
@ApiBearerAuth()
@Controller('api/video/cleanup')
export class CleanUpController {
  constructor(private readonly janitor: SessionJanitor) {}

  @Post()
  @HttpCode(200)
  @Roles('SUPER_ADMIN', 'CLUB_ADMIN')
  @ApiOperation({
    summary: 'Runs the clean-up now instead of at its next turn',
    description: 'SUPER_ADMIN: everywhere. CLUB_ADMIN: the sessions of the active club.',
  })
  @ApiOkResponse({ type: CleanUpAnswer })
  @ApiProblems('forbidden')
  async cleanUp(@CurrentUser() user: Principal): Promise<CleanUpAnswer> {
    const done = await this.janitor.cleanUp(user.role === 'SUPER_ADMIN' ? null : user.clubId);
    return { success: true, cleaned_sessions: done.cleanedSessions, killed_processes: done.killedProcesses };
  }
}
