import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { AccountsService } from '../../src/auth/accounts.service';
import { newJoinCode } from '../../src/sessions/join-code';
import { Answer, Api } from '../support/api';
import { PASSWORD, startTestClub, TestClub } from '../support/club';
import { OpenMatch, openMatch } from '../support/open-match';
import { until } from '../support/until';

interface Session {
  readonly session_id: string;
  readonly player_ids: number[];
  readonly players: { id: number; name: string }[];
  readonly join_code: string | null;
}
interface Body {
  readonly success?: boolean;
  readonly session?: Session;
  readonly code?: string;
}
interface Person {
  readonly id: number;
  readonly email: string;
  readonly api: Api;
}

const BASE = '/api/video/session';

describe('the players of a session', () => {
  let club: TestClub;
  let foreignClub: number;
  let foreign: Person;
  let made = 0;

  const sql = <Row>(text: string, parameters: unknown[] = []): Promise<Row[]> =>
    club.service.app.get(DataSource).query<Row[]>(text, parameters);

  beforeAll(async () => {
    club = await startTestClub();
    const other = await club.operator.post<{ id: number }>('/api/clubs', {
      name: 'Padel Sud',
      time_zone: 'Europe/Paris',
    });
    foreignClub = other.body.id;
    foreign = await person(foreignClub);
  });

  afterAll(() => club?.close());

  async function person(clubId = club.clubId, role = 'PLAYER'): Promise<Person> {
    const email = `somebody.${++made}@padelvar.test`;
    const user = { email, name: `Somebody ${made}`, password: PASSWORD, role };
    const { body } = await club.operator.post<{ id: number }>(`/api/clubs/${clubId}/users`, user);
    return { id: body.id, email, api: await Api.signedIn(club.service.url, email, PASSWORD) };
  }

  /** An open one of somebody new, unless said otherwise. */
  async function match(owner?: Person): Promise<OpenMatch & { owner: Person }> {
    const who = owner ?? (await person());
    const courtId = await club.addCourt(`Court ${++made}`, 'rtsp://127.0.0.1:1/nothing');
    const place = { clubId: club.clubId, courtId, ownerId: who.id };
    return { ...(await openMatch((text, values) => sql(text, values), place)), owner: who };
  }

  async function end(id: string, daysAgo = 0): Promise<void> {
    expect((await club.desk.post(`${BASE}/close`, { session_id: id })).status).toBe(200);
    await sql(`UPDATE camera_sessions SET closed_at = closed_at - make_interval(days => $2) WHERE id = $1`, [
      id,
      daysAgo,
    ]);
  }

  const add = (api: Api, id: string, who: object): Promise<Answer<Body>> =>
    api.post(`${BASE}/players/add`, { session_id: id, ...who });
  const remove = (api: Api, id: string, userId: number): Promise<Answer<Body>> =>
    api.post(`${BASE}/players/remove`, { session_id: id, user_id: userId });
  const join = (api: Api, code: string): Promise<Answer<Body>> => api.post(`${BASE}/join`, { code });
  const see = (api: Api, id: string): Promise<Answer<Body>> => api.get(`${BASE}/${id}`);
  const players = async (id: string): Promise<number[]> => (await see(club.desk, id)).body.session?.player_ids ?? [];
  const codeOf = ({ status, body }: Answer<Body>): [number, string | undefined] => [status, body.code];
  const trail = (id: string): Promise<{ action: string; actor_id: number; details: object }[]> =>
    sql('SELECT action, actor_id, details FROM audit_log WHERE target = $1 ORDER BY id', [id]);

  describe('added', () => {
    it.each(['user_id', 'email'] as const)('by %s, see the session from then on', async (by) => {
      const { id, owner } = await match();
      const friend = await person();
      expect((await see(friend.api, id)).status).toBe(404);
      const who = by === 'email' ? { email: ` ${friend.email.toUpperCase()} ` } : { user_id: friend.id };
      const { status, body } = await add(owner.api, id, who);
      expect([status, body.success]).toEqual([200, true]);
      expect(body.session?.players).toEqual([{ id: friend.id, name: expect.any(String) as string }]);
      expect((await see(friend.api, id)).body.session?.session_id).toBe(id);
    });

    it('twice are added once, and the owner is in the match anyway', async () => {
      const { id, owner } = await match();
      const friend = await person();
      for (const api of [owner.api, owner.api, club.desk, club.operator]) {
        expect((await add(api, id, { user_id: friend.id })).status).toBe(200);
      }
      expect((await add(owner.api, id, { email: owner.email })).status).toBe(200);
      expect(await players(id)).toEqual([friend.id]);
      expect(await trail(id)).toEqual([
        { action: 'session.player_added', actor_id: owner.id, details: { user_id: friend.id } },
      ]);
    });

    it('are members in force of the club: of anybody else the answer says nothing', async () => {
      const { id } = await match();
      const disabled = await person();
      await club.desk.patch(`/api/users/${disabled.id}`, { disabled: true });
      const left = await person();
      await club.desk.delete(`/api/users/${left.id}?club_id=${club.clubId}`);
      const heard = new Set<string>();
      const strangers = [
        ...[disabled, left, foreign].flatMap(({ id: user_id, email }) => [{ user_id }, { email }]),
        ...[{ user_id: 2147483646 }, { email: 'nobody@padelvar.test' }, { email: 'operator@padelvar.test' }],
      ];
      for (const who of strangers) {
        const { status, text } = await add(club.desk, id, who);
        heard.add(`${status} ${text}`);
      }
      expect([...heard]).toHaveLength(1);
      expect([...heard][0]).toMatch(/^404 .*"player_not_found"/);
      expect(await players(id)).toEqual([]);
    });

    it.each<[string, object]>([
      ['neither', {}],
      ['both', { user_id: 1, email: 'a@padelvar.test' }],
      ['no address', { email: 'nobody' }],
      ['no number', { user_id: '1' }],
      ['null', { user_id: null }],
      ['somebody else too', { user_id: 1, name: 'x' }],
    ])('are named by one of the two: not by %s', async (_name, who) => {
      const { id, owner } = await match();
      expect(codeOf(await add(owner.api, id, who))).toEqual([400, 'validation_failed']);
    });

    it('by the owner and admins, by nobody else', async () => {
      const { id, owner } = await match();
      const [friend, stranger, wanted] = [await person(), await person(), await person()];
      await add(owner.api, id, { user_id: friend.id });
      const who = { user_id: wanted.id };
      expect(codeOf(await add(friend.api, id, who))).toEqual([403, 'forbidden']);
      expect(codeOf(await add(stranger.api, id, who))).toEqual([404, 'not_found']);
      expect(codeOf(await add(foreign.api, id, who))).toEqual([404, 'not_found']);
      expect(codeOf(await add(club.desk, randomUUID(), who))).toEqual([404, 'not_found']);
      expect((await add(new Api(club.service.url), id, who)).status).toBe(401);
      expect(await players(id)).toEqual([friend.id]);
    });

    it('are twenty at most, whoever comes at once', async () => {
      const { id, owner, code } = await match();
      const people = await Promise.all(Array.from({ length: 4 }, () => person()));
      await sql(
        `INSERT INTO session_players (session_id, user_id)
         SELECT $1, id FROM users WHERE id <> ALL($2::integer[]) ORDER BY id LIMIT 18`,
        [id, [owner.id, ...people.map((one) => one.id)]],
      );
      const missing = 18 - (await players(id)).length;
      expect(missing).toBe(0);
      const [first, second, third, fourth] = people as [Person, Person, Person, Person];
      const answers = await Promise.all([
        add(owner.api, id, { user_id: first.id }),
        add(club.desk, id, { user_id: second.id }),
        join(third.api, code),
        join(fourth.api, code),
      ]);
      expect(answers.map(codeOf).sort()).toEqual([
        [200, undefined],
        [200, undefined],
        [409, 'session_full'],
        [409, 'session_full'],
      ]);
      expect(await players(id)).toHaveLength(20);
    });

    it('for a week after the match, by the owner and admins', async () => {
      const { id, owner } = await match();
      const [friend, late] = [await person(), await person()];
      await end(id, 6);
      expect((await add(owner.api, id, { user_id: friend.id })).status).toBe(200);
      expect((await see(friend.api, id)).status).toBe(200);
      await sql(`UPDATE camera_sessions SET closed_at = closed_at - interval '25 hours' WHERE id = $1`, [id]);
      for (const api of [owner.api, club.desk]) {
        expect(codeOf(await add(api, id, { user_id: late.id }))).toEqual([409, 'session_over']);
      }
      expect(await players(id)).toEqual([friend.id]);
    });

    it('are not guessed: of ten who are not members a player hears, of the next not, nor of members', async () => {
      const { id, owner } = await match();
      const friend = await person();
      for (let i = 0; i < 10; i++) {
        const answer = await add(owner.api, id, { email: `guess${i}@padelvar.test` });
        expect(codeOf(answer)).toEqual([404, 'player_not_found']);
        // Whom they find does not count.
        if (i === 5) expect((await add(owner.api, id, { user_id: club.ids.other })).status).toBe(200);
      }
      for (const who of [{ email: friend.email }, { user_id: friend.id }, { email: 'guess@padelvar.test' }]) {
        const answer = await add(owner.api, id, who);
        expect(codeOf(answer)).toEqual([429, 'too_many_attempts']);
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      }
      // Others of the club go on, and its admins have no such limit.
      expect((await add(club.desk, id, { email: friend.email })).status).toBe(200);
      for (let i = 0; i < 15; i++) await add(club.desk, id, { email: `guess${i}@padelvar.test` });
      expect((await add(club.desk, id, { user_id: club.ids.desk })).status).toBe(200);
    });

    it('by one player are sixty an hour: a match is no list of members', async () => {
      const { id, owner } = await match();
      for (let i = 0; i < 60; i++) {
        expect((await add(owner.api, id, { user_id: club.ids.other })).status).toBe(200);
      }
      expect(codeOf(await add(owner.api, id, { user_id: club.ids.other }))).toEqual([429, 'too_many_attempts']);
    });
  });

  describe('taken out', () => {
    it('see the session no more, and are told apart in the trail from who left', async () => {
      const { id, owner } = await match();
      const [friend, other] = [await person(), await person()];
      for (const { id: user_id } of [friend, other]) await add(owner.api, id, { user_id });
      const answer = await remove(owner.api, id, friend.id);
      expect([answer.status, answer.body.success]).toEqual([200, true]);
      expect(answer.body.session?.player_ids).toEqual([other.id]);
      expect((await see(friend.api, id)).status).toBe(404);
      const left = await remove(other.api, id, other.id);
      expect([left.status, left.body]).toEqual([200, { success: true }]);
      expect((await see(other.api, id)).status).toBe(404);
      expect((await trail(id)).slice(2)).toEqual([
        { action: 'session.player_removed', actor_id: owner.id, details: { user_id: friend.id } },
        { action: 'session.player_left', actor_id: other.id, details: { user_id: other.id } },
      ]);
    });

    it('twice are out once, and who never was in it is out of it', async () => {
      const { id, owner } = await match();
      const friend = await person();
      await add(owner.api, id, { user_id: friend.id });
      for (let i = 0; i < 2; i++) expect((await remove(owner.api, id, friend.id)).status).toBe(200);
      expect((await remove(owner.api, id, 2147483646)).status).toBe(200);
      expect(await trail(id)).toHaveLength(2);
    });

    it('by the owner and admins, and each by themselves', async () => {
      const { id, owner } = await match();
      const [friend, other, stranger] = [await person(), await person(), await person()];
      for (const { id: user_id } of [friend, other]) await add(owner.api, id, { user_id });
      expect(codeOf(await remove(friend.api, id, other.id))).toEqual([403, 'forbidden']);
      expect(codeOf(await remove(stranger.api, id, other.id))).toEqual([404, 'not_found']);
      expect(codeOf(await remove(stranger.api, id, stranger.id))).toEqual([404, 'not_found']);
      expect(codeOf(await remove(foreign.api, id, other.id))).toEqual([404, 'not_found']);
      for (const api of [owner.api, club.desk, friend.api]) {
        const [status] = codeOf(await remove(api, id, owner.id));
        expect(status).toBe(api === friend.api ? 403 : 400);
      }
      expect((await remove(club.desk, id, other.id)).status).toBe(200);
      expect((await remove(club.operator, id, friend.id)).status).toBe(200);
      expect(await players(id)).toEqual([]);
    });

    it('do not come back with the code they know; who left may', async () => {
      const { id, owner, code } = await match();
      const friend = await person();
      await join(friend.api, code);
      await remove(friend.api, id, friend.id);
      expect((await join(friend.api, code)).status).toBe(200);
      const removed = await remove(owner.api, id, friend.id);
      expect(removed.body.session?.join_code).toMatch(/^[A-Z2-9]{8}$/);
      expect(removed.body.session?.join_code).not.toBe(code);
      expect(codeOf(await join(friend.api, code))).toEqual([404, 'not_found']);
      const nobody = await remove(owner.api, id, friend.id);
      expect(nobody.body.session?.join_code).toBe(removed.body.session?.join_code);
    });

    it('after the match: by themselves and admins; by the owner only who was added later', async () => {
      const { id, owner } = await match();
      const [there, other, later] = [await person(), await person(), await person()];
      for (const { id: user_id } of [there, other]) await add(owner.api, id, { user_id });
      await end(id);
      await add(owner.api, id, { user_id: later.id });
      expect(codeOf(await remove(owner.api, id, there.id))).toEqual([409, 'session_over']);
      expect((await remove(owner.api, id, later.id)).status).toBe(200);
      await sql(`UPDATE camera_sessions SET closed_at = closed_at - interval '30 days' WHERE id = $1`, [id]);
      expect((await remove(there.api, id, there.id)).body).toEqual({ success: true });
      expect((await remove(club.desk, id, other.id)).status).toBe(200);
      expect(await players(id)).toEqual([]);
    });
  });

  describe('who join', () => {
    it('do so with the code that all who may see the session have', async () => {
      const { id, owner, code } = await match();
      const friend = await person();
      for (const api of [owner.api, club.desk, club.operator]) {
        expect((await see(api, id)).body.session?.join_code).toBe(code);
      }
      const { status, body } = await join(friend.api, code);
      expect([status, body.success, body.session?.session_id]).toEqual([200, true, id]);
      expect(body.session?.join_code).toBe(code);
      expect((await join(friend.api, code)).status).toBe(200);
      expect((await join(owner.api, code)).status).toBe(200);
      expect(await players(id)).toEqual([friend.id]);
      expect(await trail(id)).toEqual([
        { action: 'session.player_joined', actor_id: friend.id, details: { user_id: friend.id } },
      ]);
      const list = await friend.api.get<{ sessions: Session[] }>(`${BASE}/list`);
      expect(list.body.sessions.map((one) => [one.session_id, one.join_code])).toEqual([[id, code]]);
    });

    it('may type it as they like', async () => {
      const { code } = await match();
      const typed = ` ${code.slice(0, 4).toLowerCase()}-${code.slice(4)} `;
      expect((await join((await person()).api, typed)).status).toBe(200);
    });

    it('are of the club, whichever of theirs is the active one', async () => {
      const { id, code } = await match();
      const both = await person(foreignClub);
      await club.operator.post(`/api/clubs/${club.clubId}/users`, {
        email: both.email,
        name: 'Both',
        role: 'PLAYER',
      });
      expect((await join(both.api, code)).body.session?.session_id).toBe(id);
    });

    it('hear one and the same of a code that is unknown, of a session that is over, or of another club', async () => {
      const { id, code } = await match();
      const over = await match();
      const friend = await person();
      await end(over.id);
      expect((await see(club.desk, over.id)).body.session?.join_code).toBeNull();
      const [row] = await sql<{ join_code: null }>('SELECT join_code FROM camera_sessions WHERE id = $1', [over.id]);
      expect(row?.join_code).toBeNull();
      const disabled = await person();
      await club.desk.patch(`/api/users/${disabled.id}`, { disabled: true });
      const heard = [
        await join(friend.api, newJoinCode()),
        await join(friend.api, over.code),
        await join(foreign.api, code),
        await join(club.operator, code),
      ].map(({ status, text }) => `${status} ${text}`);
      expect(new Set(heard).size).toBe(1);
      expect(heard[0]).toMatch(/^404 .*"not_found"/);
      expect((await join(disabled.api, code)).status).toBe(401);
      expect(await players(id)).toEqual([]);
    });

    it.each(['', ' ', 'ABC', 'ABCD23456', 'ÀBCD2345', 'ABCD2345\u0000', "A' OR 1=1"])(
      'are refused %j',
      async (code) => {
        expect(codeOf(await join(club.player, code))).toEqual([400, 'validation_failed']);
      },
    );

    it('do not guess: ten wrong codes of a person, whatever right ones come between', async () => {
      const { code } = await match();
      const friend = await person();
      for (let i = 0; i < 10; i++) {
        expect((await join(friend.api, newJoinCode())).status).toBe(404);
        if (i === 5) expect((await join(friend.api, code)).status).toBe(200);
      }
      const answer = await join(friend.api, code);
      expect(codeOf(answer)).toEqual([429, 'too_many_attempts']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await join((await person()).api, code)).status).toBe(200);
    });

    it('have a code of which there is one among open sessions', async () => {
      const [one, two] = [await match(), await match()];
      const same = sql('UPDATE camera_sessions SET join_code = $2 WHERE id = $1', [two.id, one.code]);
      await expect(same).rejects.toMatchObject({ driverError: { constraint: 'camera_sessions_join_code_key' } });
      await end(one.id);
      await sql('UPDATE camera_sessions SET join_code = $2 WHERE id = $1', [two.id, one.code]);
    });
  });

  it('are in no match any more once they are erased, also where somebody adds them at that moment', async () => {
    const { id } = await match();
    const leaving = await person();
    const adding = club.service.app.get(DataSource).createQueryRunner();
    await adding.startTransaction();
    try {
      await club.service.app.get(AccountsService).holdMember(club.clubId, { id: leaving.id }, adding.manager);
      await adding.query('INSERT INTO session_players (session_id, user_id) VALUES ($1, $2)', [id, leaving.id]);
      const [{ own } = { own: '' }] = (await adding.query('SELECT pg_current_xact_id()::text AS own')) as {
        own: string;
      }[];
      const erasing = leaving.api.post('/api/auth/me/erase', { password: PASSWORD });
      const waiting = 'SELECT FROM pg_locks WHERE NOT granted AND transactionid::text = $1';
      await until(async () => (await sql(waiting, [own])).length > 0);
      await adding.commitTransaction();
      expect((await erasing).status).toBe(200);
    } finally {
      await adding.release();
    }
    expect(await players(id)).toEqual([]);
    expect(codeOf(await add(club.desk, id, { user_id: leaving.id }))).toEqual([404, 'player_not_found']);
  });
});
