import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { Caller, FromCaller } from '../auth/caller';
import { CurrentUser } from '../auth/current-user.decorator';
import { Principal } from '../auth/principal';
import { ApiProblems } from '../common/api-problems';
import { ParseIdPipe } from '../common/ids';
import { ParsePositionPipe } from './camera-position.pipe';
import { CameraTestsService } from './camera-tests.service';
import { CourtCameras } from './court-cameras.service';
import { AddCameraDto, ChangeCameraDto, CourtCameraAnswer, CourtCameraListAnswer } from './dto/court-camera.dto';
import { CameraTestAnswer, viewOfCourtCamera } from './dto/court.dto';

const POSITION = { name: 'position', schema: { type: 'integer' as const, minimum: 0, maximum: 3 }, example: 1 };

@ApiTags('terrains')
@ApiBearerAuth()
@Controller('api/terrains/:id/cameras')
export class CourtCamerasController {
  constructor(
    private readonly cameras: CourtCameras,
    private readonly tests: CameraTestsService,
  ) {}

  @Get()
  @ApiOperation({
    summary: "Lists a court's cameras",
    description: "The club's CLUB_ADMIN and SUPER_ADMIN. Position 0 is the main camera, as `camera` of the terrain.",
  })
  @ApiOkResponse({ type: CourtCameraListAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found')
  async list(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) courtId: number,
  ): Promise<CourtCameraListAnswer> {
    const cameras = (await this.cameras.list(user, courtId)).map(viewOfCourtCamera);
    return { success: true, cameras, count: cameras.length };
  }

  @Post()
  @ApiOperation({
    summary: 'Adds a further camera to a court',
    description:
      "The club's CLUB_ADMIN and SUPER_ADMIN; at most three besides the main one, each at the lowest free position. Sessions film " +
      'with all of them; a match that is on has the new one within seconds. The camera is not dialled; test it afterwards.',
  })
  @ApiCreatedResponse({ type: CourtCameraAnswer })
  @ApiProblems(
    'validation_failed',
    'forbidden',
    'not_found',
    'camera_limit',
    'camera_address_forbidden',
    'camera_scheme_unsupported',
  )
  async add(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) courtId: number,
    @Body() dto: AddCameraDto,
    @FromCaller() caller: Caller,
  ): Promise<CourtCameraAnswer> {
    return { success: true, camera: viewOfCourtCamera(await this.cameras.add(user, courtId, dto, caller)) };
  }

  @Patch(':position')
  @ApiParam(POSITION)
  @ApiOperation({
    summary: "Changes the name or the address of one of a court's cameras",
    description:
      "The club's CLUB_ADMIN and SUPER_ADMIN; 0: the main one. An open session keeps the address it began with.",
  })
  @ApiOkResponse({ type: CourtCameraAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'camera_address_forbidden', 'camera_scheme_unsupported')
  async change(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) courtId: number,
    @Param('position', ParsePositionPipe) position: number,
    @Body() dto: ChangeCameraDto,
    @FromCaller() caller: Caller,
  ): Promise<CourtCameraAnswer> {
    return {
      success: true,
      camera: viewOfCourtCamera(await this.cameras.change(user, courtId, position, dto, caller)),
    };
  }

  @Delete(':position')
  @HttpCode(204)
  @ApiParam(POSITION)
  @ApiOperation({
    summary: 'Takes a further camera away',
    description:
      "The club's CLUB_ADMIN and SUPER_ADMIN; not the main one, and not while a session is open. Its videos stay.",
  })
  @ApiNoContentResponse()
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'in_use')
  remove(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) courtId: number,
    @Param('position', ParsePositionPipe) position: number,
    @FromCaller() caller: Caller,
  ): Promise<void> {
    return this.cameras.remove(user, courtId, position, caller);
  }

  @Post(':position/test')
  @HttpCode(200)
  @ApiParam(POSITION)
  @ApiOperation({
    summary: "Dials one of a court's cameras and says what it is, or what is wrong",
    description:
      "The club's CLUB_ADMIN and SUPER_ADMIN. While it films a match the answer comes from there, without dialling.",
  })
  @ApiOkResponse({ type: CameraTestAnswer })
  @ApiProblems(
    'validation_failed',
    'forbidden',
    'not_found',
    'camera_address_forbidden',
    'camera_scheme_unsupported',
    'camera_unreachable',
    'camera_unauthorized',
    'camera_stream_not_found',
    'camera_redirected',
    'camera_unsupported',
    'camera_timeout',
  )
  test(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) courtId: number,
    @Param('position', ParsePositionPipe) position: number,
    @FromCaller() caller: Caller,
  ): Promise<CameraTestAnswer> {
    return this.tests.test(user, courtId, caller, position);
  }
}
