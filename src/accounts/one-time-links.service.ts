import { Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { DataSource, EntityManager } from 'typeorm';
import { ClubRole } from '../auth/principal';
import { newToken, tokenHash } from '../auth/token-text';
import { ProblemException } from '../common/problem';
import { deleteInSteps } from '../database/delete-in-steps';
import { AUTHOR_STILL_MAY } from './link-author';

export type LinkKind = 'invitation' | 'registration' | 'password_reset';

/** How long a link is good. */
const LIFE = { invitation: '7 days', registration: '1 day', password_reset: '1 hour' } as const;

/** What a link stands for. Which fields are there is the kind's: the table's CHECK has it. */
export interface Link {
  readonly id: number;
  readonly email: string;
  readonly name: string | null;
  readonly clubId: number | null;
  readonly role: ClubRole | null;
  readonly userId: number | null;
}

/** A link as it was made: this is the only time its token is known. */
export interface IssuedLink {
  readonly id: number;
  readonly token: string;
  readonly expiresAt: Date;
}

export interface PendingInvitation {
  readonly id: number;
  readonly email: string;
  readonly name: string | null;
  readonly role: ClubRole;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface Invitation {
  readonly clubId: number;
  readonly email: string;
  readonly name: string | null;
  readonly role: ClubRole;
  readonly createdBy: number;
}

export interface Registration {
  readonly clubId: number;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
}

export interface PasswordReset {
  readonly userId: number;
  readonly email: string;
  /** The admin it comes from; `null`: the person asked. */
  readonly createdBy: number | null;
}

/** First half of the keys under which an address comes to an account ("PDLN"). */
const ADDRESS_LOCK = 0x50444c4e;

const FIELDS = 'l.id, l.email, l.name, l.club_id AS "clubId", l.role, l.user_id AS "userId"';

/**
 * $1: the kind, $2: the token's hash. Besides unused and in time, a link is only as good as what it leads to: a club that is
 * there (and still open to players, where they registered themselves), a person who has kept address and password since.
 */
const GOOD = `
  l.kind = $1 AND l.hash = $2 AND l.used_at IS NULL AND l.expires_at > now()
  AND (l.club_id IS NULL OR EXISTS (
    SELECT FROM clubs c WHERE c.id = l.club_id AND c.deleted_at IS NULL
      AND (l.kind <> 'registration' OR c.registration_open)))
  AND (l.user_id IS NULL OR EXISTS (
    SELECT FROM users u WHERE u.id = l.user_id AND u.deleted_at IS NULL AND u.disabled_at IS NULL
      AND u.email = l.email AND u.password_changed_at <= l.created_at))
  AND ${AUTHOR_STILL_MAY}`;

/**
 * Links that are good once: who holds the token may do what the row says. Only the token's hash is kept, and the one UPDATE
 * of {@link use} decides who was first.
 */
@Injectable()
export class OneTimeLinks {
  constructor(private readonly database: DataSource) {}

  /** Makes an invitation, in place of the one that is pending for this address and club. */
  async invite({ clubId, email, name, role, createdBy }: Invitation, manager: EntityManager): Promise<IssuedLink> {
    return this.issue(
      `INSERT INTO one_time_links (kind, hash, expires_at, club_id, email, name, role, created_by)
       VALUES ('invitation', $1, now() + $2::interval, $3, $4, $5, $6, $7)
       ON CONFLICT (club_id, email) WHERE kind = 'invitation' AND used_at IS NULL DO UPDATE SET
         hash = excluded.hash, expires_at = excluded.expires_at, name = excluded.name, role = excluded.role,
         created_by = excluded.created_by, created_at = now()`,
      [LIFE.invitation, clubId, email, name, role, createdBy],
      manager,
    );
  }

  async register({ clubId, email, name, passwordHash }: Registration, manager: EntityManager): Promise<IssuedLink> {
    return this.issue(
      `INSERT INTO one_time_links (kind, hash, expires_at, club_id, email, name, password_hash, role)
       VALUES ('registration', $1, now() + $2::interval, $3, $4, $5, $6, 'PLAYER')`,
      [LIFE.registration, clubId, email, name, passwordHash],
      manager,
    );
  }

  async reset({ userId, email, createdBy }: PasswordReset, manager: EntityManager): Promise<IssuedLink> {
    return this.issue(
      `INSERT INTO one_time_links (kind, hash, expires_at, user_id, email, created_by)
       VALUES ('password_reset', $1, now() + $2::interval, $3, $4, $5)`,
      [LIFE.password_reset, userId, email, createdBy],
      manager,
    );
  }

  /**
   * What a token stands for, without using it.
   * @throws ProblemException `link_invalid`, whatever is wrong with it
   */
  async look(kind: LinkKind, token: string): Promise<Link & { readonly passwordHash: string | null }> {
    const [link] = await this.database.query<(Link & { passwordHash: string | null })[]>(
      `SELECT ${FIELDS}, l.password_hash AS "passwordHash" FROM one_time_links l WHERE ${GOOD}`,
      [kind, tokenHash(token)],
    );
    if (!link) throw new ProblemException('link_invalid');
    return link;
  }

  /**
   * One after another for each address, to the end of the transaction: each account that comes about voids the address's
   * other links, and two at once would wait for each other. To be called before {@link use}.
   */
  async lockAddress(email: string, manager: EntityManager): Promise<void> {
    await manager.query('SELECT pg_advisory_xact_lock($1::integer, hashtext($2))', [ADDRESS_LOCK, email]);
  }

  /**
   * Uses a token up: of any number at once one gets through.
   * @throws ProblemException `link_invalid`
   */
  async use(kind: LinkKind, token: string, manager: EntityManager): Promise<Link> {
    const [[link]] = await manager.query<[Link[], number]>(
      `UPDATE one_time_links l SET used_at = now(), password_hash = NULL WHERE ${GOOD} RETURNING ${FIELDS}`,
      [kind, tokenHash(token)],
    );
    if (!link) throw new ProblemException('link_invalid');
    return link;
  }

  /** Invitations that may still be accepted, by id. @param after id of the last one of the page before, or 0 */
  pending(clubId: number, after: number, limit: number): Promise<PendingInvitation[]> {
    return this.database.query<PendingInvitation[]>(
      `SELECT id, email, name, role, created_at AS "createdAt", expires_at AS "expiresAt" FROM one_time_links
       WHERE kind = 'invitation' AND club_id = $1 AND used_at IS NULL AND expires_at > now() AND id > $2
       ORDER BY id LIMIT $3`,
      [clubId, after, limit],
    );
  }

  /** Takes an invitation back. @returns whether one was pending under this id */
  async withdraw(clubId: number, id: number, manager: EntityManager): Promise<boolean> {
    const [links] = await manager.query<[unknown[], number]>(
      `DELETE FROM one_time_links WHERE kind = 'invitation' AND club_id = $1 AND id = $2 AND used_at IS NULL
         AND expires_at > now() RETURNING id`,
      [clubId, id],
    );
    return links.length > 0;
  }

  /** Takes back a link that reached nobody, unless another took its place meanwhile. */
  async takeBack({ id, token }: IssuedLink): Promise<void> {
    await this.database.query('DELETE FROM one_time_links WHERE id = $1 AND hash = $2 AND used_at IS NULL', [
      id,
      tokenHash(token),
    ]);
  }

  /** Ends a person's other password links. */
  async voidResets(userId: number, manager: EntityManager): Promise<void> {
    await manager.query(
      "DELETE FROM one_time_links WHERE kind = 'password_reset' AND user_id = $1 AND used_at IS NULL",
      [userId],
    );
  }

  /** Ends the other confirmations of an address: it has its account. @returns how many were still good */
  async voidRegistrations(email: string, manager: EntityManager): Promise<number> {
    const [links] = await manager.query<[{ pending: boolean }[], number]>(
      `DELETE FROM one_time_links WHERE kind = 'registration' AND email = $1 AND used_at IS NULL
       RETURNING expires_at > now() AS pending`,
      [email],
    );
    return links.filter(({ pending }) => pending).length;
  }

  /** Forgets links a day after they were used or ran out. */
  @Cron('41 4 * * *', { name: 'one-time-links.prune', waitForCompletion: true })
  async prune(): Promise<void> {
    await deleteInSteps(this.database, 'one_time_links', "least(expires_at, used_at) < now() - interval '1 day'");
  }

  /** @param sql its first two parameters are the token's hash and how long it is good */
  private async issue(sql: string, [life, ...rest]: unknown[], manager: EntityManager): Promise<IssuedLink> {
    const token = newToken();
    const [row] = await manager.query<{ id: number; expiresAt: Date }[]>(
      `${sql} RETURNING id, expires_at AS "expiresAt"`,
      [tokenHash(token), life, ...rest],
    );
    return { ...(row as { id: number; expiresAt: Date }), token };
  }
}
