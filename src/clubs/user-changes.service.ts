import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { Account, AccountsService } from '../auth/accounts.service';
import { AuditService } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { PasswordHasher } from '../auth/password-hasher';
import { Principal } from '../auth/principal';
import { PrincipalsService } from '../auth/principals.service';
import { RevokeReason, SignInsService } from '../auth/sign-ins.service';
import { isAdminOf } from '../auth/tenant';
import { UserView } from '../auth/user-view';
import { ProblemException } from '../common/problem';
import { CourtUsageProvider } from './court-usage.provider';
import { UpdateUserDto } from './dto/user.dto';
import {
  manage,
  ManagedUser,
  passwordClubOf,
  requireGrantable,
  requireOther,
  requireWholeAccount,
  RIGHTS_LOCK,
} from './user-rules';
import { entryOf, hashOfNew, viewForAdmin } from './users.service';

/**
 * Changes people and takes them out of clubs. Changes of rights happen one after another, each after another look at
 * whether its author still may: two admins who remove each other at the same moment are not both gone.
 */
@Injectable()
export class UserChangesService {
  constructor(
    private readonly database: DataSource,
    private readonly accounts: AccountsService,
    private readonly principals: PrincipalsService,
    private readonly signIns: SignInsService,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditService,
    private readonly usage: CourtUsageProvider,
  ) {}

  /**
   * @throws ProblemException `not_found`, `forbidden`, `validation_failed`, `own_account`, `email_taken`
   */
  async update(principal: Principal, id: number, dto: UpdateUserDto, caller: Caller): Promise<UserView> {
    const seen = manage(principal, await this.accounts.find(id), dto.club_id);
    this.checkIdentity(principal, seen, dto);
    const { email, name } = seen.account;
    const hash = await hashOfNew(this.hasher, dto.password, [dto.email ?? email, dto.name ?? name]);
    return this.withRights(principal, async (manager, author) => {
      const user = manage(author, await this.accounts.find(id, manager), dto.club_id);
      this.checkIdentity(author, user, dto);
      const password = hash === null ? undefined : { hash, clubId: passwordClubOf(author, user.clubId) };
      await this.accounts.update(id, { email: dto.email, name: dto.name, password }, manager);
      if (hash !== null) await this.signIns.revokeUser(id, 'password_changed', {}, manager);
      if (dto.role !== undefined) await this.changeRole(author, user, dto, manager);
      if (dto.disabled !== undefined) await this.changeDisabled(author, user, dto.disabled, manager);
      const details = { fields: Object.keys(dto), ...roleChange(user, dto) };
      await this.audit.record(entryOf('user.changed', author, user.clubId, id, caller, details), manager);
      const changed = await this.accounts.find(id, manager);
      return viewForAdmin(author, { account: changed as Account, clubId: user.clubId });
    });
  }

  /**
   * By a club's admin: ends the membership in their club, and the account with the last one. By a SUPER_ADMIN: deletes
   * the account, or with `clubId` ends that membership.
   * @throws ProblemException `not_found`, `forbidden`, `own_account`, `in_use` while they own an open session
   */
  async remove(principal: Principal, id: number, clubId: number | undefined, caller: Caller): Promise<void> {
    await this.withRights(principal, async (manager, author) => {
      const user = manage(author, await this.accounts.find(id, manager), clubId);
      requireOther(author, user.account);
      const whole = author.role === 'SUPER_ADMIN' && clubId === undefined;
      const last = !user.account.isSuperAdmin && user.account.memberships.length <= 1;
      const scope = whole || last ? null : user.clubId;
      if (await this.usage.get().hasOpenSessionOf(id, scope)) {
        throw new ProblemException('in_use', 'They have an open session: close it first.');
      }
      await this.accounts.removeMemberships(id, scope, manager);
      if (scope === null) await this.accounts.softDelete(id, manager);
      await this.signIns.revokeUser(id, 'removed', scope === null ? {} : { clubId: scope }, manager);
      const action = scope === null ? 'user.deleted' : 'user.removed';
      await this.audit.record(entryOf(action, author, user.clubId, id, caller), manager);
    });
  }

