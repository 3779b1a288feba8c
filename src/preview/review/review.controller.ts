import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProduces,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CurrentUser } from '../../auth/current-user.decorator';
import { MediaRoute } from '../../auth/media-route.decorator';
import { Principal } from '../../auth/principal';
import { ApiProblems } from '../../common/api-problems';
import { Clock } from '../../common/clock';
import { ParseSessionIdPipe } from '../../common/ids';
import { VideoReads } from '../../files/video-reads.service';
import { RightToWatch } from '../../sessions/right-to-watch.service';
import { ParsePartPipe } from './parse-part.pipe';
import { ReviewService } from './review.service';
import { sendMedia } from './send-media';

const PLAYLIST_TYPE = 'application/vnd.apple.mpegurl';
/** Authorisation is asked for at every use, and a growing playlist is another one every time. */
const REVALIDATE = 'private, no-cache';

@ApiTags('preview')
@ApiBearerAuth()
@Controller('api/preview')
export class ReviewController {
  constructor(
    private readonly review: ReviewService,
    private readonly reads: VideoReads,
    private readonly right: RightToWatch,
    private readonly clock: Clock,
  ) {}

  @Get(':id/review.m3u8')
  @MediaRoute()
  @ApiOperation({
    summary: 'The match so far, as HLS',
    description:
      'The owner, the other players, the admins. While it is recorded, while it is finished, and afterwards; see ' +
      '`docs/review.md`. Gzipped where accepted; `ETag`, `If-None-Match`.',
  })
  @ApiProduces(PLAYLIST_TYPE)
  @ApiOkResponse({ description: 'A media playlist', schema: { type: 'string' } })
  @ApiResponse({ status: 304, description: 'Not changed since' })
  @ApiProblems('validation_failed', 'not_found', 'not_recording', 'review_file_only')
  async playlist(
    @CurrentUser() user: Principal,
    @Param('id', ParseSessionIdPipe) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const playlist = await this.review.playlist(user, id);
    response.setHeader('Content-Type', PLAYLIST_TYPE);
    response.setHeader('Cache-Control', REVALIDATE);
    response.setHeader('ETag', playlist.etag);
    response.vary('Accept-Encoding');
    if (request.fresh) return void response.status(304).end();
    const gzip = request.acceptsEncodings('gzip', 'identity') === 'gzip';
    if (gzip) response.setHeader('Content-Encoding', 'gzip');
    response.end(gzip ? await playlist.gzipped() : playlist.text);
  }

  @Get(':id/review/:part/init.mp4')
  @MediaRoute()
  @ApiOperation({
    summary: 'What a player needs before the first picture of a part of the match',
    description: 'Named by the playlist.',
  })
  @ApiParam({ name: 'part', type: 'integer', example: 1 })
  @ApiProduces('video/mp4')
  @ApiOkResponse({ description: '`ftyp` and `moov`', schema: { type: 'string', format: 'binary' } })
  @ApiResponse({ status: 304, description: 'Not changed since' })
  @ApiProblems('validation_failed', 'not_found', 'not_recording', 'review_file_only')
  async init(
    @CurrentUser() user: Principal,
    @Param('id', ParseSessionIdPipe) id: string,
    @Param('part', ParsePartPipe) part: number,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { init, etag } = await this.review.init(user, id, part);
    response.setHeader('Content-Type', 'video/mp4');
    response.setHeader('Cache-Control', REVALIDATE);
    response.setHeader('ETag', etag);
    if (request.fresh) return void response.status(304).end();
    response.end(init);
  }

  @Get(':id/review/:part/media.mp4')
  @MediaRoute()
  @ApiOperation({
    summary: 'The pictures of a part of the match',
    description: 'Ranges named by the playlist. Takes `Range`, `If-Range`, `If-None-Match`; a byte never changes.',
  })
  @ApiParam({ name: 'part', type: 'integer', example: 1 })
  @ApiProduces('video/mp4')
  @ApiResponse({ status: 200, description: 'All there is by now', schema: { type: 'string', format: 'binary' } })
  @ApiResponse({ status: 206, description: 'The range asked for' })
  @ApiResponse({ status: 304, description: 'Not changed since' })
  @ApiProblems('validation_failed', 'not_found', 'not_recording', 'review_file_only', 'range_not_satisfiable')
  async media(
    @CurrentUser() user: Principal,
    @Param('id', ParseSessionIdPipe) id: string,
    @Param('part', ParsePartPipe) part: number,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const media = await this.review.media(user, id, part);
    // Who reads slowly reads for hours: the right is asked for all the while.
    const unwatch = this.right.watch(user, id, () => response.destroy());
    const reading = this.reads.during(id, () => sendMedia(request, response, media, this.clock));
    await reading.finally(() => {
      unwatch();
      return media.file.close();
    });
  }
}
