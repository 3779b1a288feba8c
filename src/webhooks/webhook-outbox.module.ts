import { Module } from '@nestjs/common';
import { WebhookOutbox } from './webhook-outbox.service';

/** Where rooms say what has happened, without what becomes of it: it knows no room, and every room may use it. */
@Module({ providers: [WebhookOutbox], exports: [WebhookOutbox] })
export class WebhookOutboxModule {}
