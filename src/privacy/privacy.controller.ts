import { Body, Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Caller, FromCaller } from '../auth/caller';
import { AuthCookies } from '../auth/cookies';
import { CurrentUser } from '../auth/current-user.decorator';
import { Principal } from '../auth/principal';
import { ApiProblems } from '../common/api-problems';
import { ParseIdPipe } from '../common/ids';
import { EraseMeDto, EraseUserDto, ErasedAnswer, PersonalData } from './dto/privacy.dto';
import { ErasureService } from './erasure.service';
import { PersonalDataService } from './personal-data.service';

@ApiTags('privacy')
@ApiBearerAuth()
@Controller('api')
export class PrivacyController {
  constructor(
    private readonly data: PersonalDataService,
    private readonly erasure: ErasureService,
    private readonly cookies: AuthCookies,
  ) {}

  @Get('auth/me/export')
  @ApiOperation({
    summary: 'Everything that is kept about me',
    description: 'Self. As a file in JSON; videos are named with where to download them.',
  })
  @ApiOkResponse({ type: PersonalData })
  async export(@CurrentUser() user: Principal, @Res({ passthrough: true }) response: Response): Promise<PersonalData> {
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Disposition', 'attachment; filename="padelvar-my-data.json"');
    return this.data.of(user.userId);
  }

  @Post('auth/me/erase')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Erases my account',
    description:
      'Self, with the password. For good: sign-ins, memberships, name, address, and the videos of my matches.',
  })
  @ApiOkResponse({ type: ErasedAnswer })
  @ApiProblems('validation_failed', 'too_many_attempts', 'in_use', 'own_account')
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

  @Post('users/:id/erase')
  @HttpCode(200)
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
}
