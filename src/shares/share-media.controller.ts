import { createHash } from 'node:crypto';
import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller, FromCaller } from '../auth/caller';
import { PasswordHasher } from '../auth/password-hasher';
import { Public } from '../auth/public.decorator';
import { sendLogo } from '../clubs/club-logo.controller';
import { ClubLogos } from '../clubs/club-logos.service';
import { ApiProblems } from '../common/api-problems';
import { ProblemException } from '../common/problem';
import { sendFile } from '../files/send-file';
import { OpenShareDto, ShareOpenedAnswer } from './dto/shares.dto';
import { OpenShare, OpenShares } from './open-shares.service';
import { fileNameOf } from './file-name';
import { ShareCards } from './share-cards.service';
import { ShareCookies } from './share-cookies';
import { ShareFilms } from './share-films';
import { ShareKeys } from './share-keys';
import { SharedMedia } from './shared-media';
import { ShareThrottle } from './share-throttle';
import { Visitors } from './visitors';

const BINARY = { type: 'string', format: 'binary' } as const;

/** What the page of a shared match is made of. Whoever has the link may have it, once the pass-phrase was given. */
@ApiTags('shares')
@Public()
@Controller('s/:token')
export class ShareMediaController {
  constructor(
    private readonly shares: OpenShares,
    private readonly media: SharedMedia,
    private readonly films: ShareFilms,
    private readonly cards: ShareCards,
    private readonly logos: ClubLogos,
    private readonly keys: ShareKeys,
    private readonly cookies: ShareCookies,
    private readonly hasher: PasswordHasher,
    private readonly throttle: ShareThrottle,
    private readonly visitors: Visitors,
  ) {}

