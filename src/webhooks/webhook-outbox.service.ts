import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { Clock } from '../common/clock';
import { DeliveryType, WebhookData, WebhookEventType } from './webhook-events';

/**
 * Where rooms say what has happened. A telling is a row written in the transaction of what it tells: there is none of what was
 * taken back, and none is lost with the process. Nothing is written where nobody wants to know.
 */
@Injectable()
export class WebhookOutbox {
  constructor(private readonly clock: Clock) {}

  /** @param manager of the transaction in which it happens */
  async tell(manager: EntityManager, clubId: number, type: WebhookEventType, data: WebhookData): Promise<void> {
    const [id, body] = this.message(clubId, type, data);
    await manager.query(
      `INSERT INTO webhook_deliveries (webhook_id, message_id, type, body)
       SELECT w.id, $2, $3, $4 FROM webhooks w WHERE w.club_id = $1 AND w.enabled AND $3 = ANY (w.events)`,
      [clubId, id, type, body],
    );
  }

  /** A message of its own, with its exact bytes. */
  message(clubId: number, type: DeliveryType, data: WebhookData): [id: string, body: string] {
    const id = randomUUID();
    const createdAt = new Date(this.clock.now()).toISOString();
    return [id, JSON.stringify({ id, type, created_at: createdAt, club_id: clubId, data })];
  }
}
