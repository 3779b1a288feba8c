import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { Account, AccountsService } from '../auth/accounts.service';
import { AuditService } from '../auth/audit.service';
import { AuthService, PasswordProof } from '../auth/auth.service';
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
import { MarkerNews } from '../markers/marker-news.service';

/** Who erases, and whether they still may once the videos are gone. */
interface Eraser {
  readonly actorId: number;
  readonly clubId: number | null;
  readonly requireStillMay: (account: Account, manager: EntityManager) => Promise<void>;
}

/**
 * Takes a person out of everything (GDPR, article 17): the videos of their matches, their places in others' matches, their
 * markers, highlights, links and bookings, sign-ins, memberships, name and address. What stays is the number of an account that says
 * nothing, for rows that point at
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
    private readonly auth: AuthService,
    private readonly news: MarkerNews,
  ) {}

  /**
   * One's own account.
   * @returns how many videos went with it
   * @throws ProblemException `validation_failed` (wrong password), `too_many_attempts`, `in_use` (an open session),
   *   `own_account` (the last SUPER_ADMIN), `forbidden` (the password does not reach all of it)
   */
  async eraseOwn(principal: Principal, password: string, keepVideos: boolean, caller: Caller): Promise<number> {
    await this.password.prove(principal, password, 'password', caller);
    await this.requireReach(await this.accounts.find(principal.userId), keepVideos);
    return this.erase(this.signedIn(principal), principal.userId, keepVideos, caller);
  }

  /**
   * One's own account, of somebody who may not be able to sign in: their club is gone, or disabled them.
   * @returns how many videos went with it
   * @throws ProblemException `unauthorized` (whatever the cause), `too_many_attempts`, `overloaded`, `in_use`, `own_account`,
   *   `forbidden`
   */
  async eraseProven(proof: PasswordProof, keepVideos: boolean, caller: Caller): Promise<number> {
    const { account, passwordHash } = await this.auth.prove(proof, caller, { inNoClub: true });
    await this.requireReach(account, keepVideos);
    const requireStillMay = async (current: Account, manager: EntityManager): Promise<void> => {
      const hash = await this.accounts.passwordHash(current.id, manager);
      if (current.disabled || hash !== passwordHash) throw new ProblemException('unauthorized');
      requireWholeReach(current);
    };
    return this.erase({ actorId: account.id, clubId: null, requireStillMay }, account.id, keepVideos, caller);
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
    return this.erase(this.signedIn(principal), userId, keepVideos, caller);
  }

  private async erase(eraser: Eraser, userId: number, keepVideos: boolean, caller: Caller): Promise<number> {
    await this.requireNoSession(userId);
    await this.requireNotLast(await this.accounts.find(userId), this.database.manager);
    const deleted = keepVideos ? 0 : await this.removeVideos(eraser.actorId, userId);
    const gone = await this.database.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [RIGHTS_LOCK]);
      await this.requireNoSession(userId);
      const account = await this.accounts.find(userId, manager);
      if (account === null) throw new ProblemException('not_found');
      await eraser.requireStillMay(account, manager);
      await this.requireNotLast(account, manager);
      // First: whoever adds them to a match at this moment holds their membership, and is waited for.
      await this.accounts.removeMemberships(userId, null, manager);
      // In the order in which markers are changed: a session's turn first.
      await manager.query(
        `UPDATE marker_chapters SET revision = revision + 1
          WHERE session_id IN (SELECT session_id FROM markers WHERE author_id = $1)`,
        [userId],
      );
      const [markers] = await manager.query<[{ id: number; session_id: string }[], number]>(
        'DELETE FROM markers WHERE author_id = $1 RETURNING id, session_id',
        [userId],
      );
      await manager.query('DELETE FROM shares WHERE author_id = $1', [userId]);
      // Their files follow within a minute (`highlights`).
      await manager.query('UPDATE highlights SET deleted_at = now() WHERE author_id = $1 AND deleted_at IS NULL', [
        userId,
      ]);
      if (!keepVideos) {
        // Those of a match whose file was never made go with no video.
        await manager.query(
          `UPDATE highlights h SET deleted_at = now()
            WHERE h.deleted_at IS NULL AND h.session_id IN (SELECT id FROM camera_sessions WHERE user_id = $1)
              AND NOT EXISTS (SELECT FROM videos v WHERE v.session_id = h.session_id AND v.deleted_at IS NULL)`,
          [userId],
        );
      }
      await manager.query('DELETE FROM session_players WHERE user_id = $1', [userId]);
      await manager.query('DELETE FROM booking_players WHERE user_id = $1', [userId]);
      await manager.query(
        `UPDATE bookings
            SET title = NULL,
                status = CASE WHEN status IN ('planned', 'starting') THEN 'cancelled' ELSE status END,
                reason = CASE WHEN status IN ('planned', 'starting') THEN 'cancelled_by_owner' ELSE reason END
          WHERE owner_id = $1`,
        [userId],
      );
      await manager.query('DELETE FROM one_time_links WHERE user_id = $1 OR email = $2', [userId, account.email]);
      await this.accounts.erase(userId, manager);
      await this.signIns.forgetUser(userId, manager);
      const details = { deleted_videos: deleted };
      const { actorId, clubId } = eraser;
      const entry = { action: 'user.erased', actorId, clubId, target: `user:${userId}`, details } as const;
      await this.audit.record({ ...entry, ip: caller.ip }, manager);
      return markers;
    });
    this.news.tellGone(gone);
    return deleted;
  }

  /** Videos take their time: who erases somebody may have lost the right to, or the person have come into another club. */
  private signedIn(principal: Principal): Eraser {
    const requireStillMay = async (account: Account, manager: EntityManager): Promise<void> => {
      const author = await this.principals.refreshed(principal, manager);
      if (author === null) throw new ProblemException('unauthorized');
      if (author.userId === account.id) requireWholeReach(account);
      else requireWholeAccount(author, manage(author, account).account);
    };
    return { actorId: principal.userId, clubId: principal.clubId, requireStillMay };
  }

  private async requireNotLast(account: Account | null, manager: EntityManager): Promise<void> {
    if (!account?.isSuperAdmin || (await this.accounts.countSuperAdmins(manager)) > 1) return;
    throw new ProblemException('own_account', 'The last SUPER_ADMIN cannot go: make another one first.');
  }

  /** A password that a club's admin set deletes no more than they may: it may be they who show it. */
  private async requireReach(account: Account | null, keepVideos: boolean): Promise<void> {
    if (account === null || account.passwordClubId === null) return;
    requireWholeReach(account);
    const clubs = keepVideos ? [] : await this.clubsOfVideos(account.id);
    if (clubs.some((clubId) => clubId !== account.passwordClubId)) throw notReached();
  }

  private async clubsOfVideos(userId: number): Promise<number[]> {
    const clubs = await this.database.query<{ club_id: number }[]>(
      'SELECT DISTINCT club_id FROM videos WHERE user_id = $1 AND deleted_at IS NULL',
      [userId],
    );
    return clubs.map(({ club_id: clubId }) => clubId);
  }

  private async requireOwnVideos(principal: Principal, userId: number): Promise<void> {
    if ((await this.clubsOfVideos(userId)).every((clubId) => isAdminOf(principal, clubId))) return;
    throw new ProblemException(
      'forbidden',
      'They have videos in another club: only they themselves, or a SUPER_ADMIN, delete these. Or keep all (keep_videos).',
    );
  }

  private async requireNoSession(userId: number): Promise<void> {
    if (!(await this.usage.get().hasOpenSessionOf(userId, null))) return;
    throw new ProblemException('in_use', 'A session is open: close it first.');
  }

  private async removeVideos(actorId: number, userId: number): Promise<number> {
    // Matches first: their angles go with them.
    const rows = await this.database.query<{ session_id: string }[]>(
      'SELECT session_id FROM videos WHERE user_id = $1 AND deleted_at IS NULL ORDER BY angle_of IS NOT NULL, session_id',
      [userId],
    );
    let deleted = 0;
    for (const { session_id: id } of rows) {
      const reason = { action: 'video.deleted', actorId, details: { because: 'erased' } } as const;
      if (await this.removal.remove(id, reason)) deleted += 1;
    }
    return deleted;
  }
}

/** @throws ProblemException `forbidden` where a club's admin set the password, and it does not open all that the person is */
function requireWholeReach({ isSuperAdmin, passwordClubId, memberships }: Account): void {
  if (memberships.some(({ reached }) => !reached) || (isSuperAdmin && passwordClubId !== null)) throw notReached();
}

function notReached(): ProblemException {
  return new ProblemException(
    'forbidden',
    "A club's admin set this password, and there is more than that club: choose your own password first, by a link.",
  );
}
