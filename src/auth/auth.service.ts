import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ProblemException } from '../common/problem';
import { AccessTokensService } from './access-tokens.service';
import { Account, AccountsService, normalizeEmail } from './accounts.service';
import { AuditService } from './audit.service';
import { Caller } from './caller';
import { DayLimits } from './day-limits';
import { DeviceCookies } from './device-cookies';
import { LoginThrottle } from './login-throttle';
import { OwnPassword } from './own-password';
import { clubAfterOwnChange, firstPlace } from './password-club';
import { PasswordHasher } from './password-hasher';
import { passwordFaults } from './password-rules';
import { Principal } from './principal';
import { PrincipalsService } from './principals.service';
import { Entrant, IssuedRefresh, SignInsService } from './sign-ins.service';

/** What somebody shows to prove who they are. */
export interface PasswordProof {
  readonly email: string;
  readonly password: string;
  /** The device cookie, as it came. */
  readonly device: string | null;
}

export interface LoginRequest extends PasswordProof {
  readonly cookie: boolean;
}

/** An account whose password was shown. */
export interface Proven {
  readonly account: Account;
  /** What the password was compared with: a sign-in begins only while it is still the account's. */
  readonly passwordHash: string;
}

/** Somebody who is signed in, with what they are handed. */
export interface SignedIn {
  readonly principal: Principal;
  readonly accessToken: string;
  readonly refresh: IssuedRefresh;
}

/** Signing in and out. */
@Injectable()
export class AuthService {
  constructor(
    private readonly database: DataSource,
    private readonly accounts: AccountsService,
    private readonly principals: PrincipalsService,
    private readonly signIns: SignInsService,
    private readonly tokens: AccessTokensService,
    private readonly hasher: PasswordHasher,
    private readonly throttle: LoginThrottle,
    private readonly ownPassword: OwnPassword,
    private readonly devices: DeviceCookies,
    private readonly audit: AuditService,
    private readonly limits: DayLimits,
  ) {}

  /** @throws ProblemException `unauthorized` (whatever the cause), `too_many_attempts`, `overloaded` */
  async login(request: LoginRequest, caller: Caller): Promise<SignedIn> {
    const { account, passwordHash } = await this.prove(request, caller);
    this.limits.signIn(account.id);
    // Only who has a place gets here: see `prove`.
    const { clubId } = firstPlace(account) as { clubId: number | null };
    return this.enter({ userId: account.id, clubId, passwordHash }, request.cookie, caller);
  }

  /**
   * Whose password this is: an account that may sign in. Throttled, and as long at work whoever it is.
   * @param inNoClub may be in no club yet, or disabled in all of them
   * @throws ProblemException `unauthorized` (whatever the cause), `too_many_attempts`, `overloaded`
   */
  async prove(proof: PasswordProof, caller: Caller, { inNoClub = false } = {}): Promise<Proven> {
    const email = normalizeEmail(proof.email);
    const attempt = this.throttle.attempt(email, caller.ip, this.devices.deviceOf(proof.device, email));
    const proven = await this.checkPassword(email, proof.password, attempt.forgive);
    const account = proven?.account ?? null;
    if (proven && (inNoClub ? !proven.account.disabled : firstPlace(proven.account) !== undefined)) return proven;
    await this.noteFailure(email, account, caller);
    throw new ProblemException('unauthorized');
  }

  /**
   * Begins a sign-in of somebody who has shown who they are.
   * @param who `clubId`: the club that is active in it
   * @throws ProblemException `unauthorized` where they may not be in it, or the password has changed since it was shown
   */
  async enter(who: Entrant, byCookie: boolean, caller: Caller): Promise<SignedIn> {
    const { userId, clubId } = who;
    const refresh = await this.signIns.begin(who, byCookie, caller);
    if (!refresh) throw new ProblemException('unauthorized');
    const session = await this.open(refresh);
    await this.audit.record({ action: 'auth.signed_in', actorId: userId, clubId, ip: caller.ip });
    return session;
  }

  /** @throws ProblemException `unauthorized`, `too_many_attempts` */
  async refresh(token: string | null, caller: Caller): Promise<SignedIn> {
    const refresh = token === null ? null : await this.signIns.rotate(token, caller);
    if (!refresh) throw new ProblemException('unauthorized');
    return this.open(refresh);
  }

