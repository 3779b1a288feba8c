import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { Api } from '../support/api';
import { PASSWORD, startTestClub, TestClub } from '../support/club';
import { VideoShelf } from '../support/video-shelf';

interface Match {
  readonly session_id: string;
  readonly terrain_id: number;
  readonly terrain_name: string;
  readonly user_id: number;
  readonly owner: { id: number; name: string };
  readonly player_ids?: number[];
  readonly players: { id: number; name: string }[];
  readonly created_at: string;
}
interface Videos {
  readonly videos: Match[];
  readonly next_cursor?: string;
}

const DAYS = ['2026-03-01T10:00:00.000Z', '2026-03-02T10:00:00.000Z', '2026-03-03T10:00:00.000Z'] as const;

describe('what a page needs of matches and their videos', () => {
  let club: TestClub;
  let shelf: VideoShelf;
  let third: { id: number; api: Api };
  let court: number;
  /** Of the player, with the other one, on the new court; of the other; of the third, with the player. */
  let mine: string;
  let others: string;
  let thirds: string;

  beforeAll(async () => {
    club = await startTestClub();
    shelf = await VideoShelf.of(club.service, club.operator, club.clubId);
    third = await club.addUser('third@padelvar.test', 'PLAYER');
    court = await club.addCourt('Court central', 'rtsp://127.0.0.1:1/central');
    mine = await video(club.ids.player, [club.ids.other], DAYS[0], court);
    others = await video(club.ids.other, [], DAYS[1]);
    thirds = await video(third.id, [club.ids.player], DAYS[2]);
  });

  afterAll(() => club?.close());

  async function video(owner: number, players: number[], at: string, onCourt?: number): Promise<string> {
    const id = await shelf.put();
    for (const table of ['camera_sessions', 'recordings', 'videos']) {
      const key = table === 'camera_sessions' ? 'id' : 'session_id';
      await shelf.sql(`UPDATE ${table} SET user_id = $2, court_id = coalesce($3, court_id) WHERE ${key} = $1`, [
        id,
        owner,
        onCourt ?? null,
      ]);
    }
    await shelf.sql('UPDATE videos SET created_at = $2 WHERE session_id = $1', [id, at]);
    await shelf.sql('INSERT INTO session_players (session_id, user_id) SELECT $1, unnest($2::integer[])', [
      id,
      players,
    ]);
    return id;
  }

  async function listed(query: string, who: Api = club.desk): Promise<string[]> {
    const answer = await who.get<Videos>(`/api/video/files/list${query}`);
    expect({ query, status: answer.status }).toEqual({ query, status: 200 });
    return answer.body.videos.map(({ session_id: id }) => id);
  }

  const names = (): object => ({
    terrain_id: court,
    terrain_name: 'Court central',
    user_id: club.ids.player,
    owner: { id: club.ids.player, name: 'player' },
    players: [{ id: club.ids.other, name: 'other' }],
  });

  describe('names', () => {
    it.each(['player', 'other', 'desk', 'operator'] as const)('of a video and its session, for the %s', async (who) => {
      const list = await club[who].get<Videos>(`/api/video/files/list?club_id=${club.clubId}`);
      expect(list.body.videos.find(({ session_id: id }) => id === mine)).toMatchObject(names());
      const one = await club[who].get<{ success: boolean; video: Match }>(`/api/video/files/${mine}`);
      expect([one.status, one.body.success]).toEqual([200, true]);
      expect(one.body.video).toEqual(list.body.videos.find(({ session_id: id }) => id === mine));
      const session = await club[who].get<{ session: Match }>(`/api/video/session/${mine}`);
      expect(session.body.session).toMatchObject({ ...names(), player_ids: [club.ids.other] });
      expect(JSON.stringify([one.body, session.body])).not.toContain('@');
    });

    it('come with how many highlights can be watched', async () => {
      for (const [status, gone] of [
        ['ready', false],
        ['ready', false],
        ['making', false],
        ['ready', true],
      ] as const) {
        await shelf.sql(
          `INSERT INTO highlights (id, session_id, club_id, status, pressed, cut, start_seconds, end_seconds, deleted_at)
           VALUES ($1, $2, $3, $4, false, 'exact', 1, 5, CASE WHEN $5 THEN now() END)`,
          [randomUUID(), mine, club.clubId, status, gone],
        );
      }
      const { body } = await club.desk.get<{ videos: { session_id: string; highlights: number }[] }>(
        '/api/video/files/list',
      );
      const counts = body.videos.map(({ session_id: id, highlights }) => [id, highlights]);
      expect(counts).toEqual([
        [thirds, 0],
        [others, 0],
        [mine, 2],
      ]);
    });

    it('come with lists of sessions, in their order', async () => {
      const { body } = await club.desk.get<{ sessions: Match[] }>('/api/video/session/list');
      expect(body.sessions.find(({ session_id: id }) => id === mine)).toMatchObject(names());
      expect(body.sessions.find(({ session_id: id }) => id === others)?.players).toEqual([]);
    });

    it('are those of today, whoever or whatever is gone', async () => {
      const { id, api } = await club.addUser('gone@padelvar.test', 'PLAYER');
      const oldCourt = await club.addCourt('Court 7', 'rtsp://127.0.0.1:1/seven');
      const own = await video(id, [], DAYS[0], oldCourt);
      const withOthers = await video(club.ids.other, [id], DAYS[0]);
      await club.desk.patch(`/api/terrains/${oldCourt}`, { name: 'Court 8' });
      expect((await club.desk.delete(`/api/terrains/${oldCourt}`)).status).toBe(204);
      const erased = await api.post('/api/auth/me/erase', { password: PASSWORD, keep_videos: true });
      expect(erased.status).toBe(200);
      const { body } = await club.desk.get<{ video: Match }>(`/api/video/files/${own}`);
      expect(body.video).toMatchObject({ terrain_name: 'Court 8', owner: { id, name: 'Erased' } });
      expect((await club.desk.get<{ video: Match }>(`/api/video/files/${withOthers}`)).body.video.players).toEqual([]);
      await shelf.sql('UPDATE videos SET deleted_at = now() WHERE session_id = ANY($1)', [[own, withOthers]]);
    });

    it('cost as many queries for a page as for one', async () => {
      const count = async (query: string, most: number): Promise<number> => {
        const queries = jest.spyOn(club.service.app.get(DataSource), 'createQueryRunner');
        expect((await listed(query)).length).toBe(most);
        const { length } = queries.mock.calls;
        queries.mockRestore();
        return length;
      };
      // What the service does by the clock meanwhile only adds to them.
      const least = async (query: string, most: number): Promise<number> =>
        Math.min(await count(query, most), await count(query, most), await count(query, most));
      const one = await least('?limit=1', 1);
      expect(one).toBeGreaterThan(1);
      expect(await least('?limit=3', 3)).toBe(one);
    });
  });

  describe('one video', () => {
    it.each([
      ['whose match it was', () => club.player, 200],
      ['who took part', () => club.other, 200],
      ['who did not', () => third.api, 404],
      ['who is not signed in', () => new Api(club.service.url), 401],
    ])('is shown to %s or not', async (_name, who, status) => {
      expect((await who().get(`/api/video/files/${mine}`)).status).toBe(status);
    });

    it('is a 404 in another club, unknown, or deleted, and a 400 where the id is none', async () => {
      expect((await club.desk.get(`/api/video/files/${mine}?club_id=${club.clubId + 1}`)).status).toBe(404);
      expect((await club.desk.get(`/api/video/files/${randomUUID()}`)).status).toBe(404);
      const gone = await video(club.ids.other, [], DAYS[0]);
      await club.desk.delete(`/api/video/files/${gone}/delete`);
      expect((await club.desk.get(`/api/video/files/${gone}`)).status).toBe(404);
      expect((await club.desk.get('/api/video/files/lists')).status).toBe(400);
    });

    it('takes the place of no other route', async () => {
      expect((await club.desk.get<Videos>('/api/video/files/list')).body.videos).toBeDefined();
      expect((await club.desk.get<{ count: number }>('/api/video/files/stats')).body.count).toBeGreaterThan(2);
    });

    it('is shown while its file is missing', async () => {
      const lost = await video(club.ids.player, [], DAYS[0]);
      shelf.remove(lost);
      expect((await club.player.get(`/api/video/files/${lost}`)).status).toBe(200);
      await shelf.sql('UPDATE videos SET deleted_at = now() WHERE session_id = $1', [lost]);
    });
  });

  describe('filters', () => {
    it.each([
      ['a court', () => `?terrain_id=${court}`, () => [mine]],
      ['no court of the club', () => '?terrain_id=2147483646', () => []],
      ['a person, owner or participant', () => `?user_id=${club.ids.player}`, () => [thirds, mine]],
      ['a person who is nobody', () => '?user_id=2147483646', () => []],
      ['from a moment on', () => `?from=${DAYS[1]}`, () => [thirds, others]],
      ['before a moment', () => `?to=${DAYS[1]}`, () => [mine]],
      ['a moment in another offset', () => '?from=2026-03-02T11%3A00%3A00%2B01%3A00', () => [thirds, others]],
      ['a day', () => '?from=2026-03-02&to=2026-03-03', () => [others]],
      [
        'all together',
        () => `?terrain_id=${court}&user_id=${club.ids.other}&from=2026-03-01&to=${DAYS[1]}`,
        () => [mine],
      ],
      ['all together, and nothing left', () => `?terrain_id=${court}&user_id=${third.id}`, () => []],
    ])('by %s', async (_name, query, ids) => {
      expect(await listed(query())).toEqual(ids());
    });

    it('never show a player more than is theirs', async () => {
      expect(await listed('', club.player)).toEqual([thirds, mine]);
      expect(await listed(`?user_id=${club.ids.other}`, club.player)).toEqual([mine]);
      expect(await listed(`?user_id=${third.id}`, club.other)).toEqual([]);
      expect(await listed(`?terrain_id=${court}`, third.api)).toEqual([]);
      expect(await listed(`?user_id=${club.ids.player}&from=2026-03-02`, club.player)).toEqual([thirds]);
    });

    it('hold on every page', async () => {
      const query = `?user_id=${club.ids.player}&limit=1`;
      const first = await club.desk.get<Videos>(`/api/video/files/list${query}`);
      expect(first.body.videos.map(({ session_id: id }) => id)).toEqual([thirds]);
      expect(await listed(`${query}&cursor=${first.body.next_cursor}`)).toEqual([mine]);
    });

    it.each([
      'terrain_id=abc',
      'terrain_id=0',
      'user_id=-1',
      'user_id=1e3',
      'from=yesterday',
      'from=2026-02-30',
      'from=0000-01-01',
      'to=2026-03-01T10:00:00%2B99:99',
      'to=2026-03-01T24:00:00Z',
      'from=2026-03-01T10:00:00',
      'to=2026-03-01%2010:00Z',
      'to=',
      'from=2026-03-01&from=2026-03-02',
    ])('refuse %s', async (query) => {
      expect((await club.desk.get(`/api/video/files/list?${query}`)).status).toBe(400);
    });
  });
});