  private checkIdentity(principal: Principal, { account }: ManagedUser, dto: UpdateUserDto): void {
    if (dto.role !== undefined) requireGrantable(principal, dto.role);
    if (dto.email !== undefined || dto.name !== undefined || dto.password !== undefined) {
      requireWholeAccount(principal, account);
    }
    // One's own password asks for the one of before: /api/auth/password.
    if (dto.password !== undefined) requireOther(principal, account);
  }

  private async changeRole(
    author: Principal,
    { account, clubId }: ManagedUser,
    dto: UpdateUserDto,
    manager: EntityManager,
  ): Promise<void> {
    const { role } = dto;
    const own = account.memberships.find((membership) => membership.clubId === clubId);
    if (role === undefined || role === (account.isSuperAdmin ? 'SUPER_ADMIN' : own?.role)) return;
    requireOther(author, account);
    if (role === 'SUPER_ADMIN') {
      await this.accounts.update(account.id, { isSuperAdmin: true }, manager);
      await this.accounts.removeMemberships(account.id, null, manager);
      await this.signIns.revokeUser(account.id, 'role_changed', {}, manager);
      return;
    }
    if (account.isSuperAdmin || clubId === null) {
      const message = 'They are in no club: add them to one with this role.';
      throw new ProblemException('validation_failed', message, { errors: [{ field: 'role', message }] });
    }
    requireNamedClub(author, account, dto);
    await this.accounts.setMembership(account.id, clubId, { role }, manager);
    await this.signIns.revokeUser(account.id, 'role_changed', { clubId }, manager);
  }

  /** A SUPER_ADMIN disables everywhere, and enables everywhere; a club's admin in their club. */
  private async changeDisabled(
    author: Principal,
    { account, clubId }: ManagedUser,
    disabled: boolean,
    manager: EntityManager,
  ): Promise<void> {
    if (disabled) requireOther(author, account);
    const everywhere = author.role === 'SUPER_ADMIN';
    const clubs = everywhere ? account.memberships.map((membership) => membership.clubId) : [clubId as number];
    if (everywhere) await this.accounts.update(account.id, { disabled }, manager);
    if (!everywhere || !disabled) {
      for (const club of clubs) await this.accounts.setMembership(account.id, club, { disabled }, manager);
    }
    if (!disabled) return;
    const reason: RevokeReason = 'disabled';
    await this.signIns.revokeUser(account.id, reason, everywhere ? {} : { clubId: clubId as number }, manager);
  }

  private withRights<T>(
    principal: Principal,
    task: (manager: EntityManager, author: Principal) => Promise<T>,
  ): Promise<T> {
    return this.database.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [RIGHTS_LOCK]);
      const author = await this.principals.refreshed(principal, manager);
      if (author === null) throw new ProblemException('unauthorized');
      return task(manager, author);
    });
  }
}

/** For the audit trail: what somebody was in the club, and is now; nothing where that stays. */
function roleChange({ account, clubId }: ManagedUser, dto: UpdateUserDto): { from?: string; to?: string } {
  const own = account.memberships.find((membership) => membership.clubId === clubId);
  const from = account.isSuperAdmin ? 'SUPER_ADMIN' : (own?.role ?? 'none');
  return dto.role === undefined || dto.role === from ? {} : { from, to: dto.role };
}

/** @throws ProblemException `validation_failed` where it is not clear which club's role is meant */
function requireNamedClub(author: Principal, account: Account, dto: UpdateUserDto): void {
  const possible = account.memberships.filter(({ clubId }) => isAdminOf(author, clubId));
  if (dto.club_id !== undefined || possible.length === 1 || author.clubId !== null) return;
  const message = 'They are in several clubs: say in which with club_id.';
  throw new ProblemException('validation_failed', message, { errors: [{ field: 'club_id', message }] });
}
