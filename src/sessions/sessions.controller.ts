import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, FromCaller } from '../auth/caller';
import { CurrentUser } from '../auth/current-user.decorator';
import { Principal } from '../auth/principal';
import { ApiProblems } from '../common/api-problems';
import { ParseSessionIdPipe } from '../common/ids';
import { CreateSessionDto, SessionIdDto, SessionListQuery } from './dto/session.dto';
import { SessionAnswer, SessionListAnswer } from './session-view';
import { SessionsService } from './sessions.service';

@ApiTags('sessions')
@ApiBearerAuth()
@Controller('api/video/session')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Post('create')
  @ApiOperation({
    summary: 'Opens a camera session on a court',
    description: 'Any member of the club. Answers once the camera gave a real frame; the caller owns the session.',
  })
  @ApiCreatedResponse({ type: SessionAnswer })
  @ApiProblems(
    'validation_failed',
    'not_found',
    'terrain_in_session',
    'session_limit',
    'camera_address_forbidden',
    'camera_unreachable',
    'camera_unauthorized',
    'camera_stream_not_found',
    'camera_redirected',
    'camera_unsupported',
    'camera_timeout',
  )
  async create(
    @CurrentUser() user: Principal,
    @Body() dto: CreateSessionDto,
    @FromCaller() caller: Caller,
  ): Promise<SessionAnswer> {
    return { success: true, session: await this.sessions.create(user, dto, caller) };
  }

  @Post('close')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Closes a session and frees its court',
    description: 'The owner and the admins of the club. Not while it records.',
  })
  @ApiOkResponse({ type: SessionAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'is_an_angle', 'in_use')
  async close(
    @CurrentUser() user: Principal,
    @Body() dto: SessionIdDto,
    @FromCaller() caller: Caller,
  ): Promise<SessionAnswer> {
    return { success: true, session: await this.sessions.close(user, dto.session_id, caller) };
  }

  @Get('list')
  @ApiOperation({
    summary: 'Lists sessions, newest first',
    description: "Admins: the active club's (SUPER_ADMIN: all). PLAYER: those they own or take part in.",
  })
  @ApiOkResponse({ type: SessionListAnswer })
  @ApiProblems('validation_failed')
  async list(@CurrentUser() user: Principal, @Query() query: SessionListQuery): Promise<SessionListAnswer> {
    const { sessions, nextCursor } = await this.sessions.list(user, query);
    const answer: SessionListAnswer = { success: true, sessions, count: sessions.length };
    return nextCursor === null ? answer : { ...answer, next_cursor: nextCursor };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One session', description: 'The owner, the other players of the match, the admins.' })
  @ApiOkResponse({ type: SessionAnswer })
  @ApiProblems('validation_failed', 'not_found')
  async one(@CurrentUser() user: Principal, @Param('id', ParseSessionIdPipe) id: string): Promise<SessionAnswer> {
    return { success: true, session: await this.sessions.view(user, id) };
  }
}
