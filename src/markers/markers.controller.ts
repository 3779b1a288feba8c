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
import { ApiProblems } from '../common/api-problems';
import { ParseIdPipe } from '../common/ids';
import { ChangeMarkerDto, CreateMarkerDto, MarkerAnswer, MarkerListAnswer, MarkerListQuery } from './dto/markers.dto';
import { MarkersService } from './markers.service';

@ApiTags('markers')
@ApiBearerAuth()
@Controller('api/video/markers')
export class MarkersController {
  constructor(private readonly markers: MarkersService) {}

  @Post()
  @ApiOperation({
    summary: 'Marks a moment of a match',
    description:
      'The owner, the other players, the admins; while it is recorded and afterwards. The moment is `at_seconds` or `seconds_ago`, ' +
      'one of the two, and lies in the recording. At most 500 a session. Markers become chapters of the MP4.',
  })
  @ApiCreatedResponse({ type: MarkerAnswer })
  @ApiProblems('validation_failed', 'not_found', 'is_an_angle', 'not_recording', 'marker_limit')
  async create(
    @CurrentUser() user: Principal,
    @Body() dto: CreateMarkerDto,
    @FromCaller() caller: Caller,
  ): Promise<MarkerAnswer> {
    return { success: true, marker: await this.markers.create(user, dto, caller) };
  }

  @Get()
  @ApiOperation({
    summary: 'Lists the markers of a match, in its order',
    description: 'The owner, the other players, the admins.',
  })
  @ApiOkResponse({ type: MarkerListAnswer })
  @ApiProblems('validation_failed', 'not_found')
  async list(@CurrentUser() user: Principal, @Query() query: MarkerListQuery): Promise<MarkerListAnswer> {
    const { markers, nextCursor, chapters } = await this.markers.list(user, query);
    const answer: MarkerListAnswer = { success: true, markers, count: markers.length, chapters };
    return nextCursor === null ? answer : { ...answer, next_cursor: nextCursor };
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Changes a marker', description: 'Its author, the owner of the session, the admins.' })
  @ApiOkResponse({ type: MarkerAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'not_recording')
  async change(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Body() dto: ChangeMarkerDto,
    @FromCaller() caller: Caller,
  ): Promise<MarkerAnswer> {
    return { success: true, marker: await this.markers.change(user, id, dto, caller) };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Takes a marker away', description: 'Its author, the owner of the session, the admins.' })
  @ApiNoContentResponse()
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'not_recording')
  async delete(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @FromCaller() caller: Caller,
  ): Promise<void> {
    await this.markers.delete(user, id, caller);
  }
}
