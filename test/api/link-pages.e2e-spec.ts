import { TestBrowser, TestPage } from '../support/browser';
import { MailWorld } from './support/mail-world';
import { PASSWORD } from './support/world';

const NEXT = 'another long password';

jest.setTimeout(90_000);

describe('the pages behind mailed links', () => {
  let own: MailWorld;
  let browser: TestBrowser;
  let page: TestPage;

  beforeAll(async () => {
    own = await MailWorld.start({ mailing: true });
    browser = await TestBrowser.start();
  });
  afterAll(async () => {
    await browser?.close();
    await own?.close();
  });
  beforeEach(async () => (page = await browser.open()));
  afterEach(async () => {
    expect(page.faults).toEqual([]);
    await page.close();
  });

  const goTo = (hash: string, at = page) => at.page.goto(`${own.world.service.url}/panel/link#/${hash}`);
  const submit = () => page.page.click('form button[type=submit]');
  const says = (text: string, at = page) => at.page.waitForSelector(`text=${text}`);
  const invited = async (email: string): Promise<string> => {
    await own.post(`/api/clubs/${own.a}/invitations`, { email, role: 'PLAYER' }, own.adminA).expect(201);
    return own.token(email, 'invitation');
  };

  it('let somebody who is invited in, and say so where a link is used up', async () => {
    const token = await invited('new@a.example');
    await goTo(`invitation/${token}`);
    await page.page.fill('#name', 'Néo');
    await page.page.fill('#password', 'password123');
    await submit();
    await says('not easy to guess');
    await page.page.fill('#password', PASSWORD);
    await submit();
    await page.page.waitForSelector('#content');
    await page.page.waitForURL(`${own.world.service.url}/panel/courts`);
    // Signed in as by hand: also after the page is opened anew.
    await page.page.reload();
    await page.page.waitForSelector('#content');

    await goTo(`invitation/${token}`);
    await page.page.fill('#name', 'Néo');
    await page.page.fill('#password', PASSWORD);
    await submit();
    await says('This link is no longer good');
  });

  it('ask who has an account for its password', async () => {
    await own.world.user(own.root, own.b, 'known@b.example', 'PLAYER');
    await goTo(`invitation/${await invited('known@b.example')}`);
    await page.page.fill('#name', 'x');
    await page.page.fill('#password', 'not the right one');
    await submit();
    await says('You have an account with this address');
    await page.page.fill('#password', PASSWORD);
    await submit();
    await page.page.waitForSelector('#content');
  });

  it('lead from a forgotten password to a new one', async () => {
    await page.page.goto(`${own.world.service.url}/panel/`);
    await page.page.click('text=Forgot your password?');
    // Until then the form of the page before is there.
    await says('Forgotten password');
    await page.page.fill('#email', 'player@a.example');
    await submit();
    await says('a mail is on its way');
    const mail = await own.next('player@a.example');
    expect(mail.subject).toBe('Your new PadelVar password');
    await goTo(`reset/${/#\/reset\/(\S+)/.exec(mail.text)?.[1]}`);
    await page.page.fill('#password', NEXT);
    await submit();
    await says('holds from now on');
    await page.page.click('main >> text=Sign in');
    await page.page.fill('#email', 'player@a.example');
    await page.page.fill('#password', NEXT);
    await submit();
    await page.page.waitForSelector('#content');
  });

  it('register a player, who confirms by a press and not by opening the page', async () => {
    await own.world.call('patch', `/api/clubs/${own.a}`, own.adminA).send({ registration_open: true }).expect(200);
    await page.page.goto(`${own.world.service.url}/panel/register/${own.a}`);
    await page.page.fill('#name', 'Alex');
    await page.page.fill('#email', 'alex@new.example');
    await page.page.fill('#password', PASSWORD);
    await submit();
    await says('a mail is on its way');
    const token = await own.token('alex@new.example', 'confirm');
    await goTo(`confirm/${token}`);
    await says('Confirm your registration');
    await page.page.reload();
    await page.page.fill('#password', 'of somebody else');
    await submit();
    await says('not the password that was chosen');
    await page.page.fill('#password', PASSWORD);
    await submit();
    await page.page.waitForSelector('#content');
  });

  it('speak French', async () => {
    const french = await browser.open({ locale: 'fr-FR' });
    await goTo('reset/abc', french);
    await says('Nouveau mot de passe', french);
    await french.page.fill('#password', NEXT);
    await french.page.click('form button[type=submit]');
    await says('Ce lien n’est plus valable', french);
    expect(french.faults).toEqual([]);
    await french.close();
  });
});
