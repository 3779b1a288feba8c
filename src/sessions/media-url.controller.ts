import { Body, Controller, Delete, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller, FromCaller } from '../auth/caller';
import { CurrentUser } from '../auth/current-user.decorator';
import { MediaUrls } from '../auth/media-urls.service';
import { Principal } from '../auth/principal';
import { RepeatedDeeds } from '../auth/repeated-deeds';
import { ApiProblems } from '../common/api-problems';
import { ParseSessionIdPipe } from '../common/ids';
import { ProblemException } from '../common/problem';
import { AppConfig } from '../config/app-config';
import { DEFAULT_MEDIA_URL_MINUTES, MediaUrlAnswer, MediaUrlDto } from './dto/media-url.dto';
import { SessionsService } from './sessions.service';

@ApiTags('sessions')
@ApiBearerAuth()
@Controller('api/video/media-url')
export class MediaUrlController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly urls: MediaUrls,
    private readonly deeds: RepeatedDeeds,
    private readonly config: AppConfig,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'A URL for a player that sends neither headers nor cookies',
    description:
      'As the session. Random, for this session and this purpose alone: `preview` (multipart MJPEG), `snapshot`, `play` (HLS; ' +
      '`video.mp4` in its place is the finished file), `download`. Ends with the sign-in it was made in, the right to see the ' +
      'session, its time, or by `DELETE`; what is being read through it ends within 10 s of that.',
  })
  @ApiOkResponse({ type: MediaUrlAnswer })
  @ApiProblems('validation_failed', 'not_found')
  async issue(
    @CurrentUser() user: Principal,
    @Body() dto: MediaUrlDto,
    @FromCaller() caller: Caller,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<MediaUrlAnswer> {
    const { clubId } = await this.sessions.require(user, dto.session_id, 'see');
    const minutes = dto.expires_in_minutes ?? DEFAULT_MEDIA_URL_MINUTES;
    const issued = await this.urls.issue(user, dto.session_id, dto.purpose, minutes);
    const details = { purpose: dto.purpose, minutes };
    const deed = { action: 'session.media_url', actorId: user.userId, target: dto.session_id, details } as const;
    await this.deeds.record({ ...deed, clubId, ip: caller.ip });
    response.setHeader('Cache-Control', 'no-store');
    const base = this.config.publicUrl ?? `${request.protocol}://${request.get('host') ?? 'localhost'}`;
    return { id: issued.id, url: `${base}${issued.path}`, expires_at: issued.expiresAt.toISOString() };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Takes a media URL back', description: 'Whoever made it.' })
  @ApiNoContentResponse()
  @ApiProblems('validation_failed', 'not_found')
  async revoke(@CurrentUser() user: Principal, @Param('id', ParseSessionIdPipe) id: string): Promise<void> {
    if (!(await this.urls.revoke(user, id))) throw new ProblemException('not_found');
  }
}
