import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, FromCaller } from '../auth/caller';
import { CurrentUser } from '../auth/current-user.decorator';
import { Principal } from '../auth/principal';
import { ApiProblems } from '../common/api-problems';
import { ParseSessionIdPipe } from '../common/ids';
import { CompressionService } from './compression.service';
import { CompressDto, CompressionAnswer } from './dto/compression.dto';

@ApiTags('files')
@ApiBearerAuth()
@Controller('api/video/files')
export class CompressionController {
  constructor(private readonly compression: CompressionService) {}

  @Post(':id/compress')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Codes a video anew, so that it takes less room',
    description:
      'Admins. In the background, one at a time and behind everything else; how far it is stands in `compression` of the ' +
      'video. Its file is replaced only by one with the same pictures at the same times that is at least 20 % smaller; until ' +
      'then, and where it is not, it stays as it is. Asked for while it waits or runs, nothing happens.',
  })
  @ApiAcceptedResponse({ type: CompressionAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'already_compressed', 'codec_unavailable')
  async compress(
    @CurrentUser() user: Principal,
    @Param('id', ParseSessionIdPipe) id: string,
    @Body() dto: CompressDto,
    @FromCaller() caller: Caller,
  ): Promise<CompressionAnswer> {
    return { success: true, compression: await this.compression.ask(user, id, dto, caller) };
  }
}
