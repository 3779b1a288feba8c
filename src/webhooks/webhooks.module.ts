import { Module } from '@nestjs/common';
import { ClubsModule } from '../clubs/clubs.module';
import { ScheduledTasksModule } from '../maintenance/scheduled-tasks.module';
import { ProxyModule } from '../proxy/proxy.module';
import { WebhookDeliveries } from './webhook-deliveries.service';
import { WebhookOutboxModule } from './webhook-outbox.module';
import { WebhookSender } from './webhook-sender.service';
import { WebhooksController } from './webhooks.controller';
import { WebhooksService } from './webhooks.service';

/** Who is told of what happens in a club. */
@Module({
  imports: [ClubsModule, ProxyModule, ScheduledTasksModule, WebhookOutboxModule],
  controllers: [WebhooksController],
  providers: [WebhookDeliveries, WebhookSender, WebhooksService],
})
export class WebhooksModule {}
