import { createHash } from 'node:crypto';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller, FromCaller } from '../auth/caller';
import { CurrentUser } from '../auth/current-user.decorator';
import { MediaRoute } from '../auth/media-route.decorator';
import { Principal } from '../auth/principal';
import { ApiProblems } from '../common/api-problems';
import { ParseSessionIdPipe } from '../common/ids';
import { DownloadTrail } from '../files/download-trail.service';
import { sendFile } from '../files/send-file';
import { RightToWatch } from '../sessions/right-to-watch.service';
import {
  ChangeHighlightDto,
  CreateHighlightDto,
  HighlightAnswer,
  HighlightListAnswer,
  HighlightListQuery,
} from './dto/highlights.dto';
import { HighlightPictures } from './highlight-pictures.service';
import { HighlightsService } from './highlights.service';

@ApiTags('highlights')
@ApiBearerAuth()
@Controller('api/video/highlights')
export class HighlightsController {
  constructor(
    private readonly highlights: HighlightsService,
    private readonly pictures: HighlightPictures,
    private readonly right: RightToWatch,
    private readonly downloads: DownloadTrail,
  ) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({
    summary: 'Keeps a stretch of a match as a file of its own',
    description:
      'The owner, the other players, the admins; while it is recorded and afterwards. The last `seconds` up to now, or from ' +
      '`start_seconds` to `end_seconds`. It is made in the background, as a rule within two seconds: ask for it again, or ' +
      'follow it in the list. The same press twice within two seconds is one. At most 200 a session.',
  })
  @ApiAcceptedResponse({ type: HighlightAnswer })
  @ApiProblems('validation_failed', 'not_found', 'is_an_angle', 'not_recording', 'highlight_limit', 'disk_full')
  async create(
    @CurrentUser() user: Principal,
    @Body() dto: CreateHighlightDto,
    @FromCaller() caller: Caller,
  ): Promise<HighlightAnswer> {
    return { success: true, highlight: await this.highlights.create(user, dto, caller) };
  }

  @Get()
  @ApiOperation({
    summary: 'Lists the highlights of a match, in its order',
    description: 'The owner, the other players, the admins.',
  })
  @ApiOkResponse({ type: HighlightListAnswer })
  @ApiProblems('validation_failed', 'not_found')
  async list(@CurrentUser() user: Principal, @Query() query: HighlightListQuery): Promise<HighlightListAnswer> {
    const { highlights, nextCursor } = await this.highlights.list(user, query);
    const answer: HighlightListAnswer = { success: true, highlights, count: highlights.length };
    return nextCursor === null ? answer : { ...answer, next_cursor: nextCursor };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One highlight', description: 'The owner of the session, the other players, the admins.' })
  @ApiOkResponse({ type: HighlightAnswer })
  @ApiProblems('validation_failed', 'not_found')
  async one(@CurrentUser() user: Principal, @Param('id', ParseSessionIdPipe) id: string): Promise<HighlightAnswer> {
    return { success: true, highlight: await this.highlights.one(user, id) };
  }

  @Get(':id/download')
  @MediaRoute()
  @ApiOperation({
    summary: 'The MP4 of a highlight',
    description: 'The owner of the session, the other players, the admins. Takes `Range`, `If-Range`, `If-None-Match`.',
  })
  @ApiProduces('video/mp4')
  @ApiResponse({ status: 200, description: 'The whole file', schema: { type: 'string', format: 'binary' } })
  @ApiResponse({ status: 206, description: 'The range asked for' })
  @ApiResponse({ status: 304, description: 'Not changed since' })
  @ApiProblems('validation_failed', 'not_found', 'highlight_not_ready', 'range_not_satisfiable')
  async download(
    @CurrentUser() user: Principal,
    @Param('id', ParseSessionIdPipe) id: string,
    @FromCaller() caller: Caller,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const film = await this.highlights.download(user, id);
    if (request.method === 'GET') await this.downloads.note(user, { ...film, highlightId: id }, caller);
    // Who reads slowly reads for long: the right is asked for all the while.
    const unwatch = this.right.watch(user, film.sessionId, () => response.destroy());
    await sendFile(request, response, film).finally(unwatch);
  }

  @Get(':id/thumbnail.jpg')
  @MediaRoute()
  @ApiOperation({
    summary: 'A picture of the highlight, for lists',
    description:
      'The owner of the session, the other players, the admins. At most 640 pixels wide, from its middle; made when it is ' +
      'first asked for, and kept. Takes `If-None-Match`.',
  })
  @ApiProduces('image/jpeg')
  @ApiResponse({ status: 200, description: 'The picture', schema: { type: 'string', format: 'binary' } })
  @ApiResponse({ status: 304, description: 'Not changed since' })
  @ApiProblems('validation_failed', 'not_found', 'highlight_not_ready', 'thumbnail_unavailable', 'overloaded')
  async thumbnail(
    @CurrentUser() user: Principal,
    @Param('id', ParseSessionIdPipe) id: string,
    @Res() response: Response,
  ): Promise<void> {
    const { club_id: clubId } = await this.highlights.ready(user, id);
    const jpeg = await this.pictures.of({ id, clubId });
    response.setHeader('ETag', `"${createHash('sha256').update(jpeg).digest('base64url')}"`);
    // Kept by the browser, asked for each time: the right to see it may be gone.
    response.setHeader('Cache-Control', 'private, no-cache');
    response.type('image/jpeg').send(jpeg);
  }

  @Patch(':id')
  @ApiOperation({
    summary: 'Changes what a highlight says',
    description: 'Who made it, the owner of the session, the admins.',
  })
  @ApiOkResponse({ type: HighlightAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found')
  async change(
    @CurrentUser() user: Principal,
    @Param('id', ParseSessionIdPipe) id: string,
    @Body() dto: ChangeHighlightDto,
    @FromCaller() caller: Caller,
  ): Promise<HighlightAnswer> {
    const { text } = dto;
    const highlight =
      text === undefined ? await this.highlights.one(user, id) : await this.highlights.change(user, id, text, caller);
    return { success: true, highlight };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Deletes a highlight for good',
    description: 'Who made it, the owner of the session, the admins.',
  })
  @ApiNoContentResponse()
  @ApiProblems('validation_failed', 'forbidden', 'not_found')
  async delete(
    @CurrentUser() user: Principal,
    @Param('id', ParseSessionIdPipe) id: string,
    @FromCaller() caller: Caller,
  ): Promise<void> {
    await this.highlights.delete(user, id, caller);
  }
}
