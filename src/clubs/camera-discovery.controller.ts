import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, FromCaller } from '../auth/caller';
import { CurrentUser } from '../auth/current-user.decorator';
import { Principal } from '../auth/principal';
import { ApiProblems } from '../common/api-problems';
import { ParseIdPipe } from '../common/ids';
import { CameraDiscoveryService } from './camera-discovery.service';
import { DiscoverCamerasDto, DiscoveryAnswer } from './dto/camera-discovery.dto';

@ApiTags('terrains')
@ApiBearerAuth()
@Controller('api')
export class CameraDiscoveryController {
  constructor(private readonly discovery: CameraDiscoveryService) {}

  @Post('clubs/:id/cameras/discover')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Looks for ONVIF cameras',
    description:
      "The club's CLUB_ADMIN and SUPER_ADMIN; one search of a club at a time, five seconds at most. Asks the network that the " +
      'service is in, and the addresses that are named. Only cameras at addresses that the club may have cameras at are ' +
      'told, and no camera is asked anywhere but at the address it answered from.',
  })
  @ApiOkResponse({ type: DiscoveryAnswer })
  @ApiProblems('forbidden', 'not_found', 'camera_address_forbidden', 'too_many_attempts', 'overloaded')
  discover(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) clubId: number,
    @Body() dto: DiscoverCamerasDto,
    @FromCaller() caller: Caller,
  ): Promise<DiscoveryAnswer> {
    return this.discovery.search(user, clubId, dto, caller);
  }
}
