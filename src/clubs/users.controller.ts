import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { Caller, FromCaller } from '../auth/caller';
import { CurrentUser } from '../auth/current-user.decorator';
import { Principal } from '../auth/principal';
import { UserView } from '../auth/user-view';
import { ApiProblems } from '../common/api-problems';
import { ParseIdPipe } from '../common/ids';
import { PageQuery } from '../common/pagination';
import { CreateUserDto, UpdateUserDto, UserClubQuery, UserListAnswer } from './dto/user.dto';
import { UserChangesService } from './user-changes.service';
import { UsersService } from './users.service';

@ApiTags('users')
@ApiBearerAuth()
@Controller('api')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly changes: UserChangesService,
  ) {}

  @Get('clubs/:id/users')
  @ApiOperation({ summary: "Lists a club's people", description: "The club's CLUB_ADMIN and SUPER_ADMIN." })
  @ApiOkResponse({ type: UserListAnswer })
  @ApiProblems('forbidden', 'not_found')
  list(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) clubId: number,
    @Query() query: PageQuery,
  ): Promise<UserListAnswer> {
    return this.users.list(user, clubId, query);
  }

  @Post('clubs/:id/users')
  @ApiOperation({
    summary: 'Adds somebody to a club',
    description:
      "The club's CLUB_ADMIN and SUPER_ADMIN; only SUPER_ADMIN makes a SUPER_ADMIN, who then is in no club. A person " +
      'who has an account already becomes a member; their name and password stay theirs. A password that a CLUB_ADMIN sets ' +
      'opens this club alone until the person has chosen their own.',
  })
  @ApiCreatedResponse({ type: UserView })
  @ApiProblems('forbidden', 'not_found', 'email_taken')
  add(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) clubId: number,
    @Body() dto: CreateUserDto,
    @FromCaller() caller: Caller,
  ): Promise<UserView> {
    return this.users.add(user, clubId, dto, caller);
  }

  @Get('users/:id')
  @ApiOperation({ summary: 'One person', description: "Their club's CLUB_ADMIN and SUPER_ADMIN." })
  @ApiOkResponse({ type: UserView })
  @ApiProblems('forbidden', 'not_found')
  one(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<UserView> {
    return this.users.one(user, id);
  }

  @Patch('users/:id')
  @ApiOperation({
    summary: 'Changes a person',
    description:
      "Their club's CLUB_ADMIN and SUPER_ADMIN. Name, address and password of somebody who is in other clubs too are " +
      'not for a CLUB_ADMIN. Nobody changes their own role, or disables themselves. A password that a CLUB_ADMIN sets opens ' +
      'the club it is set in alone (`club_id`, else the active one) until the person has chosen their own; who becomes ' +
      'SUPER_ADMIN with such a password signs in once they have.',
  })
  @ApiOkResponse({ type: UserView })
  @ApiProblems('forbidden', 'not_found', 'email_taken', 'own_account')
  update(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Body() dto: UpdateUserDto,
    @FromCaller() caller: Caller,
  ): Promise<UserView> {
    return this.changes.update(user, id, dto, caller);
  }

  @Delete('users/:id')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Takes a person out of the club, or deletes the account',
    description:
      'CLUB_ADMIN: ends the membership in their club, and the account with the last one. SUPER_ADMIN: deletes the ' +
      'account, or with `club_id` ends that membership. Soft: videos stay.',
  })
  @ApiNoContentResponse()
  @ApiProblems('forbidden', 'not_found', 'in_use', 'own_account')
  remove(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Query() query: UserClubQuery,
    @FromCaller() caller: Caller,
  ): Promise<void> {
    return this.changes.remove(user, id, query.club_id, caller);
  }
}
