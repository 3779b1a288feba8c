import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { MAIL_PASSWORD, MAIL_USER, MailServer } from '../../test/support/mail-server';
import { SystemClock } from '../common/clock';
import { HandClock } from '../common/hand-clock.fixture';
import { Mail, MailError } from './mailer';
import { SmtpMailer } from './smtp-mailer';

const MAIL: Mail = { to: 'alex@lac.example', subject: 'Été à Évian', text: 'Voilà\n', html: '<p>Voilà</p>\n' };
const FROM = 'Padel du Lac <desk@lac.example>';

function faultOf(sending: Promise<void>): Promise<MailError> {
  return sending.then(
    () => Promise.reject(new Error('it was sent')),
    (error: MailError) => error,
  );
}

describe('SmtpMailer', () => {
  let server: MailServer;
  beforeEach(async () => (server = await MailServer.start()));
  afterEach(() => server.close());

  it('brings a mail, with user and password out of the URL', async () => {
    await new SmtpMailer(server.url, FROM, new SystemClock()).send(MAIL);
    const mail = await server.next(MAIL.to);
    expect(mail).toMatchObject({ from: FROM, to: MAIL.to, subject: MAIL.subject, text: MAIL.text, html: MAIL.html });
    expect(mail.raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
  });

  it('makes no two recipients of one address', async () => {
    const to = '"a,b@evil.example,c"@lac.example';
    await new SmtpMailer(server.url, FROM, new SystemClock()).send({ ...MAIL, to }).catch(() => undefined);
    for (const mail of server.received) expect(mail.to).not.toMatch(/^a|, *b@evil/);
  });

  it('tells what the server said, without the password it repeated', async () => {
    const url = `smtp://${encodeURIComponent(MAIL_USER)}:wr%2FongSECRET@127.0.0.1:${server.port}`;
    const error = await faultOf(new SmtpMailer(url, FROM, new SystemClock()).send(MAIL));
    expect(error.name).toBe('MailError');
    expect(error.message).toMatch(/^EAUTH.*no such login: \[hidden\]/);

    server.refusal = `relay denied for ${Buffer.from(`\0${MAIL_USER}\0${MAIL_PASSWORD}`).toString('base64')}`;
    const refused = await faultOf(new SmtpMailer(server.url, FROM, new SystemClock()).send(MAIL));
    expect(refused.message).toMatch(/550.*relay denied for \[hidden\]/);
    expect(refused).not.toHaveProperty('cause');
  });

  it('gives a server that is silent up', async () => {
    const mute = createServer().listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const connected = once(mute, 'connection');
    const clock = new HandClock();
    const url = `smtp://127.0.0.1:${(mute.address() as AddressInfo).port}`;
    const fault = faultOf(new SmtpMailer(url, FROM, clock).send(MAIL));
    const [socket] = (await connected) as [import('node:net').Socket];
    const gone = once(socket, 'close');
    socket.resume();
    clock.pass(15_000);
    expect((await fault).name).toBe('MailError');
    await gone;
    expect(clock.pending).toBe(0);
    mute.close();
  });

  it('says so where nobody listens', async () => {
    await server.close();
    expect((await faultOf(new SmtpMailer(server.url, FROM, new SystemClock()).send(MAIL))).message).toMatch(/^ESOCKET/);
    server = await MailServer.start();
  });
});