  @Post('open')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Gives the pass-phrase of a shared match',
    description:
      'Anybody who has the link. Sets a cookie for this one share, good for six hours. Wrong ones are counted.',
  })
  @ApiOkResponse({ type: ShareOpenedAnswer })
  @ApiProblems('validation_failed', 'passphrase_wrong', 'not_found', 'share_ended', 'too_many_attempts', 'overloaded')
  async open(
    @Param('token') token: string,
    @Body() { passphrase }: OpenShareDto,
    @FromCaller() { ip }: Caller,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ShareOpenedAnswer> {
    const share = await this.shares.find(token);
    const { passphraseHash } = share;
    if (passphraseHash !== null) {
      const right = await this.throttle.guess(share.id, ip, () => this.hasher.verify(passphraseHash, passphrase));
      if (!right) throw new ProblemException('passphrase_wrong');
      this.cookies.set(response, 'key', this.keys.make(share), token);
    }
    response.setHeader('Cache-Control', 'no-store');
    return { success: true };
  }

  @Get('video.mp4')
  @ApiOperation({
    summary: 'The MP4 of a shared match, to watch',
    description:
      'Anybody who has the link. Takes `Range`, `If-Range`, `If-None-Match`. Ends within 10 s of the end of the share.',
  })
  @ApiProduces('video/mp4')
  @ApiResponse({ status: 200, description: 'The whole file', schema: BINARY })
  @ApiResponse({ status: 206, description: 'The range asked for' })
  @ApiResponse({ status: 304, description: 'Not changed since' })
  @ApiProblems(
    'passphrase_required',
    'not_found',
    'share_preparing',
    'share_ended',
    'range_not_satisfiable',
    'viewer_limit',
  )
  async video(
    @Param('token') token: string,
    @FromCaller() caller: Caller,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const share = await this.admit(token, request, response);
    const visit = this.cookies.read(request, 'visit');
    // The page gave it the number: who only reads previews of links has none, and is no visitor.
    const isVisit = request.method === 'GET' && visit !== null;
    await this.sendVideo(share, 'inline', request, response, async () => {
      if (isVisit && this.visitors.isNew('views', share.id, visit, caller)) await this.shares.count(share, 'views');
    });
  }

  @Get('download')
  @ApiOperation({
    summary: 'The MP4 of a shared match, to keep',
    description: 'As `video.mp4`, under a name of its own. `forbidden` where the share is to be watched only.',
  })
  @ApiProduces('video/mp4')
  @ApiResponse({ status: 200, description: 'The whole file', schema: BINARY })
  @ApiResponse({ status: 206, description: 'The range asked for' })
  @ApiResponse({ status: 304, description: 'Not changed since' })
  @ApiProblems(
    'passphrase_required',
    'forbidden',
    'not_found',
    'share_preparing',
    'share_ended',
    'range_not_satisfiable',
    'viewer_limit',
  )
  async download(
    @Param('token') token: string,
    @FromCaller() caller: Caller,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const share = await this.admit(token, request, response);
    if (!share.allowDownload) throw new ProblemException('forbidden', 'This match is shared to be watched.');
    const visit = this.cookies.read(request, 'visit');
    await this.sendVideo(share, 'attachment', request, response, async () => {
      const isNew = request.method === 'GET' && this.visitors.isNew('downloads', share.id, visit, caller);
      if (isNew) await this.shares.count(share, 'downloads');
    });
  }

  @Get('poster.jpg')
  @ApiOperation({ summary: 'The picture of a shared match', description: 'At most 640 pixels wide.' })
  @ApiProduces('image/jpeg')
  @ApiResponse({ status: 200, description: 'The picture', schema: BINARY })
  @ApiProblems('passphrase_required', 'not_found', 'thumbnail_unavailable', 'share_ended', 'overloaded')
  async poster(@Param('token') token: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const share = await this.admit(token, request, response);
    sendJpeg(response, await this.media.picture(share));
  }

  @Get('card.jpg')
  @ApiOperation({
    summary: 'The picture for previews of the link',
    description: "1200 by 630 pixels, with the club's logo laid over.",
  })
  @ApiProduces('image/jpeg')
  @ApiResponse({ status: 200, description: 'The picture', schema: BINARY })
  @ApiProblems('passphrase_required', 'not_found', 'thumbnail_unavailable', 'share_ended', 'overloaded')
  async card(@Param('token') token: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const share = await this.admit(token, request, response);
    sendJpeg(response, await this.cards.of(share));
  }

  @Get('logo.png')
  @ApiOperation({ summary: "The club's logo, for the page", description: '`not_found`: it has none.' })
  @ApiProduces('image/png')
  @ApiResponse({ status: 200, description: 'The picture', schema: BINARY })
  @ApiProblems('passphrase_required', 'not_found', 'share_ended')
  async logo(@Param('token') token: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const share = await this.admit(token, request, response);
    const png = await this.logos.of(share.clubId);
    if (!png) throw new ProblemException('not_found');
    sendLogo(response, png);
  }

  /** @throws ProblemException `not_found`, `share_ended`, `passphrase_required` */
  private async admit(token: string, request: Request, response: Response): Promise<OpenShare> {
    response.setHeader('X-Robots-Tag', 'noindex, nofollow');
    const share = await this.shares.find(token);
    if (share.passphraseHash !== null) {
      if (!this.keys.opens(this.cookies.read(request, 'key'), share)) throw new ProblemException('passphrase_required');
    } else {
      // Previews elsewhere show the picture and play the film where they are.
      response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    }
    return share;
  }

  private sendVideo(
    share: OpenShare,
    disposition: 'attachment' | 'inline',
    request: Request,
    response: Response,
    count: () => Promise<void>,
  ): Promise<void> {
    return this.visitors.reader(share.id, () =>
      this.media.reading(share, async () => {
        const file = { ...(await this.films.file(share)), filename: fileNameOf(share) };
        await count();
        // Who reads slowly reads for hours: the share is asked about all the while.
        const unwatch = this.shares.watch(share, () => response.destroy());
        await sendFile(request, response, file, disposition).finally(unwatch);
      }),
    );
  }
}

function sendJpeg(response: Response, jpeg: Buffer): void {
  response.setHeader('ETag', `"${createHash('sha256').update(jpeg).digest('base64url')}"`);
  // Kept by the browser, asked for each time: the share may be over.
  response.setHeader('Cache-Control', 'private, no-cache');
  response.type('image/jpeg').send(jpeg);
}
