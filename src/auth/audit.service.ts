import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { Caller } from './caller';
import { Principal } from './principal';

/** What the trail keeps. `<room>.<what happened>`; adding one is fine, renaming is not. */
export type AuditAction =
  | 'auth.signed_in'
  | 'auth.sign_in_failed'
  | 'auth.signed_out'
  | 'auth.token_reused'
  | 'auth.password_changed'
  | 'auth.club_switched'
  | 'auth.sign_in_revoked'
  | 'auth.reset_asked'
  | 'auth.password_reset'
  | `invitation.${'created' | 'withdrawn' | 'accepted'}`
  | `registration.${'asked' | 'confirmed'}`
  | `club.${'created' | 'changed' | 'deleted'}`
  | `court.${'created' | 'changed' | 'deleted'}`
  | `camera.${'added' | 'changed' | 'removed' | 'tested' | 'searched'}`
  | `user.${'created' | 'added' | 'changed' | 'removed' | 'deleted' | 'erased'}`
  | `session.${string}`
  | `recording.${string}`
  | `video.${string}`
  | `marker.${'created' | 'changed' | 'deleted'}`
  | `court.button_key_${'made' | 'removed'}`
  | `highlight.${'created' | 'changed' | 'deleted'}`
  | `booking.${'created' | 'changed' | 'cancelled' | 'started' | 'done' | 'missed' | 'failed'}`
  | `webhook.${'created' | 'changed' | 'rotated' | 'deleted' | 'pinged' | 'redelivered' | 'disabled'}`
  | `calendar.${'set' | 'removed'}`
  | `storage.${'set' | 'removed' | 'tested'}`
  | `share.${'created' | 'revoked'}`
  | 'job.cancelled'
  | 'maintenance.clean_up'
  | 'audit.exported';

/** Who does something, and from where. */
export interface Author {
  /** `null`: the service itself. */
  readonly actorId: number | null;
  readonly ip: string | null;
}

/** What is done by the clock, or because somebody or something is gone. */
export const BY_SERVICE: Author = { actorId: null, ip: null };

export function authorOf(principal: Principal, caller: Caller): Author {
  return { actorId: principal.userId, ip: caller.ip };
}

export interface AuditEntry {
  readonly action: AuditAction;
  /** Who did it; `null` for nobody known, or the service itself. */
  readonly actorId: number | null;
  readonly clubId?: number | null;
  /** What it was done to: `user:12`, `court:3`. */
  readonly target?: string | null;
  readonly ip?: string | null;
  /** Facts, never secrets: names of changed fields, not passwords or camera URLs. */
  readonly details?: Readonly<Record<string, string | number | boolean | null | readonly (string | number)[]>>;
}

/** The audit trail: who did what to whom, when, from where. Written, never changed. */
@Injectable()
export class AuditService {
  constructor(private readonly database: DataSource) {}

  /** @param manager of the transaction the deed belongs to, so that there is no deed without its line */
  async record(entry: AuditEntry, manager: EntityManager = this.database.manager): Promise<void> {
    await manager.query(
      'INSERT INTO audit_log (actor_id, club_id, action, target, ip, details) VALUES ($1, $2, $3, $4, $5, $6)',
      [
        entry.actorId,
        entry.clubId ?? null,
        entry.action,
        entry.target ?? null,
        entry.ip ?? null,
        JSON.stringify(entry.details ?? {}),
      ],
    );
  }
}
