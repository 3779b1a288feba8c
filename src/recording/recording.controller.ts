import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, FromCaller } from '../auth/caller';
import { CurrentUser } from '../auth/current-user.decorator';
import { Principal } from '../auth/principal';
import { ApiProblems } from '../common/api-problems';
import { ParseSessionIdPipe } from '../common/ids';
import {
  ExtendRecordingDto,
  RecordingStatusAnswer,
  StartRecordingAnswer,
  StartRecordingDto,
  StopRecordingAnswer,
  StopRecordingDto,
} from './dto/recording.dto';
import { RecordingService } from './recording.service';

@ApiTags('recording')
@ApiBearerAuth()
@Controller('api/video/record')
export class RecordingController {
  constructor(private readonly recordings: RecordingService) {}

  @Post('start')
  @ApiOperation({
    summary: 'Starts the recording of a session',
    description:
      'The owner and the admins. Answers when the first pictures are on disk. One recording a session, ever.',
  })
  @ApiCreatedResponse({ type: StartRecordingAnswer })
  @ApiProblems(
    'validation_failed',
    'forbidden',
    'not_found',
    'is_an_angle',
    'session_not_live',
    'already_recording',
    'already_recorded',
    'disk_full',
  )
  async start(
    @CurrentUser() user: Principal,
    @Body() dto: StartRecordingDto,
    @FromCaller() caller: Caller,
  ): Promise<StartRecordingAnswer> {
    const { session_id: id, duration_minutes: wanted } = dto;
    const { minutes, recording } = await this.recordings.start(user, id, caller, wanted);
    return { success: true, session_id: id, duration_minutes: minutes, recording };
  }

  @Post('extend')
  @HttpCode(200)
  @ApiOperation({ summary: 'Moves the end of a running recording', description: 'The owner and the admins.' })
  @ApiOkResponse({ type: RecordingStatusAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'is_an_angle', 'not_recording')
  async extend(
    @CurrentUser() user: Principal,
    @Body() dto: ExtendRecordingDto,
    @FromCaller() caller: Caller,
  ): Promise<RecordingStatusAnswer> {
    return { success: true, status: await this.recordings.extend(user, dto.session_id, caller, dto.minutes) };
  }

  @Post('stop')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Stops a recording and finishes its file',
    description:
      'The owner and the admins. Waits at most 20 s for the finished file; else `recording.status` is `finalizing`. Again: the same answer.',
  })
  @ApiOkResponse({ type: StopRecordingAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'is_an_angle', 'not_recording')
  async stop(
    @CurrentUser() user: Principal,
    @Body() dto: StopRecordingDto,
    @FromCaller() caller: Caller,
  ): Promise<StopRecordingAnswer> {
    const recording = await this.recordings.stop(user, dto.session_id, caller);
    return { success: true, session_id: dto.session_id, video_path: recording.video_path, recording };
  }

  @Get('status/:id')
  @ApiOperation({ summary: 'How a recording stands', description: 'The owner, the other players, the admins.' })
  @ApiOkResponse({ type: RecordingStatusAnswer })
  @ApiProblems('validation_failed', 'not_found')
  async status(
    @CurrentUser() user: Principal,
    @Param('id', ParseSessionIdPipe) id: string,
  ): Promise<RecordingStatusAnswer> {
    return { success: true, status: await this.recordings.status(user, id) };
  }
}
