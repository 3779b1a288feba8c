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
import { Roles } from '../auth/roles.decorator';
import { isAdminOf } from '../auth/tenant';
import { ApiProblems } from '../common/api-problems';
import { ParseIdPipe } from '../common/ids';
import { PageQuery } from '../common/pagination';
import { ClubsService } from './clubs.service';
import { ClubListAnswer, ClubView, CreateClubDto, UpdateClubDto, viewOfClub } from './dto/club.dto';

@ApiTags('clubs')
@ApiBearerAuth()
@Controller('api/clubs')
export class ClubsController {
  constructor(private readonly clubs: ClubsService) {}

  @Get()
  @ApiOperation({ summary: 'Lists clubs', description: 'SUPER_ADMIN: all. Others: those they are members of.' })
  @ApiOkResponse({ type: ClubListAnswer })
  list(@CurrentUser() user: Principal, @Query() query: PageQuery): Promise<ClubListAnswer> {
    return this.clubs.list(user, query);
  }

  @Post()
  @Roles('SUPER_ADMIN')
  @ApiOperation({ summary: 'Creates a club', description: 'SUPER_ADMIN.' })
  @ApiCreatedResponse({ type: ClubView })
  @ApiProblems('forbidden')
  async create(
    @CurrentUser() user: Principal,
    @Body() dto: CreateClubDto,
    @FromCaller() caller: Caller,
  ): Promise<ClubView> {
    return viewOfClub(await this.clubs.create(user, dto, caller), true);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One club', description: 'Its members and SUPER_ADMIN.' })
  @ApiOkResponse({ type: ClubView })
  @ApiProblems('not_found')
  async one(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<ClubView> {
    return viewOfClub(await this.clubs.require(user, id, 'member'), isAdminOf(user, id));
  }

  @Patch(':id')
  @ApiOperation({
    summary: 'Changes a club',
    description: "The club's CLUB_ADMIN and SUPER_ADMIN; `max_sessions`: SUPER_ADMIN.",
  })
  @ApiOkResponse({ type: ClubView })
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'codec_unavailable')
  async update(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Body() dto: UpdateClubDto,
    @FromCaller() caller: Caller,
  ): Promise<ClubView> {
    return viewOfClub(await this.clubs.update(user, id, dto, caller), true);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Deletes a club', description: 'SUPER_ADMIN. Soft: its videos stay.' })
  @ApiNoContentResponse()
  @ApiProblems('forbidden', 'not_found', 'in_use')
  delete(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @FromCaller() caller: Caller,
  ): Promise<void> {
    return this.clubs.delete(user, id, caller);
  }
}
