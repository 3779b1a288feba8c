import { get, IncomingMessage } from 'node:http';
import { DataSource } from 'typeorm';
import { Answer, Api } from '../support/api';
import { PASSWORD, startTestClub, TestClub } from '../support/club';

interface Entry {
  id: number;
  at: string;
  actor_id: number | null;
  actor: { id: number; name: string; email: string } | null;
  club_id: number | null;
  action: string;
  target: string | null;
  ip: string | null;
  details: Record<string, unknown>;
}
interface List {
  success: true;
  entries: Entry[];
  count: number;
  next_cursor?: string;
}
interface Problem {
  code: string;
  errors?: { field: string }[];
}

const BOM = '\ufeff';

/** Cells of a CSV file that quotes each of them. */
function cellsOf(line: string): string[] {
  return line
    .slice(1, -1)
    .split('","')
    .map((cell) => cell.replaceAll('""', '"'));
}

describe('the audit trail', () => {
  let club: TestClub;
  let foreign: Api;
  let foreignClub: number;

  const list = (api: Api, query = ''): Promise<Answer<List>> => api.get<List>(`/api/audit${query}`);
  const database = (): DataSource => club.service.app.get(DataSource);

  beforeAll(async () => {
    club = await startTestClub();
    const made = await club.operator.post<{ id: number }>('/api/clubs', { name: 'Other', time_zone: 'UTC' });
    foreignClub = made.body.id;
    const email = 'desk@other.test';
    await club.operator.post(`/api/clubs/${foreignClub}/users`, {
      email,
      name: 'Other desk',
      password: PASSWORD,
      role: 'CLUB_ADMIN',
    });
    foreign = await Api.signedIn(club.service.url, email, PASSWORD);
    await club.desk.patch(`/api/clubs/${club.clubId}`, { name: 'Padel Nord et Sud' });
  });

  afterAll(() => club?.close());

  describe('is read', () => {
    it('by a SUPER_ADMIN whole, newest first', async () => {
      const { status, body } = await list(club.operator);
      expect(status).toBe(200);
      expect(body).toMatchObject({ success: true, count: body.entries.length });
      const ids = body.entries.map(({ id }) => id);
      expect(ids).toEqual([...ids].sort((a, b) => b - a));
      expect(new Set(body.entries.map(({ club_id }) => club_id))).toEqual(new Set([null, club.clubId, foreignClub]));
      expect(body.entries[0]).toEqual({
        id: expect.any(Number) as number,
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
        actor_id: club.ids.desk,
        actor: { id: club.ids.desk, name: 'desk', email: 'desk@padelvar.test' },
        club_id: club.clubId,
        action: 'club.changed',
        target: `club:${club.clubId}`,
        ip: '127.0.0.1',
        details: expect.any(Object) as object,
      });
    });

    it("by a CLUB_ADMIN as far as it is their active club's", async () => {
      for (const query of ['', `?club_id=${club.clubId}`]) {
        const { body } = await list(club.desk, query);
        expect(body.count).toBeGreaterThan(3);
        expect(new Set(body.entries.map(({ club_id }) => club_id))).toEqual(new Set([club.clubId]));
      }
      const { body } = await list(foreign);
      expect(new Set(body.entries.map(({ club_id }) => club_id))).toEqual(new Set([foreignClub]));
    });

    it.each(['', '/export.csv'])('by nobody else%s', async (path) => {
      const anonymous = new Api(club.service.url);
      expect((await anonymous.bytes(`/api/audit${path}`)).response.status).toBe(401);
      expect((await club.player.bytes(`/api/audit${path}`)).response.status).toBe(403);
      for (const id of [foreignClub, 999_999]) {
        const { response, body } = await club.desk.bytes(`/api/audit${path}?club_id=${id}`);
        expect(response.status).toBe(404);
        expect((JSON.parse(body.toString()) as Problem).code).toBe('not_found');
      }
    });

    it('in pages', async () => {
      const { body: all } = await list(club.operator, '?limit=200&action=user.');
      const seen: number[] = [];
      let cursor: string | undefined;
      do {
        const { body } = await list(club.operator, `?limit=2&action=user.${cursor ? `&cursor=${cursor}` : ''}`);
        expect(body.count).toBeLessThanOrEqual(2);
        seen.push(...body.entries.map(({ id }) => id));
        cursor = body.next_cursor;
      } while (cursor !== undefined);
      expect(seen).toEqual(all.entries.map(({ id }) => id));
      expect(seen.length).toBeGreaterThan(3);
    });

    it('in pages, also of one moment', async () => {
      await database().query(
        `INSERT INTO audit_log (club_id, action, target) SELECT $1, 'court.changed', 'court:page' FROM generate_series(1, 5)`,
        [club.clubId],
      );
      const seen: number[] = [];
      let cursor = '';
      do {
        const { body } = await list(club.desk, `?limit=2&target=court:page${cursor}`);
        seen.push(...body.entries.map(({ id }) => id));
        cursor = body.next_cursor === undefined ? '' : `&cursor=${body.next_cursor}`;
      } while (cursor !== '');
      expect(seen).toHaveLength(5);
      expect(seen).toEqual([...seen].sort((a, b) => b - a));
    });

    it('by action, actor, target and time', async () => {
      const { body: users } = await list(club.operator, '?action=user.');
      expect(new Set(users.entries.map(({ action }) => action))).toEqual(new Set(['user.created']));
      expect((await list(club.operator, '?action=user.creat')).body.count).toBe(0);
      expect((await list(club.operator, '?action=club.changed')).body.count).toBe(1);
      const { body: own } = await list(club.operator, `?actor_id=${club.ids.desk}`);
      expect(own.entries.map(({ action }) => action)).toEqual(['club.changed', 'auth.signed_in']);
      const { body: about } = await list(club.operator, `?target=club:${foreignClub}`);
      expect(about.entries.map(({ action }) => action)).toEqual(['club.created']);

      const { entries } = (await list(club.operator)).body;
      const newest = entries[0] as Entry;
      const before = entries.find((entry) => entry.at < newest.at) as Entry;
      const at = encodeURIComponent(newest.at);
      expect((await list(club.operator, `?from=${at}`)).body.entries[0]?.id).toBe(newest.id);
      expect((await list(club.operator, `?to=${at}`)).body.entries.map(({ id }) => id)).not.toContain(newest.id);
      expect((await list(club.operator, `?to=${at}`)).body.entries.map(({ id }) => id)).toContain(before.id);
      expect((await list(club.operator, '?from=2999-01-01')).body.count).toBe(0);
      expect((await list(club.operator, '?to=2000-01-01T00:00:00%2B02:00')).body.count).toBe(0);
    });

    it.each([
      ['club_id=0', 'club_id'],
      ['club_id=1e3', 'club_id'],
      ['action=recording', 'action'],
      ["action=a.'", 'action'],
      [`action=a.${'b'.repeat(63)}`, 'action'],
      ['actor_id=-1', 'actor_id'],
      ['target=', 'target'],
      [`target=${'x'.repeat(257)}`, 'target'],
      ['from=yesterday', 'from'],
      ['from=2026-02-30', 'from'],
      ['to=2026-01-01T10:00:00', 'to'],
      ['limit=0', 'limit'],
      ['limit=201', 'limit'],
    ])('and refuses %s', async (query, field) => {
      const { status, text } = await list(club.operator, `?${query}`);
      expect(status).toBe(400);
      expect((JSON.parse(text) as Problem).errors?.map((error) => error.field)).toContain(field);
    });

    it.each([
      'x',
      'W10',
      Buffer.from('["1"]').toString('base64url'),
      Buffer.from('["2026-02-30",1]').toString('base64url'),
    ])('and refuses the cursor %s', async (cursor) => {
      expect((await list(club.operator, `?cursor=${cursor}`)).status).toBe(400);
    });
  });

  describe('is exported', () => {
    it('as a CSV file that spreadsheets read, accents and all, and the export is a line of its own', async () => {
      await club.desk.patch(`/api/users/${club.ids.other}`, { name: 'Élodie Müller' });
      const { body: before } = await list(club.desk, '?limit=200');
      const { response, body } = await club.desk.bytes('/api/audit/export.csv');
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
      expect(response.headers.get('content-disposition')).toMatch(
        new RegExp(`^attachment; filename="padelvar-audit-club-${club.clubId}-\\d{4}-\\d\\d-\\d\\d\\.csv"$`),
      );
      const text = body.toString('utf8');
      expect(text.startsWith(BOM)).toBe(true);
      const [header, ...lines] = text.slice(BOM.length).trimEnd().split('\r\n').map(cellsOf);
      const names = 'id,at,actor_id,actor_name,actor_email,club_id,action,target,ip,details';
      expect(header).toEqual(names.split(','));
      expect(lines.map(([id]) => Number(id))).toEqual(before.entries.map(({ id }) => id));
      const { body: after } = await list(club.desk, '?limit=1');
      expect(after.entries[0]).toMatchObject({
        action: 'audit.exported',
        actor_id: club.ids.desk,
        club_id: club.clubId,
        ip: '127.0.0.1',
        details: {},
      });
    });

    it('with the same filters, which its line tells', async () => {
      const query = `action=user.&target=user:${club.ids.player}`;
      const { body } = await club.operator.bytes(`/api/audit/export.csv?${query}`);
      const lines = body.toString('utf8').trimEnd().split('\r\n').slice(1).map(cellsOf);
      expect(lines.map((cells) => cells[6])).toEqual(['user.created']);
      const { body: after } = await list(club.operator, '?action=audit.exported&limit=1');
      expect(after.entries[0]?.details).toEqual({ action: 'user.', target: `user:${club.ids.player}` });
    });

    it('without formulas', async () => {
      const name = '=HYPERLINK("http://evil.example";"click")';
      await club.desk.patch(`/api/users/${club.ids.other}`, { name });
      const other = await Api.signedIn(club.service.url, 'other@padelvar.test', PASSWORD);
      await other.post('/api/auth/logout');
      const { body } = await club.desk.bytes(`/api/audit/export.csv?actor_id=${club.ids.other}`);
      const cells = body.toString('utf8').trimEnd().split('\r\n').slice(1).map(cellsOf);
      expect(cells.length).toBeGreaterThan(0);
      for (const line of cells) expect(line[3]).toBe(`'${name}`);
    });

    it('batch after batch, none twice and none left out, and never all of it in memory', async () => {
      const target = 'court:many';
      await database().query(
        `INSERT INTO audit_log (club_id, action, target, details)
         SELECT $1, 'court.changed', $2, jsonb_build_object('n', n, 'text', repeat('x', 500))
           FROM generate_series(1, 20000) AS n`,
        [club.clubId, target],
      );
      const queries = jest.spyOn(database(), 'query');
      const path = `/api/audit/export.csv?target=${target}`;
      const token = club.desk.token ?? '';
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        get(`${club.service.url}${path}`, { headers: { authorization: `Bearer ${token}` } }, resolve).on(
          'error',
          reject,
        );
      });
      const asked = queries.mock.calls.filter(([sql]) => sql.includes('FROM audit_log')).length;
      // The reader has not read yet: what fits into the sockets has been fetched, not the 20 MB.
      expect(asked).toBeLessThan(15);
      let seen = '';
      for await (const chunk of answer) seen += (chunk as Buffer).toString('utf8');
      queries.mockRestore();
      const ids = seen
        .trimEnd()
        .split('\r\n')
        .slice(1)
        .map((line) => Number(cellsOf(line)[0]));
      expect(ids).toHaveLength(20_000);
      expect(new Set(ids).size).toBe(20_000);
      expect(ids).toEqual([...ids].sort((a, b) => b - a));
    });

    it('no further once the reader has left', async () => {
      const queries = jest.spyOn(database(), 'query');
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        const headers = { authorization: `Bearer ${club.desk.token ?? ''}` };
        get(`${club.service.url}/api/audit/export.csv?target=court:many`, { headers }, resolve).on('error', reject);
      });
      answer.on('error', () => undefined);
      answer.destroy();
      const trails = (): number => queries.mock.calls.filter(([sql]) => sql.includes('FROM audit_log')).length;
      // Two calls that follow each other come after all that the export still had under way.
      await list(club.desk, '?limit=1');
      const before = trails();
      await list(club.desk, '?limit=1');
      expect(trails() - before).toBeLessThanOrEqual(2);
      expect(before).toBeLessThan(15);
      queries.mockRestore();
    });

    it('no further once whoever reads has signed out', async () => {
      const email = 'second-desk@padelvar.test';
      const { api } = await club.addUser(email, 'CLUB_ADMIN');
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        const headers = { authorization: `Bearer ${api.token ?? ''}` };
        get(`${club.service.url}/api/audit/export.csv?target=court:many`, { headers }, resolve).on('error', reject);
      });
      await api.post('/api/auth/logout');
      let bytes = 0;
      const reading = (async () => {
        for await (const chunk of answer) bytes += (chunk as Buffer).length;
      })();
      await expect(reading).rejects.toThrow('aborted');
      expect(bytes).toBeLessThan(12_000_000);
    });
  });

  it('is described in the API document', async () => {
    const { body } = await new Api(club.service.url).get<{ paths: Record<string, object> }>('/api/docs-json');
    expect(Object.keys(body.paths)).toEqual(expect.arrayContaining(['/api/audit', '/api/audit/export.csv']));
  });
});
