import { PLANTED } from '../support/planted';
import { tokenIn } from '../support/received-mail';
import { codeOf, MailWorld, PAGE } from './support/mail-world';
import { PASSWORD, Tokens } from './support/world';

interface Invitation {
  readonly id: number;
  readonly email: string;
  readonly role: string;
  readonly expires_at: string;
  readonly mailed: boolean;
  readonly link: string | null;
}

const accept = (own: MailWorld, body: object) => own.post('/api/auth/invitations/accept', body);

describe('invitations by mail', () => {
  let own: MailWorld;
  beforeAll(async () => (own = await MailWorld.start({ mailing: true })));
  afterAll(() => own.close());
  afterEach(() => (own.mail.refusal = null));

  const invite = (email: string, more: object = {}, token = own.adminA) =>
    own.post(`/api/clubs/${own.a}/invitations`, { email, role: 'PLAYER', ...more }, token);
  const pending = async (): Promise<Invitation[]> =>
    (
      (await own.world.call('get', `/api/clubs/${own.a}/invitations`, own.adminA).expect(200)).body as {
        invitations: Invitation[];
      }
    ).invitations;
  const invited = async (email: string, more: object = {}): Promise<string> => {
    await invite(email, more).expect(201);
    return own.token(email, 'invitation');
  };

  it('lead to an account, a membership and a sign-in', async () => {
    const made = await invite('New@A.example', { name: 'Néo' }).expect(201);
    expect(made.body).toMatchObject({ email: 'new@a.example', role: 'PLAYER', mailed: true, link: null });
    const { id, expires_at: end } = made.body as Invitation;
    const days = (Date.parse(end) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(6.99);
    expect(days).toBeLessThan(7.01);

    const mail = await own.next('new@a.example');
    expect(mail).toMatchObject({ from: 'Padel <desk@padel.example>', subject: 'Invitation à rejoindre Padel du Lac' });
    const token = tokenIn(mail, 'invitation');
    expect(mail.html).toContain(`href="${PAGE}/panel/link#/invitation/${token}"`);
    expect(await own.kept()).not.toContain(token);
    expect(await pending()).toMatchObject([{ id, email: 'new@a.example', name: 'Néo', role: 'PLAYER' }]);
    expect(JSON.stringify(await pending())).not.toMatch(/link|token/);

    const answer = await accept(own, { token, password: PASSWORD }).expect(200);
    expect(answer.body).toMatchObject({
      token_type: 'Bearer',
      user: { email: 'new@a.example', name: 'Néo', role: 'PLAYER', club_id: own.a },
    });
    await own.world.call('get', '/api/auth/me', (answer.body as Tokens).access_token).expect(200);
    expect((answer.get('Set-Cookie') ?? []).join()).toMatch(/padelvar_media=/);
    await own.world.login('new@a.example');
    expect(await pending()).toEqual([]);
    const userId = (answer.body as Tokens).user.id;
    expect(await own.audit('invitation.%')).toMatchObject([
      { action: 'invitation.created', actor_id: own.adminAId, club_id: own.a, target: `invitation:${id}` },
      { action: 'invitation.accepted', actor_id: userId, club_id: own.a, details: { new_account: true } },
    ]);
    expect(await own.kept()).not.toContain(token);
  });

  it('are written in the language asked for, and sign in by cookie', async () => {
    await invite('english@a.example', { language: 'en', role: 'CLUB_ADMIN' }).expect(201);
    const mail = await own.next('english@a.example');
    expect(mail.subject).toBe('Invitation to join Padel du Lac');
    const token = tokenIn(mail, 'invitation');
    await accept(own, { token, password: PASSWORD, cookie: true }).expect(400);
    const answer = await accept(own, { token, name: 'Eve', password: PASSWORD, cookie: true }).expect(200);
    expect(answer.body).toMatchObject({ user: { name: 'Eve', role: 'CLUB_ADMIN' } });
    expect(answer.body).not.toHaveProperty('refresh_token');
    expect((answer.get('Set-Cookie') ?? []).join()).toMatch(/padelvar_refresh=/);
  });

  it('are good once: of ten uses at the same moment one gets in', async () => {
    const token = await invited('once@a.example', { name: 'Once' });
    const uses = await Promise.all(Array.from({ length: 10 }, () => accept(own, { token, password: PASSWORD })));
    expect(uses.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(9).fill(410)]);
    const [{ n }] = await own.query<[{ n: string }]>("SELECT count(*) AS n FROM users WHERE email = 'once@a.example'");
    expect(Number(n)).toBe(1);
  });

  it('used, replaced, withdrawn, run out or invented: one and the same 410', async () => {
    const used = await invited('used@a.example', { name: 'Used' });
    await accept(own, { token: used, password: PASSWORD }).expect(200);
    const replaced = await invited('twice@a.example', { name: 'Twice' });
    const second = await invited('twice@a.example', { name: 'Twice', role: 'CLUB_ADMIN' });
    expect((await pending()).filter(({ email }) => email === 'twice@a.example')).toHaveLength(1);
    const withdrawn = await invited('withdrawn@a.example');
    const id = (await pending()).find(({ email }) => email === 'withdrawn@a.example')?.id ?? 0;
    const path = `/api/clubs/${own.a}/invitations/${id}`;
    await own.world.call('delete', path, own.adminA).expect(204);
    await own.world.call('delete', path, own.adminA).expect(404);
    const late = await invited('late@a.example', { name: 'Late' });
    const tokens = [used, replaced, withdrawn, 'A'.repeat(43), 'x'];
    const answers = await Promise.all(tokens.map((token) => accept(own, { token, name: 'X', password: PASSWORD })));
    for (const answer of answers) {
      expect([answer.status, codeOf(answer)]).toEqual([410, 'link_invalid']);
      expect(answer.body).toEqual(answers[0]?.body);
    }
    const better = await accept(own, { token: second, password: PASSWORD }).expect(200);
    expect((better.body as Tokens).user.role).toBe('CLUB_ADMIN');
    await own.letLinksRunOut();
    const answer = await accept(own, { token: late, password: PASSWORD }).expect(410);
    expect(answer.body).toEqual(answers[0]?.body);
    expect(await pending()).toEqual([]);
  });

  it('ask who has an account for its password, under the throttle of signing in', async () => {
    await own.world.user(own.root, own.b, 'known@b.example', 'PLAYER');
    const token = await invited('known@b.example', { name: 'Another name', role: 'CLUB_ADMIN' });
    const wrong = await accept(own, { token, password: 'not theirs at all' }).expect(401);
    const login = await own.post('/api/auth/login', { email: 'known@b.example', password: 'not theirs at all' });
    expect(wrong.body).toEqual(login.body);
    const answer = await accept(own, { token, name: 'X', password: PASSWORD }).expect(200);
    expect((answer.body as Tokens).user).toMatchObject({
      name: 'known@b.example',
      role: 'CLUB_ADMIN',
      club_id: own.a,
      memberships: [
        { club_id: own.a, role: 'CLUB_ADMIN' },
        { club_id: own.b, role: 'PLAYER' },
      ],
    });

    await own.world.user(own.root, own.b, 'guessed@b.example', 'PLAYER');
    const guessed = await invited('guessed@b.example');
    const guess = () => accept(own, { token: guessed, password: 'a wrong guess' });
    const guesses = await Promise.all(Array.from({ length: 12 }, guess));
    expect(guesses.map(({ status }) => status).sort()).toEqual([...Array<number>(10).fill(401), 429, 429]);
    await own.post('/api/auth/login', { email: 'guessed@b.example', password: PASSWORD }).expect(429);
  });

  it('hold new passwords to the rules', async () => {
    const token = await invited('rules@a.example', { name: 'Rules' });
    for (const password of ['short', 'password123', 'rules@a.example', 'x'.repeat(129)]) {
      const answer = await accept(own, { token, password }).expect(400);
      expect((answer.body as { errors: unknown[] }).errors).toMatchObject([{ field: 'password' }]);
    }
    await accept(own, { token, password: PASSWORD }).expect(200);
  });

  it('are for admins of the club; members need none', async () => {
    await invite('x@a.example', {}, own.playerA).expect(403);
    await invite('x@a.example', {}, own.adminB).expect(404);
    await own.post(`/api/clubs/${own.a}/invitations`, { email: 'x@a.example', role: 'PLAYER' }).expect(401);
    const made = (await invite('theirs@a.example').expect(201)).body as Invitation;
    await own.next('theirs@a.example');
    const path = `/api/clubs/${own.a}/invitations`;
    await own.world.call('get', path, own.adminB).expect(404);
    await own.world.call('get', path, own.playerA).expect(403);
    await own.world.call('delete', `${path}/${made.id}`, own.adminB).expect(404);
    await own.world.call('delete', `${path}/${made.id}`, own.playerA).expect(403);
    await own.world.call('delete', `/api/clubs/${own.b}/invitations/${made.id}`, own.adminB).expect(404);
    expect(codeOf(await invite('player@a.example').expect(409))).toBe('email_taken');
    expect(codeOf(await invite('root@padel.example').expect(409))).toBe('email_taken');
    for (const bad of [{ role: 'SUPER_ADMIN' }, { language: 'de' }, { email: 'x' }, { name: '' }, { club_id: 1 }]) {
      await invite('x@a.example', bad).expect(400);
    }
  });

  it('end with the rights of who made them', async () => {
    const helper = await own.world.user(own.root, own.a, 'helper@a.example', 'CLUB_ADMIN');
    const { access_token: token } = await own.world.login('helper@a.example');
    await invite('friend@a.example', { name: 'Friend', role: 'CLUB_ADMIN' }, token).expect(201);
    const link = await own.token('friend@a.example', 'invitation');
    await own.world.call('patch', `/api/users/${helper}`, own.adminA).send({ role: 'PLAYER' }).expect(200);
    await accept(own, { token: link, password: PASSWORD }).expect(410);
    await own.world.call('patch', `/api/users/${helper}`, own.adminA).send({ role: 'CLUB_ADMIN' }).expect(200);
    await accept(own, { token: link, password: PASSWORD }).expect(200);
  });

  it('leave a membership that an admin disabled meanwhile as it is', async () => {
    await own.world.user(own.root, own.b, 'banned@b.example', 'PLAYER');
    const token = await invited('banned@b.example', { role: 'CLUB_ADMIN' });
    const body = { email: 'banned@b.example', name: 'x', role: 'PLAYER', disabled: true };
    await own.post(`/api/clubs/${own.a}/users`, body, own.adminA).expect(201);
    await accept(own, { token, password: PASSWORD }).expect(401);
    const rows = await own.query<{ off: boolean; role: string }[]>(
      `SELECT m.disabled_at IS NOT NULL AS off, m.role FROM memberships m JOIN users u ON u.id = m.user_id
       WHERE u.email = 'banned@b.example' AND m.club_id = $1`,
      [own.a],
    );
    expect(rows).toEqual([{ off: true, role: 'PLAYER' }]);
  });

  it('whose mail failed are void, and the admin is told', async () => {
    own.mail.refusal = 'no such mailbox';
    const answer = await invite('bounces@a.example').expect(502);
    expect(codeOf(answer)).toBe('mail_failed');
    expect(answer.text).not.toContain('mailbox');
    expect(answer.text).not.toContain(PLANTED);
    expect((await pending()).map(({ email }) => email)).not.toContain('bounces@a.example');
    own.mail.refusal = null;
    await invited('bounces@a.example');
  });

  it('lead nowhere once the club is gone', async () => {
    const club = await own.world.club(own.root, 'Éphémère');
    await own.post(`/api/clubs/${club}/invitations`, { email: 'gone@a.example', role: 'PLAYER' }, own.root).expect(201);
    const token = await own.token('gone@a.example', 'invitation');
    await own.world.call('delete', `/api/clubs/${club}`, own.root).expect(204);
    await accept(own, { token, name: 'Gone', password: PASSWORD }).expect(410);
  });
});

