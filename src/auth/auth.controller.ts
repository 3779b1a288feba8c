import { Body, Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems } from '../common/api-problems';
import { AuthService } from './auth.service';
import { Caller, FromCaller } from './caller';
import { AuthCookies } from './cookies';
import { CurrentUser } from './current-user.decorator';
import { ChangePasswordDto, LoginDto, RefreshDto, SwitchClubDto, TokensAnswer } from './dto/auth.dto';
import { Principal } from './principal';
import { Public } from './public.decorator';
import { SignInAnswers } from './sign-in-answers';
import { OwnUserView, viewOfPrincipal } from './user-view';

@ApiTags('auth')
@Controller('api/auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly answers: SignInAnswers,
    private readonly cookies: AuthCookies,
  ) {}

  @Public()
  @Post('login')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Signs in',
    description:
      'Anyone. Also sets the media cookie, with which `<img>` and `<video>` load. The 401 is the same for a wrong ' +
      'password, an unknown address and an account that is disabled.',
  })
  @ApiOkResponse({ type: TokensAnswer })
  @ApiProblems('unauthorized', 'too_many_attempts')
  async login(
    @Body() dto: LoginDto,
    @FromCaller() caller: Caller,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TokensAnswer> {
    const device = this.cookies.read(request, 'device');
    const session = await this.auth.login({ ...dto, cookie: dto.cookie === true, device }, caller);
    return this.answers.welcome(session, request, response);
  }

  @Public()
  @Post('refresh')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Trades the refresh token for a new pair',
    description:
      'Whoever holds it. A refresh token is good once: used again, it ends the whole sign-in. Of requests at once with ' +
      'the same token exactly one wins; those that came in before its answer had left get a 401 and end nothing. Tabs ' +
      'of a browser share one cookie: let them take turns (a Web Lock around the refresh).',
  })
  @ApiOkResponse({ type: TokensAnswer })
  @ApiProblems('unauthorized', 'too_many_attempts')
  async refresh(
    @Body() dto: RefreshDto,
    @FromCaller() caller: Caller,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TokensAnswer> {
    const session = await this.auth.refresh(this.refreshToken(dto, request), caller);
    return this.answers.tokens(session, request, response);
  }

  @Post('logout')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Signs out', description: 'Self. Ends the access token, refresh token and media cookie.' })
  @ApiNoContentResponse()
  async logout(
    @CurrentUser() user: Principal,
    @Body() dto: RefreshDto,
    @FromCaller() caller: Caller,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    await this.auth.logout(user, this.refreshToken(dto, request), caller);
    this.cookies.clear(response);
  }

  @Get('me')
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'Who I am, in the active club',
    description:
      "Self. `password_chosen: false` says that a club's admin set the password: `memberships` has that club alone, and those " +
      'in other clubs, if there are any, wait until I choose a password of my own.',
  })
  @ApiOkResponse({ type: OwnUserView })
  me(@CurrentUser() user: Principal, @Res({ passthrough: true }) response: Response): OwnUserView {
    response.setHeader('Cache-Control', 'no-store');
    return viewOfPrincipal(user);
  }

  @Post('password')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'Changes my password',
    description:
      "Self. My other sign-ins end. Where a club's admin set the one of before and I am in another club too, the new one still " +
      'opens the club of that admin alone, who may be the one who changes it: a link proves more.',
  })
  @ApiNoContentResponse()
  @ApiProblems('too_many_attempts')
  async password(
    @CurrentUser() user: Principal,
    @Body() dto: ChangePasswordDto,
    @FromCaller() caller: Caller,
  ): Promise<void> {
    await this.auth.changePassword(user, dto.current_password, dto.new_password, caller);
  }

  @Post('club')
  @HttpCode(200)
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'Makes another of my clubs the active one',
    description: 'Self, with a membership in it. The refresh token of before is used up.',
  })
  @ApiOkResponse({ type: TokensAnswer })
  @ApiProblems('not_found', 'too_many_attempts')
  async club(
    @CurrentUser() user: Principal,
    @Body() dto: SwitchClubDto,
    @FromCaller() caller: Caller,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TokensAnswer> {
    return this.answers.tokens(await this.auth.switchClub(user, dto.club_id, caller), request, response);
  }

  /** The token in the body, else the cookie's. */
  private refreshToken(dto: RefreshDto, request: Request): string | null {
    return dto.refresh_token ?? this.cookies.read(request, 'refresh');
  }
}
