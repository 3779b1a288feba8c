import { randomUUID } from 'node:crypto';
import { PASSWORD, Tokens } from './support/world';
import { codeOf, MailWorld } from './support/mail-world';

interface SignIn {
  readonly id: string;
  readonly club_id: number | null;
  readonly created_at: string;
  readonly last_used_at: string;
  readonly ip: string | null;
  readonly user_agent: string | null;
  readonly current: boolean;
}

interface Page {
  readonly sessions: readonly SignIn[];
  readonly count: number;
  readonly next_cursor?: string;
}

describe('where one is signed in', () => {
  let own: MailWorld;
  beforeAll(async () => (own = await MailWorld.start({ mailing: false })));
  afterAll(() => own.close());

  const list = async (token: string, path = '/api/auth/sessions'): Promise<Page> =>
    (await own.world.call('get', path, token).expect(200)).body as Page;
  const end = (token: string, path: string) => own.world.call('delete', path, token);
  const me = (token: string) => own.world.call('get', '/api/auth/me', token);
  const login = (email: string, agent: string) =>
    own.world.call('post', '/api/auth/login').set('User-Agent', agent).send({ email, password: PASSWORD }).expect(200);

  it('is listed, newest first, with the device as it was last seen', async () => {
    await own.world.user(own.root, own.a, 'phones@a.example', 'PLAYER');
    const first = (await login('phones@a.example', 'Phone/1')).body as Tokens;
    const second = (await login('phones@a.example', 'Laptop/1')).body as Tokens;
    await own.world
      .call('post', '/api/auth/refresh')
      .set('User-Agent', 'Phone/2')
      .send({ refresh_token: first.refresh_token })
      .expect(200);
    const answer = await list(second.access_token);
    expect(answer).toMatchObject({
      success: true,
      count: 2,
      sessions: [
        { user_agent: 'Laptop/1', current: true, ip: '127.0.0.1', club_id: own.a },
        { user_agent: 'Phone/2', current: false, ip: '127.0.0.1', club_id: own.a },
      ],
    });
    const [laptop, phone] = answer.sessions;
    expect(laptop?.last_used_at).toBe(laptop?.created_at);
    expect(Date.parse(phone?.last_used_at ?? '')).toBeGreaterThan(Date.parse(phone?.created_at ?? ''));
    expect(JSON.stringify(answer)).not.toContain(first.refresh_token);
  });

  it('comes in pages', async () => {
    await own.world.user(own.root, own.a, 'many@a.example', 'PLAYER');
    const { access_token: token } = await own.world.login('many@a.example');
    for (let at = 0; at < 4; at += 1) await own.world.login('many@a.example');
    const all = await list(token);
    const ids: string[] = [];
    let cursor = '';
    for (let pages = 0; pages < 3; pages += 1) {
      const page = await list(token, `/api/auth/sessions?limit=2${cursor}`);
      ids.push(...page.sessions.map(({ id }) => id));
      cursor = `&cursor=${page.next_cursor ?? ''}`;
      expect(page.next_cursor === undefined).toBe(pages === 2);
    }
    expect(ids).toEqual(all.sessions.map(({ id }) => id));
    const forged = Buffer.from(JSON.stringify(['yesterday at noon', 'x'])).toString('base64url');
    for (const bad of ['rubbish', forged]) {
      await own.world.call('get', `/api/auth/sessions?cursor=${bad}`, token).expect(400);
    }
  });

  it('ends with its access token, refresh token and media cookie', async () => {
    const answer = await login('player@a.example', 'Lost/1');
    const { access_token: lost, refresh_token: refresh } = answer.body as Tokens;
    const media = (answer.get('Set-Cookie') ?? []).find((cookie) => cookie.startsWith('padelvar_media=')) ?? '';
    const picture = () =>
      own.world.call('get', `/api/preview/${randomUUID()}/snapshot.jpg`).set('Cookie', media.split(';')[0] ?? '');
    await picture().expect(404);
    const { sessions } = await list(lost);
    const id = sessions.find(({ current }) => current)?.id ?? '';
    await end(own.playerA, `/api/auth/sessions/${id}`).expect(204);
    await me(lost).expect(401);
    await picture().expect(401);
    await own.post('/api/auth/refresh', { refresh_token: refresh }).expect(401);
    await me(own.playerA).expect(200);
    expect((await list(own.playerA)).sessions.map((signIn) => signIn.id)).not.toContain(id);
    await end(own.playerA, `/api/auth/sessions/${id}`).expect(404);
    const [line] = await own.audit('auth.sign_in_revoked');
    expect(line).toMatchObject({
      actor_id: own.playerAId,
      target: `user:${own.playerAId}`,
      details: { sign_in: id },
    });
  });

  it("another's, and one that never was, are the same 404", async () => {
    const [theirs] = (await list(own.adminA)).sessions;
    const answers = [theirs?.id ?? '', randomUUID()].map((id) => end(own.playerA, `/api/auth/sessions/${id}`));
    const [foreign, unknown] = await Promise.all(answers);
    expect(foreign?.status).toBe(404);
    expect(foreign?.body).toEqual(unknown?.body);
    await end(own.playerA, '/api/auth/sessions/1').expect(400);
    await me(own.adminA).expect(200);
    await own.world.call('get', '/api/auth/sessions').expect(401);
    await own.world.call('delete', '/api/auth/sessions').expect(401);
  });

  it('everywhere else ends at once', async () => {
    await own.world.user(own.root, own.a, 'else@a.example', 'PLAYER');
    const [here, there, elsewhere] = [
      await own.world.login('else@a.example'),
      await own.world.login('else@a.example'),
      await own.world.login('else@a.example'),
    ];
    await end(here.access_token, '/api/auth/sessions').expect(204);
    for (const gone of [there, elsewhere]) await me(gone.access_token).expect(401);
    expect(await list(here.access_token)).toMatchObject({ count: 1, sessions: [{ current: true }] });
    expect((await own.audit('auth.sign_in_revoked')).at(-1)?.details).toEqual({ count: 2 });
    await me(own.playerA).expect(200);
  });

  describe('for admins', () => {
    let both: number;
    let inA: string;
    let inB: string;
    let tokens: { a: string; b: string };

    beforeAll(async () => {
      both = await own.world.user(own.root, own.a, 'both@a.example', 'PLAYER');
      await own.post(`/api/clubs/${own.b}/users`, { email: 'both@a.example', name: 'x', role: 'PLAYER' }, own.root);
      const first = await own.world.login('both@a.example');
      const second = await own.world.login('both@a.example');
      const moved = await own.post('/api/auth/club', { club_id: own.b }, second.access_token).expect(200);
      tokens = { a: first.access_token, b: (moved.body as Tokens).access_token };
      const { sessions } = await list(first.access_token);
      inA = sessions.find((signIn) => signIn.club_id === own.a)?.id ?? '';
      inB = sessions.find((signIn) => signIn.club_id === own.b)?.id ?? '';
    });

    const of = (token: string) => own.world.call('get', `/api/users/${both}/sessions`, token);
    const idsOf = async (token: string): Promise<string[]> =>
      ((await of(token).expect(200)).body as Page).sessions.map(({ id }) => id);

    it('are those in their club; a SUPER_ADMIN has all', async () => {
      expect(await idsOf(own.adminA)).toEqual([inA]);
      expect(await idsOf(own.adminB)).toEqual([inB]);
      expect((await idsOf(own.root)).sort()).toEqual([inA, inB].sort());
    });

    it('are nothing to a player, and not there for who shares no club', async () => {
      await of(own.playerA).expect(403);
      await end(own.playerA, `/api/users/${both}/sessions/${inA}`).expect(403);
      const path = `/api/users/${own.playerAId}/sessions`;
      await own.world.call('get', path, own.adminB).expect(404);
      const [playerA] = (await list(own.playerA)).sessions;
      await end(own.adminB, `${path}/${playerA?.id}`).expect(404);
      const superId = ((await me(own.root).expect(200)).body as { id: number }).id;
      await own.world.call('get', `/api/users/${superId}/sessions`, own.adminA).expect(404);
      await own.world.call('get', '/api/users/2000000000/sessions', own.root).expect(404);
    });

    it('end in their club only', async () => {
      const answer = await end(own.adminA, `/api/users/${both}/sessions/${inB}`).expect(404);
      expect(codeOf(answer)).toBe('not_found');
      await me(tokens.b).expect(200);
      await end(own.adminA, `/api/users/${both}/sessions/${inA}`).expect(204);
      await me(tokens.a).expect(401);
      await me(tokens.b).expect(200);
      // Under somebody else's name a sign-in is not found either.
      await end(own.root, `/api/users/${own.playerAId}/sessions/${inB}`).expect(404);
      await end(own.root, `/api/users/${both}/sessions/${inB}`).expect(204);
      await me(tokens.b).expect(401);
    });
  });
});
