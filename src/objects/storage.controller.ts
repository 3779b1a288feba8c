import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, FromCaller } from '../auth/caller';
import { CurrentUser } from '../auth/current-user.decorator';
import { Principal } from '../auth/principal';
import { ApiProblems } from '../common/api-problems';
import { ParseIdPipe } from '../common/ids';
import { ClubStorageService } from './club-storage.service';
import { ForgetQuery, SetStorageDto, StorageAnswer, StorageTestAnswer } from './dto/storage.dto';

const ADMINS = 'SUPER_ADMIN and the admins of the club.';

@ApiTags('storage')
@ApiBearerAuth()
@Controller('api/clubs/:clubId/storage')
export class StorageController {
  constructor(private readonly storage: ClubStorageService) {}

  @Get()
  @ApiOperation({ summary: 'Where else a club keeps its videos', description: `${ADMINS} Its keys are never shown.` })
  @ApiOkResponse({ type: StorageAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found')
  async get(@CurrentUser() user: Principal, @Param('clubId', ParseIdPipe) clubId: number): Promise<StorageAnswer> {
    return { success: true, ...(await this.storage.get(user, clubId)) };
  }

  @Put()
  @ApiOperation({
    summary: 'Has a club keep its videos elsewhere too',
    description:
      `${ADMINS} Finished videos are copied there. Keys that are left out stay as they are, where the place is the same one. ` +
      '`storage_in_use`: another place only once nothing is in this one.',
  })
  @ApiOkResponse({ type: StorageAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'storage_in_use', 'url_forbidden')
  async set(
    @CurrentUser() user: Principal,
    @Param('clubId', ParseIdPipe) clubId: number,
    @Body() dto: SetStorageDto,
    @FromCaller() caller: Caller,
  ): Promise<StorageAnswer> {
    await this.storage.set(user, clubId, dto, caller);
    return { success: true, ...(await this.storage.get(user, clubId)) };
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Has a club keep its videos here only',
    description: `${ADMINS} \`storage_in_use\`: something is there. With \`forget\` copies stay there, where all files are here too.`,
  })
  @ApiNoContentResponse()
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'storage_in_use')
  async remove(
    @CurrentUser() user: Principal,
    @Param('clubId', ParseIdPipe) clubId: number,
    @Query() { forget }: ForgetQuery,
    @FromCaller() caller: Caller,
  ): Promise<void> {
    await this.storage.remove(user, clubId, forget === 'true', caller);
  }

  @Post('test')
  @HttpCode(200)
  @ApiOperation({
    summary: "Tries a club's storage out",
    description: `${ADMINS} Writes a small file there, reads it back and deletes it; at most 30 s.`,
  })
  @ApiOkResponse({ type: StorageTestAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found')
  async test(
    @CurrentUser() user: Principal,
    @Param('clubId', ParseIdPipe) clubId: number,
    @FromCaller() caller: Caller,
  ): Promise<StorageTestAnswer> {
    return { success: true, ...(await this.storage.test(user, clubId, caller)) };
  }
}
