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
import { Caller, FromCaller } from '../auth/caller';
import { AuthCookies } from '../auth/cookies';
import { CurrentUser } from '../auth/current-user.decorator';
import { TokensAnswer } from '../auth/dto/auth.dto';
import { Principal } from '../auth/principal';
import { Public } from '../auth/public.decorator';
import { SignInAnswers } from '../auth/sign-in-answers';
import { ApiProblems } from '../common/api-problems';
import { ParseIdPipe } from '../common/ids';
import { PageQuery } from '../common/pagination';
import { AppConfig } from '../config/app-config';
import { AcceptInvitationDto, InvitationAnswer, InvitationListAnswer, InviteDto } from './dto/invitation.dto';
import { InvitationsService } from './invitations.service';
import { InvitedService } from './invited.service';
import { linkOrigin } from './link-address';

@ApiTags('invitations')
@Controller('api')
export class InvitationsController {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly invited: InvitedService,
    private readonly answers: SignInAnswers,
    private readonly cookies: AuthCookies,
    private readonly config: AppConfig,
  ) {}

  @Post('clubs/:id/invitations')
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'Invites somebody to a club',
    description:
      "The club's CLUB_ADMIN and SUPER_ADMIN. The link is good once, for seven days. Where the service sends no mail it " +
      'is in the answer, for the admin to hand over. A second invitation of the same address replaces the first. An ' +
      'invitation ends with the rights of who made it.',
  })
  @ApiCreatedResponse({ type: InvitationAnswer })
  @ApiProblems('forbidden', 'not_found', 'email_taken', 'too_many_attempts', 'mail_failed')
  invite(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) clubId: number,
    @Body() dto: InviteDto,
    @FromCaller() caller: Caller,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<InvitationAnswer> {
    response.setHeader('Cache-Control', 'no-store');
    return this.invitations.invite(user, clubId, dto, caller, linkOrigin(this.config.publicUrl, request));
  }

  @Get('clubs/:id/invitations')
  @ApiBearerAuth()
  @ApiOperation({
    summary: "Lists a club's pending invitations",
    description: "The club's CLUB_ADMIN and SUPER_ADMIN. Links are not shown again.",
  })
  @ApiOkResponse({ type: InvitationListAnswer })
  @ApiProblems('forbidden', 'not_found')
  list(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) clubId: number,
    @Query() query: PageQuery,
  ): Promise<InvitationListAnswer> {
    return this.invitations.list(user, clubId, query);
  }

  @Delete('clubs/:id/invitations/:invitationId')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Withdraws an invitation', description: "The club's CLUB_ADMIN and SUPER_ADMIN." })
  @ApiNoContentResponse()
  @ApiProblems('forbidden', 'not_found')
  withdraw(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) clubId: number,
    @Param('invitationId', ParseIdPipe) id: number,
    @FromCaller() caller: Caller,
  ): Promise<void> {
    return this.invitations.withdraw(user, clubId, id, caller);
  }

  @Public()
  @Post('auth/invitations/accept')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Accepts an invitation',
    description:
      'Whoever holds the link. Who has an account with the invited address gives its password and becomes a member; ' +
      'others get an account. Answers as a sign-in, in the club of the invitation; where the admin of another club set the ' +
      "account's password, in that club: the new membership waits until the person has chosen their own, here " +
      '(`new_password`) or later. A link that was used, withdrawn or replaced, has run out, or never was one: all the same 410.',
  })
  @ApiOkResponse({ type: TokensAnswer })
  @ApiProblems('unauthorized', 'link_invalid', 'email_taken', 'too_many_attempts')
  async accept(
    @Body() dto: AcceptInvitationDto,
    @FromCaller() caller: Caller,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TokensAnswer> {
    const session = await this.invited.accept(dto, this.cookies.read(request, 'device'), caller);
    return this.answers.welcome(session, request, response);
  }
}
