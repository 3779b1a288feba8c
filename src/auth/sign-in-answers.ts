import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { ACCESS_SECONDS } from './access-tokens.service';
import { SignedIn } from './auth.service';
import { AuthCookies } from './cookies';
import { DeviceCookies } from './device-cookies';
import { TokensAnswer } from './dto/auth.dto';
import { SignInsService } from './sign-ins.service';
import { viewOfPrincipal } from './user-view';

/** What somebody who is signed in is handed: tokens in the body or as cookies, and the media cookie. */
@Injectable()
export class SignInAnswers {
  constructor(
    private readonly signIns: SignInsService,
    private readonly cookies: AuthCookies,
    private readonly devices: DeviceCookies,
  ) {}

  /** After the password, or what stands for it: from now on the device is known. */
  welcome(session: SignedIn, request: Request, response: Response): Promise<TokensAnswer> {
    const { email } = session.principal;
    const renewed = this.devices.renewed(this.cookies.read(request, 'device'), email);
    if (renewed !== null) this.cookies.setDevice(response, renewed);
    return this.tokens(session, request, response);
  }

  async tokens(session: SignedIn, request: Request, response: Response): Promise<TokensAnswer> {
    const { principal, refresh, accessToken } = session;
    response.once('finish', refresh.delivered).once('close', refresh.delivered);
    const media = await this.signIns.media(refresh.familyId, this.cookies.read(request, 'media'));
    if (media) this.cookies.setMedia(response, media.token, media.expiresAt);
    if (refresh.byCookie) this.cookies.setRefresh(response, refresh.token, refresh.expiresAt);
    response.setHeader('Cache-Control', 'no-store');
    return {
      access_token: accessToken,
      ...(refresh.byCookie ? {} : { refresh_token: refresh.token }),
      token_type: 'Bearer',
      expires_in: ACCESS_SECONDS,
      user: viewOfPrincipal(principal),
    };
  }
}
