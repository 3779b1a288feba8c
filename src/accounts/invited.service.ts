import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { AccountsService } from '../auth/accounts.service';
import { AuditService } from '../auth/audit.service';
import { AuthService, SignedIn } from '../auth/auth.service';
import { Caller } from '../auth/caller';
import { PasswordHasher } from '../auth/password-hasher';
import { ClubRole } from '../auth/principal';
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
    private readonly links: OneTimeLinks,
    private readonly throttle: LinkThrottle,
    private readonly audit: AuditService,
  ) {}

  /**
   * Makes the person a member, and signs them in. Who has an account shows its password, through the same throttle as at a
   * sign-in: the link alone opens no account that was there before.
   * @param device the device cookie, as it came
   * @throws ProblemException `link_invalid`, `unauthorized` (the account's password is another), `validation_failed`
   * (no name, weak password), `too_many_attempts`, `overloaded`
   */
  async accept(dto: AcceptInvitationDto, device: string | null, caller: Caller): Promise<SignedIn> {
    const seen = await this.throttle.guess(caller.ip, () => this.links.look('invitation', dto.token));
    const known = await this.accounts.findByEmail(seen.email);
    const { join, passwordHash } = known
      ? await this.asMember(seen.email, dto, device, caller)
      : await this.asNewcomer(seen, dto);
    const { userId, clubId } = await this.database.transaction(async (manager) => {
      // Or somebody who becomes SUPER_ADMIN at this moment would be one, and in a club.
      await manager.query('SELECT pg_advisory_xact_lock($1)', [RIGHTS_LOCK]);
      await this.links.lockAddress(seen.email, manager);
      const link = (await this.links.use('invitation', dto.token, manager)) as InvitationLink;
      const userId = await join(link, manager);
      const details = { new_account: known === null, role: link.role };
      const entry = { actorId: userId, clubId: link.clubId, target: `invitation:${link.id}`, ip: caller.ip, details };
      await this.audit.record({ action: 'invitation.accepted', ...entry }, manager);
      return { userId, clubId: link.clubId };
    });
    return this.auth.enter({ userId, clubId, passwordHash }, dto.cookie === true, caller);
  }

  /** Somebody who has an account. A membership that came about meanwhile stays as it is: nobody enables it but an admin. */
  private async asMember(email: string, { password }: AcceptInvitationDto, device: string | null, caller: Caller) {
    const { account, passwordHash } = await this.auth.prove({ email, password, device }, caller, { inNoClub: true });
    const { id } = account;
    const join = async ({ clubId, role }: InvitationLink, manager: EntityManager): Promise<number> => {
      const account = await this.accounts.find(id, manager);
      if (account === null || account.isSuperAdmin) throw new ProblemException('link_invalid');
      const member = account.memberships.some((membership) => membership.clubId === clubId);
      if (!member) await this.accounts.setMembership(id, clubId, { role }, manager);
      return id;
    };
    return { join, passwordHash };
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
