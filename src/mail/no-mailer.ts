import { MailError, Mailer } from './mailer';

/** No `SMTP_URL`: whoever needs a link gets it from an admin. */
export class NoMailer extends Mailer {
  readonly configured = false;

  send(): Promise<void> {
    return Promise.reject(new MailError('SMTP_URL is not set'));
  }
}
