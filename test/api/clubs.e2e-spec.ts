import { DataSource } from 'typeorm';
import { NoCourtUsage } from '../../src/clubs/court-usage';
import { CamerasService } from '../../src/clubs/cameras.service';
import { CourtUsageProvider } from '../../src/clubs/court-usage.provider';
import { PASSWORD, Tokens, World } from './support/world';

const CAMERA = 'rtsp://viewer:s3cr3t-w0rd@127.0.0.1:1/live?token=t0ken';

describe('clubs and courts', () => {
  let world: World;
  let root: string;
  let a: number;
  let b: number;
  let adminA: string;
  let adminB: string;
  let playerA: string;
  let playerAId: number;
  let courtA: number;

  beforeAll(async () => {
    world = await World.start();
    root = await world.superToken();
    a = await world.club(root, 'A');
    b = await world.club(root, 'B');
    await world.user(root, a, 'admin@a.example', 'CLUB_ADMIN');
    await world.user(root, b, 'admin@b.example', 'CLUB_ADMIN');
    playerAId = await world.user(root, a, 'player@a.example', 'PLAYER');
    adminA = (await world.login('admin@a.example')).access_token;
    adminB = (await world.login('admin@b.example')).access_token;
    playerA = (await world.login('player@a.example')).access_token;
    courtA = await world.court(adminA, a, CAMERA);
  });
  afterAll(() => world.service.close());
  afterEach(() => jest.restoreAllMocks());

  const routes = () =>
    [
      ['get', `/api/clubs/${a}`, undefined],
      ['patch', `/api/clubs/${a}`, { name: 'Mine now' }],
      ['delete', `/api/clubs/${a}`, undefined],
      ['get', `/api/clubs/${a}/terrains`, undefined],
      ['post', `/api/clubs/${a}/terrains`, { name: 'X', camera_url: CAMERA }],
      ['get', `/api/terrains/${courtA}`, undefined],
      ['patch', `/api/terrains/${courtA}`, { name: 'Mine now' }],
      ['delete', `/api/terrains/${courtA}`, undefined],
      ['post', `/api/terrains/${courtA}/camera/test`, {}],
      ['get', `/api/terrains/${courtA}/camera/snapshot/abc`, undefined],
      ['get', `/api/clubs/${a}/users`, undefined],
      ['post', `/api/clubs/${a}/users`, { email: 'x@b.example', name: 'X', role: 'PLAYER' }],
      ['get', `/api/users/${playerAId}`, undefined],
      ['patch', `/api/users/${playerAId}`, { name: 'Mine now' }],
      ['delete', `/api/users/${playerAId}`, undefined],
    ] as const;

  it("another club's admin gets the 404 of what does not exist, everywhere", async () => {
    const nothing = await world.call('get', '/api/clubs/2000000000', adminB).expect(404);
    for (const [method, path, body] of routes()) {
      const answer = await world.call(method, path, adminB).send(body);
      expect([method, path, answer.status]).toEqual([method, path, 404]);
      expect(answer.body).toEqual(nothing.body);
    }
  });

  it('nobody gets anywhere without a token', async () => {
    for (const [method, path, body] of routes()) {
      const { status } = await world.call(method, path).send(body);
      expect([method, path, status]).toEqual([method, path, 401]);
    }
  });

  it('a player of the club reads club and courts, and gets a 403 for the rest', async () => {
    const readable = new Set([`/api/clubs/${a}`, `/api/clubs/${a}/terrains`, `/api/terrains/${courtA}`]);
    for (const [method, path, body] of routes()) {
      const { status } = await world.call(method, path, playerA).send(body);
      const expected = method === 'get' && readable.has(path) ? 200 : 403;
      expect([method, path, status]).toEqual([method, path, expected]);
    }
    await world.call('post', '/api/clubs', playerA).send({ name: 'C' }).expect(403);
    await world.call('post', '/api/clubs', adminA).send({ name: 'C' }).expect(403);
    await world.call('delete', `/api/clubs/${a}`, adminA).expect(403);
  });

  it.each(['abc', '0', '-1', '1e3', '9007199254740993', '%00', '..%2f', '1.5', ' 1', '1;2'])(
    'refuses the id %s',
    async (id) => {
      for (const path of [`/api/clubs/${id}`, `/api/terrains/${id}`, `/api/users/${id}`, `/api/clubs/${id}/users`]) {
        const { status, type } = await world.call('get', path, root);
        expect([path, status, type]).toEqual([path, 400, 'application/problem+json']);
      }
    },
  );

  it('lists what one may see, in pages', async () => {
    const all = await world.call('get', '/api/clubs', root).expect(200);
    expect(all.body).toMatchObject({
      success: true,
      count: 2,
      clubs: [{ id: a, time_zone: 'Europe/Paris' }, { id: b }],
    });
    const own = await world.call('get', '/api/clubs', playerA).expect(200);
    expect((own.body as { clubs: { id: number }[] }).clubs.map((club) => club.id)).toEqual([a]);
    const first = await world.call('get', '/api/clubs?limit=1', root).expect(200);
    const { next_cursor: cursor } = first.body as { next_cursor: string };
    const second = await world.call('get', `/api/clubs?limit=1&cursor=${cursor}`, root).expect(200);
    expect(second.body).toMatchObject({ clubs: [{ id: b }], count: 1 });
    expect(second.body).not.toHaveProperty('next_cursor');
    await world.call('get', '/api/clubs?cursor=rubbish', root).expect(400);
    await world.call('get', '/api/clubs?limit=0', root).expect(400);
  });

  it.each([
    [{}],
    [{ name: '' }],
    [{ name: '   ' }],
    [{ name: 'x'.repeat(121) }],
    [{ name: 'a\nb' }],
    [{ name: 'a\u0000b' }],
    [{ name: 7 }],
    [{ name: null }],
    [{ name: 'X', time_zone: 'Mars/Olympus' }],
    [{ name: 'X', time_zone: '+02:00' }],
    [{ name: 'X', owner: 1 }],
  ])('refuses the club %j', async (body) => {
    await world.call('post', '/api/clubs', root).send(body).expect(400);
  });

  it('keeps in what a club wishes its videos coded anew, where this FFmpeg can', async () => {
    const wish = { compression: 'av1', compression_crf: 34 };
    const { body: none } = await world
      .call('patch', `/api/clubs/${a}`, adminA)
      .send({ compression: 'vp9' })
      .expect(400);
    expect(none).toMatchObject({ code: 'validation_failed' });
    await world.call('patch', `/api/clubs/${a}`, adminA).send(wish).expect(200);
    const { body } = await world.call('get', `/api/clubs/${a}`, adminA).expect(200);
    expect(body).toMatchObject(wish);
    await world
      .call('patch', `/api/clubs/${a}`, adminA)
      .send({ compression: 'off', compression_crf: null })
      .expect(200);
  });

  describe('the camera', () => {
    it('shows protocol, host and whether it has credentials, and nothing else, anywhere', async () => {
      const answers = await Promise.all([
        world.call('get', `/api/terrains/${courtA}`, adminA).expect(200),
        world.call('get', `/api/clubs/${a}/terrains`, playerA).expect(200),
        world.call('patch', `/api/terrains/${courtA}`, adminA).send({ camera_url: CAMERA }).expect(200),
        world.call('post', `/api/terrains/${courtA}/camera/test`, adminA).send({}).expect(502),
      ]);
      expect(answers[0]?.body).toMatchObject({
        id: courtA,
        club_id: a,
        camera: { protocol: 'rtsp', host: '127.0.0.1', has_credentials: true },
      });
      expect((answers[3]?.body as { code: string }).code).toBe('camera_unreachable');
      for (const { text } of answers) expect(text).not.toMatch(/viewer|s3cr3t|t0ken|live|camera_url|url_sealed/);
    });

    it('is sealed at rest, and opens for its own court only', async () => {
      const database = world.service.app.get(DataSource);
      const cameras = world.service.app.get(CamerasService, { strict: false });
      expect(await cameras.accessTo(courtA)).toEqual({ cameraUrl: CAMERA, cameraNetworks: null, recordSound: false });
      const other = await world.court(adminB, b, 'http://127.0.0.1:2/video');
      const rows = await database.query<object[]>('SELECT * FROM cameras');
      expect(JSON.stringify(rows)).not.toMatch(/viewer|s3cr3t|t0ken|live/);
      const trail = await database.query<object[]>('SELECT * FROM audit_log');
      expect(JSON.stringify(trail)).not.toMatch(/viewer|s3cr3t|t0ken/);
      await database.query(
        'UPDATE cameras SET url_sealed = (SELECT url_sealed FROM cameras WHERE court_id = $1) WHERE court_id = $2',
        [courtA, other],
      );
      await expect(cameras.accessTo(other)).rejects.toMatchObject({ code: 'internal_error' });
    });

    it.each([
      ['file:///etc/passwd', 'camera_scheme_unsupported'],
      ['concat:a|b', 'camera_scheme_unsupported'],
      ['-i', 'camera_scheme_unsupported'],
      ['', 'camera_scheme_unsupported'],
      ['rtsp://127.1/', 'camera_address_forbidden'],
      ['rtsp://0x7f000001/', 'camera_address_forbidden'],
      ['rtsp://169.254.169.254/', 'camera_address_forbidden'],
      ['http://[::ffff:127.0.0.1]/', 'camera_address_forbidden'],
      ['rtsp://LOCALHOST/', 'camera_address_forbidden'],
      ['rtsp://cam.localhost/', 'camera_address_forbidden'],
      ['rtsp://10.0.0.5:0/', 'camera_address_forbidden'],
      ['rtsp://0.0.0.0/', 'camera_address_forbidden'],
    ])('refuses %s with %s', async (url, code) => {
      const answer = await world
        .call('post', `/api/clubs/${a}/terrains`, adminA)
        .send({ name: 'X', camera_url: url })
        .expect(422);
      expect((answer.body as { code: string }).code).toBe(code);
    });

    it('with a session open is not dialled for a test; its picture is for admins, and by cookie too', async () => {
      const usage = new NoCourtUsage();
      jest.spyOn(world.service.app.get(CourtUsageProvider, { strict: false }), 'get').mockReturnValue(usage);
      jest.spyOn(usage, 'factsOfOpenSession').mockResolvedValue({
        protocol: 'rtsp',
        codec: 'h264',
        width: 1920,
        height: 1080,
        fps: 25,
        latencyMs: 12.3,
        snapshot: Buffer.from('jpeg'),
      });
      const { body } = await world.call('post', `/api/terrains/${courtA}/camera/test`, adminA).send({}).expect(200);
      expect(body).toMatchObject({ reachable: true, protocol: 'rtsp', codec: 'h264', fps: 25, latency_ms: 12 });
      const { snapshot_url: url } = body as { snapshot_url: string };
      const picture = await world.call('get', url, adminA).expect(200).expect('Content-Type', 'image/jpeg');
      expect((picture.body as Buffer).toString()).toBe('jpeg');
      await world.call('get', url, playerA).expect(403);
      await world.call('get', url, adminB).expect(404);
      const login = await world
        .call('post', '/api/auth/login')
        .send({ email: 'admin@a.example', password: PASSWORD })
        .expect(200);
      const media = (login.get('Set-Cookie') ?? []).find((cookie) => cookie.startsWith('padelvar_media=')) ?? '';
      const [cookie = ''] = media.split(';');
      await world.call('get', url).set('Cookie', cookie).expect(200);
      await world
        .call('post', '/api/auth/logout', (login.body as Tokens).access_token)
        .send({})
        .expect(204);
      await world.call('get', url).set('Cookie', cookie).expect(401);
    });
  });

  it('what has an open session is not deleted', async () => {
    const usage = new NoCourtUsage();
    jest.spyOn(world.service.app.get(CourtUsageProvider, { strict: false }), 'get').mockReturnValue(usage);
    jest.spyOn(usage, 'hasOpenSession').mockResolvedValue(true);
    jest.spyOn(usage, 'hasOpenSessionOf').mockResolvedValue(true);
    for (const path of [`/api/clubs/${a}`, `/api/terrains/${courtA}`, `/api/users/${playerAId}`]) {
      const answer = await world.call('delete', path, root).expect(409);
      expect((answer.body as { code: string }).code).toBe('in_use');
    }
    await world.call('get', `/api/terrains/${courtA}`, adminA).expect(200);
  });

  it('a deleted court, and a deleted club, are gone for everybody', async () => {
    const club = await world.club(root, 'Gone');
    await world.user(root, club, 'admin@gone.example', 'CLUB_ADMIN');
    const admin = await world.login('admin@gone.example');
    const court = await world.court(root, club, CAMERA);
    const kept = await world.court(root, club, CAMERA);
    await world.call('delete', `/api/terrains/${court}`, admin.access_token).expect(204);
    await world.call('delete', `/api/terrains/${court}`, admin.access_token).expect(404);
    await world.call('get', `/api/terrains/${court}`, root).expect(404);
    const list = await world.call('get', `/api/clubs/${club}/terrains`, root).expect(200);
    expect(list.body).toMatchObject({ count: 1, terrains: [{ id: kept }] });
    await world.call('delete', `/api/clubs/${club}`, root).expect(204);
    await world.call('get', `/api/clubs/${club}`, root).expect(404);
    await world.call('get', `/api/terrains/${kept}`, root).expect(404);
    await world.call('get', '/api/auth/me', admin.access_token).expect(401);
    await world.call('post', '/api/auth/login').send({ email: 'admin@gone.example', password: PASSWORD }).expect(401);
  });
});
