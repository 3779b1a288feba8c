import { DataSource } from 'typeorm';
import { Standstill } from '../support/standstill';
import { PASSWORD, Tokens, World } from './support/world';

describe('people', () => {
  let world: World;
  let root: string;
  let a: number;
  let b: number;
  let adminA: string;
  let adminAId: number;
  let adminB: string;

  beforeAll(async () => {
    world = await World.start();
    root = await world.superToken();
    a = await world.club(root, 'A');
    b = await world.club(root, 'B');
    adminAId = await world.user(root, a, 'admin@a.example', 'CLUB_ADMIN');
    await world.user(root, b, 'admin@b.example', 'CLUB_ADMIN');
    adminA = (await world.login('admin@a.example')).access_token;
    adminB = (await world.login('admin@b.example')).access_token;
  });
  afterAll(() => world.service.close());

  const me = (token: string) => world.call('get', '/api/auth/me', token);
  const codeOf = (answer: { body: unknown }): string => (answer.body as { code: string }).code;
  const patch = (token: string, id: number, body: object) => world.call('patch', `/api/users/${id}`, token).send(body);
  const add = (token: string, clubId: number, body: object) =>
    world.call('post', `/api/clubs/${clubId}/users`, token).send({ name: 'Somebody', role: 'PLAYER', ...body });

  it('are added, listed and shown without a trace of the password', async () => {
    const added = await add(adminA, a, { email: 'New@A.example', password: PASSWORD }).expect(201);
    expect(added.body).toMatchObject({
      email: 'new@a.example',
      name: 'Somebody',
      role: 'PLAYER',
      club_id: a,
      memberships: [{ club_id: a, role: 'PLAYER' }],
      disabled: false,
    });
    const { id } = added.body as { id: number };
    const list = await world.call('get', `/api/clubs/${a}/users`, adminA).expect(200);
    expect(list.body).toMatchObject({ success: true, count: 2 });
    const one = await world.call('get', `/api/users/${id}`, adminA).expect(200);
    expect(one.body).toEqual(added.body);
    for (const { text } of [added, list, one]) expect(text).not.toMatch(/argon2|password/);
    expect(codeOf(await add(adminA, a, { email: 'new@a.example' }).expect(409))).toBe('email_taken');
  });

  it.each([
    [{ email: 'nonsense' }],
    [{ email: 'x@a.example', name: '' }],
    [{ email: 'x@a.example', role: 'KING' }],
    [{ email: 'x@a.example', password: 'short' }],
    [{ email: 'x@a.example', password: 'password1' }],
    [{ email: 'x@a.example', password: null }],
    [{ email: 'x@a.example', disabled: 'no' }],
    [{ email: 'x@a.example', is_super_admin: true }],
    [{ email: 'x@a.example', id: 1 }],
  ])('refuses %j', async (body) => {
    expect(codeOf(await add(adminA, a, body).expect(400))).toBe('validation_failed');
  });

  it('a CLUB_ADMIN makes no SUPER_ADMIN, and finds none', async () => {
    await add(adminA, a, { email: 'king@a.example', role: 'SUPER_ADMIN' }).expect(403);
    const id = await world.user(root, a, 'climber@a.example', 'PLAYER');
    await patch(adminA, id, { role: 'SUPER_ADMIN' }).expect(403);
    const { id: rootId } = (await me(root)).body as { id: number };
    await world.call('get', `/api/users/${rootId}`, adminA).expect(404);
    await patch(adminA, rootId, { disabled: true }).expect(404);
    await world.call('delete', `/api/users/${rootId}`, adminA).expect(404);
    expect(codeOf(await add(adminA, a, { email: 'root@padel.example' }).expect(409))).toBe('email_taken');
  });

  it.each([
    ['is added to', false],
    ['accepts an invitation to', true],
  ])('who becomes SUPER_ADMIN at the moment they are one who %s a club is in no club', async (_name, invited) => {
    const email = invited ? 'invited-up@a.example' : 'added-up@a.example';
    const id = await world.user(root, a, email, 'PLAYER');
    const invitation = world.call('post', `/api/clubs/${b}/invitations`, adminB).send({ email, role: 'PLAYER' });
    const { link } = invited ? ((await invitation.expect(201)).body as { link: string }) : { link: '' };
    // The person is looked at, and the membership waits for the club's row.
    const standstill = await Standstill.of(world.service, 'SELECT FROM clubs WHERE id = $1', [b]);
    const token = link.split('/').at(-1);
    const joining = invited
      ? world.call('post', '/api/auth/invitations/accept').send({ token, password: PASSWORD }).then()
      : add(adminB, b, { email }).then();
    await standstill.waiting(1);
    const rising = patch(root, id, { role: 'SUPER_ADMIN' }).then();
    await standstill.waiting(2, rising);
    await standstill.release();
    await joining;
    expect((await rising).status).toBe(200);
    const database = world.service.app.get(DataSource);
    expect(await database.query('SELECT FROM memberships WHERE user_id = $1', [id])).toEqual([]);
    await patch(adminB, id, { password: 'a stolen service' }).expect(404);
  });

  it('a SUPER_ADMIN is no CLUB_ADMIN’s to manage, whatever the database says', async () => {
    const id = await world.user(root, a, 'second-root@a.example', 'SUPER_ADMIN');
    const database = world.service.app.get(DataSource);
    await database.query("INSERT INTO memberships (user_id, club_id, role) VALUES ($1, $2, 'PLAYER')", [id, a]);
    await patch(adminA, id, { password: 'a stolen service' }).expect(404);
    await world.call('post', `/api/users/${id}/password-reset`, adminA).expect(404);
    await world.call('post', `/api/users/${id}/erase`, adminA).expect(404);
    await world.call('delete', `/api/users/${id}`, adminA).expect(404);
    await world.call('delete', `/api/users/${id}`, root).expect(204);
  });

  it('somebody with an account becomes a member, and stays who they are', async () => {
    const id = await world.user(root, a, 'shared@a.example', 'PLAYER');
    const added = await add(adminB, b, { email: 'SHARED@a.example', password: 'a stolen account', name: 'Renamed' });
    expect(added.status).toBe(201);
    expect(added.body).toMatchObject({ id, name: 'shared@a.example', memberships: [{ club_id: b, role: 'PLAYER' }] });
    await world.login('shared@a.example');
    for (const body of [{ password: 'a stolen account' }, { email: 'mine@b.example' }, { name: 'Mine' }]) {
      await patch(adminB, id, body).expect(403);
    }
    const seen = await world.call('get', `/api/users/${id}`, root).expect(200);
    expect((seen.body as Tokens['user']).memberships).toHaveLength(2);

    await patch(adminB, id, { disabled: true }).expect(200);
    expect((await world.login('shared@a.example')).user).toMatchObject({ club_id: a, memberships: [{ club_id: a }] });
    await world.call('delete', `/api/users/${id}`, adminB).expect(204);
    await world.call('get', `/api/users/${id}`, adminB).expect(404);
    await world.call('get', `/api/users/${id}`, adminA).expect(200);
  });

  it.each<[string, (id: number) => Promise<unknown>]>([
    ['disabled by their admin', (id) => patch(adminA, id, { disabled: true }).expect(200)],
    ['disabled by a SUPER_ADMIN', (id) => patch(root, id, { disabled: true }).expect(200)],
    ['given another role', (id) => patch(adminA, id, { role: 'CLUB_ADMIN' }).expect(200)],
    ['given another password', (id) => patch(adminA, id, { password: 'quite another one' }).expect(200)],
    ['taken out of the club', (id) => world.call('delete', `/api/users/${id}`, adminA).expect(204)],
    ['made SUPER_ADMIN', (id) => patch(root, id, { role: 'SUPER_ADMIN' }).expect(200)],
  ])('who is %s is signed out at once', async (name, change) => {
    const email = `${name.replace(/\W+/g, '-')}@a.example`;
    const id = await world.user(adminA, a, email, 'PLAYER');
    const tokens = await world.login(email);
    await me(tokens.access_token).expect(200);
    await change(id);
    await me(tokens.access_token).expect(401);
    await world.call('post', '/api/auth/refresh').send({ refresh_token: tokens.refresh_token }).expect(401);
  });

  it('who is disabled cannot sign in until enabled', async () => {
    const id = await world.user(adminA, a, 'paused@a.example', 'PLAYER');
    const login = () => world.call('post', '/api/auth/login').send({ email: 'paused@a.example', password: PASSWORD });
    expect((await patch(adminA, id, { disabled: true })).body).toMatchObject({ disabled: true });
    await login().expect(401);
    await patch(root, id, { disabled: true }).expect(200);
    await patch(adminA, id, { disabled: false }).expect(200);
    await login().expect(401);
    expect((await patch(root, id, { disabled: false })).body).toMatchObject({ disabled: false });
    await login().expect(200);
  });

  it('nobody takes their own rights away', async () => {
    for (const body of [{ role: 'PLAYER' }, { disabled: true }, { password: 'without the old one' }]) {
      expect(codeOf(await patch(adminA, adminAId, body).expect(409))).toBe('own_account');
    }
    expect(codeOf(await world.call('delete', `/api/users/${adminAId}`, adminA).expect(409))).toBe('own_account');
    await patch(adminA, adminAId, { name: 'Desk', role: 'CLUB_ADMIN', disabled: false }).expect(200);
    await me(adminA).expect(200);
  });

  it('two admins who remove each other at once are not both gone', async () => {
    const club = await world.club(root, 'Duel');
    const ids = await Promise.all(
      ['left', 'right'].map((name) => world.user(root, club, `${name}@duel.example`, 'CLUB_ADMIN')),
    );
    const [left, right] = [await world.login('left@duel.example'), await world.login('right@duel.example')];
    const answers = await Promise.all([
      world.call('delete', `/api/users/${ids[1]}`, left.access_token),
      world.call('delete', `/api/users/${ids[0]}`, right.access_token),
    ]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([204, 401]);
    const list = await world.call('get', `/api/clubs/${club}/users`, root).expect(200);
    expect(list.body).toMatchObject({ count: 1 });
  });

  it('with the last club the account goes, and its address is free again', async () => {
    const id = await world.user(adminA, a, 'leaver@a.example', 'PLAYER');
    await world.call('delete', `/api/users/${id}`, adminA).expect(204);
    await world.call('get', `/api/users/${id}`, root).expect(404);
    await world.call('post', '/api/auth/login').send({ email: 'leaver@a.example', password: PASSWORD }).expect(401);
    expect(await world.user(adminA, a, 'leaver@a.example', 'PLAYER')).not.toBe(id);
  });

  it('an address of somebody else is refused', async () => {
    const id = await world.user(adminA, a, 'first@a.example', 'PLAYER');
    await world.user(adminA, a, 'second@a.example', 'PLAYER');
    expect(codeOf(await patch(adminA, id, { email: 'second@a.example' }).expect(409))).toBe('email_taken');
  });
});