describe('invitations without end', () => {
  let own: MailWorld;
  beforeAll(async () => (own = await MailWorld.start({ mailing: true })));
  afterAll(() => own.close());

  it('fill nobody’s mailbox: an address gets ten an hour from a club', async () => {
    const statuses = [];
    for (let at = 0; at < 11; at += 1) {
      const body = { email: 'annoyed@new.example', role: 'PLAYER' };
      statuses.push((await own.post(`/api/clubs/${own.a}/invitations`, body, own.adminA)).status);
    }
    expect(statuses).toEqual([...Array<number>(10).fill(201), 429]);
    for (let at = 0; at < 11; at += 1) {
      statuses.push((await own.post(`/api/users/${own.playerAId}/password-reset`, {}, own.adminA)).status);
    }
    expect(statuses.slice(11)).toEqual([...Array<number>(10).fill(201), 429]);
  });
});

describe('invitations without a mail server', () => {
  let own: MailWorld;
  beforeAll(async () => (own = await MailWorld.start({ mailing: false })));
  afterAll(() => own.close());

  it('are handed to the admin, once', async () => {
    const body = { email: 'paper@a.example', name: 'Paper', role: 'PLAYER' };
    const made = await own.post(`/api/clubs/${own.a}/invitations`, body, own.adminA).expect(201);
    expect(made.headers['cache-control']).toBe('no-store');
    const { link, mailed } = made.body as Invitation;
    expect(mailed).toBe(false);
    expect(link).toMatch(new RegExp(`^${own.world.service.url}/panel/link#/invitation/[A-Za-z0-9_-]{43}$`));
    const list = await own.world.call('get', `/api/clubs/${own.a}/invitations`, own.adminA).expect(200);
    expect(list.body).toMatchObject({ success: true, count: 1, invitations: [{ email: 'paper@a.example' }] });
    const token = tokenIn({ text: link ?? '' }, 'invitation');
    expect(list.text).not.toContain(token);
    await accept(own, { token, password: PASSWORD }).expect(200);
  });
});
