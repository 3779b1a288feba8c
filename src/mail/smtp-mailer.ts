import { createTransport } from 'nodemailer';
import { Clock } from '../common/clock';
import { Mail, MailError, Mailer } from './mailer';
import { smtpFault } from './smtp-fault';
import { smtpOptions } from './smtp-options';

/** From the first name look-up to the server's last word, in milliseconds. */
const SEND_MS = 15_000;

/** Mail over SMTP, a connection a mail: there are few, and none is kept waiting for the next. */
export class SmtpMailer extends Mailer {
  readonly configured = true;
  private readonly options;
  private readonly transport;

  /** @param url `SMTP_URL`, @param from `MAIL_FROM` */
  constructor(
    url: string,
    private readonly from: string,
    private readonly clock: Clock,
  ) {
    super();
    this.options = smtpOptions(url);
    this.transport = createTransport(this.options);
  }

  async send({ to, subject, text, html }: Mail): Promise<void> {
    const limit = new AbortController();
    const cancel = this.clock.after(SEND_MS, () => limit.abort());
    try {
      await this.transport.sendMail({
        from: this.from,
        // As an object: what is given as text is taken apart, and might turn out to be several addresses.
        to: { name: '', address: to },
        subject,
        text,
        html,
        // Nobody's holiday notice answers to it (RFC 3834 §5).
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal: limit.signal,
      });
    } catch (error) {
      throw new MailError(smtpFault(error, this.options.auth as { user?: string; pass?: string } | undefined));
    } finally {
      cancel();
    }
  }
}
