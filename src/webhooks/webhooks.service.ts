import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { AuditEntry, AuditService } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { Principal } from '../auth/principal';
import { ClubsService } from '../clubs/clubs.service';
import { ProblemException } from '../common/problem';
import { SecretBox } from '../common/secret-box';
import { OutgoingHttp } from '../proxy/outgoing-http';
import { originOf } from '../proxy/outgoing-origin';
import { ChangeWebhookDto, CreateWebhookDto, WebhookView } from './dto/webhooks.dto';
import { WebhookOutbox } from './webhook-outbox.service';
import { ownerOfWebhook, viewOfWebhook, WebhookRow } from './webhook-row';
import { sealWebhook } from './webhook-seals';
import { newWebhookSecret } from './webhook-signature';

/** Of a club: each is told everything anew. */
export const MOST_WEBHOOKS = 10;
/** After a rotation the secret of before signs too, until receivers have the new one. */
const OLD_SECRET = `interval '24 hours'`;

type Deed = 'created' | 'changed' | 'rotated' | 'deleted' | 'pinged';

/** Whom a club lets be told of what happens in it: its admins' affair. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly database: DataSource,
    private readonly clubs: ClubsService,
    private readonly box: SecretBox,
    private readonly http: OutgoingHttp,
    private readonly outbox: WebhookOutbox,
    private readonly audit: AuditService,
  ) {}

  /** @throws ProblemException `not_found`, `forbidden`, `url_forbidden`, `webhook_limit` */
  async create(
    principal: Principal,
    clubId: number,
    dto: CreateWebhookDto,
    caller: Caller,
  ): Promise<{ webhook: WebhookView; secret: string }> {
    const { cameraNetworks } = await this.clubs.require(principal, clubId, 'admin');
    const origin = originOf(this.http, dto.url, cameraNetworks);
    const secret = newWebhookSecret();
    const row = await this.database.transaction(async (manager) => {
      // Of any number of calls at once none gets past the limit.
      await manager.query('SELECT FROM clubs WHERE id = $1 FOR NO KEY UPDATE', [clubId]);
      const [known] = await manager.query<{ count: number }[]>(
        'SELECT count(*)::integer AS count FROM webhooks WHERE club_id = $1',
        [clubId],
      );
      if ((known?.count ?? 0) >= MOST_WEBHOOKS) throw new ProblemException('webhook_limit');
      const [drawn] = await manager.query<{ id: number }[]>(
        "SELECT nextval(pg_get_serial_sequence('webhooks', 'id'))::integer AS id",
      );
      const { id } = drawn as { id: number };
      const owner = ownerOfWebhook(id);
      const [made] = await manager.query<WebhookRow[]>(
        `INSERT INTO webhooks (id, club_id, url_sealed, origin, secret_sealed, key_id, events, description, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING *`,
        [
          ...[id, clubId, this.box.seal(dto.url, owner), origin, this.box.seal(secret, owner), this.box.keyId],
          ...[dto.events, dto.description ?? null, principal.userId],
        ],
      );
      await this.note('created', principal, clubId, id, caller, manager, { origin, events: dto.events });
      return made as WebhookRow;
    });
    return { webhook: viewOfWebhook(row), secret };
  }

  /** @throws ProblemException `not_found`, `forbidden` */
  async list(principal: Principal, clubId: number): Promise<WebhookView[]> {
    await this.clubs.require(principal, clubId, 'admin');
    const rows = await this.database.query<WebhookRow[]>('SELECT * FROM webhooks WHERE club_id = $1 ORDER BY id', [
      clubId,
    ]);
    return rows.map(viewOfWebhook);
  }

  /** @throws ProblemException `not_found`, `forbidden` */
  async require(principal: Principal, clubId: number, id: number): Promise<WebhookRow> {
    await this.clubs.require(principal, clubId, 'admin');
    const [row] = await this.database.query<WebhookRow[]>('SELECT * FROM webhooks WHERE id = $1 AND club_id = $2', [
      id,
      clubId,
    ]);
    if (!row) throw new ProblemException('not_found');
    return row;
  }

  /** Switching it on begins anew. @throws ProblemException `not_found`, `forbidden`, `url_forbidden` */
  async change(
    principal: Principal,
    clubId: number,
    id: number,
    dto: ChangeWebhookDto,
    caller: Caller,
  ): Promise<WebhookView> {
    await this.require(principal, clubId, id);
    const { cameraNetworks } = await this.clubs.require(principal, clubId, 'admin');
    const origin = dto.url === undefined ? null : originOf(this.http, dto.url, cameraNetworks);
    const row = await this.database.transaction(async (manager) => {
      const locked = await this.hold(manager, id);
      const seals = dto.url === undefined ? locked : sealWebhook(this.box, locked, { url: dto.url });
      const [rows] = await manager.query<[WebhookRow[], number]>(
        `UPDATE webhooks
            SET origin = coalesce($2, origin), events = coalesce($3, events),
                description = CASE WHEN $4 THEN $5 ELSE description END, enabled = coalesce($6, enabled),
                disabled_because = CASE WHEN $6 IS NULL THEN disabled_because END,
                failing_since = CASE WHEN $6 IS NULL AND $2 IS NULL THEN failing_since END,
                url_sealed = $7, secret_sealed = $8, old_secret_sealed = $9, key_id = $10
          WHERE id = $1 RETURNING *`,
        [
          ...[id, origin, dto.events ?? null],
          ...[dto.description !== undefined, dto.description ?? null, dto.enabled ?? null],
          ...[seals.url_sealed, seals.secret_sealed, seals.old_secret_sealed, seals.key_id],
        ],
      );
      await this.note('changed', principal, clubId, id, caller, manager, { fields: Object.keys(dto) });
      return rows[0] as WebhookRow;
    });
    return viewOfWebhook(row);
  }

  /** @throws ProblemException `not_found`, `forbidden` */
  async rotate(
    principal: Principal,
    clubId: number,
    id: number,
    caller: Caller,
  ): Promise<{ webhook: WebhookView; secret: string }> {
    await this.require(principal, clubId, id);
    const secret = newWebhookSecret();
    const row = await this.database.transaction(async (manager) => {
      const seals = sealWebhook(this.box, await this.hold(manager, id), { secret });
      const [rows] = await manager.query<[WebhookRow[], number]>(
        `UPDATE webhooks SET old_secret_until = now() + ${OLD_SECRET},
                url_sealed = $2, secret_sealed = $3, old_secret_sealed = $4, key_id = $5
          WHERE id = $1 RETURNING *`,
        [id, seals.url_sealed, seals.secret_sealed, seals.old_secret_sealed, seals.key_id],
      );
      await this.note('rotated', principal, clubId, id, caller, manager);
      return rows[0] as WebhookRow;
    });
    return { webhook: viewOfWebhook(row), secret };
  }

  /** With its log. @throws ProblemException `not_found`, `forbidden` */
  async delete(principal: Principal, clubId: number, id: number, caller: Caller): Promise<void> {
    const { origin } = await this.require(principal, clubId, id);
    await this.database.transaction(async (manager) => {
      await manager.query('DELETE FROM webhooks WHERE id = $1', [id]);
      await this.note('deleted', principal, clubId, id, caller, manager, { origin });
    });
  }

  /**
   * Sends it a message that says nothing; one that waits is sent now, and there is no other.
   * @returns the delivery's id
   * @throws ProblemException `not_found`, `forbidden`
   */
  async ping(principal: Principal, clubId: number, id: number, caller: Caller): Promise<number> {
    await this.require(principal, clubId, id);
    const [messageId, body] = this.outbox.message(clubId, 'ping', { webhook_id: id });
    return this.database.transaction(async (manager) => {
      await this.note('pinged', principal, clubId, id, caller, manager);
      // Message before webhook, as what came of one is entered.
      const waits = `webhook_id = $1 AND type = 'ping' AND status = 'pending'`;
      const [waiting] = await manager.query<[{ id: string }[], number]>(
        `UPDATE webhook_deliveries SET next_attempt_at = least(next_attempt_at, now()) WHERE ${waits} RETURNING id`,
        [id],
      );
      if (waiting[0]) return Number(waiting[0].id);
      // Of any number of calls at once one makes it.
      await manager.query('SELECT FROM webhooks WHERE id = $1 FOR NO KEY UPDATE', [id]);
      const [known] = await manager.query<{ id: string }[]>(`SELECT id FROM webhook_deliveries WHERE ${waits}`, [id]);
      if (known) return Number(known.id);
      const [row] = await manager.query<{ id: string }[]>(
        `INSERT INTO webhook_deliveries (webhook_id, message_id, type, body) VALUES ($1, $2, 'ping', $3) RETURNING id`,
        [id, messageId, body],
      );
      return Number(row?.id);
    });
  }

  /** @throws ProblemException `not_found` */
  private async hold(manager: EntityManager, id: number): Promise<WebhookRow> {
    const [row] = await manager.query<WebhookRow[]>('SELECT * FROM webhooks WHERE id = $1 FOR UPDATE', [id]);
    if (!row) throw new ProblemException('not_found');
    return row;
  }

  private note(
    deed: Deed,
    principal: Principal,
    clubId: number,
    id: number,
    { ip }: Caller,
    manager: EntityManager,
    details?: AuditEntry['details'],
  ): Promise<void> {
    const entry = { actorId: principal.userId, clubId, target: `webhook:${id}`, ip, details };
    return this.audit.record({ action: `webhook.${deed}`, ...entry }, manager);
  }
}
