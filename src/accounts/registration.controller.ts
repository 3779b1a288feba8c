import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller, FromCaller } from '../auth/caller';
import { TokensAnswer } from '../auth/dto/auth.dto';
import { Public } from '../auth/public.decorator';
import { SignInAnswers } from '../auth/sign-in-answers';
import { ApiProblems } from '../common/api-problems';
import { ParseIdPipe } from '../common/ids';
import {
  ConfirmRegistrationDto,
  MAIL_ON_ITS_WAY,
  MailOnItsWayAnswer,
  RegisterDto,
  RegistrationFacts,
} from './dto/registration.dto';
import { RegistrationService } from './registration.service';

@ApiTags('registration')
@Public()
@Controller('api/auth')
export class RegistrationController {
  constructor(
    private readonly registration: RegistrationService,
    private readonly answers: SignInAnswers,
  ) {}

  @Get('registration/:clubId')
  @ApiOperation({
    summary: 'The club one may register at',
    description: 'Anyone. 404 where the club does not let players register themselves (`registration_open`).',
  })
  @ApiOkResponse({ type: RegistrationFacts })
  @ApiProblems('not_found')
  facts(@Param('clubId', ParseIdPipe) clubId: number): Promise<RegistrationFacts> {
    return this.registration.facts(clubId);
  }

  @Post('register')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Registers a player',
    description:
      'Anyone, at a club that is open to it. The answer is the same whether the address has an account or not: what ' +
      'to do next comes by mail. The account is made when the mailed link, good once and for a day, is used.',
  })
  @ApiAcceptedResponse({ type: MailOnItsWayAnswer })
  @ApiProblems('not_found', 'too_many_attempts', 'mail_not_configured', 'database_unavailable', 'overloaded')
  async register(@Body() dto: RegisterDto, @FromCaller() caller: Caller): Promise<MailOnItsWayAnswer> {
    await this.registration.ask(dto, caller);
    return MAIL_ON_ITS_WAY;
  }

  @Post('register/confirm')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Confirms a registration',
    description:
      'Whoever holds the link. Answers as a sign-in. Any link that is not good is the same 410. Where the address was ' +
      'registered several times, no password of these counts: a mail lets its owner choose one.',
  })
  @ApiOkResponse({ type: TokensAnswer })
  @ApiProblems('link_invalid', 'too_many_attempts')
  async confirm(
    @Body() dto: ConfirmRegistrationDto,
    @FromCaller() caller: Caller,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TokensAnswer> {
    return this.answers.welcome(await this.registration.confirm(dto, caller), request, response);
  }
}
