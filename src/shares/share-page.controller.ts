import { randomBytes } from 'node:crypto';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { linkOrigin } from '../accounts/link-address';
import { Public } from '../auth/public.decorator';
import { ApiProblems } from '../common/api-problems';
import { ProblemException } from '../common/problem';
import { AppConfig } from '../config/app-config';
import { DeliveryOrigins } from '../objects/delivery-origins.service';
import { OpenShare, OpenShares } from './open-shares.service';
import { PageShell } from './page/page-shell';
import { lockedPage, matchPage, overPage, Page, Place } from './page/share-page';
import { Language, LANGUAGES } from './page/words';
import { ShareCookies } from './share-cookies';
import { ShareKeys } from './share-keys';
import { ShareFilms } from './share-films';

/** All of the page comes from here, but for the film where its club has that given elsewhere; and nothing of it is written into it. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; " +
  "base-uri 'none'; frame-ancestors 'none'; media-src 'self'";

@ApiTags('shares')
@Public()
@Controller('s')
export class SharePageController {
  constructor(
    private readonly shares: OpenShares,
    private readonly films: ShareFilms,
    private readonly keys: ShareKeys,
    private readonly cookies: ShareCookies,
    private readonly shell: PageShell,
    private readonly delivery: DeliveryOrigins,
    private readonly config: AppConfig,
  ) {}

  @Get(':token')
  @ApiOperation({
    summary: 'The page of a shared match',
    description:
      'Anybody who has the link. HTML in the language of `lang` or `Accept-Language`, with Open Graph and without names of people; ' +
      'asks for the pass-phrase where there is one. Who does not ask for HTML gets the problems as everywhere.',
  })
  @ApiQuery({ name: 'lang', required: false, enum: LANGUAGES })
  @ApiProduces('text/html')
  @ApiResponse({ status: 200, description: 'The page', schema: { type: 'string' } })
  @ApiProblems('not_found', 'share_ended')
  async page(@Param('token') token: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const language = languageOf(request);
    const place = { origin: linkOrigin(this.config.publicUrl, request), path: `/s/${token}`, language };
    let share: OpenShare;
    try {
      share = await this.shares.find(token);
    } catch (error) {
      if (!(error instanceof ProblemException) || !/\btext\/html\b/.test(request.headers.accept ?? '')) throw error;
      if (error.code !== 'share_ended' && error.code !== 'not_found') throw error;
      // The page says nothing of the word in its address.
      const nowhere = { ...place, path: '' };
      const page = overPage(nowhere, error.code === 'share_ended' ? 'ended' : 'none');
      return this.send(response, language, page, error.getStatus());
    }
    const open = share.passphraseHash === null || this.keys.opens(this.cookies.read(request, 'key'), share);
    if (open && this.cookies.read(request, 'visit') === null) {
      this.cookies.set(response, 'visit', randomBytes(16).toString('base64url'), token);
    }
    const media = this.delivery.sourceOf(share.clubId);
    return this.send(response, language, open ? await this.match(place, share) : lockedPage(place), 200, media);
  }

  private async match(place: Place, share: OpenShare): Promise<Page> {
    const hasLogo = share.logoAt !== null;
    const film = await this.films.file(share).catch((error: unknown) => {
      if (error instanceof ProblemException && ['not_found', 'share_preparing'].includes(error.code)) return null;
      throw error;
    });
    const preparing = share.branding === null || share.branding === 'ready' ? null : share.branding;
    return matchPage(place, { ...share, hasLogo, preparing, bytes: film?.bytes ?? null });
  }

  private async send(response: Response, language: Language, page: Page, status = 200, media = ''): Promise<void> {
    const text = await this.shell.wrap(language, page);
    response.setHeader('Content-Security-Policy', `${POLICY}${media}`);
    response.setHeader('X-Robots-Tag', 'noindex, nofollow');
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Language', language);
    response.setHeader('Vary', 'Accept, Accept-Language');
    response.status(status).type('html').send(text);
  }
}

/** Whatever else stands in the query (networks put words of their own behind links) is nobody's business. */
function languageOf(request: Request): Language {
  const asked = LANGUAGES.find((language) => language === request.query.lang);
  return asked ?? ((request.acceptsLanguages([...LANGUAGES]) || 'en') as Language);
}
