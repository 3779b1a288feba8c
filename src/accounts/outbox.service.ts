import { BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Mail, Mailer } from '../mail/mailer';

/**
 * How long an answer takes that must not tell whether an address has an account, in milliseconds: longer than what is done
 * in either case, a password's hash included, so that the difference is not seen.
 */
export const SILENT_MS = 200;

/** Mails that may be on their way at once; a mail server that hangs shall not fill the memory. */
const MOST = 100;

/**
 * Sends mails that nobody waits for, because how their sending ends, or how long it takes, would tell whether an address has
 * an account. What fails is a line in the log. The service ends when they are sent; each is bounded in time by the mailer.
 */
@Injectable()
export class Outbox implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Outbox.name);
  private readonly underWay = new Set<Promise<void>>();

  constructor(private readonly mailer: Mailer) {}

  /** Sends it once the answer to the present request is out. Never throws. */
  later(mail: Mail): void {
    if (this.underWay.size >= MOST) {
      this.logger.error(`mail not sent: ${MOST} others are under way`);
      return;
    }
    const sending = this.send(mail).finally(() => this.underWay.delete(sending));
    this.underWay.add(sending);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.underWay);
  }

  private async send(mail: Mail): Promise<void> {
    await new Promise(setImmediate);
    try {
      await this.mailer.send(mail);
    } catch (error) {
      this.logger.error({ err: error }, 'mail not sent');
    }
  }
}
