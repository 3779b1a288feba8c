import { Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { CurrentUser } from '../../auth/current-user.decorator';
import { Principal } from '../../auth/principal';
import { LiveTickets } from './live-tickets.service';

export class LiveTicketAnswer {
  @ApiProperty({ example: 'b64urlOf32RandomBytes-b64urlOf32RandomBytes0', description: 'Good once.' })
  ticket: string;

  @ApiProperty({ format: 'date-time', description: '30 seconds from now.' })
  expires_at: string;
}

@ApiTags('preview')
@ApiBearerAuth()
@Controller('api/preview/ticket')
export class LiveTicketController {
  constructor(private readonly tickets: LiveTickets) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'A ticket for the WebSocket of live video',
    description:
      'Anyone signed in. Open `/api/preview/live` and send `{"ticket": "…"}` first; then subscribe to the sessions you ' +
      'may see, many over one connection. The messages are in `docs/live-protocol.md`.',
  })
  @ApiOkResponse({ type: LiveTicketAnswer })
  async issue(
    @CurrentUser() user: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<LiveTicketAnswer> {
    const { ticket, expiresAt } = await this.tickets.issue(user);
    response.setHeader('Cache-Control', 'no-store');
    return { ticket, expires_at: expiresAt.toISOString() };
  }
}
