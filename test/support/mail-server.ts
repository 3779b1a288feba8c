import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, SMTPServerDataStream, SMTPServerOptions } from 'smtp-server';
import { text as textOf } from 'node:stream/consumers';
import { PLANTED } from './planted';
import { ReceivedMail, parseMail } from './received-mail';

export const MAIL_USER = 'desk@padel.example';
/** With signs that a URL must encode, and that a log must not show. */
export const MAIL_PASSWORD = `p@ss/w0rd%${PLANTED}`;

/** A real SMTP server on this machine that keeps what it is sent, and behaves badly on demand. */
export class MailServer {
  /** All that came, in order. */
  readonly received: ReceivedMail[] = [];
  /** What it says to recipients instead of taking them; it may be anything. */
  refusal: string | null = null;
  private readonly unread: ReceivedMail[] = [];
  private readonly waiting: { to: string; resolve: (mail: ReceivedMail) => void }[] = [];

  private constructor(
    private readonly server: SMTPServer,
    readonly port: number,
  ) {}

  static async start(options: SMTPServerOptions = {}): Promise<MailServer> {
    let own: MailServer | null = null;
    const server = new SMTPServer({
      hideSTARTTLS: true,
      allowInsecureAuth: true,
      logger: false,
      onAuth: ({ username, password }, _session, done) => {
        if (username === MAIL_USER && password === MAIL_PASSWORD) done(null, { user: username });
        else done(new Error(`no such login: ${password}`));
      },
      onRcptTo: (_address, _session, done) => {
        const refusal = own?.refusal ?? null;
        done(refusal === null ? null : Object.assign(new Error(refusal), { responseCode: 550 }));
      },
      onData: (stream, _session, done) => {
        void own?.take(stream).then(() => done(), done);
      },
      ...options,
    });
    server.on('error', () => undefined);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return (own = new MailServer(server, (server.server.address() as AddressInfo).port));
  }

  /** As `SMTP_URL` has it. */
  get url(): string {
    const [user, password] = [MAIL_USER, MAIL_PASSWORD].map(encodeURIComponent);
    return `smtp://${user}:${password}@127.0.0.1:${this.port}`;
  }

  /** The oldest mail to this address that nobody took yet; waits for one. */
  next(to: string): Promise<ReceivedMail> {
    const at = this.unread.findIndex((mail) => mail.to.includes(to));
    if (at >= 0) return Promise.resolve(this.unread.splice(at, 1)[0] as ReceivedMail);
    return new Promise((resolve) => this.waiting.push({ to, resolve }));
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async take(stream: SMTPServerDataStream): Promise<void> {
    const mail = parseMail(await textOf(stream));
    this.received.push(mail);
    const at = this.waiting.findIndex(({ to }) => mail.to.includes(to));
    if (at >= 0) this.waiting.splice(at, 1)[0]?.resolve(mail);
    else this.unread.push(mail);
  }
}
