import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { violatedUnique } from '../common/database-error';
import { ProblemException } from '../common/problem';
import { REACHED } from './password-club';
import { ClubRole } from './principal';

export interface AccountMembership {
  readonly clubId: number;
  readonly role: ClubRole;
  readonly disabled: boolean;
  /** A sign-in with the person's password reaches it: see `password-club.ts`. */
  readonly reached: boolean;
}

/** A person's account as it is kept, without the password. Memberships of deleted clubs are left out. */
export interface Account {
  readonly id: number;
  readonly email: string;
  readonly name: string;
  readonly isSuperAdmin: boolean;
  /** Disabled everywhere; a membership can be disabled alone. */
  readonly disabled: boolean;
  /** The club whose CLUB_ADMIN set the password; `null`: the person chose it, a SUPER_ADMIN set it, or there is none. */
  readonly passwordClubId: number | null;
  readonly memberships: readonly AccountMembership[];
}

export interface NewAccount {
  /** Lower case. */
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string | null;
  /** See {@link Account.passwordClubId}; left out: `null`. */
  readonly passwordClubId?: number | null;
  readonly isSuperAdmin?: boolean;
}

export interface NewPassword {
  readonly hash: string;
  /** See {@link Account.passwordClubId}. */
  readonly clubId: number | null;
}

export interface AccountChanges {
  readonly email?: string;
  readonly name?: string;
  readonly password?: NewPassword;
  readonly isSuperAdmin?: boolean;
  readonly disabled?: boolean;
}

/** How a member is named: by number, or by e-mail address. */
export type MemberKey = { readonly id: number } | { readonly email: string };

const SELECT = `
  SELECT u.id, u.email, u.name, u.is_super_admin AS "isSuperAdmin", u.disabled_at IS NOT NULL AS disabled,
         u.password_club_id AS "passwordClubId",
         coalesce((
           SELECT json_agg(json_build_object('clubId', m.club_id, 'role', m.role, 'disabled', m.disabled_at IS NOT NULL,
                                             'reached', ${REACHED})
                           ORDER BY m.club_id)
           FROM memberships m JOIN clubs c ON c.id = m.club_id AND c.deleted_at IS NULL
           WHERE m.user_id = u.id
         ), '[]') AS memberships
  FROM users u`;

/** One spelling for each address; what stands before the `@` is not case-sensitive anywhere people get mail. */
export function normalizeEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** Accounts and memberships as rows. It holds no rule on who may do what; that is the callers' work. */
@Injectable()
export class AccountsService {
  constructor(private readonly database: DataSource) {}

  async find(id: number, manager = this.database.manager): Promise<Account | null> {
    const rows = await manager.query<Account[]>(`${SELECT} WHERE u.id = $1 AND u.deleted_at IS NULL`, [id]);
    return rows[0] ?? null;
  }

  async findByEmail(email: string, manager = this.database.manager): Promise<Account | null> {
    const rows = await manager.query<Account[]>(`${SELECT} WHERE u.email = $1 AND u.deleted_at IS NULL`, [
      normalizeEmail(email),
    ]);
    return rows[0] ?? null;
  }

  /** The stored hash; `null` where the account has no password, or does not exist. */
  async passwordHash(id: number, manager = this.database.manager): Promise<string | null> {
    const [row] = await manager.query<{ password_hash: string | null }[]>(
      'SELECT password_hash FROM users WHERE id = $1 AND deleted_at IS NULL',
      [id],
    );
    return row?.password_hash ?? null;
  }

  /** The same password under today's costs. @returns false: it was changed in between */
  async rehash(id: number, from: string, to: string): Promise<boolean> {
    const [, count] = await this.database.query<[unknown, number]>(
      'UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2',
      [id, from, to],
    );
    return count > 0;
  }

  /** Members of a club by id. @param after id of the last one of the page before, or 0 */
  listOfClub(clubId: number, after: number, limit: number): Promise<Account[]> {
    return this.database.query<Account[]>(
      `${SELECT} JOIN memberships own ON own.user_id = u.id AND own.club_id = $1
       WHERE u.deleted_at IS NULL AND u.id > $2 ORDER BY u.id LIMIT $3`,
      [clubId, after, limit],
    );
  }

  /** Those of `userIds` who are members in force of the club. */
  async membersAmong(clubId: number, userIds: readonly number[]): Promise<number[]> {
    if (userIds.length === 0) return [];
    const rows = await this.database.query<{ user_id: number }[]>(
      `SELECT m.user_id FROM memberships m JOIN users u ON u.id = m.user_id
       WHERE m.club_id = $1 AND m.user_id = ANY($2::integer[]) AND m.disabled_at IS NULL
         AND u.disabled_at IS NULL AND u.deleted_at IS NULL`,
      [clubId, userIds],
    );
    return rows.map((row) => row.user_id);
  }

