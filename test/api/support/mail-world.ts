import { DataSource } from 'typeorm';
import { MailServer } from '../../support/mail-server';
import { ReceivedMail, tokenIn } from '../../support/received-mail';
import { World } from './world';

export const PAGE = 'http://padel.example';

/** A line of the audit trail. */
export interface AuditLine {
  readonly action: string;
  readonly actor_id: number | null;
  readonly club_id: number | null;
  readonly target: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** A service with two clubs, their admins and a player, and perhaps a mail server. */
export class MailWorld {
  root: string;
  a: number;
  b: number;
  adminA: string;
  adminB: string;
  playerA: string;
  adminAId: number;
  playerAId: number;

  private constructor(
    readonly world: World,
    private readonly server: MailServer | null,
  ) {}

  static async start({ mailing }: { mailing: boolean }): Promise<MailWorld> {
    const server = mailing ? await MailServer.start() : null;
    const env: Record<string, string> =
      server === null ? {} : { SMTP_URL: server.url, PUBLIC_URL: PAGE, MAIL_FROM: 'Padel <desk@padel.example>' };
    const own = new MailWorld(await World.start({ env }), server);
    await own.furnish();
    return own;
  }

  get mail(): MailServer {
    if (this.server === null) throw new Error('This service sends no mail.');
    return this.server;
  }

  async close(): Promise<void> {
    await this.world.service.close();
    await this.server?.close();
  }

  post(path: string, body: object, token?: string) {
    return this.world.call('post', path, token).send(body);
  }

  /** The token of the next mail's link to a page. */
  async token(to: string, page: string): Promise<string> {
    return tokenIn(await this.mail.next(to), page);
  }

  next(to: string): Promise<ReceivedMail> {
    return this.mail.next(to);
  }

  query<T>(sql: string, parameters: unknown[] = []): Promise<T> {
    return this.world.service.app.get(DataSource).query<T>(sql, parameters);
  }

  /** Lets all links run out, by the clock that counts: the database's. */
  async letLinksRunOut(): Promise<void> {
    await this.query('UPDATE one_time_links SET expires_at = now() WHERE used_at IS NULL');
  }

  audit(pattern: string): Promise<AuditLine[]> {
    return this.query<AuditLine[]>(
      'SELECT action, actor_id, club_id, target, details FROM audit_log WHERE action LIKE $1 ORDER BY id',
      [pattern],
    );
  }

  /** Everything the database holds of links and the trail, as one text: no token may be in it. */
  async kept(): Promise<string> {
    const links = await this.query("SELECT *, encode(hash, 'base64') AS text FROM one_time_links");
    return JSON.stringify([links, await this.query('SELECT * FROM audit_log')]);
  }

  private async furnish(): Promise<void> {
    const { world } = this;
    this.root = await world.superToken();
    this.a = await world.club(this.root, 'Padel du Lac');
    this.b = await world.club(this.root, 'Autre Club');
    this.adminAId = await world.user(this.root, this.a, 'admin@a.example', 'CLUB_ADMIN');
    await world.user(this.root, this.b, 'admin@b.example', 'CLUB_ADMIN');
    this.playerAId = await world.user(this.root, this.a, 'player@a.example', 'PLAYER');
    this.adminA = (await world.login('admin@a.example')).access_token;
    this.adminB = (await world.login('admin@b.example')).access_token;
    this.playerA = (await world.login('player@a.example')).access_token;
  }
}

/** The stable code of a problem. */
export function codeOf(answer: { body: unknown }): string {
  return (answer.body as { code: string }).code;
}
