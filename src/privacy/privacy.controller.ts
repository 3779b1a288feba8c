import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller, FromCaller } from '../auth/caller';
import { AuthService, PasswordProof } from '../auth/auth.service';
import { AuthCookies } from '../auth/cookies';
import { CurrentUser } from '../auth/current-user.decorator';
import { Principal } from '../auth/principal';
import { Public } from '../auth/public.decorator';
import { ApiProblems } from '../common/api-problems';
import { ParseIdPipe } from '../common/ids';
import { EraseMeDto, EraseProvenDto, EraseUserDto, ErasedAnswer, PersonalData, ProofDto } from './dto/privacy.dto';
import { ErasureService } from './erasure.service';
import { PersonalDataService } from './personal-data.service';

@ApiTags('privacy')
@Controller('api')
export class PrivacyController {
  constructor(
    private readonly data: PersonalDataService,
    private readonly erasure: ErasureService,
    private readonly cookies: AuthCookies,
    private readonly auth: AuthService,
  ) {}

  @Get('auth/me/export')
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'Everything that is kept about me',
    description: 'Self. As a file in JSON; videos are named with where to download them.',
  })
  @ApiOkResponse({ type: PersonalData })
  async export(@CurrentUser() user: Principal, @Res({ passthrough: true }) response: Response): Promise<PersonalData> {
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Disposition', 'attachment; filename="padelvar-my-data.json"');
    return this.data.of(user.userId, user.passwordChosen ? null : user.clubId);
  }

  @Public()
  @Post('auth/export')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Everything that is kept about me, where I cannot sign in',
    description:
      'Whoever shows an address and its password, also where the club is gone or disabled them. Throttled as a sign-in is.',
  })
  @ApiOkResponse({ type: PersonalData })
  @ApiProblems('unauthorized', 'too_many_attempts', 'overloaded')
  async exportProven(
    @Body() dto: ProofDto,
    @FromCaller() caller: Caller,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<PersonalData> {
    const { account } = await this.auth.prove(this.proofIn(dto, request), caller, { inNoClub: true });
    response.setHeader('Cache-Control', 'no-store');
    return this.data.of(account.id, account.passwordClubId);
  }

  @Post('auth/me/erase')
  @HttpCode(200)
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'Erases my account',
    description:
      'Self, with the password. For good: sign-ins, memberships, name, address, and the videos of my matches.',
  })
  @ApiOkResponse({ type: ErasedAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'too_many_attempts', 'in_use', 'own_account')
  async eraseMe(
    @CurrentUser() user: Principal,
    @Body() dto: EraseMeDto,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ErasedAnswer> {
    const deleted = await this.erasure.eraseOwn(user, dto.password, dto.keep_videos ?? false, caller);
    this.cookies.clear(response);
    return { success: true, deleted_videos: deleted };
  }

  @Public()
  @Post('auth/erase')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Erases my account, where I cannot sign in',
    description:
      'Whoever shows an address and its password, also where the club is gone or disabled them. Throttled as a sign-in is. For ' +
      'good, as `POST /api/auth/me/erase`.',
  })
  @ApiOkResponse({ type: ErasedAnswer })
  @ApiProblems('unauthorized', 'forbidden', 'too_many_attempts', 'overloaded', 'in_use', 'own_account')
  async eraseProven(
    @Body() dto: EraseProvenDto,
    @FromCaller() caller: Caller,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ErasedAnswer> {
    const proof = this.proofIn(dto, request);
    const deleted = await this.erasure.eraseProven(proof, dto.keep_videos ?? false, caller);
    this.cookies.clear(response);
    return { success: true, deleted_videos: deleted };
  }

  @Post('users/:id/erase')
  @HttpCode(200)
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'Erases somebody who asked for it',
    description: "The club's CLUB_ADMIN, where the person is in no club but theirs, and SUPER_ADMIN. For good.",
  })
  @ApiOkResponse({ type: ErasedAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'in_use', 'own_account')
  async eraseUser(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Body() dto: EraseUserDto,
    @FromCaller() caller: Caller,
  ): Promise<ErasedAnswer> {
    return { success: true, deleted_videos: await this.erasure.eraseOther(user, id, dto.keep_videos ?? false, caller) };
  }

  private proofIn({ email, password }: ProofDto, request: Request): PasswordProof {
    return { email, password, device: this.cookies.read(request, 'device') };
  }
}