  /**
   * A member in force of the club, whose membership stays until the transaction ends.
   * @returns their number; `null` for anybody else, known or not: one query, so that no time tells which
   */
  async holdMember(clubId: number, member: MemberKey, manager: EntityManager): Promise<number | null> {
    const [column, value] = 'id' in member ? ['id', member.id] : ['email', normalizeEmail(member.email)];
    const rows = await manager.query<{ id: number }[]>(
      `SELECT u.id FROM memberships m JOIN users u ON u.id = m.user_id JOIN clubs c ON c.id = m.club_id
       WHERE m.club_id = $1 AND u.${column} = $2 AND m.disabled_at IS NULL AND u.disabled_at IS NULL
         AND u.deleted_at IS NULL AND c.deleted_at IS NULL
       FOR SHARE OF m`,
      [clubId, value],
    );
    return rows[0]?.id ?? null;
  }

  async isEmpty(manager = this.database.manager): Promise<boolean> {
    const [row] = await manager.query<{ some: boolean }[]>('SELECT EXISTS (SELECT FROM users) AS some');
    return row?.some !== true;
  }

  /** @throws ProblemException `email_taken` */
  async create(account: NewAccount, manager = this.database.manager): Promise<number> {
    const [row] = await takenAddress(() =>
      manager.query<{ id: number }[]>(
        `INSERT INTO users (email, name, password_hash, is_super_admin, password_club_id)
         VALUES ($1, $2, $3, $4, CASE WHEN $3::text IS NOT NULL THEN $5::integer END) RETURNING id`,
        [
          normalizeEmail(account.email),
          account.name,
          account.passwordHash,
          account.isSuperAdmin ?? false,
          account.passwordClubId ?? null,
        ],
      ),
    );
    return (row as { id: number }).id;
  }

  /** Changes what is given. @throws ProblemException `email_taken` */
  async update(id: number, changes: AccountChanges, manager: EntityManager): Promise<void> {
    const { email, name, password, isSuperAdmin, disabled } = changes;
    await takenAddress(() =>
      manager.query(
        `UPDATE users SET
           email = coalesce($2, email), name = coalesce($3, name), password_hash = coalesce($4, password_hash),
           password_club_id = CASE WHEN $4::text IS NULL THEN password_club_id ELSE $7::integer END,
           password_changed_at = CASE WHEN $4::text IS NULL THEN password_changed_at ELSE now() END,
           is_super_admin = coalesce($5, is_super_admin),
           disabled_at = CASE $6::boolean WHEN true THEN coalesce(disabled_at, now()) WHEN false THEN NULL
                              ELSE disabled_at END,
           updated_at = now()
         WHERE id = $1 AND deleted_at IS NULL`,
        [
          id,
          email === undefined ? null : normalizeEmail(email),
          name ?? null,
          password?.hash ?? null,
          isSuperAdmin ?? null,
          disabled ?? null,
          password?.clubId ?? null,
        ],
      ),
    );
  }

  /** Makes the person a member, or changes what they are in the club. */
  async setMembership(
    userId: number,
    clubId: number,
    change: { role?: ClubRole; disabled?: boolean },
    manager: EntityManager,
  ): Promise<void> {
    await manager.query(
      `INSERT INTO memberships (user_id, club_id, role, disabled_at)
       VALUES ($1, $2, coalesce($3, 'PLAYER'), CASE WHEN $4::boolean THEN now() END)
       ON CONFLICT (user_id, club_id) DO UPDATE SET
         role = coalesce($3, memberships.role),
         disabled_at = CASE $4::boolean WHEN true THEN coalesce(memberships.disabled_at, now()) WHEN false THEN NULL
                                        ELSE memberships.disabled_at END`,
      [userId, clubId, change.role ?? null, change.disabled ?? null],
    );
  }

  /** Ends one membership, or all of them. */
  async removeMemberships(userId: number, clubId: number | null, manager: EntityManager): Promise<void> {
    await manager.query('DELETE FROM memberships WHERE user_id = $1 AND ($2::integer IS NULL OR club_id = $2)', [
      userId,
      clubId,
    ]);
  }

  async countSuperAdmins(manager: EntityManager): Promise<number> {
    const [row] = await manager.query<{ count: number }[]>(
      'SELECT count(*)::int AS count FROM users WHERE is_super_admin AND disabled_at IS NULL AND deleted_at IS NULL',
    );
    return row?.count ?? 0;
  }

  /** The account is gone, and with it everything that says whose it was. */
  async erase(id: number, manager: EntityManager): Promise<void> {
    await manager.query(
      `UPDATE users SET deleted_at = now(), updated_at = now(), password_hash = NULL, password_club_id = NULL,
         is_super_admin = false, name = 'Erased', email = 'erased-' || id || '@erased.invalid'
       WHERE id = $1`,
      [id],
    );
  }

  /** The account is gone for everybody; its rows stay for what points at them, its address is free. */
  async softDelete(id: number, manager: EntityManager): Promise<void> {
    await manager.query(
      `UPDATE users SET deleted_at = now(), updated_at = now(), password_hash = NULL, password_club_id = NULL
       WHERE id = $1 AND deleted_at IS NULL`,
      [id],
    );
  }
}

async function takenAddress<T>(query: () => Promise<T>): Promise<T> {
  try {
    return await query();
  } catch (error) {
    if (violatedUnique(error) === 'users_email_key') throw new ProblemException('email_taken');
    throw error;
  }
}
