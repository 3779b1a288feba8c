import { tokenIn } from '../support/received-mail';
import { OneTimeLinks } from '../../src/accounts/one-time-links.service';
import { codeOf, MailWorld, PAGE } from './support/mail-world';
import { PASSWORD, Tokens } from './support/world';

const open = (own: MailWorld, open: boolean, token = own.adminA) =>
  own.world.call('patch', `/api/clubs/${own.a}`, token).send({ registration_open: open });

describe('players who register themselves', () => {
  let own: MailWorld;
  beforeAll(async () => {
    own = await MailWorld.start({ mailing: true });
    await open(own, true).expect(200);
  });
  afterAll(() => own.close());
  afterEach(() => (own.mail.refusal = null));

  const register = (email: string, more: object = {}) =>
    own.post('/api/auth/register', { club_id: own.a, email, name: 'Alex', password: PASSWORD, ...more });
  const confirm = (token: string, more: object = {}) =>
    own.post('/api/auth/register/confirm', { token, password: PASSWORD, ...more });
  const usersOf = async (email: string): Promise<number> =>
    (await own.query<unknown[]>('SELECT id FROM users WHERE email = $1', [email])).length;

  it('find the club where it is open, and nothing else of it', async () => {
    const facts = await own.world.call('get', `/api/auth/registration/${own.a}`).expect(200);
    expect(facts.body).toEqual({ club_id: own.a, name: 'Padel du Lac', open: true });
    const closed = await own.world.call('get', `/api/auth/registration/${own.b}`).expect(404);
    const unknown = await own.world.call('get', '/api/auth/registration/2000000000').expect(404);
    expect(closed.body).toEqual(unknown.body);
    await register('x@new.example', { club_id: own.b }).expect(404);
    await own.world.call('get', '/api/auth/registration/abc').expect(400);
  });

  it('have an account when they confirmed their address, and not before', async () => {
    await register('Alex@New.example').expect(202);
    const mail = await own.next('alex@new.example');
    expect(mail.subject).toBe('Confirmez votre inscription à Padel du Lac');
    const token = tokenIn(mail, 'confirm');
    expect(mail.text).toContain(`${PAGE}/panel/link#/confirm/${token}`);
    expect(await usersOf('alex@new.example')).toBe(0);
    await own.post('/api/auth/login', { email: 'alex@new.example', password: PASSWORD }).expect(401);
    const answer = await confirm(token).expect(200);
    expect(answer.body).toMatchObject({
      user: { email: 'alex@new.example', name: 'Alex', role: 'PLAYER', club_id: own.a },
    });
    await own.world.login('alex@new.example');
    await confirm(token).expect(410);
    const userId = (answer.body as Tokens).user.id;
    expect(await own.audit('registration.%')).toMatchObject([
      { action: 'registration.asked', actor_id: null, club_id: own.a, target: null },
      { action: 'registration.confirmed', actor_id: userId, club_id: own.a, target: `user:${userId}` },
    ]);
    const kept = await own.kept();
    expect(kept).not.toContain(token);
    // The password was taken out of the link when it became the account's.
    expect(kept).not.toContain('$argon2id$');
  });

  it('are nobody else: who clicks must know the password that was chosen', async () => {
    await register('owner@victim.example', { password: 'chosen by somebody else' }).expect(202);
    const token = tokenIn(await own.next('owner@victim.example'), 'confirm');
    for (const password of ['', 7, undefined]) await confirm(token, { password }).expect(400);
    const wrong = await confirm(token).expect(401);
    expect(codeOf(wrong)).toBe('unauthorized');
    expect(await usersOf('owner@victim.example')).toBe(0);
    await confirm(token, { password: 'chosen by somebody else' }).expect(200);
  });

  it('are told nothing of others: an address with an account looks the same, and its owner gets word', async () => {
    const fresh = await register('nobody@new.example', { language: 'en' });
    const known = await register('player@a.example', { language: 'en' });
    const admin = await register('root@padel.example');
    for (const answer of [fresh, known, admin]) {
      expect(answer.status).toBe(202);
      expect(answer.text).toBe(fresh.text);
      expect(Object.keys(answer.headers).sort()).toEqual(Object.keys(fresh.headers).sort());
    }
    expect((await own.next('nobody@new.example')).subject).toBe('Confirm your registration at Padel du Lac');
    const word = await own.next('player@a.example');
    expect(word.subject).toBe('You have a PadelVar account already');
    expect(word.text).not.toMatch(/#\/confirm/);
    await own.next('root@padel.example');
    await own.world.login('player@a.example');
    // Nor by a mail server that takes the one and not the other.
    own.mail.refusal = 'no such mailbox';
    for (const email of ['player@a.example', 'nobody@new.example']) {
      expect((await register(email).expect(202)).text).toBe(fresh.text);
    }
  });

  it('are held to the rules', async () => {
    for (const password of ['short', 'password123', 'rules@new.example', 'x'.repeat(129)]) {
      await register('rules@new.example', { password }).expect(400);
    }
  });

  it.each([[{ name: '' }], [{ email: 'x' }], [{ club_id: '1' }], [{ language: 'de' }], [{ role: 'CLUB_ADMIN' }]])(
    'are refused with %j',
    async (bad) => {
      await register('bad@new.example', bad).expect(400);
    },
  );

  it('confirm once: of ten uses at the same moment one gets in', async () => {
    await register('once@new.example').expect(202);
    const token = await own.token('once@new.example', 'confirm');
    const uses = await Promise.all(Array.from({ length: 10 }, () => confirm(token, { cookie: true })));
    expect(uses.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(9).fill(410)]);
    const won = uses.find(({ status }) => status === 200);
    expect(won?.body).not.toHaveProperty('refresh_token');
    expect(await usersOf('once@new.example')).toBe(1);
  });

  it('confirm one of two registrations; the other is void, also at the same moment', async () => {
    for (let times = 0; times < 2; times++) await register('two@new.example').expect(202);
    const tokens = [await own.token('two@new.example', 'confirm'), await own.token('two@new.example', 'confirm')];
    const uses = await Promise.all(tokens.map((token) => confirm(token)));
    expect(uses.map(({ status }) => status).sort()).toEqual([200, 410]);
    expect(uses.map(codeOf)).toContain('link_invalid');
    expect(await usersOf('two@new.example')).toBe(1);
  });

  it('who are invited meanwhile come in by one of the two ways, also at the same moment', async () => {
    for (let at = 0; at < 4; at += 1) {
      const email = `both-ways-${at}@new.example`;
      await register(email).expect(202);
      const confirmation = await own.token(email, 'confirm');
      const body = { email, name: 'Alex', role: 'PLAYER' };
      await own.post(`/api/clubs/${own.a}/invitations`, body, own.adminA).expect(201);
      const token = await own.token(email, 'invitation');
      const accept = own.post('/api/auth/invitations/accept', { token, password: PASSWORD });
      const statuses = (await Promise.all([confirm(confirmation), accept])).map(({ status }) => status);
      // Who was first decides; the invitation may still find the account, and then asks for its password.
      expect([
        [410, 200],
        [200, 200],
        [200, 409],
      ]).toContainEqual(statuses);
      expect(await usersOf(email)).toBe(1);
    }
  });

  it('come too late where the link ran out, or the club closed', async () => {
    await register('late@new.example').expect(202);
    const late = await own.token('late@new.example', 'confirm');
    await open(own, false).expect(200);
    await confirm(late).expect(410);
    await register('late@new.example').expect(404);
    await open(own, true).expect(200);
    await own.letLinksRunOut();
    const answer = await confirm(late).expect(410);
    expect(answer.body).toEqual((await confirm('A'.repeat(43)).expect(410)).body);
    expect(await usersOf('late@new.example')).toBe(0);
  });

  it('are let in or kept out by the club’s admin', async () => {
    await open(own, true, own.playerA).expect(403);
    await open(own, true, own.adminB).expect(404);
    const club = await own.world.call('get', `/api/clubs/${own.a}`, own.playerA).expect(200);
    expect(club.body).toMatchObject({ registration_open: true });
    const other = await own.world.call('get', `/api/clubs/${own.b}`, own.adminB).expect(200);
    expect(other.body).toMatchObject({ registration_open: false });
    const bad = await own.world.call('patch', `/api/clubs/${own.a}`, own.adminA).send({ registration_open: 'yes' });
    expect(bad.status).toBe(400);
  });

  it('get five mails an hour, whether they have an account or not', async () => {
    for (const email of ['often@new.example', 'admin@a.example']) {
      const answers = [];
      for (let at = 0; at < 6; at += 1) answers.push(await register(email));
      expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202, 429]);
      expect(codeOf(answers[5] as { body: unknown })).toBe('too_many_attempts');
      expect(Number(answers[5]?.headers['retry-after'])).toBeGreaterThan(0);
    }
  });

  it('leave no trace a day after their link was used or ran out', async () => {
    const links = own.world.service.app.get(OneTimeLinks);
    await own.query(`UPDATE one_time_links SET expires_at = now() - interval '25 hours'`);
    await own.query(`UPDATE one_time_links SET expires_at = now() - interval '23 hours', used_at = NULL, password_hash = 'x'
                     WHERE email = 'late@new.example'`);
    await links.prune();
    expect(await own.query('SELECT email FROM one_time_links')).toEqual([{ email: 'late@new.example' }]);
  });
});

describe('players who register themselves without a mail server', () => {
  let own: MailWorld;
  beforeAll(async () => (own = await MailWorld.start({ mailing: false })));
  afterAll(() => own.close());

  it('cannot, and are told to ask the club', async () => {
    await open(own, true).expect(200);
    const body = { club_id: own.a, email: 'alex@new.example', name: 'Alex', password: PASSWORD };
    for (const email of ['alex@new.example', 'player@a.example']) {
      const answer = await own.post('/api/auth/register', { ...body, email }).expect(503);
      expect(codeOf(answer)).toBe('mail_not_configured');
    }
    expect(await own.query('SELECT id FROM one_time_links')).toEqual([]);
  });
});
