import { Module } from '@nestjs/common';
import { Clock } from '../common/clock';
import { AppConfig } from '../config/app-config';
import { Mailer } from './mailer';
import { NoMailer } from './no-mailer';
import { SmtpMailer } from './smtp-mailer';

/** Provides the {@link Mailer} that `SMTP_URL` asks for. */
@Module({
  providers: [
    {
      provide: Mailer,
      inject: [AppConfig, Clock],
      useFactory: ({ smtpUrl, mailFrom }: AppConfig, clock: Clock): Mailer =>
        smtpUrl === null ? new NoMailer() : new SmtpMailer(smtpUrl, mailFrom, clock),
    },
  ],
  exports: [Mailer],
})
export class MailModule {}
