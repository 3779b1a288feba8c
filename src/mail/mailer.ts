/** A mail to one person. */
export interface Mail {
  /** An address alone, checked. */
  readonly to: string;
  /** One line. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** A mail that the server did not take, or not in time. Its message is fit for the log: no secret, no content. */
export class MailError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MailError';
  }
}

/** Sends mail, where that is configured. Also its injection token. */
export abstract class Mailer {
  /** False: there is no mail server, and {@link send} always fails. */
  abstract readonly configured: boolean;

  /**
   * Resolves once the mail server has taken the mail, within 15 seconds. To be called outside of transactions.
   * @throws MailError
   */
  abstract send(mail: Mail): Promise<void>;
}
