import { Module } from '@nestjs/common';
import { AutoStopNewsModule } from '../../activity/auto-stop-news.module';
import { MarkerNewsModule } from '../../markers/marker-news.module';
import { RuntimeModule } from '../../runtime/runtime.module';
import { SessionsModule } from '../../sessions/sessions.module';
import { LiveSlots } from '../viewer-slots';
import { AutoStopTelling } from './auto-stop-telling.service';
import { LiveGateway } from './live-gateway.service';
import { LiveHub } from './live-hub.service';
import { LiveRights } from './live-rights.service';
import { LiveTicketController } from './live-ticket.controller';
import { LiveTickets } from './live-tickets.service';
import { MarkerTelling } from './marker-telling.service';

/** Live video over one WebSocket a viewer (docs/live-protocol.md). */
@Module({
  imports: [SessionsModule, RuntimeModule, MarkerNewsModule, AutoStopNewsModule],
  controllers: [LiveTicketController],
  providers: [AutoStopTelling, LiveGateway, LiveHub, LiveRights, LiveSlots, LiveTickets, MarkerTelling],
  exports: [LiveHub, LiveSlots],
})
export class LiveModule {}
