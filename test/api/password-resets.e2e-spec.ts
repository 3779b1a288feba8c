import { randomUUID } from 'node:crypto';
import { tokenIn } from '../support/received-mail';
import { Standstill } from '../support/standstill';
import { codeOf, MailWorld } from './support/mail-world';
import { PASSWORD, SUPER } from './support/world';

const NEXT = 'another long password';

interface Handed {
  readonly expires_at: string;
  readonly mailed: boolean;
  readonly link: string | null;
}

const reset = (own: MailWorld, token: string, password = NEXT) =>
  own.post('/api/auth/password/reset', { token, new_password: password });

describe('forgotten passwords', () => {
  let own: MailWorld;
  beforeAll(async () => (own = await MailWorld.start({ mailing: true })));
  afterAll(() => own.close());
  afterEach(() => (own.mail.refusal = null));

  const forgot = (email: string, more: object = {}) => own.post('/api/auth/password/forgot', { email, ...more });
  const login = (email: string, password: string) => own.post('/api/auth/login', { email, password });
  const somebody = async (name: string): Promise<string> => {
    const email = `${name}@a.example`;
    await own.world.user(own.root, own.a, email, 'PLAYER');
    return email;
  };
  const asked = async (email: string): Promise<string> => {
    await forgot(email).expect(202);
    return own.token(email, 'reset');
  };

  it('are set anew with a mailed link; all sign-ins end, media cookies too', async () => {
    const email = await somebody('forgetful');
    const before = await login(email, PASSWORD).expect(200);
    const { access_token: access, refresh_token: refresh } = before.body as Record<string, string>;
    const cookies = before.get('Set-Cookie') ?? [];
    const media = cookies.find((cookie) => cookie.startsWith('padelvar_media='))?.split(';')[0] ?? '';
    const picture = () => own.world.call('get', `/api/preview/${randomUUID()}/snapshot.jpg`).set('Cookie', media);
    await picture().expect(404);

    await forgot(` ${email.toUpperCase()} `, { language: 'en' }).expect(202);
    const mail = await own.next(email);
    expect(mail.subject).toBe('Your new PadelVar password');
    const token = tokenIn(mail, 'reset');
    expect(await own.kept()).not.toContain(token);
    await picture().expect(404);
    await reset(own, token).expect(204);

    await own.world.call('get', '/api/auth/me', access).expect(401);
    await own.post('/api/auth/refresh', { refresh_token: refresh }).expect(401);
    await picture().expect(401);
    await login(email, PASSWORD).expect(401);
    await login(email, NEXT).expect(200);
    await reset(own, token).expect(410);
    const lines = await own.audit('auth.%reset%');
    expect(lines.map(({ action }) => action)).toEqual(['auth.reset_asked', 'auth.password_reset']);
    expect(lines[1]?.target).toBe(lines[0]?.target);
    expect(await own.kept()).not.toContain(token);
  });

  it('are asked for with one answer, whoever it is', async () => {
    const email = await somebody('quiet');
    const off = await own.world.user(own.root, own.a, 'off@a.example', 'PLAYER');
    await own.world.call('patch', `/api/users/${off}`, own.root).send({ disabled: true }).expect(200);
    const answers = [await forgot(email), await forgot('nobody@a.example'), await forgot('off@a.example')];
    for (const answer of answers) {
      expect(answer.status).toBe(202);
      expect(answer.text).toBe(answers[0]?.text);
      expect(Object.keys(answer.headers).sort()).toEqual(Object.keys(answers[0]?.headers ?? {}).sort());
    }
    await own.next(email);
    own.mail.refusal = 'no such mailbox';
    expect((await forgot(email).expect(202)).text).toBe(answers[0]?.text);
    own.mail.refusal = null;
    // What would have gone to the others went before this one.
    await asked(email);
    const to = own.mail.received.map((mail) => mail.to);
    expect(to).not.toContain('nobody@a.example');
    expect(to).not.toContain('off@a.example');
  });

  it('are limited alike for who has an account and who has none', async () => {
    const email = await somebody('eager');
    for (const address of [email, 'ghost@a.example']) {
      const statuses = [];
      for (let at = 0; at < 6; at += 1) statuses.push((await forgot(address)).status);
      expect(statuses).toEqual([202, 202, 202, 202, 202, 429]);
    }
    for (const bad of [{ email: 'x' }, { email: ['a@b.example'] }, { email: 'a@b.example', x: 1 }]) {
      await own.post('/api/auth/password/forgot', bad).expect(400);
    }
  });

  it('are set once: of ten uses at the same moment one gets through', async () => {
    const token = await asked(await somebody('once'));
    const uses = await Promise.all(Array.from({ length: 10 }, (_, at) => reset(own, token, `${NEXT} ${at}`)));
    expect(uses.map(({ status }) => status).sort()).toEqual([204, ...Array<number>(9).fill(410)]);
  });

  it('are set by one of several links; the others are void, also at the same moment', async () => {
    for (const name of ['manifold-1', 'manifold-2', 'manifold-3', 'manifold-4']) {
      const email = `${name}@a.example`;
      const id = await own.world.user(own.root, own.a, email, 'PLAYER');
      const tokens: string[] = [];
      for (let at = 0; at < 4; at += 1) {
        await own.post(`/api/users/${id}/password-reset`, {}, own.root).expect(201);
        tokens.push(await own.token(email, 'reset'));
      }
      const uses = await Promise.all(tokens.map((token, at) => reset(own, token, `${NEXT} ${at}`)));
      expect(uses.map(({ status }) => status).sort()).toEqual([204, 410, 410, 410]);
      const won = uses.findIndex(({ status }) => status === 204);
      await login(email, `${NEXT} ${won}`).expect(200);
    }
  });

  it('leave no sign-in behind that began with the old one at that very moment', async () => {
    const email = await somebody('raced');
    await own.world.login(email);
    const token = await asked(email);
    // The new password is written and not yet there for others to see.
    const standstill = await Standstill.of(
      own.world.service,
      'SELECT FROM sign_ins WHERE user_id = (SELECT id FROM users WHERE email = $1)',
      [email],
    );
    const setting = reset(own, token).then(({ status }) => status);
    await standstill.waiting(1);
    const entering = login(email, PASSWORD).then(({ status }) => status);
    await standstill.waiting(2);
    await standstill.release();
    expect([await setting, await entering]).toEqual([204, 401]);
    await login(email, NEXT).expect(200);
  });

  it('keep to the rules', async () => {
    const email = await somebody('rules');
    const token = await asked(email);
    for (const weak of ['short', 'password123', email, 'x'.repeat(129), 'aaaaaaaaaa']) {
      const answer = await reset(own, token, weak).expect(400);
      expect((answer.body as { errors: unknown[] }).errors).toMatchObject([{ field: 'new_password' }]);
    }
    await reset(own, token).expect(204);
  });

  it('are not set by a link that ran out, or whose person changed password, address or state', async () => {
    const emails = await Promise.all(['slow', 'changed', 'moved', 'disabled'].map(somebody));
    const tokens: string[] = [];
    for (const email of emails) tokens.push(await asked(email));
    const [slow = '', changed = '', moved = '', disabled = ''] = emails;
    const { access_token: own1 } = await own.world.login(changed);
    const body = { current_password: PASSWORD, new_password: 'chosen by themselves' };
    await own.post('/api/auth/password', body, own1).expect(204);
    const patch = async (email: string, change: object): Promise<void> => {
      const [{ id }] = await own.query<[{ id: number }]>('SELECT id FROM users WHERE email = $1', [email]);
      await own.world.call('patch', `/api/users/${id}`, own.root).send(change).expect(200);
    };
    await patch(moved, { email: 'moved-away@a.example' });
    await patch(disabled, { disabled: true });
    const invented = await reset(own, 'A'.repeat(43)).expect(410);
    for (const token of tokens.slice(1)) expect((await reset(own, token).expect(410)).body).toEqual(invented.body);
    await own.letLinksRunOut();
    expect((await reset(own, tokens[0] ?? '').expect(410)).body).toEqual(invented.body);
    await login(slow, PASSWORD).expect(200);
  });

  it('are for an admin to hand out, to the address, where mail is sent', async () => {
    const email = await somebody('helped');
    const [{ id }] = await own.query<[{ id: number }]>('SELECT id FROM users WHERE email = $1', [email]);
    const handed = await own.post(`/api/users/${id}/password-reset`, { language: 'en' }, own.adminA).expect(201);
    expect(handed.body).toMatchObject({ mailed: true, link: null });
    const minutes = (Date.parse((handed.body as Handed).expires_at) - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(59);
    expect(minutes).toBeLessThan(61);
    await reset(own, await own.token(email, 'reset')).expect(204);
    const lines = await own.audit('auth.reset_asked');
    expect(lines.at(-1)).toMatchObject({ actor_id: own.adminAId, club_id: own.a, target: `user:${id}` });

    own.mail.refusal = 'no such mailbox';
    const failed = await own.post(`/api/users/${id}/password-reset`, {}, own.adminA).expect(502);
    expect(codeOf(failed)).toBe('mail_failed');
    const open = await own.query('SELECT id FROM one_time_links WHERE user_id = $1 AND used_at IS NULL', [id]);
    expect(open).toEqual([]);
  });
});

describe('forgotten passwords without a mail server', () => {
  let own: MailWorld;
  beforeAll(async () => (own = await MailWorld.start({ mailing: false })));
  afterAll(() => own.close());

  const handOut = (id: number, token?: string) => own.post(`/api/users/${id}/password-reset`, {}, token);
  const handedTo = async (id: number, token: string): Promise<string> => {
    const { link, mailed } = (await handOut(id, token).expect(201)).body as Handed;
    expect(mailed).toBe(false);
    return tokenIn({ text: link ?? '' }, 'reset');
  };

  it('are set with a link that an admin is given', async () => {
    const answer = await handOut(own.playerAId, own.adminA).expect(201);
    expect(answer.headers['cache-control']).toBe('no-store');
    const { link } = answer.body as Handed;
    expect(link).toMatch(new RegExp(`^${own.world.service.url}/panel/link#/reset/`));
    await reset(own, tokenIn({ text: link ?? '' }, 'reset')).expect(204);
    await own.world.call('get', '/api/auth/me', own.playerA).expect(401);
    await own.world.login('player@a.example', NEXT);
  });

  it('are asked for in vain, with the same answer', async () => {
    for (const email of ['player@a.example', 'nobody@a.example']) {
      await own.post('/api/auth/password/forgot', { email }).expect(202);
    }
    expect(await own.query('SELECT id FROM one_time_links WHERE used_at IS NULL')).toEqual([]);
  });

  it('are handed out by the rules of changing a person', async () => {
    const { access_token: player } = await own.world.login('player@a.example', NEXT);
    await handOut(own.playerAId).expect(401);
    await handOut(own.playerAId, player).expect(403);
    await handOut(own.playerAId, own.adminB).expect(404);
    await handOut(2_000_000_000, own.root).expect(404);
    expect(codeOf(await handOut(own.adminAId, own.adminA).expect(409))).toBe('own_account');
    const superId = (await own.world.login(SUPER.email, SUPER.password)).user.id;
    await handOut(superId, own.adminA).expect(404);

    const both = await own.world.user(own.root, own.a, 'both@a.example', 'PLAYER');
    await own.post(`/api/clubs/${own.b}/users`, { email: 'both@a.example', name: 'x', role: 'CLUB_ADMIN' }, own.adminB);
    await handOut(both, own.adminA).expect(403);
    await handOut(both, own.root).expect(201);
  });

  it('are not set by an admin’s link when the person has come into another club, or become SUPER_ADMIN', async () => {
    const risen = await own.world.user(own.root, own.a, 'risen@a.example', 'PLAYER');
    const joined = await own.world.user(own.root, own.a, 'joined@a.example', 'PLAYER');
    const links = [await handedTo(risen, own.adminA), await handedTo(joined, own.adminA)];
    await own.world.call('patch', `/api/users/${risen}`, own.root).send({ role: 'SUPER_ADMIN' }).expect(200);
    await own.post(
      `/api/clubs/${own.b}/users`,
      { email: 'joined@a.example', name: 'x', role: 'CLUB_ADMIN' },
      own.adminB,
    );
    for (const link of links) await reset(own, link).expect(410);
    await own.world.login('joined@a.example');
    await reset(own, await handedTo(risen, own.root)).expect(204);
  });

  it('are not set by the link of somebody who is no admin any more', async () => {
    const helper = await own.world.user(own.root, own.a, 'helper@a.example', 'CLUB_ADMIN');
    const target = await own.world.user(own.root, own.a, 'target@a.example', 'PLAYER');
    const { access_token: token } = await own.world.login('helper@a.example');
    const link = await handedTo(target, token);
    await own.world.call('delete', `/api/users/${helper}`, own.adminA).expect(204);
    await reset(own, link).expect(410);
  });
});
