import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { Account, AccountsService } from '../auth/accounts.service';
import { AuditService } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { OwnPassword } from '../auth/own-password';
import { Principal } from '../auth/principal';
import { PrincipalsService } from '../auth/principals.service';
import { SignInsService } from '../auth/sign-ins.service';
import { isAdminOf } from '../auth/tenant';
import { CourtUsageProvider } from '../clubs/court-usage.provider';
import { manage, requireOther, requireWholeAccount, RIGHTS_LOCK } from '../clubs/user-rules';
import { ProblemException } from '../common/problem';
import { VideoRemoval } from '../files/video-removal.service';

/**
 * Takes a person out of everything (GDPR, article 17): the videos of their matches, their places in others' matches, their
 * sign-ins, memberships, name and address. What stays is the number of an account that says nothing, for rows that point at
 * it. Videos go first and the account last: after a crash in between, the same call goes on where it stopped.
 */
@Injectable()
export class ErasureService {
  constructor(
    private readonly database: DataSource,
    private readonly accounts: AccountsService,
    private readonly principals: PrincipalsService,
    private readonly signIns: SignInsService,
    private readonly audit: AuditService,
    private readonly usage: CourtUsageProvider,
    private readonly removal: VideoRemoval,
    private readonly password: OwnPassword,
  ) {}

  /**
   * One's own account.
   * @returns how many videos went with it
   * @throws ProblemException `validation_failed` (wrong password), `too_many_attempts`, `in_use` (an open session),
   *   `own_account` (the last SUPER_ADMIN)
   */
  async eraseOwn(principal: Principal, password: string, keepVideos: boolean, caller: Caller): Promise<number> {
    await this.password.prove(principal, password, 'password', caller);
    return this.erase(principal, principal.userId, keepVideos, caller);
  }

  /**
   * Somebody whose whole account the caller manages. The videos of another club, where the person was a member before, are
   * not a CLUB_ADMIN's to delete.
   * @throws ProblemException `not_found`, `forbidden`, `own_account`, `in_use`
   */
  async eraseOther(principal: Principal, userId: number, keepVideos: boolean, caller: Caller): Promise<number> {
    const { account } = manage(principal, await this.accounts.find(userId));
    requireOther(principal, account);
    requireWholeAccount(principal, account);
    if (!keepVideos) await this.requireOwnVideos(principal, userId);
    return this.erase(principal, userId, keepVideos, caller);
  }

  private async erase(principal: Principal, userId: number, keepVideos: boolean, caller: Caller): Promise<number> {
    await this.requireNoSession(userId);
    await this.requireNotLast(await this.accounts.find(userId), this.database.manager);
    const deleted = keepVideos ? 0 : await this.removeVideos(principal, userId);
    await this.database.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [RIGHTS_LOCK]);
      await this.requireNoSession(userId);
      const account = await this.accounts.find(userId, manager);
      if (account === null) throw new ProblemException('not_found');
      await this.requireStillMay(principal, account, manager);
      await this.requireNotLast(account, manager);
      // First: whoever adds them to a match at this moment holds their membership, and is waited for.
      await this.accounts.removeMemberships(userId, null, manager);
      await manager.query('DELETE FROM session_players WHERE user_id = $1', [userId]);
      await manager.query('DELETE FROM one_time_links WHERE user_id = $1 OR email = $2', [userId, account.email]);
      await this.accounts.erase(userId, manager);
      await this.signIns.forgetUser(userId, manager);
      const details = { deleted_videos: deleted };
      const entry = { action: 'user.erased', actorId: principal.userId, target: `user:${userId}`, details } as const;
      await this.audit.record({ ...entry, clubId: principal.clubId, ip: caller.ip }, manager);
    });
    return deleted;
  }

  /** Videos take their time: who erased somebody meanwhile lost the right to, or the person came into another club. */
  private async requireStillMay(principal: Principal, account: Account, manager: EntityManager): Promise<void> {
    const author = await this.principals.refreshed(principal, manager);
    if (author === null) throw new ProblemException('unauthorized');
    if (author.userId !== account.id) requireWholeAccount(author, manage(author, account).account);
  }

  private async requireNotLast(account: Account | null, manager: EntityManager): Promise<void> {
    if (!account?.isSuperAdmin || (await this.accounts.countSuperAdmins(manager)) > 1) return;
    throw new ProblemException('own_account', 'The last SUPER_ADMIN cannot go: make another one first.');
  }

  private async requireOwnVideos(principal: Principal, userId: number): Promise<void> {
    const clubs = await this.database.query<{ club_id: number }[]>(
      'SELECT DISTINCT club_id FROM videos WHERE user_id = $1 AND deleted_at IS NULL',
      [userId],
    );
    if (clubs.every(({ club_id: clubId }) => isAdminOf(principal, clubId))) return;
    throw new ProblemException(
      'forbidden',
      'They have videos in another club: only they themselves, or a SUPER_ADMIN, delete these. Or keep all (keep_videos).',
    );
  }

  private async requireNoSession(userId: number): Promise<void> {
    if (!(await this.usage.get().hasOpenSessionOf(userId, null))) return;
    throw new ProblemException('in_use', 'A session is open: close it first.');
  }

  private async removeVideos(principal: Principal, userId: number): Promise<number> {
    const rows = await this.database.query<{ session_id: string }[]>(
      'SELECT session_id FROM videos WHERE user_id = $1 AND deleted_at IS NULL ORDER BY session_id',
      [userId],
    );
    let deleted = 0;
    for (const { session_id: id } of rows) {
      const reason = { action: 'video.deleted', actorId: principal.userId, details: { because: 'erased' } } as const;
      if (await this.removal.remove(id, reason)) deleted += 1;
    }
    return deleted;
  }
}
