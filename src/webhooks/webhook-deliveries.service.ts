import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { AuditService, authorOf, BY_SERVICE } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { Principal } from '../auth/principal';
import { cutPage, decodeCursor, DEFAULT_PAGE, PageQuery } from '../common/pagination';
import { ProblemException } from '../common/problem';
import { WebhookDeliveryView } from './dto/webhooks.dto';
import { GIVEN_UP_MS } from './retry-plan';
import { WebhookRow } from './webhook-row';
import { WebhooksService } from './webhooks.service';

/** What is in the log longer is forgotten. */
export const KEPT_DAYS = 30;
/** Longer than a try takes: its process is gone then, and another one tries. */
const LEASE = `interval '60 seconds'`;
/** To one receiver at once: one that is slow keeps the others waiting for no slot of theirs. */
const AT_ONCE = 2;
/** To all of one club's: receivers that hang leave room for other clubs'. */
const OF_A_CLUB = 4;

/** A message that this process is to send now. */
export interface ClaimedDelivery extends Pick<
  WebhookRow,
  'url_sealed' | 'secret_sealed' | 'old_secret_sealed' | 'old_secret_until'
> {
  readonly id: string;
  readonly webhook_id: number;
  readonly message_id: string;
  readonly body: string;
  /** This one counted. */
  readonly attempts: number;
  readonly camera_networks: string[] | null;
}

/** What came of a try. */
export interface DeliveryOutcome {
  readonly taken: boolean;
  /** `null`: no answer came. */
  readonly status: number | null;
  readonly durationMs: number;
  /** A sentence for people; `null`: it was taken. */
  readonly error: string | null;
  /** When it is tried again, in milliseconds from now; `null`: no more. */
  readonly againInMs: number | null;
}

interface DeliveryRow {
  readonly id: string;
  readonly message_id: string;
  readonly type: WebhookDeliveryView['type'];
  readonly body: string;
  readonly status: WebhookDeliveryView['status'];
  readonly attempts: number;
  readonly next_attempt_at: Date;
  readonly last_attempt_at: Date | null;
  readonly response_status: number | null;
  readonly duration_ms: number | null;
  readonly error: string | null;
  readonly created_at: Date;
}

