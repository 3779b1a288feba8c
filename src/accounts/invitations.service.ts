import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { AccountsService } from '../auth/accounts.service';
import { AuditService } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { Principal } from '../auth/principal';
import { ClubsService } from '../clubs/clubs.service';
import { cutIdPage, idPage } from '../clubs/id-pages';
import { PageQuery } from '../common/pagination';
import { ProblemException } from '../common/problem';
import { InvitationAnswer, InvitationListAnswer, InviteDto, viewOfInvitation } from './dto/invitation.dto';
import { DEFAULT_LANGUAGE, invitationMail } from './letters';
import { linkAddress } from './link-address';
import { LinkDelivery } from './link-delivery.service';
import { LinkThrottle } from './link-throttle';
import { OneTimeLinks } from './one-time-links.service';

/** Invitations to a club: an admin's side of them. */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly database: DataSource,
    private readonly clubs: ClubsService,
    private readonly accounts: AccountsService,
    private readonly links: OneTimeLinks,
    private readonly delivery: LinkDelivery,
    private readonly throttle: LinkThrottle,
    private readonly audit: AuditService,
  ) {}

  /**
   * Invites somebody; an earlier invitation of the address to this club is void.
   * @param origin where the link leads
   * @throws ProblemException `not_found`, `forbidden`, `email_taken` (a member already), `too_many_attempts`,
   * `mail_failed`
   */
  async invite(
    principal: Principal,
    clubId: number,
    dto: InviteDto,
    caller: Caller,
    origin: string,
  ): Promise<InvitationAnswer> {
    const club = await this.clubs.require(principal, clubId, 'admin');
    const { email, role, language = DEFAULT_LANGUAGE } = dto;
    this.throttle.send('invitation', email, clubId, principal.userId);
    const issued = await this.database.transaction(async (manager) => {
      await this.requireNewcomer(email, clubId, manager);
      const invitation = { clubId, email, role, name: dto.name ?? null, createdBy: principal.userId };
      const link = await this.links.invite(invitation, manager);
      await this.note('created', principal, clubId, link.id, { role }, caller, manager);
      return link;
    });
    const address = linkAddress(origin, 'invitation', issued.token);
    const mail = invitationMail(email, language, { club: club.name, address });
    const delivered = await this.delivery.deliver(issued, address, mail);
    return { id: issued.id, email, role, expires_at: issued.expiresAt.toISOString(), ...delivered };
  }

  /** @throws ProblemException `not_found`, `forbidden` */
  async list(principal: Principal, clubId: number, query: PageQuery): Promise<InvitationListAnswer> {
    await this.clubs.require(principal, clubId, 'admin');
    const { after, limit, take } = idPage(query);
    const { items, next } = cutIdPage(await this.links.pending(clubId, after, take), limit);
    return { success: true, invitations: items.map(viewOfInvitation), count: items.length, ...next };
  }

  /** @throws ProblemException `not_found`, `forbidden` */
  async withdraw(principal: Principal, clubId: number, id: number, caller: Caller): Promise<void> {
    await this.clubs.require(principal, clubId, 'admin');
    await this.database.transaction(async (manager) => {
      if (!(await this.links.withdraw(clubId, id, manager))) throw new ProblemException('not_found');
      await this.note('withdrawn', principal, clubId, id, {}, caller, manager);
    });
  }

  private async requireNewcomer(email: string, clubId: number, manager: EntityManager): Promise<void> {
    const known = await this.accounts.findByEmail(email, manager);
    const member = known?.memberships.some((membership) => membership.clubId === clubId) === true;
    if (known?.isSuperAdmin || member) throw new ProblemException('email_taken');
  }

  /** Without the address: the trail cannot be changed, and people may want to be forgotten. */
  private note(
    event: 'created' | 'withdrawn',
    principal: Principal,
    clubId: number,
    id: number,
    details: Record<string, string>,
    caller: Caller,
    manager: EntityManager,
  ): Promise<void> {
    const entry = { actorId: principal.userId, clubId, target: `invitation:${id}`, ip: caller.ip, details };
    return this.audit.record({ action: `invitation.${event}`, ...entry }, manager);
  }
}
