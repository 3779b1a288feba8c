import { Body, Controller, Delete, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { Caller, FromCaller } from '../auth/caller';
import { CurrentUser } from '../auth/current-user.decorator';
import { Principal } from '../auth/principal';
import { Public } from '../auth/public.decorator';
import { ApiProblems } from '../common/api-problems';
import { ParseIdPipe } from '../common/ids';
import { CourtButtons } from './court-buttons.service';
import { ButtonKeyAnswer, PressDto, PressedAnswer } from './dto/highlights.dto';

@ApiTags('highlights')
@Controller('api')
export class CourtButtonsController {
  constructor(private readonly buttons: CourtButtons) {}

  @Post('clubs/:clubId/terrains/:id/button-key')
  @ApiBearerAuth()
  @ApiOperation({
    summary: "Makes the key of a court's physical button",
    description: "The club's CLUB_ADMIN and SUPER_ADMIN. It is shown this once; the one before opens nothing any more.",
  })
  @ApiCreatedResponse({ type: ButtonKeyAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found')
  rotate(
    @CurrentUser() user: Principal,
    @Param('clubId', ParseIdPipe) clubId: number,
    @Param('id', ParseIdPipe) id: number,
    @FromCaller() caller: Caller,
  ): Promise<ButtonKeyAnswer> {
    return this.buttons.rotate(user, clubId, id, caller);
  }

  @Delete('clubs/:clubId/terrains/:id/button-key')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiOperation({
    summary: "Takes a court's button its key",
    description: "The club's CLUB_ADMIN and SUPER_ADMIN. Without one, nothing happens.",
  })
  @ApiNoContentResponse()
  @ApiProblems('validation_failed', 'forbidden', 'not_found')
  remove(
    @CurrentUser() user: Principal,
    @Param('clubId', ParseIdPipe) clubId: number,
    @Param('id', ParseIdPipe) id: number,
    @FromCaller() caller: Caller,
  ): Promise<void> {
    return this.buttons.remove(user, clubId, id, caller);
  }

  @Post('button/:key')
  @Public()
  @HttpCode(202)
  @ApiOperation({
    summary: 'A press of the button at a court: keeps the last seconds of what is recorded there',
    description: 'Whoever has the key. At most 30 presses a minute; two within two seconds are one.',
  })
  @ApiAcceptedResponse({ type: PressedAnswer })
  @ApiProblems('validation_failed', 'not_found', 'not_recording', 'highlight_limit', 'too_many_attempts', 'disk_full')
  async press(@Param('key') key: string, @Body() dto: PressDto, @FromCaller() caller: Caller): Promise<PressedAnswer> {
    return { success: true, highlight: await this.buttons.press(key, dto.seconds, caller) };
  }
}
