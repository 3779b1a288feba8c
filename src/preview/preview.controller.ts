import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CurrentUser } from '../auth/current-user.decorator';
import { MediaRoute } from '../auth/media-route.decorator';
import { Principal } from '../auth/principal';
import { isOver, whenOver } from '../common/answer-over';
import { ApiProblems } from '../common/api-problems';
import { Clock } from '../common/clock';
import { ParseSessionIdPipe } from '../common/ids';
import { PreviewInfo } from './dto/preview.dto';
import { MJPEG_HEADERS, MjpegResponse } from './mjpeg-response';
import { PreviewService } from './preview.service';
import { RightToWatch } from '../sessions/right-to-watch.service';

@ApiTags('preview')
@ApiBearerAuth()
@Controller('api/preview')
export class PreviewController {
  constructor(
    private readonly preview: PreviewService,
    private readonly right: RightToWatch,
    private readonly clock: Clock,
  ) {}

  @Get(':id/stream.mjpeg')
  @MediaRoute()
  @ApiOperation({
    summary: 'The court now, as an endless MJPEG stream',
    description:
      'The owner, the other players, the admins. Takes the media cookie, so `<img src>` works. MJPEG cameras: their ' +
      'pictures untouched; H.264: 5 a second, 640 pixels wide. A slow reader skips to the newest picture. The stream is ' +
      'held open while the camera is away, and ends when the session closes or the right to watch is withdrawn. At most ' +
      '`MAX_PREVIEW_VIEWERS` a session.',
  })
  @ApiProduces('multipart/x-mixed-replace')
  @ApiOkResponse({ description: 'JPEGs, one a part', schema: { type: 'string', format: 'binary' } })
  @ApiProblems('validation_failed', 'not_found', 'session_not_live', 'viewer_limit')
  async stream(
    @CurrentUser() user: Principal,
    @Param('id', ParseSessionIdPipe) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    if (request.method === 'HEAD') {
      await this.preview.look(user, id);
      response.writeHead(200, MJPEG_HEADERS).end();
      return;
    }
    const { pictures, leave } = await this.preview.seat(user, id);
    // Gone while we asked.
    if (isOver(response)) return leave();
    const viewer = new MjpegResponse(response, this.clock);
    const unwatch = this.right.watch(user, id, () => viewer.end());
    viewer.begin();
    const watching = pictures.subscribe({
      next: ({ data }) => viewer.show(data),
      error: () => viewer.end(),
      complete: () => viewer.end(),
    });
    whenOver(response, () => {
      watching.unsubscribe();
      unwatch();
      leave();
    });
  }

  @Get(':id/snapshot.jpg')
  @MediaRoute()
  @ApiOperation({
    summary: 'The court now, as one JPEG',
    description: 'The owner, the other players, the admins. Asked more than once a second, the same picture.',
  })
  @ApiProduces('image/jpeg')
  @ApiOkResponse({ description: 'The picture', schema: { type: 'string', format: 'binary' } })
  @ApiProblems('validation_failed', 'not_found', 'session_not_live', 'overloaded')
  async snapshot(
    @CurrentUser() user: Principal,
    @Param('id', ParseSessionIdPipe) id: string,
    @Res() response: Response,
  ): Promise<void> {
    const jpeg = await this.preview.snapshot(user, id);
    response.setHeader('Cache-Control', 'no-store');
    response.type('image/jpeg').send(jpeg);
  }

  @Get(':id/info')
  @MediaRoute()
  @ApiOperation({
    summary: 'What there is to watch, and how it does',
    description: 'The owner, the other players, the admins. Also of a session that is over: `live` is false then.',
  })
  @ApiOkResponse({ type: PreviewInfo })
  @ApiProblems('validation_failed', 'not_found')
  info(@CurrentUser() user: Principal, @Param('id', ParseSessionIdPipe) id: string): Promise<PreviewInfo> {
    return this.preview.info(user, id);
  }
}
