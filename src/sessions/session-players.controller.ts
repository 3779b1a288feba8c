import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, FromCaller } from '../auth/caller';
import { CurrentUser } from '../auth/current-user.decorator';
import { Principal } from '../auth/principal';
import { ApiProblems } from '../common/api-problems';
import { AddPlayerDto, JoinDto, PlayerDto } from './dto/session.dto';
import { SessionPlayers } from './session-players.service';
import { PlayerRemovedAnswer, SessionAnswer } from './session-view';

@ApiTags('sessions')
@ApiBearerAuth()
@Controller('api/video/session')
export class SessionPlayersController {
  constructor(private readonly players: SessionPlayers) {}

  @Post('players/add')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Adds a player to a match',
    description:
      'The owner and the admins of the club, while the session is open and for 7 days after it. By `email` or `user_id`, one of ' +
      'the two: an active member of the club. At most 20 besides the owner. Who is in the match already stays in it.',
  })
  @ApiOkResponse({ type: SessionAnswer })
  @ApiProblems(
    'validation_failed',
    'forbidden',
    'not_found',
    'is_an_angle',
    'player_not_found',
    'session_full',
    'session_over',
    'too_many_attempts',
  )
  async add(
    @CurrentUser() user: Principal,
    @Body() dto: AddPlayerDto,
    @FromCaller() caller: Caller,
  ): Promise<SessionAnswer> {
    return { success: true, session: await this.players.add(user, dto, caller) };
  }

  @Post('players/remove')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Takes a player out of a match, or leaves it',
    description:
      'A player may leave at any time. The admins of the club take out anybody at any time; the owner whom they will while the ' +
      'session is open, and for 7 days after it whom was added after it. What the player watches ends within 10 s. The ' +
      'session has another `join_code` then, unless they left by themselves. Who is not in the match is out of it: the same 200.',
  })
  @ApiOkResponse({ type: PlayerRemovedAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'is_an_angle', 'session_over')
  async remove(
    @CurrentUser() user: Principal,
    @Body() dto: PlayerDto,
    @FromCaller() caller: Caller,
  ): Promise<PlayerRemovedAnswer> {
    const session = await this.players.remove(user, dto, caller);
    return session === null ? { success: true } : { success: true, session };
  }

  @Post('join')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Takes part in a match by its code',
    description:
      "Any active member of the session's club, while the session is open. A code that is unknown, of a session that has ended, " +
      'or of another club is the same 404. Joining twice is joining once.',
  })
  @ApiOkResponse({ type: SessionAnswer })
  @ApiProblems('validation_failed', 'not_found', 'session_full', 'too_many_attempts')
  async join(
    @CurrentUser() user: Principal,
    @Body() dto: JoinDto,
    @FromCaller() caller: Caller,
  ): Promise<SessionAnswer> {
    return { success: true, session: await this.players.join(user, dto.code, caller) };
  }
}
