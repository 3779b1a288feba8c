import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccountsService } from '../auth/accounts.service';
import { AuditAction, AuditEntry, AuditService } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { PasswordHasher } from '../auth/password-hasher';
import { passwordFaults } from '../auth/password-rules';
import { Principal } from '../auth/principal';
import { isAdminOf } from '../auth/tenant';
import { UserView, viewOfAccount } from '../auth/user-view';
import { PageQuery } from '../common/pagination';
import { ProblemException } from '../common/problem';
import { ClubsService } from './clubs.service';
import { CreateUserDto, UserListAnswer } from './dto/user.dto';
import { cutIdPage, idPage } from './id-pages';
import { manage, ManagedUser, passwordClubOf, requireGrantable, RIGHTS_LOCK } from './user-rules';

/** A club's people: who they are, and adding one. */
@Injectable()
export class UsersService {
  constructor(
    private readonly database: DataSource,
    private readonly accounts: AccountsService,
    private readonly clubs: ClubsService,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditService,
  ) {}

  /** Those of `userIds` who are members in force of the club. */
  membersAmong(clubId: number, userIds: readonly number[]): Promise<number[]> {
    return this.accounts.membersAmong(clubId, userIds);
  }

  /** @throws ProblemException `not_found`, `forbidden` */
  async list(principal: Principal, clubId: number, query: PageQuery): Promise<UserListAnswer> {
    await this.clubs.require(principal, clubId, 'admin');
    const { after, limit, take } = idPage(query);
    const { items, next } = cutIdPage(await this.accounts.listOfClub(clubId, after, take), limit);
    const users = items.map((account) => viewForAdmin(principal, { account, clubId }));
    return { success: true, users, count: users.length, ...next };
  }

  /** @throws ProblemException `not_found`, `forbidden` */
  async one(principal: Principal, id: number): Promise<UserView> {
    return viewForAdmin(principal, manage(principal, await this.accounts.find(id)));
  }

  /**
   * Adds somebody to a club. A person who has an account becomes a member and nothing else of theirs is touched.
   * @throws ProblemException `not_found`, `forbidden`, `validation_failed` (password), `email_taken` (a member already)
   */
  async add(principal: Principal, clubId: number, dto: CreateUserDto, caller: Caller): Promise<UserView> {
    await this.clubs.require(principal, clubId, 'admin');
    requireGrantable(principal, dto.role);
    const passwordHash = await hashOfNew(this.hasher, dto.password, [dto.email, dto.name]);
    const { email, name, role, disabled } = dto;
    const id = await this.database.transaction(async (manager) => {
      // Or somebody who becomes SUPER_ADMIN at this moment would be one, and in a club.
      await manager.query('SELECT pg_advisory_xact_lock($1)', [RIGHTS_LOCK]);
      const known = await this.accounts.findByEmail(email, manager);
      const member = known?.memberships.some((membership) => membership.clubId === clubId);
      if (known && (known.isSuperAdmin || member || role === 'SUPER_ADMIN')) throw new ProblemException('email_taken');
      const isSuperAdmin = role === 'SUPER_ADMIN';
      const passwordClubId = passwordClubOf(principal, clubId);
      const account = { email, name, passwordHash, passwordClubId, isSuperAdmin };
      const userId = known?.id ?? (await this.accounts.create(account, manager));
      if (role === 'SUPER_ADMIN') {
        if (disabled === true) await this.accounts.update(userId, { disabled }, manager);
      } else {
        await this.accounts.setMembership(userId, clubId, { role, disabled }, manager);
      }
      const action: AuditAction = known ? 'user.added' : 'user.created';
      await this.audit.record(entryOf(action, principal, clubId, userId, caller, { role }), manager);
      return userId;
    });
    const account = await this.accounts.find(id);
    if (account === null) throw new ProblemException('not_found');
    return viewForAdmin(principal, { account, clubId });
  }
}

/** Somebody as an admin sees them: a club's admin does not learn of other clubs. */
export function viewForAdmin(principal: Principal, { account, clubId }: ManagedUser): UserView {
  return viewOfAccount(account, clubId, (id) => isAdminOf(principal, id));
}

/**
 * The hash of a password somebody is given; `null` for none.
 * @throws ProblemException `validation_failed`
 */
export async function hashOfNew(
  hasher: PasswordHasher,
  password: string | undefined,
  known: readonly string[],
): Promise<string | null> {
  if (password === undefined) return null;
  const errors = passwordFaults(password, 'password', known);
  if (errors.length > 0) throw new ProblemException('validation_failed', undefined, { errors });
  return hasher.hash(password);
}

/** A line of the audit trail on somebody. */
export function entryOf(
  action: AuditAction,
  principal: Principal,
  clubId: number | null,
  userId: number,
  caller: Caller,
  details?: AuditEntry['details'],
): AuditEntry {
  return { action, actorId: principal.userId, clubId, target: `user:${userId}`, ip: caller.ip, details };
}
