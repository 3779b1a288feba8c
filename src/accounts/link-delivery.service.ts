import { Injectable, Logger } from '@nestjs/common';
import { ProblemException } from '../common/problem';
import { Mail, Mailer } from '../mail/mailer';
import { IssuedLink, OneTimeLinks } from './one-time-links.service';

/** How a link that an admin asked for travels: one of the two. */
export interface Delivery {
  readonly mailed: boolean;
  /** For the admin to hand over; `null` where it was mailed. */
  readonly link: string | null;
}

/** Brings a link that an admin asked for to whom it is for: by mail, or without a mail server through the admin. */
@Injectable()
export class LinkDelivery {
  private readonly logger = new Logger(LinkDelivery.name);

  constructor(
    private readonly mailer: Mailer,
    private readonly links: OneTimeLinks,
  ) {}

  /**
   * To be called when the link's transaction has committed. A link whose mail failed is void: nobody has it.
   * @throws ProblemException `mail_failed`
   */
  async deliver(issued: IssuedLink, address: string, mail: Mail): Promise<Delivery> {
    if (!this.mailer.configured) return { mailed: false, link: address };
    try {
      await this.mailer.send(mail);
      return { mailed: true, link: null };
    } catch (error) {
      this.logger.error({ err: error }, 'mail not sent');
      await this.links.takeBack(issued);
      throw new ProblemException('mail_failed', undefined, {}, { cause: error });
    }
  }
}
