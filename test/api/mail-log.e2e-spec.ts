import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api } from '../support/api';
import { MAIL_PASSWORD, MAIL_USER, MailServer } from '../support/mail-server';
import { PLANTED } from '../support/planted';
import { tokenIn } from '../support/received-mail';
import { ServiceProcess } from '../support/service-process';
import { createTestDatabase, TestDatabase } from '../support/test-database';

const SUPER = { email: 'root@padel.example', password: `a long ${PLANTED} secret` };
const CHOSEN = 'chosen by the player';

describe('the log of a service that sends mail', () => {
  let database: TestDatabase;
  let mail: MailServer;
  let root: string;
  let service: ServiceProcess;
  let log = '';

  beforeAll(async () => {
    database = await createTestDatabase();
    mail = await MailServer.start();
    root = mkdtempSync(join(tmpdir(), 'padelvar-mail-'));
    const env = {
      LOG_LEVEL: 'trace',
      SMTP_URL: mail.url,
      PUBLIC_URL: 'http://padel.example',
      ADMIN_EMAIL: SUPER.email,
      ADMIN_PASSWORD: SUPER.password,
    };
    service = await ServiceProcess.start(root, database.url, env, (text) => (log += text));
  });
  afterAll(async () => {
    service.signal('SIGTERM');
    await service.exited;
    await mail.close();
    await database.drop();
    rmSync(root, { recursive: true, force: true });
  });

  it('has no token and no password, and mails under way at its end arrive', async () => {
    const operator = await Api.signedIn(service.url, SUPER.email, SUPER.password);
    const { body: club } = await operator.post<{ id: number }>('/api/clubs', {
      name: 'Lac',
      time_zone: 'Europe/Paris',
    });
    const invite = (email: string) =>
      operator.post(`/api/clubs/${club.id}/invitations`, { email, name: 'Alex', role: 'PLAYER' });
    await invite('alex@lac.example');
    const invitation = tokenIn(await mail.next('alex@lac.example'), 'invitation');
    const nobody = new Api(service.url);
    const accepted = await nobody.post('/api/auth/invitations/accept', { token: invitation, password: CHOSEN });
    expect(accepted.status).toBe(200);

    // A server that repeats what it was told, in each of its forms.
    const forms = [MAIL_PASSWORD, encodeURIComponent(MAIL_PASSWORD)];
    mail.refusal = `no relay for ${[...forms, `\0${MAIL_USER}\0${MAIL_PASSWORD}`].map(base64OrPlain).join(' ')}`;
    expect((await invite('bo@lac.example')).status).toBe(502);
    await nobody.post('/api/auth/password/forgot', { email: 'alex@lac.example' });
    mail.refusal = null;

    const arrives = mail.next('alex@lac.example');
    expect((await nobody.post('/api/auth/password/forgot', { email: 'alex@lac.example' })).status).toBe(202);
    service.signal('SIGTERM');
    const reset = tokenIn(await arrives, 'reset');
    expect(await service.exited).toBe(0);

    expect(log).toMatch(/mail not sent/);
    expect(log).toMatch(/550.*no relay for \[hidden\]/);
    expect(log).toMatch(/invitations\/accept/);
    for (const secret of [invitation, reset, ...forms, PLANTED, CHOSEN, SUPER.password]) {
      expect(log).not.toContain(secret);
    }
    expect(log).not.toContain(base64OrPlain(`\0${MAIL_USER}\0${MAIL_PASSWORD}`));
  });
});

/** What AUTH PLAIN sends (RFC 4616) as it is sent, anything else as it is. */
function base64OrPlain(text: string): string {
  return text.startsWith('\0') ? Buffer.from(text).toString('base64') : text;
}