/** The rows of messages: which are due, what became of each, and the log that admins read. */
@Injectable()
export class WebhookDeliveries {
  constructor(
    private readonly database: DataSource,
    private readonly webhooks: WebhooksService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Takes messages that are due for this process: each club's first, then their seconds, and of these what waits longest. Of any
   * number of processes one has each, until its lease lapses.
   * @param limit how many at the most
   * @param busy webhooks that are being sent to just now, each as often as they are
   */
  async claim(limit: number, busy: readonly number[]): Promise<ClaimedDelivery[]> {
    const [rows] = await this.database.query<[ClaimedDelivery[], number]>(
      `UPDATE webhook_deliveries d
          SET lease_until = now() + ${LEASE}, attempts = d.attempts + 1, last_attempt_at = now(),
              -- Of this attempt; what the one before came to is no news any more.
              response_status = NULL, duration_ms = NULL, error = NULL
         FROM (SELECT y.id FROM
                 (SELECT x.id, x.next_attempt_at,
                         (SELECT count(*) FROM unnest($2::integer[]) AS b (id) JOIN webhooks o ON o.id = b.id
                           WHERE o.club_id = w.club_id)
                         + row_number() OVER (PARTITION BY w.club_id ORDER BY x.next_attempt_at, x.id) AS place
                    FROM webhooks w CROSS JOIN LATERAL
                      (SELECT p.id, p.next_attempt_at FROM webhook_deliveries p
                        WHERE p.webhook_id = w.id AND p.status = 'pending' AND p.next_attempt_at <= now()
                          AND (p.lease_until IS NULL OR p.lease_until < now()) AND (w.enabled OR p.type = 'ping')
                        ORDER BY p.next_attempt_at, p.id
                        LIMIT greatest(0, ${AT_ONCE} - cardinality(array_positions($2::integer[], w.id)))
                        FOR UPDATE SKIP LOCKED) x) y
                WHERE y.place <= ${OF_A_CLUB}
                ORDER BY y.place, y.next_attempt_at, y.id LIMIT $1) due, webhooks w, clubs c
        WHERE d.id = due.id AND w.id = d.webhook_id AND c.id = w.club_id
    RETURNING d.id, d.webhook_id, d.message_id, d.body, d.attempts, w.url_sealed, w.secret_sealed, w.old_secret_sealed,
              w.old_secret_until, c.camera_networks`,
      [limit, busy],
    );
    return rows;
  }

  /** Enters what came of a try; a receiver that has taken nothing for days is switched off with it. */
  async settle({ id, webhook_id: webhookId }: ClaimedDelivery, outcome: DeliveryOutcome): Promise<void> {
    const { taken, status, durationMs, error, againInMs } = outcome;
    await this.database.transaction(async (manager) => {
      await manager.query(
        `UPDATE webhook_deliveries
            SET status = $2, response_status = $3, duration_ms = $4, error = $5, lease_until = NULL,
                next_attempt_at = now() + coalesce($6::float8, 0) * interval '1 millisecond'
          WHERE id = $1`,
        [id, taken ? 'delivered' : againInMs === null ? 'failed' : 'pending', status, durationMs, error, againInMs],
      );
      if (taken) {
        await manager.query('UPDATE webhooks SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL', [
          webhookId,
        ]);
      } else await this.noteFailure(manager, webhookId, status === 410);
    });
  }

  /** Newest first. @throws ProblemException `not_found`, `forbidden`, `validation_failed` (cursor) */
  async list(
    principal: Principal,
    clubId: number,
    webhookId: number,
    query: PageQuery,
  ): Promise<{ deliveries: WebhookDeliveryView[]; nextCursor: string | null }> {
    const limit = query.limit ?? DEFAULT_PAGE;
    const before = query.cursor === undefined ? Number.MAX_SAFE_INTEGER : decodeCursor(query.cursor, ['number'])[0];
    await this.webhooks.require(principal, clubId, webhookId);
    const rows = await this.database.query<DeliveryRow[]>(
      'SELECT * FROM webhook_deliveries WHERE webhook_id = $1 AND id < $2::numeric ORDER BY id DESC LIMIT $3',
      [webhookId, before, limit + 1],
    );
    const page = cutPage(rows.map(viewOf), limit, ({ id }) => [id]);
    return { deliveries: page.items, nextCursor: page.next_cursor };
  }

  /** @throws ProblemException `not_found` */
  async view(webhookId: number, id: number): Promise<WebhookDeliveryView> {
    const [row] = await this.database.query<DeliveryRow[]>(
      'SELECT * FROM webhook_deliveries WHERE id = $1 AND webhook_id = $2',
      [id, webhookId],
    );
    if (!row) throw new ProblemException('not_found');
    return viewOf(row);
  }

  /** Sends a message of the log again, with the same id, and as often as a new one. @throws ProblemException `not_found`, `forbidden` */
  async redeliver(
    principal: Principal,
    clubId: number,
    webhookId: number,
    id: number,
    caller: Caller,
  ): Promise<WebhookDeliveryView> {
    await this.webhooks.require(principal, clubId, webhookId);
    await this.database.transaction(async (manager) => {
      const [, found] = await manager.query<[unknown, number]>(
        `UPDATE webhook_deliveries SET status = 'pending', attempts = 0, next_attempt_at = now()
          WHERE id = $1 AND webhook_id = $2`,
        [id, webhookId],
      );
      if (found === 0) throw new ProblemException('not_found');
      const entry = { action: 'webhook.redelivered', clubId, target: `webhook:${webhookId}` } as const;
      await this.audit.record({ ...entry, details: { delivery_id: id }, ...authorOf(principal, caller) }, manager);
    });
    return this.view(webhookId, id);
  }

  /**
   * What waits for a webhook that is switched off will not be sent any more; what waited through an outage of the service will.
   * And what is too old to be looked at goes. @returns how many were forgotten
   */
  async forget(): Promise<number> {
    await this.database.query(
      `UPDATE webhook_deliveries d SET status = 'failed', error = 'The webhook was switched off.', lease_until = NULL
         FROM webhooks w
        WHERE w.id = d.webhook_id AND NOT w.enabled AND d.type <> 'ping' AND d.status = 'pending'
          AND d.next_attempt_at < now() - interval '1 day' AND (d.lease_until IS NULL OR d.lease_until < now())`,
    );
    const [, forgotten] = await this.database.query<[unknown, number]>(
      `DELETE FROM webhook_deliveries WHERE id IN
        (SELECT id FROM webhook_deliveries WHERE created_at < now() - interval '${KEPT_DAYS} days' LIMIT 1000)`,
    );
    return forgotten;
  }

  private async noteFailure(manager: EntityManager, webhookId: number, gone: boolean): Promise<void> {
    const [rows] = await manager.query<[{ club_id: number; enabled: boolean; over: boolean }[], number]>(
      `UPDATE webhooks SET failing_since = coalesce(failing_since, now()) WHERE id = $1
    RETURNING club_id, enabled, failing_since < now() - $2::float8 * interval '1 millisecond' AS over`,
      [webhookId, GIVEN_UP_MS],
    );
    const [webhook] = rows;
    if (!webhook?.enabled || !(webhook.over || gone)) return;
    const because = gone ? 'gone' : 'failing';
    await manager.query('UPDATE webhooks SET enabled = false, disabled_because = $2 WHERE id = $1', [
      webhookId,
      because,
    ]);
    await manager.query(
      `UPDATE webhook_deliveries SET status = 'failed' WHERE webhook_id = $1 AND status = 'pending' AND type <> 'ping'`,
      [webhookId],
    );
    const entry = { action: 'webhook.disabled', clubId: webhook.club_id, target: `webhook:${webhookId}` } as const;
    await this.audit.record({ ...entry, details: { because }, ...BY_SERVICE }, manager);
  }
}

function viewOf(row: DeliveryRow): WebhookDeliveryView {
  const { message_id, type, status, attempts, response_status, duration_ms, error } = row;
  return {
    id: Number(row.id),
    ...{ message_id, type, status, attempts, response_status, duration_ms, error },
    next_attempt_at: status === 'pending' ? row.next_attempt_at.toISOString() : null,
    last_attempt_at: row.last_attempt_at?.toISOString() ?? null,
    body: JSON.parse(row.body) as Record<string, unknown>,
    created_at: row.created_at.toISOString(),
  };
}