  /** Ends the caller's sign-in, and that of the refresh token they hand back if it is another one of theirs. */
  async logout(principal: Principal, token: string | null, caller: Caller): Promise<void> {
    const { userId, familyId, clubId } = principal;
    await this.signIns.revoke(familyId, 'signed_out');
    if (token !== null) await this.signIns.revokeByToken(token, userId);
    await this.audit.record({ action: 'auth.signed_out', actorId: userId, clubId, ip: caller.ip });
  }

  /**
   * Changes the caller's own password; their other sign-ins end.
   * @throws ProblemException `unauthorized` (gone meanwhile), `validation_failed` (wrong current password, weak new one), `too_many_attempts`
   */
  async changePassword(principal: Principal, current: string, next: string, caller: Caller): Promise<void> {
    const { userId, familyId, clubId, email, name } = principal;
    await this.ownPassword.prove(principal, current, 'current_password', caller);
    const errors = passwordFaults(next, 'new_password', [email, name]);
    if (errors.length > 0) throw new ProblemException('validation_failed', undefined, { errors });
    const hash = await this.hasher.hash(next);
    await this.database.transaction(async (manager) => {
      // Nobody adds them to another club meanwhile: a new membership waits for this row.
      await manager.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [userId]);
      const account = await this.accounts.find(userId, manager);
      if (account === null) throw new ProblemException('unauthorized');
      await this.accounts.update(userId, { password: { hash, clubId: clubAfterOwnChange(account) } }, manager);
      await this.signIns.revokeUser(userId, 'password_changed', { except: familyId }, manager);
      await this.audit.record({ action: 'auth.password_changed', actorId: userId, clubId, ip: caller.ip }, manager);
    });
  }

  /** @throws ProblemException `not_found` for a club the caller is nothing in, `too_many_attempts` */
  async switchClub(principal: Principal, clubId: number, caller: Caller): Promise<SignedIn> {
    if (!principal.memberships.some((membership) => membership.clubId === clubId)) {
      throw new ProblemException('not_found');
    }
    this.limits.trade(principal.userId);
    const refresh = await this.signIns.switchClub(principal.familyId, clubId, caller);
    if (!refresh) throw new ProblemException('unauthorized');
    const session = await this.open(refresh);
    await this.audit.record({ action: 'auth.club_switched', actorId: principal.userId, clubId, ip: caller.ip });
    return session;
  }

  /**
   * A sign-in that failed, with the account and its club where the address has one. The address itself is not kept:
   * people type their password there.
   */
  private async noteFailure(email: string, right: Account | null, caller: Caller): Promise<void> {
    const account = right ?? (await this.accounts.findByEmail(email));
    await this.audit.record({
      action: 'auth.sign_in_failed',
      actorId: null,
      clubId: account === null ? null : (firstPlace(account) ?? account.memberships[0])?.clubId,
      target: account === null ? null : `user:${account.id}`,
      ip: caller.ip,
      details: { reason: right !== null ? whyNoPlace(right) : account !== null ? 'wrong_password' : 'unknown_address' },
    });
  }

  private async open(refresh: IssuedRefresh): Promise<SignedIn> {
    const principal = await this.principals.bySignIn(refresh.familyId);
    if (!principal) {
      refresh.delivered();
      // Disabled, deleted or moved since: the next sign-in tells them where they are now.
      await this.signIns.revoke(refresh.familyId, 'removed');
      throw new ProblemException('unauthorized');
    }
    return { principal, refresh, accessToken: await this.tokens.issue(principal) };
  }

  /** The account, if the password is right and it may sign in at all. Takes as long whoever it is. */
  private async checkPassword(email: string, password: string, forgive: () => void): Promise<Proven | null> {
    const account = await this.accounts.findByEmail(email);
    const stored = account === null ? null : await this.accounts.passwordHash(account.id);
    if (!(await this.hasher.verify(stored, password)) || account === null || stored === null) return null;
    forgive();
    if (!this.hasher.isOutdated(stored)) return { account, passwordHash: stored };
    const passwordHash = await this.hasher.hash(password);
    const done = await this.accounts.rehash(account.id, stored, passwordHash);
    // Another sign-in was first, or the password is another by now: the hash that stands there tells.
    return done ? { account, passwordHash } : this.checkPassword(email, password, forgive);
  }
}

/** Why somebody whose password is right may not come in. */
function whyNoPlace({ disabled, isSuperAdmin, memberships }: Account): 'disabled' | 'password_not_chosen' {
  const waiting = isSuperAdmin || memberships.some((membership) => !membership.reached && !membership.disabled);
  return !disabled && waiting ? 'password_not_chosen' : 'disabled';
}
