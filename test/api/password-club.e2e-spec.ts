import { DataSource } from 'typeorm';
import { PasswordClub1700000000041 } from '../../migrations/1700000000041-password-club';
import { Principal } from '../../src/auth/principal';
import { PrincipalsService } from '../../src/auth/principals.service';
import { Api } from '../support/api';
import { VideoShelf } from '../support/video-shelf';
import { MailWorld } from './support/mail-world';
import { PASSWORD, SUPER, Tokens } from './support/world';

const OWN = 'nobody else knows this';

type Me = Tokens['user'] & { readonly password_chosen: boolean };

describe("a password that a club's admin set", () => {
  let own: MailWorld;
  let names = 0;
  beforeAll(async () => (own = await MailWorld.start({ mailing: false })));
  afterAll(() => own.close());

  const login = (email: string, password = PASSWORD) => own.world.login(email, password);
  const me = async (token: string): Promise<Me> =>
    (await own.world.call('get', '/api/auth/me', token).expect(200)).body as Me;
  const add = (token: string, clubId: number, email: string, more: object = {}) =>
    own.post(`/api/clubs/${clubId}/users`, { email, name: 'Somebody', role: 'PLAYER', ...more }, token).expect(201);
  const patch = (token: string, id: number, body: object) =>
    own.world.call('patch', `/api/users/${id}`, token).send(body);
  const change = (token: string, current: string, next: string) =>
    own.post('/api/auth/password', { current_password: current, new_password: next }, token).expect(204);

  /** Somebody whose password the admin of the first club knows. */
  async function known(): Promise<{ id: number; email: string }> {
    const email = `known${(names += 1)}@a.example`;
    return { id: await own.world.user(own.adminA, own.a, email, 'PLAYER'), email };
  }

  /** The same, in the second club too. */
  async function shared(): Promise<{ id: number; email: string }> {
    const somebody = await known();
    await add(own.adminB, own.b, somebody.email);
    return somebody;
  }

  /** Sets the password by a link of a SUPER_ADMIN. */
  async function byLink(id: number): Promise<void> {
    const { link } = (await own.post(`/api/users/${id}/password-reset`, {}, own.root).expect(201)).body as {
      link: string;
    };
    const token = link.split('/').at(-1);
    await own.post('/api/auth/password/reset', { token, new_password: OWN }).expect(204);
  }

  const ofA = () => ({ club_id: own.a, memberships: [{ club_id: own.a, role: 'PLAYER' }], password_chosen: false });

  it('opens that club and no other one that the person comes into', async () => {
    const { email } = await known();
    expect(await me((await login(email)).access_token)).toMatchObject(ofA());
    await add(own.adminB, own.b, email, { role: 'CLUB_ADMIN' });
    const { access_token: token, refresh_token: refresh, user } = await login(email);
    expect(user).toMatchObject(ofA());
    await own.post('/api/auth/club', { club_id: own.b }, token).expect(404);
    await own.world.call('get', `/api/clubs/${own.b}`, token).expect(404);
    await own.world.call('get', `/api/clubs/${own.b}/users`, token).expect(404);
    const clubs = (await own.world.call('get', '/api/clubs', token).expect(200)).body as { clubs: { id: number }[] };
    expect(clubs.clubs.map(({ id }) => id)).toEqual([own.a]);
    const { body } = await own.post('/api/auth/refresh', { refresh_token: refresh }).expect(200);
    expect((body as Tokens).user).toMatchObject(ofA());
  });

  it('does not open another one by being changed with itself', async () => {
    const { email } = await shared();
    await change((await login(email)).access_token, PASSWORD, OWN);
    const { access_token: token, user } = await login(email, OWN);
    expect(user).toMatchObject(ofA());
    await own.post('/api/auth/club', { club_id: own.b }, token).expect(404);
  });

  it('does once the person has chosen their own by a link', async () => {
    const { id, email } = await shared();
    const before = await login(email);
    // The rules on who hands one out are as they were.
    await own.post(`/api/users/${id}/password-reset`, {}, own.adminA).expect(403);
    await own.post(`/api/users/${id}/password-reset`, {}, own.adminB).expect(403);
    await byLink(id);
    await own.world.call('get', '/api/auth/me', before.access_token).expect(401);
    const { access_token: token } = await login(email, OWN);
    expect(await me(token)).toMatchObject({
      password_chosen: true,
      memberships: [{ club_id: own.a }, { club_id: own.b }],
    });
    await own.post('/api/auth/club', { club_id: own.b }, token).expect(200);
  });

  it('is the person’s own where they changed it before they came into another club', async () => {
    const { email } = await known();
    const { access_token: token } = await login(email);
    await change(token, PASSWORD, OWN);
    expect((await me(token)).password_chosen).toBe(true);
    await add(own.adminB, own.b, email);
    expect((await me(token)).memberships).toHaveLength(2);
  });

  it('is that club’s also where it is set later on; a SUPER_ADMIN’s is no club’s', async () => {
    const { id, email } = await known();
    await byLink(id);
    expect((await login(email, OWN)).user).toMatchObject({ password_chosen: true });
    await patch(own.adminA, id, { name: 'Renamed' }).expect(200);
    expect((await login(email, OWN)).user).toMatchObject({ password_chosen: true });
    await patch(own.adminA, id, { password: 'set at the desk of A' }).expect(200);
    await add(own.adminB, own.b, email);
    expect((await login(email, 'set at the desk of A')).user).toMatchObject(ofA());
    await patch(own.root, id, { password: 'set by the operator' }).expect(200);
    const { user } = await login(email, 'set by the operator');
    expect(user).toMatchObject({ password_chosen: true, memberships: [{ club_id: own.a }, { club_id: own.b }] });
  });

  it('set by who administers several of their clubs opens the one it was set in', async () => {
    const both = 'both@a.example';
    for (const club of [own.a, own.b]) await add(own.root, club, both, { role: 'CLUB_ADMIN', password: PASSWORD });
    const { access_token: token } = await login(both);
    const { id, email } = await shared();
    await patch(token, id, { password: 'from one of two desks', club_id: own.b }).expect(200);
    expect((await login(email, 'from one of two desks')).user).toMatchObject({
      club_id: own.b,
      memberships: [{ club_id: own.b }],
      password_chosen: false,
    });
  });

  it('opens nothing where the person is not in that club any more; the trail says why', async () => {
    const { id, email } = await shared();
    await own.world.call('delete', `/api/users/${id}`, own.adminA).expect(204);
    await own.post('/api/auth/login', { email, password: PASSWORD }).expect(401);
    const lines = await own.audit('auth.sign_in_failed');
    expect(lines.at(-1)).toMatchObject({ club_id: own.b, details: { reason: 'password_not_chosen' } });
    // In one club alone, and that is the one whose admin may now help.
    await patch(own.adminB, id, { password: 'set at the desk of B' }).expect(200);
    expect((await login(email, 'set at the desk of B')).user).toMatchObject({ club_id: own.b, password_chosen: false });
  });

  it('opens no service: who becomes SUPER_ADMIN signs in with their own', async () => {
    const { id, email } = await known();
    await patch(own.root, id, { role: 'SUPER_ADMIN' }).expect(200);
    await own.post('/api/auth/login', { email, password: PASSWORD }).expect(401);
    const lines = await own.audit('auth.sign_in_failed');
    expect(lines.at(-1)?.details).toEqual({ reason: 'password_not_chosen' });
    await own.post('/api/auth/erase', { email, password: PASSWORD }).expect(403);
    await byLink(id);
    const { access_token: token, user } = await login(email, OWN);
    expect(user).toMatchObject({ role: 'SUPER_ADMIN', password_chosen: true });
    await own.query('UPDATE users SET password_club_id = $2 WHERE id = $1', [id, own.a]);
    await own.world.call('get', '/api/auth/me', token).expect(401);
  });

  it('ends what was signed in before it: tokens, media cookies, URLs, streams', async () => {
    const { id, email } = await shared();
    await byLink(id);
    const shelf = await VideoShelf.of(own.world.service, await operator(), own.b);
    const video = await shelf.put();
    await own.query('UPDATE camera_sessions SET user_id = $2 WHERE id = $1', [video, id]);
    await own.query('UPDATE videos SET user_id = $2 WHERE session_id = $1', [video, id]);
    const signIn = await own.post('/api/auth/login', { email, password: OWN }).expect(200);
    const { access_token: first } = signIn.body as Tokens;
    const switched = await own.post('/api/auth/club', { club_id: own.b }, first).expect(200);
    const { access_token: token, refresh_token: refresh } = switched.body as Tokens;
    const cookies = switched.get('Set-Cookie') ?? [];
    const media = cookies.find((cookie) => cookie.startsWith('padelvar_media='))?.split(';')[0] ?? '';
    const asked = { session_id: video, purpose: 'download' };
    const { url } = (await own.post('/api/video/media-url', asked, token).expect(200)).body as { url: string };
    const download = () => own.world.call('get', `/api/video/files/${video}/download`).set('Cookie', media);
    const byUrl = () => own.world.call('get', new URL(url).pathname);
    await download().expect(200);
    await byUrl().expect(200);
    const principals = own.world.service.app.get(PrincipalsService);
    const families = await own.query<{ id: string }[]>(
      'SELECT id FROM sign_ins WHERE user_id = $1 AND revoked_at IS NULL',
      [id],
    );
    const watching = (await principals.bySignIn(families[0]?.id ?? '')) as Principal;
    expect(watching.clubId).toBe(own.b);

    await own.query('UPDATE users SET password_club_id = $2 WHERE id = $1', [id, own.a]);

    await own.world.call('get', '/api/auth/me', token).expect(401);
    await download().expect(401);
    await byUrl().expect(401);
    expect(await principals.refreshed(watching)).toBeNull();
    expect(await principals.refreshedAll([watching])).toEqual([null]);
    await own.post('/api/auth/refresh', { refresh_token: refresh }).expect(401);
  });

  it('tells of that club alone, and erases nothing beyond it', async () => {
    const { id, email } = await shared();
    const { access_token: token } = await login(email);
    const exported = async (bearer: string) =>
      (await own.world.call('get', '/api/auth/me/export', bearer).expect(200)).body as {
        only_club_id: number | null;
        memberships: { club_id: number }[];
        audit: { club_id: number | null }[];
      };
    const partly = await exported(token);
    expect(partly).toMatchObject({ only_club_id: own.a, memberships: [{ club_id: own.a }] });
    expect(partly.audit.map(({ club_id: club }) => club)).not.toContain(own.b);
    await own.post('/api/auth/me/erase', { password: PASSWORD }, token).expect(403);
    await own.post('/api/auth/erase', { email, password: PASSWORD }).expect(403);
    await own.world.call('delete', `/api/users/${id}`, own.adminB).expect(204);

    const shelf = await VideoShelf.of(own.world.service, await operator(), own.b);
    const video = await shelf.put();
    await own.query('UPDATE videos SET user_id = $2 WHERE session_id = $1', [video, id]);
    await own.post('/api/auth/me/erase', { password: PASSWORD }, token).expect(403);
    expect(shelf.has(video)).toBe(true);
    await byLink(id);
    const whole = await exported((await login(email, OWN)).access_token);
    expect(whole.only_club_id).toBeNull();
    expect(whole.audit.map(({ club_id: club }) => club)).toContain(own.b);
    await own.post('/api/auth/erase', { email, password: OWN }).expect(200);
    expect(shelf.has(video)).toBe(false);
  });

  describe('and an invitation of another club', () => {
    const invited = async (email: string): Promise<string> => {
      const { body } = await own.post(`/api/clubs/${own.b}/invitations`, { email, role: 'PLAYER' }, own.adminB);
      return (body as { link: string }).link.split('/').at(-1) ?? '';
    };
    const accept = (body: object) => own.post('/api/auth/invitations/accept', body);

    it('makes the person a member who waits', async () => {
      const { id, email } = await known();
      const { body } = await accept({ token: await invited(email), password: PASSWORD }).expect(200);
      expect((body as Tokens).user).toMatchObject(ofA());
      await byLink(id);
      expect((await login(email, OWN)).user.memberships).toHaveLength(2);
    });

    it('lets them in with a password they choose there', async () => {
      const { email } = await known();
      const before = await login(email);
      const token = await invited(email);
      const weak = await accept({ token, password: PASSWORD, new_password: 'short' }).expect(400);
      expect((weak.body as { errors: unknown[] }).errors).toMatchObject([{ field: 'new_password' }]);
      await accept({ token, password: 'not the one', new_password: OWN }).expect(401);
      const { body } = await accept({ token, password: PASSWORD, new_password: OWN }).expect(200);
      expect((body as Tokens).user).toMatchObject({ club_id: own.b, password_chosen: true });
      await own.world.call('get', '/api/auth/me', before.access_token).expect(401);
      await own.post('/api/auth/login', { email, password: PASSWORD }).expect(401);
      expect((await login(email, OWN)).user.memberships).toHaveLength(2);
    });

    it('stays good where it would lead nowhere', async () => {
      const { id, email } = await known();
      await own.query('UPDATE memberships SET disabled_at = now() WHERE user_id = $1', [id]);
      const token = await invited(email);
      const answer = await accept({ token, password: PASSWORD }).expect(401);
      expect((answer.body as { detail: string }).detail).toContain('choose your own');
      await accept({ token, password: PASSWORD, new_password: OWN }).expect(200);
    });

    it('is somebody’s own from the start who had no account', async () => {
      const email = `newcomer${(names += 1)}@b.example`;
      const { body } = await accept({ token: await invited(email), name: 'New', password: PASSWORD }).expect(200);
      expect((body as Tokens).user).toMatchObject({ club_id: own.b, password_chosen: true });
    });
  });

  it('is found in the audit trail when the schema comes to know of it', async () => {
    const club = await own.world.club(own.root, 'Before');
    const people = {
      byAdmin: await known(),
      changed: await known(),
      linked: await known(),
      again: await known(),
      two: await shared(),
      bySuper: { id: await own.world.user(own.root, own.a, 'by-super@a.example', 'PLAYER'), email: '' },
      silent: { id: await own.world.user(own.root, own.a, 'silent@a.example', 'PLAYER'), email: '' },
      silentInTwo: { id: await own.world.user(own.root, own.a, 'silent-in-two@a.example', 'PLAYER'), email: '' },
      risen: await known(),
    };
    await change((await login(people.changed.email)).access_token, PASSWORD, OWN);
    await byLink(people.linked.id);
    await byLink(people.again.id);
    await patch(own.adminA, people.again.id, { password: 'set once more at A' }).expect(200);
    await add(own.root, club, 'silent-in-two@a.example');
    await patch(own.root, people.risen.id, { role: 'SUPER_ADMIN' }).expect(200);
    const noAccount = (await add(own.adminA, own.a, 'no-password@a.example')).body as { id: number };

    const database = own.world.service.app.get(DataSource);
    const runner = database.createQueryRunner();
    await runner.query('RESET ROLE');
    await runner.query('SET ROLE NONE');
    const migration = new PasswordClub1700000000041();
    const ids = Object.values(people).map(({ id }) => id);
    await migration.down(runner);
    // Rows from elsewhere, of which the trail knows nothing.
    await runner.query('ALTER TABLE audit_log DISABLE TRIGGER audit_log_append_only');
    await runner.query('DELETE FROM audit_log WHERE target = ANY($1)', [
      [`user:${people.silent.id}`, `user:${people.silentInTwo.id}`],
    ]);
    await runner.query('ALTER TABLE audit_log ENABLE ALWAYS TRIGGER audit_log_append_only');
    const foreign = (await runner.query(
      `INSERT INTO sign_ins (id, user_id, active_club_id, by_cookie, expires_at)
       VALUES (gen_random_uuid(), $1, $2, false, now() + interval '1 day') RETURNING id`,
      [people.two.id, own.b],
    )) as { id: string }[];
    await migration.up(runner);
    await runner.query('RESET ROLE');
    await runner.release();

    const rows = await own.query<{ id: number; club: number | null }[]>(
      'SELECT id, password_club_id AS club FROM users WHERE id = ANY($1)',
      [[...ids, noAccount.id]],
    );
    const found = new Map(rows.map(({ id, club: of }) => [id, of]));
    const clubs = Object.entries(people).map(([name, { id }]) => [name, found.get(id)]);
    expect(Object.fromEntries(clubs)).toEqual({
      byAdmin: own.a,
      changed: null,
      linked: null,
      again: own.a,
      two: own.a,
      bySuper: null,
      silent: own.a,
      silentInTwo: null,
      risen: own.a,
    });
    expect(found.get(noAccount.id)).toBeNull();
    const [signIn] = await own.query<{ over: boolean }[]>(
      'SELECT revoked_at IS NOT NULL AS over FROM sign_ins WHERE id = $1',
      [foreign[0]?.id],
    );
    expect(signIn?.over).toBe(true);
    const [root] = await own.query<{ club: number | null }[]>(
      'SELECT password_club_id AS club FROM users WHERE email = $1',
      [SUPER.email],
    );
    expect(root?.club).toBeNull();
  });

  it('is refused where there is no password at all', async () => {
    const { id } = await known();
    await expect(own.query('UPDATE users SET password_hash = NULL WHERE id = $1', [id])).rejects.toThrow(
      'users_password_club_check',
    );
  });

  const operator = (): Promise<Api> => Api.signedIn(own.world.service.url, SUPER.email, SUPER.password);
});
