import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccountsService } from '../auth/accounts.service';
import { AuditService } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { Principal } from '../auth/principal';
import { SignInListService, SignInScope } from '../auth/sign-in-list.service';
import { isAdminOf } from '../auth/tenant';
import { manage } from '../clubs/user-rules';
import { cutPage, decodeCursor, DEFAULT_PAGE, PageQuery } from '../common/pagination';
import { ProblemException } from '../common/problem';
import { SignInListAnswer, viewOfSignIn } from './dto/sign-in-list.dto';

/** Where somebody is signed in: seen and ended by themselves, or by who manages them. */
@Injectable()
export class SignInLists {
  constructor(
    private readonly database: DataSource,
    private readonly accounts: AccountsService,
    private readonly signIns: SignInListService,
    private readonly audit: AuditService,
  ) {}

  own(principal: Principal, query: PageQuery): Promise<SignInListAnswer> {
    return this.page(ownOf(principal), principal, query);
  }

  /** @throws ProblemException `not_found`, `forbidden` */
  async of(principal: Principal, userId: number, query: PageQuery): Promise<SignInListAnswer> {
    return this.page(await this.managed(principal, userId), principal, query);
  }

  /** @throws ProblemException `not_found` */
  revokeOwn(principal: Principal, id: string, caller: Caller): Promise<void> {
    return this.revoke(ownOf(principal), principal, id, caller);
  }

  /** @throws ProblemException `not_found`, `forbidden` */
  async revokeOf(principal: Principal, userId: number, id: string, caller: Caller): Promise<void> {
    await this.revoke(await this.managed(principal, userId), principal, id, caller);
  }

  /** All of one's own but the one this request belongs to. */
  async revokeOthers(principal: Principal, caller: Caller): Promise<void> {
    const { userId, clubId, familyId } = principal;
    await this.database.transaction(async (manager) => {
      const count = await this.signIns.revokeOthers(ownOf(principal), familyId, manager);
      const entry = { actorId: userId, clubId, target: `user:${userId}`, ip: caller.ip, details: { count } };
      await this.audit.record({ action: 'auth.sign_in_revoked', ...entry }, manager);
    });
  }

  private async page(scope: SignInScope, principal: Principal, query: PageQuery): Promise<SignInListAnswer> {
    const limit = query.limit ?? DEFAULT_PAGE;
    const after = query.cursor === undefined ? null : decodeCursor(query.cursor, ['string', 'string']);
    const rows = await this.signIns.list(scope, after, limit + 1);
    const { items, next_cursor } = cutPage(rows, limit, ({ key }) => key);
    const sessions = items.map((signIn) => viewOfSignIn(signIn, principal.familyId));
    return { success: true, sessions, count: sessions.length, ...(next_cursor !== null && { next_cursor }) };
  }

  private async revoke(scope: SignInScope, principal: Principal, id: string, caller: Caller): Promise<void> {
    const { userId: actorId, clubId } = principal;
    await this.database.transaction(async (manager) => {
      if (!(await this.signIns.revoke(scope, id, manager))) throw new ProblemException('not_found');
      const entry = { actorId, clubId, target: `user:${scope.userId}`, ip: caller.ip, details: { sign_in: id } };
      await this.audit.record({ action: 'auth.sign_in_revoked', ...entry }, manager);
    });
  }

  /** A SUPER_ADMIN reaches every sign-in; others those in a club of the person's that they are admin of. */
  private async managed(principal: Principal, userId: number): Promise<SignInScope> {
    const { account } = manage(principal, await this.accounts.find(userId));
    if (principal.role === 'SUPER_ADMIN') return { userId, clubIds: null };
    const clubs = account.memberships.map(({ clubId }) => clubId);
    return { userId, clubIds: clubs.filter((clubId) => isAdminOf(principal, clubId)) };
  }
}

function ownOf({ userId }: Principal): SignInScope {
  return { userId, clubIds: null };
}
