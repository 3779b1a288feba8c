import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { Account, AccountsService } from '../auth/accounts.service';
import { AuditService } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { PasswordHasher } from '../auth/password-hasher';
import { passwordFaults } from '../auth/password-rules';
import { Principal } from '../auth/principal';
import { SignInsService } from '../auth/sign-ins.service';
import { manage, requireOther, requireWholeAccount } from '../clubs/user-rules';
import { atLeast } from '../common/at-least';
import { Clock } from '../common/clock';
import { ProblemException } from '../common/problem';
import { AppConfig } from '../config/app-config';
import { Mailer } from '../mail/mailer';
import { ForgotPasswordDto, ResetAnswer, ResetPasswordDto } from './dto/password-reset.dto';
import { DEFAULT_LANGUAGE, Language, resetMail } from './letters';
import { linkAddress } from './link-address';
import { LinkDelivery } from './link-delivery.service';
import { LinkThrottle } from './link-throttle';
import { IssuedLink, OneTimeLinks } from './one-time-links.service';
import { Outbox, SILENT_MS } from './outbox.service';

/** New passwords for people who cannot show the old one. */
@Injectable()
export class PasswordResets {
  constructor(
    private readonly database: DataSource,
    private readonly config: AppConfig,
    private readonly accounts: AccountsService,
    private readonly signIns: SignInsService,
    private readonly hasher: PasswordHasher,
    private readonly links: OneTimeLinks,
    private readonly throttle: LinkThrottle,
    private readonly delivery: LinkDelivery,
    private readonly mailer: Mailer,
    private readonly outbox: Outbox,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Mails a link, if there is somebody with this address who may sign in. Who asks does not learn whether.
   * @throws ProblemException `too_many_attempts`, whoever it is
   */
  async forgotten({ email, language = DEFAULT_LANGUAGE }: ForgotPasswordDto, caller: Caller): Promise<void> {
    this.throttle.ask('password_reset', email, caller.ip);
    const origin = this.config.publicUrl;
    if (!this.mailer.configured || origin === null) return;
    await atLeast(this.clock, SILENT_MS, this.mailLink(email, language, caller, origin));
  }

  /**
   * An admin's way: a link for somebody else.
   * @param origin where the link leads
   * @throws ProblemException `not_found`, `forbidden`, `own_account`, `too_many_attempts`, `mail_failed`
   */
  async handOut(
    principal: Principal,
    id: number,
    language: Language = DEFAULT_LANGUAGE,
    caller: Caller,
    origin: string,
  ): Promise<ResetAnswer> {
    const { account, clubId } = manage(principal, await this.accounts.find(id));
    requireOther(principal, account);
    requireWholeAccount(principal, account);
    this.throttle.send('password_reset', account.email, clubId, principal.userId);
    const issued = await this.database.transaction(async (manager) => {
      await this.noteAsked(id, principal.userId, clubId, caller, manager);
      return this.issue(account, principal.userId, manager);
    });
    const address = linkAddress(origin, 'reset', issued.token);
    const delivered = await this.delivery.deliver(issued, address, resetMail(account.email, language, address));
    return { expires_at: issued.expiresAt.toISOString(), ...delivered };
  }

  /**
   * Sets the new password. Their sign-ins end, and so do other links of this kind.
   * @throws ProblemException `link_invalid`, `validation_failed` (weak password), `too_many_attempts`, `overloaded`
   */
  async reset({ token, new_password: password }: ResetPasswordDto, caller: Caller): Promise<void> {
    const seen = await this.throttle.guess(caller.ip, () => this.links.look('password_reset', token));
    const account = await this.accounts.find(seen.userId as number);
    if (account === null) throw new ProblemException('link_invalid');
    const errors = passwordFaults(password, 'new_password', [account.email, account.name]);
    if (errors.length > 0) throw new ProblemException('validation_failed', undefined, { errors });
    const hash = await this.hasher.hash(password);
    await this.database.transaction(async (manager) => {
      // Two links of one person at once: the second one waits here, and then is void.
      await manager.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [account.id]);
      await this.links.use('password_reset', token, manager);
      await this.accounts.update(account.id, { password: { hash, clubId: null } }, manager);
      await this.signIns.revokeUser(account.id, 'password_changed', {}, manager);
      await this.links.voidResets(account.id, manager);
      const entry = { actorId: account.id, target: `user:${account.id}`, ip: caller.ip };
      await this.audit.record({ action: 'auth.password_reset', ...entry }, manager);
    });
  }

  private async mailLink(email: string, language: Language, caller: Caller, origin: string): Promise<void> {
    const issued = await this.database.transaction(async (manager) => {
      const account = await this.accounts.findByEmail(email, manager);
      await this.noteAsked(account?.id ?? null, null, null, caller, manager);
      return account === null || account.disabled ? null : this.issue(account, null, manager);
    });
    if (issued !== null) this.outbox.later(resetMail(email, language, linkAddress(origin, 'reset', issued.token)));
  }

  private issue(account: Account, createdBy: number | null, manager: EntityManager): Promise<IssuedLink> {
    return this.links.reset({ userId: account.id, email: account.email, createdBy }, manager);
  }

  private noteAsked(
    userId: number | null,
    actorId: number | null,
    clubId: number | null,
    caller: Caller,
    manager: EntityManager,
  ): Promise<void> {
    const target = userId === null ? null : `user:${userId}`;
    return this.audit.record({ action: 'auth.reset_asked', actorId, clubId, target, ip: caller.ip }, manager);
  }
}
