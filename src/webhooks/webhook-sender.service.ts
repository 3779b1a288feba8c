import { randomInt } from 'node:crypto';
import { BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../common/clock';
import { faultPoint } from '../common/fault-point';
import { SecretBox } from '../common/secret-box';
import { ScheduledTasks } from '../maintenance/scheduled-tasks.service';
import { Counts, TASKS } from '../maintenance/task-table';
import { OutgoingError } from '../proxy/outgoing-error';
import { OutgoingHttp } from '../proxy/outgoing-http';
import { pauseAfter } from './retry-plan';
import { ClaimedDelivery, DeliveryOutcome, WebhookDeliveries } from './webhook-deliveries.service';
import { ownerOfWebhook } from './webhook-row';
import { signatureHeaders } from './webhook-signature';

/** From the look-up of its name to the end of its answer. */
const PATIENCE_MS = 10_000;
/** Of what a receiver answers only the status counts. */
const MOST_ANSWER_BYTES = 16 * 1024;
/** Messages on their way at once, of one process. */
const MOST_AT_ONCE = 16;
const FORGET_EVERY_MS = 3_600_000;

/**
 * Sends what the outbox holds. At least once: a process that dies between an answer and its row lets another one send the
 * message again, with the same id. Not in order: what fails is sent after what came later.
 */
@Injectable()
export class WebhookSender implements BeforeApplicationShutdown {
  private readonly logger = new Logger(WebhookSender.name);
  private readonly underWay = new Map<string, { readonly webhookId: number; readonly sending: Promise<void> }>();
  private forgetAt = 0;
  private ended = false;

  constructor(
    private readonly deliveries: WebhookDeliveries,
    private readonly http: OutgoingHttp,
    private readonly box: SecretBox,
    private readonly tasks: ScheduledTasks,
    private readonly clock: Clock,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    this.ended = true;
    await Promise.all([...this.underWay.values()].map(({ sending }) => sending));
  }

  @Interval(TASKS.webhooks.everyMs)
  async tick(): Promise<void> {
    if (!this.ended) await this.tasks.run('webhooks', () => this.turn());
  }

  private async turn(): Promise<Counts> {
    const free = MOST_AT_ONCE - this.underWay.size;
    const busy = [...this.underWay.values()].map(({ webhookId }) => webhookId);
    const claimed = free > 0 ? await this.deliveries.claim(free, busy) : [];
    for (const delivery of claimed) this.take(delivery);
    let forgotten = 0;
    if (this.clock.monotonic() >= this.forgetAt) {
      forgotten = await this.deliveries.forget();
      this.forgetAt = this.clock.monotonic() + FORGET_EVERY_MS;
    }
    return { sent_messages: claimed.length, forgotten_messages: forgotten };
  }

  /** Not waited for: one receiver that hangs must not delay the others. */
  private take(delivery: ClaimedDelivery): void {
    const sending = this.deliver(delivery)
      // Its lease lapses, and it is sent again.
      .catch((err: unknown) => this.logger.warn({ err, deliveryId: delivery.id }, 'A message waits for the database.'))
      .finally(() => {
        this.underWay.delete(delivery.id);
        // Whatever waits for the slot does not wait for the clock.
        void this.tick();
      });
    this.underWay.set(delivery.id, { webhookId: delivery.webhook_id, sending });
  }

  private async deliver(delivery: ClaimedDelivery): Promise<void> {
    const outcome = await this.attempt(delivery);
    faultPoint('webhook.answered');
    await this.deliveries.settle(delivery, outcome);
  }

  private async attempt(delivery: ClaimedDelivery): Promise<DeliveryOutcome> {
    const began = this.clock.monotonic();
    const outcome = (status: number | null, error: string | null): DeliveryOutcome => {
      const durationMs = Math.round(this.clock.monotonic() - began);
      const againInMs = error === null ? null : pauseAfter(delivery.attempts, randomInt(0, 1001) / 1000);
      return { taken: error === null, status, durationMs, error, againInMs };
    };
    try {
      const { status } = await this.http.send(this.open(delivery.url_sealed, delivery), {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8', ...this.signed(delivery) },
        body: delivery.body,
        networks: delivery.camera_networks,
        timeoutMs: PATIENCE_MS,
        maxBytes: MOST_ANSWER_BYTES,
        cut: true,
      });
      return outcome(status, status >= 200 && status < 300 ? null : `It answered ${status}.`);
    } catch (error) {
      if (error instanceof OutgoingError) return outcome(null, error.message);
      this.logger.error({ err: error, webhookId: delivery.webhook_id }, 'A webhook cannot be called.');
      return outcome(null, 'Its address or secret cannot be read: enter the address again, or have a new secret made.');
    }
  }

  private signed(delivery: ClaimedDelivery): Record<string, string> {
    const { secret_sealed: secret, old_secret_sealed: old, old_secret_until: until, message_id: id, body } = delivery;
    const secrets = [this.open(secret, delivery)];
    if (old !== null && until !== null && until.getTime() > this.clock.now()) secrets.push(this.open(old, delivery));
    return signatureHeaders({ id, body }, secrets, this.clock.now());
  }

  private open(sealed: string, { webhook_id: id }: ClaimedDelivery): string {
    return this.box.open(sealed, ownerOfWebhook(id));
  }
}
