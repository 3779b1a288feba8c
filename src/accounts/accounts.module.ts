import { Module } from '@nestjs/common';
import { ClubsModule } from '../clubs/clubs.module';
import { MailModule } from '../mail/mail.module';
import { InvitationsController } from './invitations.controller';
import { InvitationsService } from './invitations.service';
import { InvitedService } from './invited.service';
import { LinkDelivery } from './link-delivery.service';
import { LinkThrottle } from './link-throttle';
import { OneTimeLinks } from './one-time-links.service';
import { Outbox } from './outbox.service';
import { PasswordResetsController } from './password-resets.controller';
import { PasswordResets } from './password-resets.service';
import { RegistrationController } from './registration.controller';
import { RegistrationService } from './registration.service';
import { SignInListsController } from './sign-in-lists.controller';
import { SignInLists } from './sign-in-lists.service';

/** How people come to an account and keep it: invitations, registration, new passwords, and where they are signed in. */
@Module({
  imports: [ClubsModule, MailModule],
  controllers: [InvitationsController, PasswordResetsController, RegistrationController, SignInListsController],
  providers: [
    InvitationsService,
    InvitedService,
    LinkDelivery,
    LinkThrottle,
    OneTimeLinks,
    Outbox,
    PasswordResets,
    RegistrationService,
    SignInLists,
  ],
})
export class AccountsModule {}
