import { Body, Controller, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller, FromCaller } from '../auth/caller';
import { CurrentUser } from '../auth/current-user.decorator';
import { Principal } from '../auth/principal';
import { Public } from '../auth/public.decorator';
import { ApiProblems } from '../common/api-problems';
import { ParseIdPipe } from '../common/ids';
import { AppConfig } from '../config/app-config';
import { AskResetDto, ForgotPasswordDto, ResetAnswer, ResetPasswordDto } from './dto/password-reset.dto';
import { MAIL_ON_ITS_WAY, MailOnItsWayAnswer } from './dto/registration.dto';
import { linkOrigin } from './link-address';
import { PasswordResets } from './password-resets.service';

@ApiTags('passwords')
@Controller('api')
export class PasswordResetsController {
  constructor(
    private readonly resets: PasswordResets,
    private readonly config: AppConfig,
  ) {}

  @Public()
  @Post('auth/password/forgot')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Asks for a new password',
    description:
      'Anyone. The answer is always the same; where the address has an account and the service sends mail, a link comes ' +
      'that is good once, for an hour.',
  })
  @ApiAcceptedResponse({ type: MailOnItsWayAnswer })
  @ApiProblems('too_many_attempts')
  async forgot(@Body() dto: ForgotPasswordDto, @FromCaller() caller: Caller): Promise<MailOnItsWayAnswer> {
    await this.resets.forgotten(dto, caller);
    return MAIL_ON_ITS_WAY;
  }

  @Public()
  @Post('auth/password/reset')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Sets a new password',
    description: 'Whoever holds the link. All sign-ins of the person end. Any link that is not good is the same 410.',
  })
  @ApiNoContentResponse()
  @ApiProblems('link_invalid', 'too_many_attempts')
  reset(@Body() dto: ResetPasswordDto, @FromCaller() caller: Caller): Promise<void> {
    return this.resets.reset(dto, caller);
  }

  @Post('users/:id/password-reset')
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'Makes a link for a new password',
    description:
      "Their club's CLUB_ADMIN and SUPER_ADMIN; not for oneself, and by a CLUB_ADMIN not for somebody who is in other " +
      'clubs too. Where the service sends no mail the link is in the answer, for the admin to hand over.',
  })
  @ApiCreatedResponse({ type: ResetAnswer })
  @ApiProblems('forbidden', 'not_found', 'own_account', 'too_many_attempts', 'mail_failed')
  handOut(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Body() dto: AskResetDto,
    @FromCaller() caller: Caller,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ResetAnswer> {
    response.setHeader('Cache-Control', 'no-store');
    return this.resets.handOut(user, id, dto.language, caller, linkOrigin(this.config.publicUrl, request));
  }
}
