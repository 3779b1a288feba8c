import { WebhookView } from './dto/webhooks.dto';

/** A row of `webhooks`, as the driver gives it. */
export interface WebhookRow {
  readonly id: number;
  readonly club_id: number;
  readonly url_sealed: string;
  readonly origin: string;
  readonly secret_sealed: string;
  readonly old_secret_sealed: string | null;
  readonly old_secret_until: Date | null;
  /** Of all that is sealed. */
  readonly key_id: string;
  readonly events: WebhookView['events'];
  readonly description: string | null;
  readonly enabled: boolean;
  readonly disabled_because: WebhookView['disabled_because'];
  readonly failing_since: Date | null;
  readonly created_at: Date;
}

/** What a webhook's sealed texts are bound to: copied to another row, they do not open. */
export function ownerOfWebhook(id: number): string {
  return `webhook:${id}`;
}

export function viewOfWebhook(row: WebhookRow): WebhookView {
  const { id, club_id, origin, events, description, enabled, disabled_because } = row;
  return {
    ...{ id, club_id, origin, events, description, enabled, disabled_because },
    failing_since: row.failing_since?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  };
}
