import { createHash } from 'node:crypto';
import { Controller, Delete, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller, FromCaller } from '../auth/caller';
import { CurrentUser } from '../auth/current-user.decorator';
import { MediaRoute } from '../auth/media-route.decorator';
import { Principal } from '../auth/principal';
import { ApiProblems } from '../common/api-problems';
import { ParseSessionIdPipe } from '../common/ids';
import { RightToWatch } from '../sessions/right-to-watch.service';
import { ClubQuery, DoneAnswer, VideoAnswer, VideoListAnswer, VideoListQuery, VideoStatsAnswer } from './dto/files.dto';
import { DownloadTrail } from './download-trail.service';
import { FilesService } from './files.service';
import { sendFile } from './send-file';
import { VideoReads } from './video-reads.service';
import { VideoTurns } from './video-turns';

@ApiTags('files')
@ApiBearerAuth()
@Controller('api/video/files')
export class FilesController {
  constructor(
    private readonly files: FilesService,
    private readonly reads: VideoReads,
    private readonly turns: VideoTurns,
    private readonly right: RightToWatch,
    private readonly downloads: DownloadTrail,
  ) {}

  @Get('list')
  @ApiOperation({
    summary: 'Lists finished videos, newest first',
    description:
      "Members. Admins: the club's; PLAYER: those of sessions they own or took part in. `terrain_id`, `user_id`, `from` and " +
      '`to` narrow that down, each by itself or together.',
  })
  @ApiOkResponse({ type: VideoListAnswer })
  @ApiProblems('validation_failed', 'not_found')
  async list(@CurrentUser() user: Principal, @Query() query: VideoListQuery): Promise<VideoListAnswer> {
    const { videos, nextCursor } = await this.files.list(user, query);
    const answer: VideoListAnswer = { success: true, videos, count: videos.length };
    return nextCursor === null ? answer : { ...answer, next_cursor: nextCursor };
  }

  @Get('stats')
  @ApiOperation({ summary: 'How much there is, and how much room', description: 'Admins.' })
  @ApiOkResponse({ type: VideoStatsAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found')
  stats(@CurrentUser() user: Principal, @Query() query: ClubQuery): Promise<VideoStatsAnswer> {
    return this.files.stats(user, query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One finished video', description: 'The owner, the other players, the admins.' })
  @ApiOkResponse({ type: VideoAnswer })
  @ApiProblems('validation_failed', 'not_found')
  async one(
    @CurrentUser() user: Principal,
    @Param('id', ParseSessionIdPipe) id: string,
    @Query() query: ClubQuery,
  ): Promise<VideoAnswer> {
    return { success: true, video: await this.files.one(user, id, query) };
  }

  @Get(':id/download')
  @MediaRoute()
  @ApiOperation({
    summary: 'The MP4',
    description: 'The owner, the other players, the admins. Takes `Range`, `If-Range`, `If-None-Match`.',
  })
  @ApiProduces('video/mp4')
  @ApiResponse({ status: 200, description: 'The whole file', schema: { type: 'string', format: 'binary' } })
  @ApiResponse({ status: 206, description: 'The range asked for' })
  @ApiResponse({ status: 304, description: 'Not changed since' })
  @ApiProblems('validation_failed', 'not_found', 'range_not_satisfiable')
  async download(
    @CurrentUser() user: Principal,
    @Param('id', ParseSessionIdPipe) id: string,
    @Query() query: ClubQuery,
    @FromCaller() caller: Caller,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    // From the look at the file on, so that its ETag is that of the bytes that follow.
    await this.turns.reading(id, async () => {
      const video = await this.files.download(user, id, query);
      if (request.method === 'GET') await this.downloads.note(user, video, caller);
      // Who reads slowly reads for hours: the right is asked for all the while.
      const unwatch = this.right.watch(user, id, () => response.destroy());
      await this.reads.during(id, () => sendFile(request, response, video)).finally(unwatch);
    });
  }

  @Get(':id/thumbnail.jpg')
  @MediaRoute()
  @ApiOperation({
    summary: 'A picture of the match, for lists',
    description:
      'The owner, the other players, the admins. At most 640 pixels wide, from about a tenth of the video on; made when it is ' +
      'first asked for, and kept. Takes `If-None-Match`. `thumbnail_unavailable`: none can be made of this file.',
  })
  @ApiProduces('image/jpeg')
  @ApiResponse({ status: 200, description: 'The picture', schema: { type: 'string', format: 'binary' } })
  @ApiResponse({ status: 304, description: 'Not changed since' })
  @ApiProblems('validation_failed', 'not_found', 'thumbnail_unavailable', 'overloaded')
  async thumbnail(
    @CurrentUser() user: Principal,
    @Param('id', ParseSessionIdPipe) id: string,
    @Query() query: ClubQuery,
    @Res() response: Response,
  ): Promise<void> {
    const jpeg = await this.files.thumbnail(user, id, query);
    response.setHeader('ETag', `"${createHash('sha256').update(jpeg).digest('base64url')}"`);
    // Kept by the browser, asked for each time: the right to see it may be gone.
    response.setHeader('Cache-Control', 'private, no-cache');
    response.type('image/jpeg').send(jpeg);
  }

  @Delete(':id/delete')
  @ApiOperation({ summary: 'Deletes a video for good', description: 'Admins. With its angles.' })
  @ApiOkResponse({ type: DoneAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'is_an_angle')
  async delete(
    @CurrentUser() user: Principal,
    @Param('id', ParseSessionIdPipe) id: string,
    @Query() query: ClubQuery,
    @FromCaller() caller: Caller,
  ): Promise<DoneAnswer> {
    await this.files.delete(user, id, query, caller);
    return { success: true };
  }
}
