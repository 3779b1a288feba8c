import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { linkOrigin } from '../accounts/link-address';
import { Caller, FromCaller } from '../auth/caller';
import { CurrentUser } from '../auth/current-user.decorator';
import { Principal } from '../auth/principal';
import { ApiProblems } from '../common/api-problems';
import { ParseIdPipe } from '../common/ids';
import { AppConfig } from '../config/app-config';
import { CreateShareDto, ShareAnswer, ShareListAnswer, ShareListQuery } from './dto/shares.dto';
import { SharesService } from './shares.service';

@ApiTags('shares')
@ApiBearerAuth()
@Controller('api/video/shares')
export class SharesController {
  constructor(
    private readonly shares: SharesService,
    private readonly config: AppConfig,
  ) {}

  @Post()
  @ApiOperation({
    summary: 'Makes a link that shows a match to anybody',
    description:
      'The owner, the other players, the admins; of a finished video, or a highlight that is ready: one of `session_id` and `highlight_id`. Good for a week unless said otherwise, at most a year, and ' +
      'at most 50 a match at a time. It ends with its time, by `DELETE`, with the video, while the club shares nothing, and ' +
      'while whoever made it may not see the match. `url` is in this answer alone.',
  })
  @ApiCreatedResponse({ type: ShareAnswer })
  @ApiProblems(
    'validation_failed',
    'not_found',
    'is_an_angle',
    'highlight_not_ready',
    'sharing_disabled',
    'share_limit',
    'logo_missing',
    'overloaded',
  )
  async create(
    @CurrentUser() user: Principal,
    @Body() dto: CreateShareDto,
    @FromCaller() caller: Caller,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ShareAnswer> {
    const origin = linkOrigin(this.config.publicUrl, request);
    const { share, token } = await this.shares.create(user, dto, caller);
    response.setHeader('Cache-Control', 'no-store');
    return { success: true, share: { ...share, url: `${origin}/s/${token}` } };
  }

  @Get()
  @ApiOperation({
    summary: 'Lists the links of a match, newest first',
    description: 'The owner, the other players, the admins. What ended is listed for 90 days.',
  })
  @ApiOkResponse({ type: ShareListAnswer })
  @ApiProblems('validation_failed', 'not_found')
  async list(@CurrentUser() user: Principal, @Query() query: ShareListQuery): Promise<ShareListAnswer> {
    const { shares, nextCursor } = await this.shares.list(user, query);
    const answer: ShareListAnswer = { success: true, shares, count: shares.length };
    return nextCursor === null ? answer : { ...answer, next_cursor: nextCursor };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Takes a link back',
    description:
      'Who made it, the owner of the session, the admins. It answers 410 from then on, and what is being watched through it ends ' +
      'within 10 s.',
  })
  @ApiNoContentResponse()
  @ApiProblems('validation_failed', 'forbidden', 'not_found')
  async revoke(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @FromCaller() caller: Caller,
  ): Promise<void> {
    await this.shares.revoke(user, id, caller);
  }
}
