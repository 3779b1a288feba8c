import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { VideoRemoval } from '../../src/files/video-removal.service';
import { MOST_MARKERS } from '../../src/markers/markers.service';
import { Answer, Api } from '../support/api';
import { PASSWORD, startTestClub, TestClub } from '../support/club';

interface Marker {
  readonly id: number;
  readonly kind: string;
  readonly text: string | null;
  readonly at_seconds: number;
  readonly author: { readonly id: number; readonly name: string };
}
interface Body {
  readonly success?: boolean;
  readonly marker?: Marker;
  readonly markers?: Marker[];
  readonly count?: number;
  readonly next_cursor?: string;
  readonly chapters?: string;
  readonly code?: string;
  readonly errors?: { readonly field: string }[];
}

const MARKERS = '/api/video/markers';

describe('markers', () => {
  let club: TestClub;
  let court: number;

  const sql = <Row>(text: string, parameters: unknown[] = []): Promise<Row[]> =>
    club.service.app.get(DataSource).query<Row[]>(text, parameters);

  beforeAll(async () => {
    club = await startTestClub();
    court = await club.addCourt('Court 1', 'rtsp://127.0.0.1:1/nothing');
  });

  afterAll(() => club?.close());

  /** A match of a minute of the player's that is over, with the other player in it. */
  async function match(status: 'ready' | 'failed' | null = 'ready', endedSecondsAgo = 30): Promise<string> {
    const id = randomUUID();
    const rows = [id, court, club.clubId, club.ids.player];
    await sql(
      `INSERT INTO camera_sessions (id, court_id, club_id, user_id, status, closed_at) VALUES ($1, $2, $3, $4, 'closed', now())`,
      rows,
    );
    await sql('INSERT INTO session_players (session_id, user_id) VALUES ($1, $2)', [id, club.ids.other]);
    if (status === null) return id;
    await sql(
      `INSERT INTO recordings (session_id, court_id, club_id, user_id, status, planned_end_at, started_at, stopped_at,
                               duration_seconds)
       VALUES ($1, $2, $3, $4, $5, now(), now() - make_interval(secs => 60 + $6), now() - make_interval(secs => $6), 60)`,
      [...rows, status, endedSecondsAgo],
    );
    if (status === 'ready') {
      await sql(
        `INSERT INTO videos (session_id, court_id, club_id, user_id, video_path, size_bytes, duration_seconds, width, height, codec)
         VALUES ($1, $2, $3, $4, $5, 1000, 60, 320, 180, 'h264')`,
        [...rows, `${club.clubId}/${id}.mp4`],
      );
    }
    return id;
  }

  const mark = (api: Api, id: string, marker: object): Promise<Answer<Body>> =>
    api.post(MARKERS, { session_id: id, kind: 'point', ...marker });
  const list = (api: Api, id: string, more = ''): Promise<Answer<Body>> =>
    api.get(`${MARKERS}?session_id=${id}${more}`);
  const made = async (api: Api, id: string, marker: object = { at_seconds: 1 }): Promise<number> => {
    const { status, body, text } = await mark(api, id, marker);
    if (status !== 201 || !body.marker) throw new Error(text);
    return body.marker.id;
  };
  const codeOf = ({ status, body }: Answer<Body>): unknown[] => [status, body.code];
  const trail = (id: string): Promise<object[]> =>
    sql(`SELECT action, actor_id, details FROM audit_log WHERE target = $1 ORDER BY id`, [id]);

  it('are made by everybody of the match, and listed in its order', async () => {
    const id = await match();
    const first = await mark(club.player, id, { kind: 'highlight', text: '  Bajada  ', at_seconds: 40.12345 });
    expect(first.status).toBe(201);
    expect(first.body).toEqual({
      success: true,
      marker: {
        ...{ id: expect.any(Number) as number, session_id: id, kind: 'highlight', text: 'Bajada', at_seconds: 40.123 },
        ...{ author: { id: club.ids.player, name: 'player' }, created_at: expect.any(String) as string },
      },
    });
    await made(club.other, id, { kind: 'dispute', at_seconds: 60 });
    await made(club.desk, id, { kind: 'note', at_seconds: 0 });
    for (const api of [club.player, club.other, club.desk, club.operator]) {
      const { body } = await list(api, id);
      expect([body.success, body.count, body.chapters]).toEqual([true, 3, 'waiting']);
      expect(body.markers?.map((marker) => [marker.kind, marker.at_seconds, marker.author.id])).toEqual([
        ['note', 0, club.ids.desk],
        ['highlight', 40.123, club.ids.player],
        ['dispute', 60, club.ids.other],
      ]);
    }
  });

  it('count back from now on the clock of the recording, also once it has ended', async () => {
    const id = await match('ready', 30);
    const { body } = await mark(club.player, id, { seconds_ago: 50 });
    expect(body.marker?.at_seconds).toBeGreaterThanOrEqual(40);
    expect(body.marker?.at_seconds).toBeLessThan(50);
    expect(codeOf(await mark(club.player, id, { seconds_ago: 3 }))).toEqual([400, 'validation_failed']);
  });

  it.each([
    ['an unknown kind', { kind: 'smash', at_seconds: 1 }, ['kind']],
    ['no moment', {}, ['at_seconds', 'seconds_ago']],
    ['two moments', { at_seconds: 1, seconds_ago: 1 }, ['at_seconds', 'seconds_ago']],
    ['a moment behind the end', { at_seconds: 60.01 }, ['at_seconds']],
    ['a moment before the beginning', { at_seconds: -0.01 }, ['at_seconds']],
    ['more than an hour ago', { seconds_ago: 3600.1 }, ['seconds_ago']],
    ['a moment that is text', { at_seconds: '1' }, ['at_seconds']],
    ['a moment that is null', { at_seconds: null }, ['at_seconds']],
    ['two lines', { at_seconds: 1, text: 'a\nb' }, ['text']],
    ['two lines by another sign', { at_seconds: 1, text: 'a\u2028b' }, ['text']],
    ['an empty text', { at_seconds: 1, text: '  ' }, ['text']],
    ['a long text', { at_seconds: 1, text: 'x'.repeat(201) }, ['text']],
    ['a field that is none', { at_seconds: 1, author_id: 1 }, ['author_id']],
  ])('with %s are a 400', async (_, marker, fields) => {
    const { status, body } = await mark(club.player, await match(), marker);
    const named = [...new Set(body.errors?.map(({ field }) => field))];
    expect([status, body.code, named]).toEqual([400, 'validation_failed', fields]);
  });

  it('need a recording', async () => {
    for (const status of [null, 'failed'] as const) {
      expect(codeOf(await mark(club.player, await match(status), { at_seconds: 0 }))).toEqual([409, 'not_recording']);
    }
  });

  it('are changed by their author, the owner and admins, and by nobody else', async () => {
    const id = await match();
    const [others, owners] = [await made(club.other, id), await made(club.player, id)];
    const change = (api: Api, marker: number, body: object): Promise<Answer<Body>> =>
      api.patch(`${MARKERS}/${marker}`, body);
    for (const [i, api] of [club.other, club.player, club.desk, club.operator].entries()) {
      const { status, body } = await change(api, others, { kind: 'fault', text: `Foot ${i}`, at_seconds: i });
      expect([status, body.marker?.kind, body.marker?.text, body.marker?.at_seconds]).toEqual([
        ...[200, 'fault', `Foot ${i}`, i],
      ]);
      expect(body.marker?.author.id).toBe(club.ids.other);
    }
    expect(codeOf(await change(club.other, owners, { kind: 'fault' }))).toEqual([403, 'forbidden']);
    expect((await change(club.player, others, { text: null })).body.marker?.text).toBeNull();
    for (const body of [{ at_seconds: 61 }, { kind: null }, { kind: 'smash' }, { seconds_ago: 1 }, { text: '' }]) {
      expect(codeOf(await change(club.player, others, body))).toEqual([400, 'validation_failed']);
    }
    expect(codeOf(await club.other.delete(`${MARKERS}/${owners}`))).toEqual([403, 'forbidden']);
    expect((await club.other.delete(`${MARKERS}/${others}`)).status).toBe(204);
    expect(codeOf(await club.other.delete(`${MARKERS}/${others}`))).toEqual([404, 'not_found']);
    expect((await list(club.other, id)).body.markers?.map((marker) => marker.id)).toEqual([owners]);
  });

  it('are nobody’s to see outside the match', async () => {
    const id = await match();
    const marker = await made(club.player, id);
    const stranger = (await club.addUser(`stranger.${marker}@padelvar.test`, 'PLAYER')).api;
    expect(codeOf(await list(stranger, id))).toEqual([404, 'not_found']);
    expect(codeOf(await mark(stranger, id, { at_seconds: 1 }))).toEqual([404, 'not_found']);
    expect(codeOf(await stranger.patch(`${MARKERS}/${marker}`, { kind: 'note' }))).toEqual([404, 'not_found']);
    expect(codeOf(await stranger.delete(`${MARKERS}/${marker}`))).toEqual([404, 'not_found']);
  });

  it('are at most so many a session, however many come at once', async () => {
    const id = await match();
    await sql(
      `INSERT INTO markers (session_id, club_id, author_id, kind, at_seconds)
       SELECT $1, $2, $3, 'point', i / 10.0 FROM generate_series(1, $4) AS i`,
      [id, club.clubId, club.ids.player, MOST_MARKERS - 2],
    );
    const answers = await Promise.all(Array.from({ length: 6 }, () => mark(club.player, id, { at_seconds: 1 })));
    expect(answers.map(codeOf).sort()).toEqual([
      ...Array.from({ length: 2 }, () => [201, undefined]),
      ...Array.from({ length: 4 }, () => [409, 'marker_limit']),
    ]);
  });

  it('come in pages, none twice and none left out, also at one moment', async () => {
    const id = await match();
    const ids: number[] = [];
    for (const at of [5, 1, 5, 5, 0.1]) ids.push(await made(club.player, id, { at_seconds: at }));
    const seen: number[] = [];
    let more = '&limit=2';
    for (;;) {
      const { body } = await list(club.player, id, more);
      seen.push(...(body.markers ?? []).map((marker) => marker.id));
      if (body.next_cursor === undefined) break;
      more = `&limit=2&cursor=${body.next_cursor}`;
    }
    expect(seen).toEqual([ids[4], ids[1], ids[0], ids[2], ids[3]]);
    expect(codeOf(await list(club.player, id, '&cursor=abc'))).toEqual([400, 'validation_failed']);
    expect(codeOf(await club.player.get(MARKERS))).toEqual([400, 'validation_failed']);
  });

  it('leave their lines in the audit trail, without what they say', async () => {
    const id = await match();
    const marker = await made(club.player, id, { text: 'What an idiot', at_seconds: 1 });
    for (let i = 0; i < 2; i++) await club.desk.patch(`${MARKERS}/${marker}`, { kind: 'note', text: 'Gone' });
    await club.other.patch(`${MARKERS}/${marker}`, { kind: 'fault' });
    await club.player.delete(`${MARKERS}/${marker}`);
    const facts = (kind: string): object => ({ marker_id: marker, kind, at_seconds: 1 });
    expect(await trail(id)).toEqual([
      { action: 'marker.created', actor_id: club.ids.player, details: facts('point') },
      { action: 'marker.changed', actor_id: club.ids.desk, details: facts('note') },
      { action: 'marker.deleted', actor_id: club.ids.player, details: facts('note') },
    ]);
  });

  it('go with their video, and none comes after it', async () => {
    const id = await match();
    await made(club.player, id);
    await club.service.app.get(VideoRemoval).remove(id, { action: 'video.deleted', actorId: null });
    expect((await list(club.player, id)).body.markers).toEqual([]);
    expect(await sql('SELECT 1 FROM marker_chapters WHERE session_id = $1', [id])).toEqual([]);
    expect(codeOf(await mark(club.player, id, { at_seconds: 1 }))).toEqual([409, 'not_recording']);
  });

  it('are given out with, and go with, the person who made them', async () => {
    const id = await match();
    const friend = await club.addUser('friend@padelvar.test', 'PLAYER');
    await sql('INSERT INTO session_players (session_id, user_id) VALUES ($1, $2)', [id, friend.id]);
    await made(friend.api, id, { kind: 'note', text: 'Mine', at_seconds: 7 });
    const kept = await made(club.player, id);
    // A password of their own, so that the account is theirs alone.
    const mine = { current_password: PASSWORD, new_password: 'a password of my own' };
    expect((await friend.api.post('/api/auth/password', mine)).status).toBe(204);
    const api = await Api.signedIn(club.service.url, 'friend@padelvar.test', mine.new_password);
    const { body } = await api.get<{ markers: object[] }>('/api/auth/me/export');
    expect(body.markers).toMatchObject([{ session_id: id, kind: 'note', text: 'Mine', at_seconds: 7 }]);
    const [before] = await sql<{ revision: number }>('SELECT revision FROM marker_chapters WHERE session_id = $1', [
      id,
    ]);
    expect((await api.post('/api/auth/me/erase', { password: mine.new_password })).status).toBe(200);
    expect((await list(club.player, id)).body.markers?.map((marker) => marker.id)).toEqual([kept]);
    const [after] = await sql<{ revision: number }>('SELECT revision FROM marker_chapters WHERE session_id = $1', [id]);
    expect(after!.revision).toBeGreaterThan(before!.revision);
  });
});
