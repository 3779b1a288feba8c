import { DataSource } from 'typeorm';
import { BookingStore } from '../../src/bookings/booking-store';
import { Answer, Api } from '../support/api';
import { PASSWORD, startTestClub, TestClub } from '../support/club';

interface Booking {
  readonly id: number;
  readonly terrain_id: number;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly status: string;
  readonly reason: string | null;
  readonly mine: boolean;
  readonly title: string | null;
  readonly owner: { readonly id: number } | null;
  readonly players: readonly { readonly id: number }[];
  readonly consent_by: { readonly id: number } | null;
}
interface Body {
  readonly booking?: Booking;
  readonly bookings?: Booking[];
  readonly count?: number;
  readonly next_cursor?: string;
  readonly code?: string;
  readonly errors?: { readonly field: string }[];
}

const HOUR = 3_600_000;

describe('bookings', () => {
  let club: TestClub;
  let court: number;
  let next = Date.parse('2027-03-01T08:00:00Z');

  beforeAll(async () => {
    club = await startTestClub();
    court = await club.addCourt('Court 1', 'rtsp://127.0.0.1:1/nothing');
    // Times that nobody else books are a year ahead at most.
    next = Math.ceil(Date.now() / HOUR) * HOUR + 48 * HOUR;
  });

  afterAll(() => club?.close());

  const sql = <Row>(text: string, parameters: unknown[] = []): Promise<Row[]> =>
    club.service.app.get(DataSource).query<Row[]>(text, parameters);
  const path = (): string => `/api/clubs/${club.clubId}/bookings`;
  /** Ninety minutes that nobody else has. */
  const time = (): { starts_at: string; ends_at: string } => {
    next += 2 * HOUR;
    return { starts_at: new Date(next).toISOString(), ends_at: new Date(next + 1.5 * HOUR).toISOString() };
  };
  const book = (api: Api, more: object = {}): Promise<Answer<Body>> =>
    api.post<Body>(path(), { terrain_id: court, ...time(), ...more });
  const made = async (api: Api, more: object = {}): Promise<Booking> => {
    const { status, body, text } = await book(api, more);
    if (status !== 201 || !body.booking) throw new Error(text);
    return body.booking;
  };
  const told = ({ status, body }: Answer<Body>): unknown[] => [
    status,
    body.code,
    body.errors?.map(({ field }) => field),
  ];
  const setting = async (change: object): Promise<void> => {
    const { status, text } = await club.desk.patch(`/api/clubs/${club.clubId}`, change);
    if (status !== 200) throw new Error(text);
  };
  const trail = (id: number): Promise<{ action: string; actor_id: number | null }[]> =>
    sql('SELECT action, actor_id FROM audit_log WHERE target = $1 ORDER BY id', [`booking:${id}`]);

  it('are made by the desk for a player, changed and cancelled, and the trail notes it', async () => {
    const when = time();
    const answer = await club.desk.post<Body>(path(), {
      ...{ terrain_id: court, ...when, title: '  League  ' },
      ...{ owner_id: club.ids.player, player_ids: [club.ids.other, club.ids.player] },
    });
    expect(answer.status).toBe(201);
    expect(answer.body.booking).toEqual({
      ...{ id: expect.any(Number) as number, club_id: club.clubId, terrain_id: court, ...when },
      ...{ status: 'planned', reason: null, source: 'manual', mine: true, title: 'League' },
      ...{ owner: { id: club.ids.player, name: 'player' }, players: [{ id: club.ids.other, name: 'other' }] },
      ...{ session_id: null, started_at: null, late_seconds: 0, consent_by: null },
      created_at: expect.any(String) as string,
    });
    const { id } = answer.body.booking as Booking;
    const later = time();
    const changed = await club.desk.patch<Body>(`${path()}/${id}`, { ...later, title: null, player_ids: [] });
    expect(changed.body.booking).toMatchObject({ ...later, title: null, players: [] });
    expect((await club.player.delete(`${path()}/${id}`)).status).toBe(204);
    expect((await club.player.delete(`${path()}/${id}`)).status).toBe(204);
    const { body } = await club.player.get<Body>(`${path()}/${id}`);
    expect(body.booking).toMatchObject({ status: 'cancelled', reason: 'cancelled_by_owner' });
    expect(told(await club.desk.patch<Body>(`${path()}/${id}`, { title: 'Again' }))).toEqual([
      409,
      'booking_begun',
      undefined,
    ]);
    expect(await trail(id)).toEqual([
      { action: 'booking.created', actor_id: club.ids.desk },
      { action: 'booking.changed', actor_id: club.ids.desk },
      { action: 'booking.cancelled', actor_id: club.ids.player },
    ]);
  });

  it('of one court never overlap, whoever asks at once', async () => {
    const when = time();
    const answers = await Promise.all(Array.from({ length: 6 }, () => book(club.desk, when)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('booking_overlap');
    const first = answers.find(({ status }) => status === 201)?.body.booking as Booking;
    // One may begin where the other ends, and elsewhere at the same time.
    const after = { starts_at: when.ends_at, ends_at: new Date(Date.parse(when.ends_at) + HOUR / 4).toISOString() };
    const second = await made(club.desk, after);
    const elsewhere = await club.addCourt('Court 2', 'rtsp://127.0.0.1:1/nothing');
    await made(club.desk, { ...when, terrain_id: elsewhere });
    const longer = { ends_at: new Date(Date.parse(when.ends_at) + 1_000).toISOString() };
    expect(told(await club.desk.patch<Body>(`${path()}/${first.id}`, longer))[1]).toBe('booking_overlap');
    await club.desk.delete(`${path()}/${second.id}`);
    expect((await club.desk.patch(`${path()}/${first.id}`, longer)).status).toBe(200);
  });

  it.each<[string, object, unknown[]]>([
    ['more than the longest recording', { ends_at: '2099-01-01T00:00:00Z' }, ['ends_at']],
    ['an end before the start', { ends_at: '2020-01-01T00:00:00Z' }, ['ends_at', 'ends_at']],
    ['a time without an offset', { starts_at: '2026-12-04T18:00:00' }, ['starts_at']],
    ['a title of two lines', { title: 'a\nb' }, ['title']],
    ['too long a title', { title: 'x'.repeat(121) }, ['title']],
    ['a player twice', { player_ids: [1, 1] }, ['player_ids']],
    ['a stranger as player', { player_ids: [2_000_000] }, ['player_ids']],
    ['a stranger as owner', { owner_id: 2_000_000 }, ['owner_id']],
    ['an unknown field', { recurring: true }, ['recurring']],
  ])('refuse %s', async (_, more, fields) => {
    expect(told(await book(club.desk, more))).toEqual([400, 'validation_failed', fields]);
  });

  it("are not made on another club's court", async () => {
    const other = await club.operator.post<{ id: number }>('/api/clubs', { name: 'Padel Sud' });
    const foreign = await club.operator.post<{ id: number }>(`/api/clubs/${other.body.id}/terrains`, {
      ...{ name: 'Court 1', camera_url: 'rtsp://127.0.0.1:1/nothing' },
    });
    for (const api of [club.desk, club.operator]) {
      expect(told(await book(api, { terrain_id: foreign.body.id }))[0]).toBe(404);
    }
    const there = `/api/clubs/${other.body.id}/bookings`;
    expect((await club.desk.post(there, { terrain_id: foreign.body.id, ...time() })).status).toBe(404);
    const { id } = await made(club.desk);
    expect((await club.operator.get(`${there}/${id}`)).status).toBe(404);
  });

  describe('of players', () => {
    it('are made where the club lets them, for themselves alone, ten at most', async () => {
      expect(told(await book(club.player))).toEqual([403, 'forbidden', undefined]);
      await setting({ players_book: true });
      const booking = await made(club.player, { player_ids: [club.ids.other] });
      expect(booking.owner).toEqual({ id: club.ids.player, name: 'player' });
      expect((await club.player.patch(`${path()}/${booking.id}`, { title: 'Ours' })).status).toBe(200);
      expect((await club.other.patch(`${path()}/${booking.id}`, { title: 'Mine' })).status).toBe(403);
      expect(told(await book(club.player, { owner_id: club.ids.other }))[0]).toBe(403);
      const { ahead } = (
        await sql<{ ahead: number }>(
          "SELECT count(*)::integer AS ahead FROM bookings WHERE owner_id = $1 AND status = 'planned'",
          [club.ids.player],
        )
      )[0] as { ahead: number };
      const more = await Promise.all(Array.from({ length: 12 - ahead }, () => book(club.player)));
      expect(more.filter(({ status }) => status === 201)).toHaveLength(10 - ahead);
      expect(more.find(({ status }) => status !== 201)?.body.code).toBe('booking_limit');
      await setting({ players_book: false });
      expect((await club.player.patch(`${path()}/${booking.id}`, { title: 'No more' })).status).toBe(403);
    });

    it('see of others’ only when the court is taken', async () => {
      const { id } = await made(club.desk, { owner_id: club.ids.other, title: 'Private', player_ids: [] });
      const { body } = await club.player.get<Body>(`${path()}/${id}`);
      expect(body.booking).toMatchObject({ mine: false, title: null, owner: null, players: [], status: 'planned' });
      expect((await club.other.get<Body>(`${path()}/${id}`)).body.booking).toMatchObject({
        mine: true,
        title: 'Private',
      });
    });
  });

  it('ask whoever books whether the club’s note was told, and keep who said so', async () => {
    await setting({ consent_note: 'Matches are filmed.' });
    expect(told(await book(club.desk))).toEqual([400, 'validation_failed', ['consent']]);
    expect(told(await book(club.desk, { consent: false }))).toEqual([400, 'validation_failed', ['consent']]);
    expect((await made(club.desk, { consent: true })).consent_by).toMatchObject({ id: club.ids.desk });
    await setting({ consent_note: null });
  });

  it('are listed by day of the club’s calendar, and by page', async () => {
    const day = await club.addCourt('Court of days', 'rtsp://127.0.0.1:1/nothing');
    // In Paris this is the 29th and the 30th of January.
    for (const starts of ['2027-01-29T22:30:00Z', '2027-01-29T23:30:00Z', '2027-01-30T10:00:00Z']) {
      const ends = new Date(Date.parse(starts) + HOUR / 4).toISOString();
      await made(club.desk, { terrain_id: day, starts_at: starts, ends_at: ends });
    }
    const of = async (query: string): Promise<string[]> => {
      const { body } = await club.desk.get<Body>(`${path()}?terrain_id=${day}${query}`);
      return (body.bookings ?? []).map(({ starts_at: at }) => at);
    };
    expect(await of('&day=2027-01-29')).toEqual(['2027-01-29T22:30:00.000Z']);
    expect(await of('&day=2027-01-30')).toEqual(['2027-01-29T23:30:00.000Z', '2027-01-30T10:00:00.000Z']);
    expect(await of('')).toHaveLength(3);
    const first = await club.desk.get<Body>(`${path()}?terrain_id=${day}&limit=2`);
    expect(first.body.count).toBe(2);
    const second = await club.desk.get<Body>(`${path()}?terrain_id=${day}&limit=2&cursor=${first.body.next_cursor}`);
    expect(second.body).toMatchObject({ count: 1 });
    expect(second.body.next_cursor).toBeUndefined();
    for (const query of ['day=2027-02-30', 'day=tomorrow', 'terrain_id=x', 'cursor=nonsense']) {
      expect((await club.desk.get(`${path()}?${query}`)).status).toBe(400);
    }
  });

  it.each<[string, number, number, string | null]>([
    ['somebody stopped before its end', 30, 90, 'stopped_early'],
    ['was begun by hand for a shorter time, and ended by itself', 80, 80, 'stopped_early'],
    ['ended with it', 90, 90, null],
    ['was begun by hand for a longer time', 100, 100, null],
  ])('say of a recording that %s whether it ends short', async (_, stopped, planned, reason) => {
    const { id, terrain_id: place } = await made(club.desk);
    const [session] = await sql<{ id: string }>(
      `INSERT INTO camera_sessions (id, court_id, club_id, user_id, status, closed_at)
       VALUES (gen_random_uuid(), $1, $2, $3, 'closed', now()) RETURNING id`,
      [place, club.clubId, club.ids.desk],
    );
    await sql(
      `INSERT INTO recordings (session_id, court_id, club_id, user_id, status, started_at, stopped_at, planned_end_at)
       SELECT $1, $2, $3, $4, 'ready', starts_at, starts_at + $5 * interval '1 minute', starts_at + $6 * interval '1 minute'
         FROM bookings WHERE id = $7`,
      [session?.id, place, club.clubId, club.ids.desk, stopped, planned, id],
    );
    await sql("UPDATE bookings SET status = 'recording', session_id = $2 WHERE id = $1", [id, session?.id]);
    await club.service.app.get(BookingStore).settle(Date.now());
    const { body } = await club.desk.get<Body>(`${path()}/${id}`);
    expect(body.booking).toMatchObject({ status: 'done', reason });
  });

  it('go with the person they are of', async () => {
    const { id: userId, api } = await club.addUser('leaving@padelvar.test', 'PLAYER');
    const own = await made(club.desk, { owner_id: userId, title: 'Farewell' });
    const others = await made(club.desk, { player_ids: [userId] });
    const exported = await api.get<{ bookings: { id: number; owned: boolean }[] }>('/api/auth/me/export');
    expect(exported.body.bookings).toMatchObject([
      { id: others.id, owned: false },
      { id: own.id, owned: true, title: 'Farewell' },
    ]);
    expect((await api.post('/api/auth/me/erase', { password: PASSWORD })).status).toBe(200);
    const left = await club.desk.get<Body>(`${path()}/${own.id}`);
    expect(left.body.booking).toMatchObject({ status: 'cancelled', title: null, owner: { name: 'Erased' } });
    expect((await club.desk.get<Body>(`${path()}/${others.id}`)).body.booking?.players).toEqual([]);
  });
});
