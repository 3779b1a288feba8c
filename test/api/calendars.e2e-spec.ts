import { createServer, IncomingMessage, Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { DataSource } from 'typeorm';
import { SecretBox } from '../../src/common/secret-box';
import { BookingRunner } from '../../src/bookings/booking-runner.service';
import { BookingStore, DueBooking } from '../../src/bookings/booking-store';
import { CalendarFetcher } from '../../src/bookings/calendar/calendar-fetcher.service';
import { withClient } from '../../src/database/embedded/connect';
import { Canary } from '../security/canary';
import { startTestClub, TestClub } from '../support/club';
import { until } from '../support/until';

interface Calendar {
  readonly origin: string;
  readonly read_at: string | null;
  readonly events: number;
  readonly skipped: number;
  readonly error: string | null;
}
interface Booking {
  readonly id: number;
  readonly status: string;
  readonly reason: string | null;
  readonly source: string;
  readonly title: string | null;
  readonly starts_at: string;
  readonly owner: { readonly id: number };
  readonly consent_by: { readonly id: number } | null;
}
interface Answered {
  readonly status: number;
  readonly body: string;
  readonly headers?: Record<string, string>;
}

const HOUR = 3_600_000;
/** Tomorrow, at a whole hour. */
const DAY = Math.ceil(Date.now() / HOUR) * HOUR + 24 * HOUR;
const stamp = (at: number): string => new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
const event = (uid: string, hours: number, title = uid): string =>
  [
    ...['BEGIN:VEVENT', `UID:${uid}`, `SUMMARY:${title}`, `DTSTART:${stamp(DAY + hours * HOUR)}`],
    ...['DURATION:PT1H', 'END:VEVENT'],
  ].join('\r\n');
const calendar = (...events: string[]): Answered => ({
  status: 200,
  body: ['BEGIN:VCALENDAR', 'VERSION:2.0', ...events, 'END:VCALENDAR', ''].join('\r\n'),
});

describe("a court's calendar", () => {
  let club: TestClub;
  let server: Server;
  let answer: (request: IncomingMessage) => Answered | Promise<Answered>;
  let court: number;
  let number = 0;

  beforeAll(async () => {
    club = await startTestClub();
    server = createServer((request, response) => {
      void Promise.resolve(answer(request)).then(({ status, body, headers }) =>
        response.writeHead(status, headers).end(body),
      );
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });

  beforeEach(async () => {
    court = await club.addCourt(`Court ${++number}`, 'rtsp://127.0.0.1:1/nothing');
  });

  afterAll(async () => {
    await club?.close();
    server?.closeAllConnections();
    server?.close();
  });

  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/s3cret/court.ics?key=hunter2`;
  const path = (): string => `/api/clubs/${club.clubId}/terrains/${court}/calendar`;
  const sql = <Row>(text: string, values: unknown[] = []): Promise<Row[]> =>
    club.service.app.get(DataSource).query<Row[]>(text, values);
  /** Has the calendar asked for, and gives what is said of it then. */
  async function fetched(gives: Answered | ((request: IncomingMessage) => Answered)): Promise<Calendar> {
    answer = typeof gives === 'function' ? gives : () => gives;
    const known = await club.desk.get<{ calendar: Calendar | null }>(path());
    if (known.body.calendar === null) {
      const set = await club.desk.put(path(), { url: url() });
      if (set.status !== 200) throw new Error(set.text);
    }
    for (;;) {
      await sql('UPDATE court_calendars SET next_fetch_at = now(), fetched_at = NULL WHERE court_id = $1', [court]);
      await club.service.app.get(CalendarFetcher).tick();
      const { body } = await club.desk.get<{ calendar: Calendar & { fetched_at: string | null } }>(path());
      if (body.calendar.fetched_at !== null) return body.calendar;
    }
  }
  /** A session of the court that is over, of which nothing was recorded. */
  async function session(): Promise<string> {
    const id = '00000000-0000-4000-8000-0000000000' + String(court).padStart(2, '0');
    await sql(
      `INSERT INTO camera_sessions (id, court_id, club_id, user_id, status, closed_at)
       VALUES ($1, $2, $3, $4, 'closed', now())`,
      [id, court, club.clubId, club.ids.desk],
    );
    return id;
  }
  const bookings = async (): Promise<Booking[]> =>
    (await club.desk.get<{ bookings: Booking[] }>(`/api/clubs/${club.clubId}/bookings?terrain_id=${court}`)).body
      .bookings;
  const titles = async (): Promise<(string | null)[]> => (await bookings()).map(({ title }) => title);

  it('becomes bookings, which follow it: new, moved, swapped, gone', async () => {
    expect(await fetched(calendar(event('a', 0), event('b', 2)))).toMatchObject({ events: 2, skipped: 0, error: null });
    const [a, b] = await bookings();
    expect([a, b]).toMatchObject([
      { title: 'a', source: 'ical', status: 'planned', starts_at: new Date(DAY).toISOString() },
      { title: 'b', source: 'ical', status: 'planned' },
    ]);
    // Each in the other one's place, and one more.
    await fetched(calendar(event('a', 2), event('b', 0), event('c', 4, 'Cup')));
    expect((await bookings()).map(({ id, title }) => [id, title])).toEqual([
      [b?.id, 'b'],
      [a?.id, 'a'],
      [expect.any(Number), 'Cup'],
    ]);
    await fetched(calendar(event('c', 4)));
    expect(await titles()).toEqual(['c']);
    const one = await club.desk.get<{ booking: object }>(`/api/clubs/${club.clubId}/bookings/${a?.id}`);
    expect(one.body.booking).toMatchObject({ status: 'cancelled', reason: 'left_calendar' });
    const [left] = await bookings();
    const change = await club.desk.patch<{ code: string }>(`/api/clubs/${club.clubId}/bookings/${left?.id}`, {
      title: 'x',
    });
    expect(change.body.code).toBe('from_calendar');
  });

  it('moves also what is about to begin, which is planned again; a new title alone does not hold it up', async () => {
    await fetched(calendar(event('a', 0), event('b', 2)));
    const ids = (await bookings()).map(({ id }) => id);
    const opened = await session();
    await sql("UPDATE bookings SET status = 'starting', reason = 'disk_full', session_id = $2 WHERE id = ANY ($1)", [
      ...[ids, opened],
    ]);
    await fetched(calendar(event('a', 0.5), event('b', 2, 'Cup')));
    const rows = await sql(
      'SELECT title, status, reason, session_id, starts_at FROM bookings WHERE id = ANY ($1) ORDER BY id',
      [ids],
    );
    expect(rows).toEqual([
      { title: 'a', status: 'planned', reason: null, session_id: null, starts_at: new Date(DAY + HOUR / 2) },
      {
        title: 'Cup',
        status: 'starting',
        reason: 'disk_full',
        session_id: opened,
        starts_at: new Date(DAY + 2 * HOUR),
      },
    ]);
    // Whoever took it in hand as it was before cannot begin it, nor say what is in its way.
    const store = club.service.app.get(BookingStore);
    const known = (await store.due(DAY + HOUR, 0)).find((one) => one.id === ids[0]) as DueBooking;
    const before = { ...known, startsAt: new Date(DAY) };
    expect(await store.begin(known.id, opened)).toBe(false);
    expect(await store.attach(before, opened, Date.now())).toBe(false);
    expect(await store.attach({ ...known, endsAt: new Date(DAY + HOUR) }, opened, Date.now())).toBe(false);
    await store.hinder(before, 'camera_unreachable');
    expect((await bookings())[0]).toMatchObject({ status: 'planned', reason: null });
  });

  it('that another admin enters anew is theirs with all that is planned, and is not recorded for one who is none', async () => {
    await club.desk.patch(`/api/clubs/${club.clubId}`, { consent_note: 'Matches are filmed.' });
    answer = () => calendar(event('a', 0), event('b', 2));
    const { id, api } = await club.addUser(`admin${number}@padelvar.test`, 'CLUB_ADMIN');
    expect((await api.put(path(), { url: url(), consent: true })).status).toBe(200);
    await fetched(calendar(event('a', 0), event('b', 2)));
    expect((await bookings()).map(({ owner }) => owner.id)).toEqual([id, id]);
    await sql("UPDATE bookings SET status = 'starting', reason = 'disk_full' WHERE court_id = $1 AND title = 'b'", [
      court,
    ]);
    expect((await club.desk.put(path(), { url: url(), consent: true })).status).toBe(200);
    const theirs = { owner: { id: club.ids.desk }, consent_by: { id: club.ids.desk } };
    expect(await bookings()).toMatchObject([theirs, theirs]);
    await club.desk.patch(`/api/clubs/${club.clubId}`, { consent_note: null });

    const [first] = await bookings();
    await sql("UPDATE memberships SET role = 'PLAYER' WHERE user_id = $1", [id]);
    await sql('UPDATE bookings SET owner_id = $2, starts_at = now() WHERE id = $1', [first?.id, id]);
    const told = await until(async () => {
      await club.service.app.get(BookingRunner).tick();
      const { body } = await club.desk.get<{ booking: Booking }>(`/api/clubs/${club.clubId}/bookings/${first?.id}`);
      return body.booking.status === 'planned' ? null : body.booking;
    });
    expect(told).toMatchObject({ status: 'failed', reason: 'owner_gone' });
  });

  it.each([
    ['was recorded and stopped early', 'done', 'stopped_early'],
    ['was recorded, its file not made', 'failed', 'recording_failed'],
    ['somebody cancelled', 'cancelled', 'cancelled_by_admin'],
  ])('does not have a match filmed again that %s, but another time is another match', async (_, status, reason) => {
    await fetched(calendar(event('a', 0)));
    const [made] = await bookings();
    const recorded = await session();
    await sql('UPDATE bookings SET status = $2, reason = $3, session_id = $4 WHERE id = $1', [
      ...[made?.id, status, reason, status === 'cancelled' ? null : recorded],
    ]);
    expect(await fetched(calendar(event('a', 0), event('b', 1)))).toMatchObject({ events: 2, skipped: 0 });
    const ahead = async (): Promise<(string | null)[]> =>
      (await bookings()).filter((one) => one.status === 'planned').map(({ title }) => title);
    expect(await ahead()).toEqual(['b']);
    await fetched(calendar(event('a', 0.5), event('b', 2)));
    expect(await ahead()).toEqual(['b']);
    await fetched(calendar(event('a', 3), event('b', 2)));
    expect(await ahead()).toEqual(['b', 'a']);
  });

  it('leaves nobody a booking of it to cancel: that is done in the calendar', async () => {
    await fetched(calendar(event('a', 0)));
    const [made] = await bookings();
    const refused = await club.desk.delete<{ code: string }>(`/api/clubs/${club.clubId}/bookings/${made?.id}`);
    expect(refused.body.code).toBe('from_calendar');
    // What has left it may come back to it.
    await fetched(calendar());
    await fetched(calendar(event('a', 0)));
    expect(await titles()).toEqual(['a']);
    // So may what went with the account of who had entered the calendar.
    await sql(
      `UPDATE bookings SET status = 'cancelled', reason = 'cancelled_by_owner', owner_id = $2
        WHERE court_id = $1 AND status = 'planned'`,
      [court, club.ids.player],
    );
    await fetched(calendar(event('a', 0)));
    expect(await titles()).toEqual(['a']);
  });

  it('keeps what it could not read, and lets go of the rest', async () => {
    await fetched(calendar(event('a', 0), event('b', 2), event('c', 4)));
    const unreadable = event('a', 0).replace('DTSTART', 'X-WAS');
    expect(await fetched(calendar(unreadable, event('c', 4)))).toMatchObject({ events: 1, skipped: 1 });
    expect(await titles()).toEqual(['a', 'c']);
  });

  it('takes nobody’s time who booked by hand', async () => {
    const mine = {
      terrain_id: court,
      starts_at: new Date(DAY).toISOString(),
      ends_at: new Date(DAY + HOUR).toISOString(),
    };
    const made = await club.desk.post(`/api/clubs/${club.clubId}/bookings`, { ...mine, title: 'By hand' });
    expect(made.status).toBe(201);
    expect(await fetched(calendar(event('a', 0), event('b', 1)))).toMatchObject({ events: 1, skipped: 1 });
    expect(await titles()).toEqual(['By hand', 'b']);
    await fetched(calendar());
    expect(await titles()).toEqual(['By hand']);
  });

  it.each<[string, Answered, string]>([
    ['is no calendar', { status: 200, body: '<html>' }, 'no calendar'],
    ['answers 500', { status: 500, body: '' }, 'answered 500'],
    ['redirects', { status: 302, body: '', headers: { location: 'http://127.0.0.1:1/' } }, 'redirects'],
    ['is larger than it may be', { status: 200, body: 'x'.repeat(1024 * 1024 + 1) }, 'too large'],
  ])('that %s changes nothing, and says so', async (_, wrong, words) => {
    await fetched(calendar(event('a', 0)));
    const { error } = await fetched(wrong);
    expect(error).toContain(words);
    expect(await titles()).toEqual(['a']);
    expect((await fetched(calendar(event('a', 0)))).error).toBeNull();
  });

  it('whose events cannot be entered costs no other one its bookings, and says so', async () => {
    await fetched(calendar());
    const poisoned = court;
    court = await club.addCourt(`Court ${++number}`, 'rtsp://127.0.0.1:1/nothing');
    await fetched(calendar());
    const owner = (text: string): Promise<unknown> =>
      withClient(club.service.databaseUrl, (client) => client.query(text));
    await owner("ALTER TABLE bookings ADD CONSTRAINT no_poison CHECK (title <> 'poison')");
    try {
      const due = 'UPDATE court_calendars SET next_fetch_at = now(), read_at = NULL WHERE court_id = ANY ($1)';
      await sql(due, [[poisoned, court]]);
      let asked = 0;
      answer = () => calendar(event('a', 0, asked++ === 0 ? 'poison' : 'sound'));
      const seen = async (): Promise<{ error: string | null; later: boolean }[]> =>
        sql(
          'SELECT error, next_fetch_at > now() AS later FROM court_calendars WHERE court_id = ANY ($1) ORDER BY error',
          [[poisoned, court]],
        );
      await until(async () => {
        await club.service.app.get(CalendarFetcher).tick();
        return (await seen()).every(({ later }) => later);
      });
      expect((await seen()).map(({ error }) => error)).toEqual(['Its events cannot be entered.', null]);
      const made = await sql("SELECT FROM bookings WHERE court_id = ANY ($1) AND title = 'sound'", [[poisoned, court]]);
      expect(made).toHaveLength(1);
    } finally {
      await owner('ALTER TABLE bookings DROP CONSTRAINT no_poison');
    }
  });

  it('with names that no row can hold is read all the same', async () => {
    const odd = event('a\u0000b', 0, 'Odd').replace('UID', `RECURRENCE-ID;VALUE=TEXT:${'x'.repeat(9_000)}\r\nUID`);
    expect(await fetched(calendar(odd, event('c', 1)))).toMatchObject({ events: 2, skipped: 0, error: null });
    expect(await fetched(calendar(odd, event('c', 1)))).toMatchObject({ events: 2, skipped: 0, error: null });
    expect(await titles()).toEqual(['Odd', 'c']);
  });

  it('is not read again while it is the same, but is at least every hour', async () => {
    const asked: (string | undefined)[] = [];
    const same = (request: IncomingMessage): Answered => {
      asked.push(request.headers['if-none-match']);
      if (request.headers['if-none-match'] === '"1"') return { status: 304, body: '' };
      return { ...calendar(event('a', 0)), headers: { etag: '"1"' } };
    };
    await fetched(same);
    asked.length = 0;
    expect(await fetched(same)).toMatchObject({ events: 1, error: null });
    await sql("UPDATE court_calendars SET read_at = now() - interval '61 minutes' WHERE court_id = $1", [court]);
    await fetched(same);
    expect([...new Set(asked)]).toEqual(['"1"', undefined]);
  });

  it('says nothing of an address just entered that the one before answered', async () => {
    await fetched(calendar());
    let late: ((answered: Answered) => void) | undefined;
    answer = () => new Promise((resolve) => (late = resolve));
    const tick = (): Promise<void> => club.service.app.get(CalendarFetcher).tick();
    await sql('UPDATE court_calendars SET next_fetch_at = now() WHERE court_id = $1', [court]);
    await until(() => {
      void tick();
      return late !== undefined;
    });
    expect((await club.desk.put(path(), { url: url() })).status).toBe(200);
    answer = () => calendar(event('a', 0));
    late?.({ status: 500, body: '' });
    const told = await until(async () => {
      await tick();
      const [row] = await sql<{ error: string | null; read: boolean }>(
        'SELECT error, read_at > set_at AS read FROM court_calendars WHERE court_id = $1',
        [court],
      );
      return row && (row.read || row.error !== null) ? row : null;
    });
    expect(told).toEqual({ error: null, read: true });
    expect(await titles()).toEqual(['a']);
  });

  it('is let go of with what it planned, and its address is shown nowhere', async () => {
    await fetched(calendar(event('a', 0)));
    const seen = await club.desk.get(path());
    const rows = await sql('SELECT row_to_json(k)::text AS k FROM court_calendars k');
    const trail = await sql("SELECT details::text AS d FROM audit_log WHERE action LIKE 'calendar.%'");
    for (const hidden of ['s3cret', 'hunter2']) expect(JSON.stringify([seen.text, rows, trail])).not.toContain(hidden);
    expect((await club.desk.delete(path())).status).toBe(204);
    expect((await club.desk.delete(path())).status).toBe(204);
    expect(await titles()).toEqual([]);
    expect((await club.desk.get<{ calendar: null }>(path())).body.calendar).toBeNull();
  });

  it('needs the word of who enters it where the club has a note, and an admin who still is one', async () => {
    answer = () => calendar();
    await club.desk.patch(`/api/clubs/${club.clubId}`, { consent_note: 'Matches are filmed.' });
    expect((await club.desk.put(path(), { url: url() })).status).toBe(400);
    expect((await club.desk.put(path(), { url: url(), consent: true })).status).toBe(200);
    await club.desk.patch(`/api/clubs/${club.clubId}`, { consent_note: null });
    await fetched(calendar());
    await sql('UPDATE court_calendars SET set_by = $2 WHERE court_id = $1', [court, club.ids.player]);
    expect((await fetched(calendar(event('a', 0)))).error).toContain('no admin');
    expect(await titles()).toEqual([]);
  });
});

describe("calendars' addresses", () => {
  it('never lead to this machine, not even where another hand wrote them', async () => {
    const canary = await Canary.start();
    const club = await startTestClub({ env: { CAMERA_ALLOW_LOOPBACK: 'false' } });
    try {
      const court = await club.addCourt('Court 1', 'rtsp://10.0.0.5/live');
      const path = `/api/clubs/${club.clubId}/terrains/${court}/calendar`;
      for (const host of ['127.0.0.1', 'localhost', '[::1]', '127.1']) {
        const url = `http://${host}:${canary.port}/`;
        expect((await club.desk.put<{ code: string }>(path, { url })).body.code).toBe('url_forbidden');
      }
      await club.desk.put(path, { url: 'http://10.0.0.5:1/' });
      const sealed = club.service.app
        .get(SecretBox, { strict: false })
        .seal(`http://127.0.0.1:${canary.port}/`, `calendar:${court}`);
      const database = club.service.app.get(DataSource);
      await database.query('UPDATE court_calendars SET url_sealed = $1, set_at = now()', [sealed]);
      for (;;) {
        await database.query('UPDATE court_calendars SET next_fetch_at = now()');
        await club.service.app.get(CalendarFetcher).tick();
        const { body } = await club.desk.get<{ calendar: Calendar }>(path);
        if (body.calendar.error?.includes('calls nobody')) break;
      }
      expect(canary.visits).toBe(0);
    } finally {
      await club.close();
      await canary.stop();
    }
  });
});
