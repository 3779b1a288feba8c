import { DataSource } from 'typeorm';
import { OneTimeLinks } from '../../src/accounts/one-time-links.service';
import { DayLimits } from '../../src/auth/day-limits';
import { SignInsService } from '../../src/auth/sign-ins.service';
import { Api } from '../support/api';
import { ADMIN, PASSWORD, startTestClub, TestClub } from '../support/club';
import { VideoShelf } from '../support/video-shelf';

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

const DAY_SECONDS = 86_400;

describe('what somebody who may leaves behind by the thousand', () => {
  let club: TestClub;
  let shelf: VideoShelf;
  beforeAll(async () => {
    club = await startTestClub();
    shelf = await VideoShelf.of(club.service, club.operator, club.clubId);
  });
  afterAll(() => club?.close());

  const nobody = (): Api => new Api(club.service.url);
  const login = (email: string, password = PASSWORD) =>
    nobody().post<Tokens & { code: string }>('/api/auth/login', { email, password });
  const query = <T>(sql: string, parameters: unknown[] = []): Promise<T> =>
    club.service.app.get(DataSource).query<T>(sql, parameters);
  const count = async (sql: string, parameters: unknown[] = []): Promise<number> => {
    const [row] = await query<{ count: number }[]>(`SELECT count(*)::int AS count FROM ${sql}`, parameters);
    return row?.count ?? -1;
  };
  const lines = (action: string, actor: number, target: string) =>
    count('audit_log WHERE action = $1 AND actor_id = $2 AND target = $3', [action, actor, target]);

  /** Calls until the limit answers, as a flood would have it. */
  function exhaust(take: () => void): void {
    expect(() => {
      for (let i = 0; i < 100_000; i += 1) take();
    }).toThrow(expect.objectContaining({ code: 'too_many_attempts' }) as Error);
  }

  it('are sign-ins: the day has an end, for that account', async () => {
    const { id } = await club.addUser('often@padelvar.test', 'PLAYER');
    const before = await count('sign_ins WHERE user_id = $1', [id]);
    exhaust(() => club.service.app.get(DayLimits).signIn(id));
    const refused = await login('often@padelvar.test');
    expect([refused.status, refused.body.code]).toEqual([429, 'too_many_attempts']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(DAY_SECONDS / 2);
    expect(await count('sign_ins WHERE user_id = $1', [id])).toBe(before);
    // Who does not know the password learns nothing of it.
    expect((await login('often@padelvar.test', 'not the password')).status).toBe(401);
    expect((await login('player@padelvar.test')).status).toBe(200);
  });

  it('are trades of refresh tokens, and the token that was refused stays good', async () => {
    const { id } = await club.addUser('restless@padelvar.test', 'PLAYER');
    const { body } = await login('restless@padelvar.test');
    const refresh = () => nobody().post<Tokens>('/api/auth/refresh', { refresh_token: body.refresh_token });
    exhaust(() => club.service.app.get(DayLimits).trade(id));
    const refused = await refresh();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(DAY_SECONDS / 2);
    const own = nobody();
    own.token = body.access_token;
    expect((await own.post('/api/auth/club', { club_id: club.clubId })).status).toBe(429);
    expect((await own.get('/api/auth/me')).status).toBe(200);
    const unused = `refresh_tokens t JOIN sign_ins s ON s.id = t.sign_in_id
      WHERE s.user_id = $1 AND s.revoked_at IS NULL AND t.used_at IS NULL`;
    expect(await count(unused, [id])).toBe(2);
    // A token that is none is nobody's trade.
    expect((await nobody().post('/api/auth/refresh', { refresh_token: 'A'.repeat(43) })).status).toBe(401);
  });

  it('are sign-ins in force: one more takes the place of the oldest', async () => {
    const { id, api } = await club.addUser('everywhere@padelvar.test', 'PLAYER');
    await query(
      `INSERT INTO sign_ins (id, user_id, active_club_id, by_cookie, created_at, expires_at)
       SELECT gen_random_uuid(), $1, $2, false, now() + n * interval '1 millisecond', now() + interval '1 day'
       FROM generate_series(1, 499) n`,
      [id, club.clubId],
    );
    expect((await api.get('/api/auth/me')).status).toBe(200);
    expect((await login('everywhere@padelvar.test')).status).toBe(200);
    expect((await api.get('/api/auth/me')).status).toBe(401);
    expect(await count('sign_ins WHERE user_id = $1 AND revoked_at IS NULL', [id])).toBe(500);
    const [oldest] = await query<{ because: string }[]>(
      'SELECT revoked_because AS because FROM sign_ins WHERE user_id = $1 ORDER BY created_at LIMIT 1',
      [id],
    );
    expect(oldest?.because).toBe('superseded');
    expect((await club.player.get('/api/auth/me')).status).toBe(200);
  });

  it('are sign-ins and links that are over: all of them go, however many', async () => {
    const { player } = club.ids;
    await query(
      `INSERT INTO sign_ins (id, user_id, by_cookie, created_at, expires_at)
       SELECT gen_random_uuid(), $1, false, now() - interval '200 days', now() - interval '31 days'
       FROM generate_series(1, 10001)`,
      [player],
    );
    await query(
      `INSERT INTO one_time_links (kind, hash, email, user_id, expires_at)
       SELECT 'password_reset', sha256(n::text::bytea), 'player@padelvar.test', $1, now() - interval '2 days'
       FROM generate_series(1, 10001) n`,
      [player],
    );
    const inForce = await count('sign_ins WHERE expires_at > now()');
    await club.service.app.get(SignInsService).prune();
    await club.service.app.get(OneTimeLinks).prune();
    expect(await count('sign_ins')).toBe(inForce);
    expect(await count('one_time_links')).toBe(0);
  });

  it('are lines on media URLs: twenty an hour for one match, and every other match has its own', async () => {
    const [often, once] = [await shelf.put(), await shelf.put()];
    const { id: operator } = (await club.operator.get<{ id: number }>('/api/auth/me')).body;
    const issue = (session: string, purpose = 'download') =>
      club.operator.post<{ id: string }>('/api/video/media-url', { session_id: session, purpose });
    for (let i = 0; i < 25; i += 1) expect((await issue(often)).status).toBe(200);
    expect(await count('media_urls WHERE session_id = $1', [often])).toBe(25);
    expect(await lines('session.media_url', operator, often)).toBe(20);
    expect((await issue(once)).status).toBe(200);
    expect(await lines('session.media_url', operator, once)).toBe(1);
    const body = { session_id: often, purpose: 'download' };
    expect((await club.desk.post('/api/video/media-url', body)).status).toBe(200);
    expect(await lines('session.media_url', club.ids.desk, often)).toBe(1);
  });

  it('are lines on tests of a camera: twenty an hour for one court', async () => {
    const court = await club.addCourt('Nobody there', 'rtsp://127.0.0.1:1/none');
    const other = await club.addCourt('Nor there', 'rtsp://127.0.0.1:1/none');
    const test = (id: number) => club.desk.post(`/api/terrains/${id}/camera/test`);
    for (let i = 0; i < 22; i += 1) expect((await test(court)).status).toBe(502);
    expect(await lines('camera.tested', club.ids.desk, `court:${court}`)).toBe(20);
    await test(other);
    expect(await lines('camera.tested', club.ids.desk, `court:${other}`)).toBe(1);
    const operator = await Api.signedIn(club.service.url, ADMIN.email, ADMIN.password);
    const { id } = (await operator.get<{ id: number }>('/api/auth/me')).body;
    await operator.post(`/api/terrains/${court}/camera/test`);
    expect(await lines('camera.tested', id, `court:${court}`)).toBe(1);
  });
});
