import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccountsService } from '../auth/accounts.service';
import { AuditService } from '../auth/audit.service';
import { AuthService, SignedIn } from '../auth/auth.service';
import { Caller } from '../auth/caller';
import { PasswordHasher } from '../auth/password-hasher';
import { ClubsService } from '../clubs/clubs.service';
import { hashOfNew } from '../clubs/users.service';
import { atLeast } from '../common/at-least';
import { Clock } from '../common/clock';
import { ProblemException } from '../common/problem';
import { AppConfig } from '../config/app-config';
import { Mailer } from '../mail/mailer';
import { ConfirmRegistrationDto, RegisterDto, RegistrationFacts } from './dto/registration.dto';
import { accountExistsMail, confirmationMail, DEFAULT_LANGUAGE } from './letters';
import { linkAddress } from './link-address';
import { LinkThrottle } from './link-throttle';
import { OneTimeLinks } from './one-time-links.service';
import { Outbox, SILENT_MS } from './outbox.service';

/**
 * Players who register themselves, at a club that allows it. Nothing is made before the address is confirmed: the account
 * comes with the click on the mailed link. Whether the address has an account already learns its owner only, by mail.
 */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly database: DataSource,
    private readonly config: AppConfig,
    private readonly clubs: ClubsService,
    private readonly accounts: AccountsService,
    private readonly auth: AuthService,
    private readonly hasher: PasswordHasher,
    private readonly links: OneTimeLinks,
    private readonly throttle: LinkThrottle,
    private readonly mailer: Mailer,
    private readonly outbox: Outbox,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** @throws ProblemException `not_found` where the club is not there, or not open */
  async facts(clubId: number): Promise<RegistrationFacts> {
    return { club_id: clubId, name: await this.openClub(clubId), open: true };
  }

  /**
   * Sends a confirmation, or word that there is an account. Takes the same steps and as long for either.
   * @throws ProblemException `not_found` (club), `validation_failed` (password), `mail_not_configured`,
   * `too_many_attempts`, `overloaded`
   */
  async ask(dto: RegisterDto, caller: Caller): Promise<void> {
    this.throttle.ask('registration', dto.email, caller.ip);
    const club = await this.openClub(dto.club_id);
    const origin = this.config.publicUrl;
    if (!this.mailer.configured || origin === null) {
      throw new ProblemException(
        'mail_not_configured',
        'Nobody can confirm an address here: ask the club to invite you.',
      );
    }
    await atLeast(this.clock, SILENT_MS, this.mailAnswer(dto, club, caller, origin));
  }

  /**
   * Makes the account, and signs them in. The password is asked for again: otherwise somebody could register another's address
   * with a password of their own, and wait for its owner to click.
   * @throws ProblemException `link_invalid`, `unauthorized` (another password; the link stays), `too_many_attempts`
   */
  async confirm(dto: ConfirmRegistrationDto, caller: Caller): Promise<SignedIn> {
    const { email, name, passwordHash } = await this.throttle.guess(caller.ip, async () => {
      const link = await this.links.look('registration', dto.token);
      if (await this.hasher.verify(link.passwordHash, dto.password)) return link;
      throw new ProblemException('unauthorized', 'This is not the password that was chosen.');
    });
    const { userId, clubId } = await this.database.transaction(async (manager) => {
      await this.links.lockAddress(email, manager);
      const link = await this.links.use('registration', dto.token, manager);
      const clubId = link.clubId as number;
      await this.links.voidRegistrations(email, manager);
      const userId = await this.accounts
        .create({ email, name: name as string, passwordHash }, manager)
        .catch((error: unknown) => Promise.reject(asInvalidLink(error)));
      await this.accounts.setMembership(userId, clubId, { role: 'PLAYER' }, manager);
      const entry = { actorId: userId, clubId, target: `user:${userId}`, ip: caller.ip };
      await this.audit.record({ action: 'registration.confirmed', ...entry }, manager);
      return { userId, clubId };
    });
    return this.auth.enter({ userId, clubId, passwordHash }, dto.cookie === true, caller);
  }

  private async mailAnswer(dto: RegisterDto, club: string, caller: Caller, origin: string): Promise<void> {
    const { club_id: clubId, email, name, language = DEFAULT_LANGUAGE } = dto;
    const passwordHash = (await hashOfNew(this.hasher, dto.password, [email, name])) as string;
    const mail = await this.database.transaction(async (manager) => {
      const known = await this.accounts.findByEmail(email, manager);
      const target = known === null ? null : `user:${known.id}`;
      await this.audit.record({ action: 'registration.asked', actorId: null, clubId, target, ip: caller.ip }, manager);
      if (known !== null) return accountExistsMail(email, language, { club, address: `${origin}/panel/` });
      const { token } = await this.links.register({ clubId, email, name, passwordHash }, manager);
      return confirmationMail(email, language, { club, address: linkAddress(origin, 'confirm', token) });
    });
    this.outbox.later(mail);
  }

  /** @returns its name */
  private async openClub(clubId: number): Promise<string> {
    const club = await this.clubs.publicFacts(clubId);
    if (!club?.registrationOpen) throw new ProblemException('not_found');
    return club.name;
  }
}

/** The address came to have an account in another way: this link is not needed any more. */
function asInvalidLink(error: unknown): unknown {
  const taken = error instanceof ProblemException && error.code === 'email_taken';
  return taken ? new ProblemException('link_invalid') : error;
}
