import { Controller, Delete, Get, HttpCode, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, FromCaller } from '../auth/caller';
import { CurrentUser } from '../auth/current-user.decorator';
import { Principal } from '../auth/principal';
import { ApiProblems } from '../common/api-problems';
import { ParseIdPipe, ParseSessionIdPipe } from '../common/ids';
import { PageQuery } from '../common/pagination';
import { SignInListAnswer } from './dto/sign-in-list.dto';
import { SignInLists } from './sign-in-lists.service';

@ApiTags('sign-ins')
@ApiBearerAuth()
@Controller('api')
export class SignInListsController {
  constructor(private readonly lists: SignInLists) {}

  @Get('auth/sessions')
  @ApiOperation({ summary: 'Where I am signed in', description: 'Self.' })
  @ApiOkResponse({ type: SignInListAnswer })
  own(@CurrentUser() user: Principal, @Query() query: PageQuery): Promise<SignInListAnswer> {
    return this.lists.own(user, query);
  }

  @Delete('auth/sessions')
  @HttpCode(204)
  @ApiOperation({ summary: 'Signs me out everywhere else', description: 'Self. All sign-ins but the present one end.' })
  @ApiNoContentResponse()
  revokeOthers(@CurrentUser() user: Principal, @FromCaller() caller: Caller): Promise<void> {
    return this.lists.revokeOthers(user, caller);
  }

  @Delete('auth/sessions/:id')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Ends one of my sign-ins',
    description: 'Self. Its access token, refresh token and media cookie are dead at once; open streams within 10 s.',
  })
  @ApiNoContentResponse()
  @ApiProblems('not_found')
  revokeOwn(
    @CurrentUser() user: Principal,
    @Param('id', ParseSessionIdPipe) id: string,
    @FromCaller() caller: Caller,
  ): Promise<void> {
    return this.lists.revokeOwn(user, id, caller);
  }

  @Get('users/:id/sessions')
  @ApiOperation({
    summary: 'Where a person is signed in',
    description: 'SUPER_ADMIN: everywhere. CLUB_ADMIN: in their club, of its people.',
  })
  @ApiOkResponse({ type: SignInListAnswer })
  @ApiProblems('forbidden', 'not_found')
  of(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) userId: number,
    @Query() query: PageQuery,
  ): Promise<SignInListAnswer> {
    return this.lists.of(user, userId, query);
  }

  @Delete('users/:id/sessions/:sessionId')
  @HttpCode(204)
  @ApiOperation({
    summary: "Ends one of a person's sign-ins",
    description: 'SUPER_ADMIN: any. CLUB_ADMIN: one in their club, of its people.',
  })
  @ApiNoContentResponse()
  @ApiProblems('forbidden', 'not_found')
  revokeOf(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) userId: number,
    @Param('sessionId', ParseSessionIdPipe) id: string,
    @FromCaller() caller: Caller,
  ): Promise<void> {
    return this.lists.revokeOf(user, userId, id, caller);
  }
}
