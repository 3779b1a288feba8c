import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { Account, AccountsService } from '../auth/accounts.service';
import { AuditService } from '../auth/audit.service';
import { AuthService, SignedIn } from '../auth/auth.service';
import { Caller } from '../auth/caller';
import { firstPlace } from '../auth/password-club';
import { PasswordHasher } from '../auth/password-hasher';
import { passwordFaults } from '../auth/password-rules';
import { ClubRole } from '../auth/principal';
import { SignInsService } from '../auth/sign-ins.service';
import { RIGHTS_LOCK } from '../clubs/user-rules';
import { hashOfNew } from '../clubs/users.service';
import { ProblemException } from '../common/problem';
import { AcceptInvitationDto } from './dto/invitation.dto';
import { LinkThrottle } from './link-throttle';
import { Link, OneTimeLinks } from './one-time-links.service';

/** A link of the kind `invitation`. */
type InvitationLink = Link & { readonly clubId: number; readonly role: ClubRole };

/** Invitations to a club: the side of who is invited. */
@Injectable()
export class InvitedService {
  constructor(
    private readonly database: DataSource,
    private readonly accounts: AccountsService,
    private readonly auth: AuthService,
    private readonly hasher: PasswordHasher,
    private readonly signIns: SignInsService,
    private readonly links: OneTimeLinks,
    private readonly throttle: LinkThrottle,
    private readonly audit: AuditService,
  ) {}

  /**
   * Makes the person a member, and signs them in. Who has an account shows its password, through the same throttle as at a
   * sign-in: the link alone opens no account that was there before. Where a club's admin set that password, they could come
   * along with it: the membership waits until the person has chosen their own, here and now or later, and the sign-in is in the
   * admin's club. Who holds both link and password is neither of the two clubs' admins.
   * @param device the device cookie, as it came
   * @throws ProblemException `link_invalid`, `unauthorized` (the account's password is another, or opens no club), `validation_failed`
   * (no name, weak password), `too_many_attempts`, `overloaded`
   */
  async accept(dto: AcceptInvitationDto, device: string | null, caller: Caller): Promise<SignedIn> {
    const seen = await this.throttle.guess(caller.ip, () => this.links.look('invitation', dto.token));
    const known = await this.accounts.findByEmail(seen.email);
    const { join, passwordHash } = known
      ? await this.asMember(seen.email, dto, device, caller)
      : await this.asNewcomer(seen, dto);
    const { userId, clubId, account } = await this.database.transaction(async (manager) => {
      // Or somebody who becomes SUPER_ADMIN at this moment would be one, and in a club.
      await manager.query('SELECT pg_advisory_xact_lock($1)', [RIGHTS_LOCK]);
      await this.links.lockAddress(seen.email, manager);
      const link = (await this.links.use('invitation', dto.token, manager)) as InvitationLink;
      const userId = await join(link, manager);
      const details = { new_account: known === null, role: link.role };
      const entry = { actorId: userId, clubId: link.clubId, target: `invitation:${link.id}`, ip: caller.ip, details };
      await this.audit.record({ action: 'invitation.accepted', ...entry }, manager);
      return { userId, clubId: link.clubId, account: await this.accounts.find(userId, manager) };
    });
    const place = account === null || reaches(account, clubId) ? clubId : firstPlace(account)?.clubId;
    return this.auth.enter({ userId, clubId: place ?? null, passwordHash }, dto.cookie === true, caller);
  }

  /** Somebody who has an account. A membership that came about meanwhile stays as it is: nobody enables it but an admin. */
  private async asMember(email: string, dto: AcceptInvitationDto, device: string | null, caller: Caller) {
    const { password } = dto;
    const { account, passwordHash } = await this.auth.prove({ email, password, device }, caller, { inNoClub: true });
    const { id } = account;
    const chosen = await this.chosen(account, dto.new_password);
    // The link is not used up: it is good still, once they have a password that leads somewhere.
    if (chosen === null && account.passwordClubId !== null && firstPlace(account) === undefined) {
      throw new ProblemException('unauthorized', 'A club set this password: choose your own first, by a link.');
    }
    const join = async ({ clubId, role }: InvitationLink, manager: EntityManager): Promise<number> => {
      const account = await this.accounts.find(id, manager);
      if (account === null || account.isSuperAdmin) throw new ProblemException('link_invalid');
      const member = account.memberships.some((membership) => membership.clubId === clubId);
      if (!member) await this.accounts.setMembership(id, clubId, { role }, manager);
      if (chosen !== null) await this.changePassword(id, clubId, { from: passwordHash, to: chosen }, caller, manager);
      return id;
    };
    return { join, passwordHash: chosen ?? passwordHash };
  }

  /** The hash of the password they choose for themselves; `null`: they keep the one they have. */
  private async chosen({ email, name }: Account, password: string | undefined): Promise<string | null> {
    if (password === undefined) return null;
    const errors = passwordFaults(password, 'new_password', [email, name]);
    if (errors.length > 0) throw new ProblemException('validation_failed', undefined, { errors });
    return this.hasher.hash(password);
  }

  /** Theirs, unless it was changed since they showed the one before. Their sign-ins end. */
  private async changePassword(
    id: number,
    clubId: number,
    hash: { from: string; to: string },
    caller: Caller,
    manager: EntityManager,
  ): Promise<void> {
    if ((await this.accounts.passwordHash(id, manager)) !== hash.from) throw new ProblemException('unauthorized');
    await this.accounts.update(id, { password: { hash: hash.to, clubId: null } }, manager);
    await this.signIns.revokeUser(id, 'password_changed', {}, manager);
    await this.audit.record({ action: 'auth.password_changed', actorId: id, clubId, ip: caller.ip }, manager);
  }

  private async asNewcomer(seen: Link, dto: AcceptInvitationDto) {
    const { email } = seen;
    const name = dto.name ?? seen.name;
    if (name === null) {
      throw new ProblemException('validation_failed', undefined, {
        errors: [{ field: 'name', message: 'is missing' }],
      });
    }
    const passwordHash = await hashOfNew(this.hasher, dto.password, [email, name]);
    const join = async ({ clubId, role }: InvitationLink, manager: EntityManager): Promise<number> => {
      const id = await this.accounts.create({ email, name, passwordHash }, manager);
      await this.accounts.setMembership(id, clubId, { role }, manager);
      await this.links.voidRegistrations(email, manager);
      return id;
    };
    return { join, passwordHash };
  }
}

/** Whether a sign-in with their password leads into this club of theirs. */
function reaches({ memberships }: Account, clubId: number): boolean {
  return memberships.some((membership) => membership.clubId === clubId && membership.reached);
}
