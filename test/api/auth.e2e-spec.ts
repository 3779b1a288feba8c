import { createHmac } from 'node:crypto';
import { DataSource } from 'typeorm';
import { SignInsService } from '../../src/auth/sign-ins.service';
import { SUPER, PASSWORD, Tokens, World } from './support/world';

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

interface Problem {
  readonly code: string;
}

describe('signing in', () => {
  let world: World;
  let root: string;
  let clubId: number;

  beforeAll(async () => {
    world = await World.start();
    root = await world.superToken();
    clubId = await world.club(root, 'Lac');
    await world.user(root, clubId, 'player@lac.example', 'PLAYER');
  });
  afterAll(() => world.service.close());

  const me = (token: string) => world.call('get', '/api/auth/me', token);
  const refresh = (token: string) => world.call('post', '/api/auth/refresh').send({ refresh_token: token });

  it('answers the pair, the user and a media cookie', async () => {
    const answer = await world
      .call('post', '/api/auth/login')
      .send({ email: ' Player@LAC.example ', password: PASSWORD })
      .expect(200);
    expect(answer.body).toMatchObject({
      token_type: 'Bearer',
      expires_in: 600,
      user: {
        email: 'player@lac.example',
        role: 'PLAYER',
        club_id: clubId,
        memberships: [{ club_id: clubId, role: 'PLAYER' }],
        disabled: false,
      },
    });
    const cookies = answer.get('Set-Cookie') ?? [];
    const media = cookies.find((cookie) => cookie.startsWith('padelvar_media='));
    expect(media).toMatch(/Path=\/;.*HttpOnly; SameSite=Strict/);
    expect(answer.headers['cache-control']).toBe('no-store');
    await me((answer.body as Tokens).access_token).expect(200);
  });

  it('has one answer for every cause of a 401', async () => {
    const answers = await Promise.all([
      world.call('post', '/api/auth/login').send({ email: 'nobody@lac.example', password: 'x' }),
      world.call('post', '/api/auth/login').send({ email: 'player@lac.example', password: 'wrong wrong' }),
      world.call('get', '/api/auth/me'),
      me('rubbish'),
      refresh('rubbish'),
      world.call('post', '/api/auth/refresh').send({}),
      world.call('get', '/api/clubs').set('Authorization', 'Basic YTpi'),
    ]);
    for (const answer of answers) {
      expect(answer.status).toBe(401);
      expect(answer.body).toEqual(answers[0]?.body);
    }
  });

  it.each([
    [{}],
    [{ email: 'player@lac.example' }],
    [{ email: ['player@lac.example'], password: PASSWORD }],
    [{ email: 'player@lac.example', password: { $ne: '' } }],
    [{ email: 'player@lac.example', password: PASSWORD, admin: true }],
    [{ email: 'player@lac.example', password: 'a\u0000b' }],
  ])('refuses the body %j', async (body) => {
    const answer = await world.call('post', '/api/auth/login').send(body).expect(400);
    expect((answer.body as Problem).code).toBe('validation_failed');
  });

  describe('access tokens', () => {
    it.each<[string, (header: object, payload: Record<string, unknown>) => [object, Record<string, unknown>, string]]>([
      ['none as algorithm', (_h, p) => [{ alg: 'none', typ: 'JWT' }, p, 'none']],
      ['another algorithm', (_h, p) => [{ alg: 'HS512', typ: 'JWT' }, p, 'sha512']],
      ['expired', (h, p) => [h, { ...p, iat: 1_000_000, exp: 1_000_600 }, 'sha256']],
      ['another issuer', (h, p) => [h, { ...p, iss: 'somebody' }, 'sha256']],
      ['another audience', (h, p) => [h, { ...p, aud: 'somebody' }, 'sha256']],
      ['another type', (h, p) => [h, { ...p, typ: 'refresh' }, 'sha256']],
      ['another person', (h, p) => [h, { ...p, sub: '1' }, 'sha256']],
      ['another club', (h, p) => [h, { ...p, club: clubId + 1 }, 'sha256']],
      ['no club', (h, p) => [h, { ...p, club: null }, 'sha256']],
      ['an id that is none', (h, p) => [h, { ...p, sub: '1 OR 1=1' }, 'sha256']],
      ['a sign-in that is none', (h, p) => [h, { ...p, sid: 'x' }, 'sha256']],
    ])('are refused with %s, though signed with our secret', async (_name, change) => {
      const { access_token: token } = await world.login('player@lac.example');
      const [header, payload] = token
        .split('.')
        .slice(0, 2)
        .map((part) => {
          return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
        }) as [object, Record<string, unknown>];
      const forge = (h: object, p: object, hash: string): string => {
        const signed = `${encode(h)}.${encode(p)}`;
        if (hash === 'none') return `${signed}.`;
        return `${signed}.${createHmac(hash, world.service.config.jwtSecret).update(signed).digest('base64url')}`;
      };
      await me(forge(header, payload, 'sha256')).expect(200);
      await me(forge(...change(header, payload))).expect(401);
    });

    it('are refused when edited, and refresh tokens and media cookies are none', async () => {
      const answer = await world
        .call('post', '/api/auth/login')
        .send({ email: 'player@lac.example', password: PASSWORD });
      const { access_token: token, refresh_token: other } = answer.body as Tokens;
      const [header, payload = '', signature] = token.split('.');
      const edited = encode({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), role: 'SUPER_ADMIN' });
      await me(`${header}.${edited}.${signature}`).expect(401);
      await me(other).expect(401);
      const media = /padelvar_media=([^;]+)/.exec((answer.get('Set-Cookie') ?? []).join())?.[1] ?? '';
      await me(media).expect(401);
      await world.call('get', '/api/auth/me').set('Cookie', `padelvar_media=${media}`).expect(401);
      await world.call('post', '/api/auth/logout').set('Cookie', `padelvar_media=${media}`).send({}).expect(401);
    });
  });

  describe('refresh', () => {
    it('rotates; an old token used again ends the family, and nobody else', async () => {
      const bystander = await world.login('player@lac.example');
      const first = await world.login('player@lac.example');
      const second = (await refresh(first.refresh_token).expect(200)).body as Tokens;
      const third = (await refresh(second.refresh_token).expect(200)).body as Tokens;
      await me(third.access_token).expect(200);
      await refresh(first.refresh_token).expect(401);
      await refresh(third.refresh_token).expect(401);
      await me(third.access_token).expect(401);
      await me(bystander.access_token).expect(200);
      await refresh(bystander.refresh_token).expect(200);
    });

    it('of many at once exactly one wins', async () => {
      const { refresh_token: token } = await world.login('player@lac.example');
      const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(token)));
      expect(answers.map((answer) => answer.status).sort()).toEqual([200, ...Array<number>(7).fill(401)]);
    });

    it('those that came in before the answer had left end nothing; one that comes after it does', async () => {
      const { refresh_token: token } = await world.login('player@lac.example');
      const signIns = world.service.app.get(SignInsService);
      const caller = { ip: null, userAgent: null };
      const trades = await Promise.all(Array.from({ length: 8 }, () => signIns.rotate(token, caller)));
      const won = trades.filter((trade) => trade !== null);
      expect(won).toHaveLength(1);
      expect(await signIns.rotate(token, caller)).toBeNull();
      const next = await signIns.rotate(won[0]?.token ?? '', caller);
      expect(next).not.toBeNull();
      won[0]?.delivered();
      expect(await signIns.rotate(token, caller)).toBeNull();
      expect(await signIns.rotate(next?.token ?? '', caller)).toBeNull();
    });

    it('travels as a cookie where that was asked for', async () => {
      const login = await world
        .call('post', '/api/auth/login')
        .send({ email: 'player@lac.example', password: PASSWORD, cookie: true })
        .expect(200);
      expect(login.body).not.toHaveProperty('refresh_token');
      const cookieOf = (cookies: readonly string[] | undefined): string => {
        const found = cookies?.find((cookie) => cookie.startsWith('padelvar_refresh=')) ?? '';
        expect(found).toMatch(/Path=\/api\/auth;.*HttpOnly; SameSite=Strict/);
        return found.split(';')[0] ?? '';
      };
      const cookie = cookieOf(login.get('Set-Cookie'));
      const next = await world.call('post', '/api/auth/refresh').set('Cookie', cookie).send({}).expect(200);
      expect(next.body).not.toHaveProperty('refresh_token');
      const { access_token: token } = next.body as Tokens;
      const newer = cookieOf(next.get('Set-Cookie'));
      expect(newer).not.toBe(cookie);
      const out = await world.call('post', '/api/auth/logout', token).set('Cookie', newer).send({}).expect(204);
      expect((out.get('Set-Cookie') ?? []).join()).toMatch(/padelvar_refresh=;.*padelvar_media=;/);
      await world.call('post', '/api/auth/refresh').set('Cookie', newer).send({}).expect(401);
    });

    it('keeps no token in the database as it is', async () => {
      const { refresh_token: token } = await world.login('player@lac.example');
      const rows = await world.service.app
        .get(DataSource)
        .query<{ hash: Buffer }[]>('SELECT hash FROM refresh_tokens UNION ALL SELECT hash FROM media_tokens');
      expect(rows.length).toBeGreaterThan(1);
      for (const { hash } of rows) expect(hash.toString('latin1')).not.toContain(token.slice(0, 16));
    });
  });

  it('logout ends access, refresh and media at once', async () => {
    const tokens = await world.login('player@lac.example');
    await world
      .call('post', '/api/auth/logout', tokens.access_token)
      .send({ refresh_token: tokens.refresh_token })
      .expect(204);
    await me(tokens.access_token).expect(401);
    await refresh(tokens.refresh_token).expect(401);
  });

  it('a new password ends the other sign-ins, and the old password', async () => {
    await world.user(root, clubId, 'changer@lac.example', 'PLAYER');
    const other = await world.login('changer@lac.example');
    const own = await world.login('changer@lac.example');
    const change = (current: string, next: string) =>
      world
        .call('post', '/api/auth/password', own.access_token)
        .send({ current_password: current, new_password: next });
    await change('wrong wrong', 'another long one').expect(400);
    for (const weak of ['short', 'password123', 'changer@lac.example', 'x'.repeat(129), 'aaaaaaaaaa']) {
      await change(PASSWORD, weak).expect(400);
    }
    await change(PASSWORD, 'another long one').expect(204);
    await me(other.access_token).expect(401);
    await refresh(other.refresh_token).expect(401);
    await refresh(own.refresh_token).expect(200);
    await world.login('changer@lac.example', 'another long one');
    await world.call('post', '/api/auth/login').send({ email: 'changer@lac.example', password: PASSWORD }).expect(401);
  });

  it('a change of club makes the other membership active', async () => {
    const second = await world.club(root, 'Plage');
    const id = await world.user(root, clubId, 'both@lac.example', 'PLAYER');
    await world.user(root, second, 'both@lac.example', 'CLUB_ADMIN');
    const before = await world.login('both@lac.example');
    expect(before.user).toMatchObject({ id, role: 'PLAYER', club_id: clubId });
    const answer = await world
      .call('post', '/api/auth/club', before.access_token)
      .send({ club_id: second })
      .expect(200);
    const after = answer.body as Tokens;
    expect(after.user).toMatchObject({ role: 'CLUB_ADMIN', club_id: second });
    const next = (await refresh(after.refresh_token).expect(200)).body as Tokens;
    expect(next.user.club_id).toBe(second);
    await world.call('post', '/api/auth/club', next.access_token).send({ club_id: 9999 }).expect(404);
    await refresh(before.refresh_token).expect(401);
    await me(next.access_token).expect(401);
  });

  it('wrong passwords lead to a 429, while the owner on a known device still gets in', async () => {
    await world.user(root, clubId, 'target@lac.example', 'PLAYER');
    const good = { email: 'target@lac.example', password: PASSWORD };
    const bad = { ...good, password: 'a wrong guess' };
    const login = await world.call('post', '/api/auth/login').send(good).expect(200);
    const device = (login.get('Set-Cookie') ?? []).find((cookie) => cookie.startsWith('padelvar_device=')) ?? '';
    const guesses = await Promise.all(
      Array.from({ length: 14 }, () => world.call('post', '/api/auth/login').send(bad)),
    );
    expect(guesses.filter((answer) => answer.status === 401)).toHaveLength(10);
    const refused = guesses.find((answer) => answer.status === 429);
    expect((refused?.body as Problem).code).toBe('too_many_attempts');
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
    await world.call('post', '/api/auth/login').send(good).expect(429);
    const [known = ''] = device.split(';');
    await world.call('post', '/api/auth/login').set('Cookie', known).send(good).expect(200);
    await world.call('post', '/api/auth/login').set('Cookie', `${known}x`).send(good).expect(429);
    await world.login(SUPER.email, SUPER.password);
  });

  it('unknown addresses are limited alike', async () => {
    const body = { email: 'ghost@lac.example', password: 'a wrong guess' };
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => world.call('post', '/api/auth/login').send(body)),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([...Array<number>(10).fill(401), 429, 429]);
  });

  it('prefixes and secures its cookies on HTTPS', async () => {
    const https = await World.start({ env: { PUBLIC_URL: 'https://padel.example' } });
    try {
      const answer = await https
        .call('post', '/api/auth/login')
        .send({ ...SUPER, cookie: true })
        .expect(200);
      const cookies = answer.get('Set-Cookie') ?? [];
      expect(cookies.map((cookie) => cookie.split('=')[0]).sort()).toEqual([
        '__Host-padelvar_media',
        '__Secure-padelvar_device',
        '__Secure-padelvar_refresh',
      ]);
      for (const cookie of cookies) expect(cookie).toMatch(/HttpOnly; Secure; SameSite=Strict/);
    } finally {
      await https.service.close();
    }
  });
});
