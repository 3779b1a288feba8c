import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, FromCaller } from '../auth/caller';
import { CurrentUser } from '../auth/current-user.decorator';
import { Principal } from '../auth/principal';
import { ApiProblems } from '../common/api-problems';
import { ParseSessionIdPipe } from '../common/ids';
import { ActivityService } from './activity.service';
import { ActivityAnswer, ActivityQuery, KeepAnswer } from './dto/activity.dto';

@ApiTags('recording')
@ApiBearerAuth()
@Controller('api/recording')
export class ActivityController {
  constructor(private readonly activity: ActivityService) {}

  @Get(':session_id/activity')
  @ApiOperation({
    summary: 'How much moved in a match, second by second',
    description:
      'The owner, the other players, the admins; while it is recorded, some seconds late, and afterwards. Goes with the video. ' +
      'It is seen by the main camera: nothing is known of angles.',
  })
  @ApiOkResponse({ type: ActivityAnswer })
  @ApiProblems('validation_failed', 'not_found')
  of(
    @CurrentUser() user: Principal,
    @Param('session_id', ParseSessionIdPipe) id: string,
    @Query() { buckets }: ActivityQuery,
  ): Promise<ActivityAnswer> {
    return this.activity.of(user, id, buckets);
  }

  @Post(':session_id/keep')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Keeps a recording from stopping by itself',
    description:
      "The owner and the admins. Nobody has to play for another of the court's `auto_stop_minutes`; its planned end stays.",
  })
  @ApiOkResponse({ type: KeepAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'is_an_angle', 'not_recording')
  async keep(
    @CurrentUser() user: Principal,
    @Param('session_id', ParseSessionIdPipe) id: string,
    @FromCaller() caller: Caller,
  ): Promise<KeepAnswer> {
    return { success: true, status: await this.activity.keep(user, id, caller) };
  }
}
