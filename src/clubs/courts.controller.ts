import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  Res,
  StreamableFile,
} from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { Caller, FromCaller } from '../auth/caller';
import { CurrentUser } from '../auth/current-user.decorator';
import { MediaRoute } from '../auth/media-route.decorator';
import { Principal } from '../auth/principal';
import { ApiProblems } from '../common/api-problems';
import { ParseIdPipe } from '../common/ids';
import { PageQuery } from '../common/pagination';
import { CameraTestsService } from './camera-tests.service';
import { CourtsService } from './courts.service';
import {
  CameraTestAnswer,
  CourtListAnswer,
  CourtView,
  CreateCourtDto,
  UpdateCourtDto,
  viewOfCourt,
} from './dto/court.dto';

@ApiTags('terrains')
@ApiBearerAuth()
@Controller('api')
export class CourtsController {
  constructor(
    private readonly courts: CourtsService,
    private readonly tests: CameraTestsService,
  ) {}

  @Get('clubs/:id/terrains')
  @ApiOperation({ summary: "Lists a club's courts", description: 'Its members and SUPER_ADMIN.' })
  @ApiOkResponse({ type: CourtListAnswer })
  @ApiProblems('not_found')
  list(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) clubId: number,
    @Query() query: PageQuery,
  ): Promise<CourtListAnswer> {
    return this.courts.list(user, clubId, query);
  }

  @Post('clubs/:id/terrains')
  @ApiOperation({
    summary: 'Adds a court with its camera',
    description: "The club's CLUB_ADMIN and SUPER_ADMIN. The camera is not dialled; test it afterwards.",
  })
  @ApiCreatedResponse({ type: CourtView })
  @ApiProblems('forbidden', 'not_found', 'camera_address_forbidden', 'camera_scheme_unsupported')
  async create(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) clubId: number,
    @Body() dto: CreateCourtDto,
    @FromCaller() caller: Caller,
  ): Promise<CourtView> {
    return viewOfCourt(await this.courts.create(user, clubId, dto, caller));
  }

  @Get('terrains/:id')
  @ApiOperation({ summary: 'One court', description: "The club's members and SUPER_ADMIN." })
  @ApiOkResponse({ type: CourtView })
  @ApiProblems('not_found')
  async one(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<CourtView> {
    return viewOfCourt(await this.courts.require(user, id, 'member'));
  }

  @Patch('terrains/:id')
  @ApiOperation({
    summary: 'Changes a court or its camera',
    description: "The club's CLUB_ADMIN and SUPER_ADMIN. An open session keeps the camera it began with.",
  })
  @ApiOkResponse({ type: CourtView })
  @ApiProblems('forbidden', 'not_found', 'camera_address_forbidden', 'camera_scheme_unsupported')
  async update(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Body() dto: UpdateCourtDto,
    @FromCaller() caller: Caller,
  ): Promise<CourtView> {
    return viewOfCourt(await this.courts.update(user, id, dto, caller));
  }

  @Delete('terrains/:id')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Deletes a court',
    description: "The club's CLUB_ADMIN and SUPER_ADMIN. Soft: its videos stay.",
  })
  @ApiNoContentResponse()
  @ApiProblems('forbidden', 'not_found', 'in_use')
  delete(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @FromCaller() caller: Caller,
  ): Promise<void> {
    return this.courts.delete(user, id, caller);
  }

  @Post('terrains/:id/camera/test')
  @HttpCode(200)
  @ApiOperation({
    summary: "Dials a court's camera and says what it is, or what is wrong",
    description:
      "The club's CLUB_ADMIN and SUPER_ADMIN. While a session is open the answer comes from it, without dialling.",
  })
  @ApiOkResponse({ type: CameraTestAnswer })
  @ApiProblems(
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
    @Param('id', ParseIdPipe) id: number,
    @FromCaller() caller: Caller,
  ): Promise<CameraTestAnswer> {
    return this.tests.test(user, id, caller);
  }

  @Get('terrains/:id/camera/snapshot/:token')
  @MediaRoute()
  @ApiOperation({
    summary: 'The picture of a camera test',
    description: "The club's CLUB_ADMIN and SUPER_ADMIN, by bearer token or media cookie, for five minutes.",
  })
  @ApiOkResponse({ content: { 'image/jpeg': { schema: { type: 'string', format: 'binary' } } } })
  @ApiProblems('forbidden', 'not_found')
  async snapshot(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Param('token') token: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile> {
    const jpeg = await this.tests.snapshot(user, id, token);
    response.setHeader('Cache-Control', 'private, no-store');
    return new StreamableFile(jpeg, { type: 'image/jpeg', length: jpeg.length });
  }
}
