import { existsSync } from 'node:fs';
import { RIGHTS_LOCK } from '../../src/clubs/user-rules';
import { Api } from '../support/api';
import { ADMIN, PASSWORD } from '../support/club';
import { Standstill } from '../support/standstill';
import { VideoShelf } from '../support/video-shelf';
import { TwoClubs } from './two-clubs';

interface Exported {
  account: { email: string; name: string };
  memberships: { club_id: number; role: string }[];
  sign_ins: { ip: string }[];
  sessions: { session_id: string; owned: boolean }[];
  videos: { session_id: string; download: string }[];
  audit: { action: string; ip: string | null }[];
  cut: boolean;
}

describe('what a person may ask about themselves', () => {
  let world: TwoClubs;

  beforeAll(async () => {
    world = await TwoClubs.open();
  });

  afterAll(() => world?.close());

  /** Somebody of the first club with a video of theirs, and a place in one of the owner's. */
  async function somebody(
    name: string,
  ): Promise<{ id: number; email: string; api: Api; video: string; other: string }> {
    const email = `${name}@padelvar.test`;
    const { id, api } = await world.club.addUser(email, 'PLAYER');
    const [video, other] = [await world.shelf.put(), await world.video()];
    for (const [table, key] of [
      ['camera_sessions', 'id'],
      ['recordings', 'session_id'],
      ['videos', 'session_id'],
    ] as const) {
      await world.shelf.sql(`UPDATE ${table} SET user_id = $2 WHERE ${key} = $1`, [video, id]);
    }
    await world.shelf.sql('INSERT INTO session_players (session_id, user_id) VALUES ($1, $2)', [other, id]);
    return { id, email, api, video, other };
  }

  it('gives out everything that is kept, and no secret', async () => {
    const { api, email, video, other } = await somebody('curious');
    const [me] = await world.shelf.sql<{ id: number }>('SELECT id FROM users WHERE email = $1', [email]);
    expect((await world.club.desk.patch(`/api/users/${me?.id}`, { role: 'PLAYER' })).status).toBe(200);
    const answer = await api.get<Exported>('/api/auth/me/export');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-disposition')).toContain('attachment');
    const { account, memberships, sign_ins: signIns, sessions, videos, audit, cut } = answer.body;
    expect(account).toMatchObject({ email, name: 'curious' });
    expect(memberships).toMatchObject([{ club_id: world.clubId, role: 'PLAYER' }]);
    expect(signIns).toMatchObject([{ ip: '127.0.0.1' }]);
    expect(sessions.map(({ session_id: id, owned }) => [id, owned]).sort()).toEqual(
      [
        [video, true],
        [other, false],
      ].sort(),
    );
    expect(videos.map(({ download }) => download).sort()).toEqual(
      [video, other].map((id) => `/api/video/files/${id}/download`).sort(),
    );
    for (const { download } of videos) expect((await api.bytes(download)).response.status).toBe(200);
    const signedIn = audit.find(({ action }) => action === 'auth.signed_in');
    expect(signedIn?.ip).toBe('127.0.0.1');
    // Where the desk sits is not kept about the player.
    expect(audit.find(({ action }) => action === 'user.changed')).toMatchObject({ ip: null });
    expect(cut).toBe(false);
    expect(answer.text).not.toMatch(/argon2|hash|token/);
  });

  it('erases an account with its videos, and leaves nothing that says whose it was', async () => {
    const { id, email, api, video, other } = await somebody('leaving');
    await world.club.desk.post(`/api/users/${id}/password-reset`);
    await world.club.desk.post(`/api/clubs/${world.clubId}/invitations`, { email, role: 'PLAYER' });
    const wrong = await api.post('/api/auth/me/erase', { password: 'not this one' });
    expect(wrong.status).toBe(400);
    const erased = await api.post<{ deleted_videos: number }>('/api/auth/me/erase', { password: PASSWORD });
    expect([erased.status, erased.body.deleted_videos]).toEqual([200, 1]);
    expect(world.shelf.has(video)).toBe(false);
    expect(existsSync(world.shelf.path(`${world.clubId}/${other}.mp4`))).toBe(true);
    expect((await api.get('/api/auth/me')).status).toBe(401);
    const again = await new Api(world.club.service.url).post('/api/auth/login', { email, password: PASSWORD });
    expect(again.status).toBe(401);
    for (const table of ['users', 'sign_ins', 'memberships', 'session_players', 'one_time_links', 'audit_log']) {
      const rows = await world.shelf.sql(`SELECT row_to_json(t)::text AS row FROM ${table} t`);
      expect(JSON.stringify(rows)).not.toContain(email);
    }
    for (const table of ['sign_ins', 'memberships', 'session_players']) {
      expect(await world.shelf.sql(`SELECT FROM ${table} WHERE user_id = $1`, [id])).toEqual([]);
    }
    // The address is free for somebody new.
    expect((await world.club.addUser(email, 'PLAYER')).id).not.toBe(id);
  });

  it('keeps the videos where the person says so', async () => {
    const { api, video } = await somebody('generous');
    const erased = await api.post<{ deleted_videos: number }>('/api/auth/me/erase', {
      password: PASSWORD,
      keep_videos: true,
    });
    expect(erased.body.deleted_videos).toBe(0);
    expect((await world.club.desk.bytes(`/api/video/files/${video}/download`)).response.status).toBe(200);
  });

  it('lets the desk do it for somebody who asked, but not for somebody of another club too', async () => {
    const { id, email, video } = await somebody('asking');
    const shared = await somebody('everywhere');
    await world.club.operator.post(`/api/clubs/${world.foreignClubId}/users`, {
      email: shared.email,
      name: 'Everywhere',
      role: 'PLAYER',
    });
    expect((await world.club.desk.post(`/api/users/${shared.id}/erase`)).status).toBe(403);
    expect((await world.club.desk.post(`/api/users/${world.club.ids.desk}/erase`)).status).toBe(409);
    const erased = await world.club.desk.post(`/api/users/${id}/erase`);
    expect(erased.status).toBe(200);
    expect(world.shelf.has(video)).toBe(false);
    expect((await world.club.desk.get(`/api/users/${id}`)).status).toBe(404);
    const trail = await world.shelf.trail(`user:${id}`);
    expect(trail.at(-1)).toMatchObject({ action: 'user.erased', details: { deleted_videos: 1 } });
    expect(JSON.stringify(trail)).not.toContain(email);
  });

  it('lets no desk delete what somebody left behind in another club', async () => {
    const { id } = await world.club.addUser('wandering@padelvar.test', 'PLAYER');
    const foreign = await VideoShelf.of(world.club.service, world.club.operator, world.foreignClubId);
    const video = await foreign.put();
    await foreign.sql('UPDATE videos SET user_id = $2 WHERE session_id = $1', [video, id]);
    expect((await world.club.desk.post(`/api/users/${id}/erase`)).status).toBe(403);
    expect(foreign.has(video)).toBe(true);
    expect((await world.club.desk.post(`/api/users/${id}/erase`, { keep_videos: true })).status).toBe(200);
    expect(await foreign.listed([video])).toEqual([video]);
  });

  describe('is not erased, at the last moment,', () => {
    it.each<[string, number, string, (ids: { by: number; who: number }) => unknown[]]>([
      [
        'where the admin is none any more',
        403,
        "UPDATE memberships SET role = 'PLAYER' WHERE user_id = $1",
        ({ by }) => [by],
      ],
      [
        'where the admin is signed out',
        401,
        "UPDATE sign_ins SET revoked_at = now(), revoked_because = 'revoked' WHERE user_id = $1",
        ({ by }) => [by],
      ],
      ['where the admin is disabled', 401, 'UPDATE users SET disabled_at = now() WHERE id = $1', ({ by }) => [by]],
      [
        'where the person came into another club',
        403,
        "INSERT INTO memberships (user_id, club_id, role) VALUES ($1, $2, 'PLAYER')",
        ({ who }) => [who, world.foreignClubId],
      ],
    ])('%s', async (name, status, sql, parameters) => {
      const slug = name.replace(/\W+/g, '-');
      const { id: by, api: desk } = await world.club.addUser(`by-${slug}@padelvar.test`, 'CLUB_ADMIN');
      const { id: who, email } = await somebody(slug);
      const erasing = await heldErasing(who, () => desk.post(`/api/users/${who}/erase`, { keep_videos: true }));
      await world.shelf.sql(sql, parameters({ by, who }));
      expect((await erasing()).status).toBe(status);
      const still = await world.club.operator.get<{ email: string }>(`/api/users/${who}`);
      expect([still.status, still.body.email]).toEqual([200, email]);
    });

    it('where the password was changed since it was shown', async () => {
      const { id, email } = await somebody('hesitant');
      const proof = { email, password: PASSWORD, keep_videos: true };
      const erasing = await heldErasing(id, () => nobody().post('/api/auth/erase', proof));
      await world.shelf.sql("UPDATE users SET password_hash = password_hash || ' ' WHERE id = $1", [id]);
      expect((await erasing()).status).toBe(401);
      expect((await world.club.operator.get(`/api/users/${id}`)).status).toBe(200);
    });

    /** Begins to erase somebody, and stands still where nothing but the account is left. @returns to go on */
    async function heldErasing<T>(userId: number, erase: () => Promise<T>): Promise<() => Promise<T>> {
      const rows = `SELECT pg_advisory_xact_lock(${RIGHTS_LOCK}) FROM sign_ins WHERE user_id = $1`;
      const standstill = await Standstill.of(world.club.service, rows, [userId]);
      const erasing = erase();
      await standstill.waiting(1, erasing);
      return async () => {
        await standstill.release();
        return erasing;
      };
    }
  });

  describe('of somebody whose club was deleted', () => {
    it('is told and erased by address and password: they cannot sign in', async () => {
      const shelf = await VideoShelf.make(world.club.service, world.club.operator, 'Padel Ouest');
      const email = 'left.behind@padelvar.test';
      const person = { email, name: 'Left behind', role: 'PLAYER', password: PASSWORD };
      const made = await world.club.operator.post<{ id: number }>(`/api/clubs/${shelf.clubId}/users`, person);
      const { id } = made.body;
      const video = await shelf.put();
      for (const [table, key] of [
        ['camera_sessions', 'id'],
        ['videos', 'session_id'],
      ] as const) {
        await shelf.sql(`UPDATE ${table} SET user_id = $2 WHERE ${key} = $1`, [video, id]);
      }
      const api = await Api.signedIn(world.club.service.url, email, PASSWORD);
      expect((await world.club.operator.delete(`/api/clubs/${shelf.clubId}`)).status).toBe(204);
      expect((await api.get('/api/auth/me/export')).status).toBe(401);
      expect((await api.post('/api/auth/me/erase', { password: PASSWORD })).status).toBe(401);
      const login = await nobody().post('/api/auth/login', { email, password: PASSWORD });
      expect(login.status).toBe(401);

      for (const path of ['/api/auth/export', '/api/auth/erase']) {
        const wrong = await nobody().post(path, { email, password: 'not this one' });
        const unknown = await nobody().post(path, { email: 'nobody@padelvar.test', password: 'not this one' });
        expect([wrong.status, wrong.body]).toEqual([401, login.body]);
        expect(unknown.body).toEqual(login.body);
      }
      const told = await nobody().post<Exported>('/api/auth/export', { email, password: PASSWORD });
      expect([told.status, told.headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect(told.body).toMatchObject({
        account: { email },
        memberships: [{ club_id: shelf.clubId }],
        videos: [{ session_id: video }],
      });
      expect(told.text).not.toMatch(/argon2|hash|token/);

      const erased = await nobody().post<{ deleted_videos: number }>('/api/auth/erase', { email, password: PASSWORD });
      expect([erased.status, erased.body.deleted_videos]).toEqual([200, 1]);
      expect(shelf.has(video)).toBe(false);
      expect((await nobody().post('/api/auth/erase', { email, password: PASSWORD })).status).toBe(401);
      for (const table of ['users', 'sign_ins', 'memberships', 'audit_log']) {
        const rows = await shelf.sql(`SELECT row_to_json(t)::text AS row FROM ${table} t`);
        expect(JSON.stringify(rows)).not.toContain(email);
      }
      const trail = await shelf.trail(`user:${id}`);
      expect(trail.at(-1)).toMatchObject({ action: 'user.erased', club_id: null, details: { deleted_videos: 1 } });
    });

    it('is guessed no more often than at a sign-in', async () => {
      const email = 'guessed@padelvar.test';
      await world.club.addUser(email, 'PLAYER');
      const guess = () => nobody().post('/api/auth/erase', { email, password: 'a wrong guess' });
      const guesses = await Promise.all(Array.from({ length: 12 }, guess));
      expect(guesses.map(({ status }) => status).sort()).toEqual([...Array<number>(10).fill(401), 429, 429]);
      expect((await nobody().post('/api/auth/export', { email, password: PASSWORD })).status).toBe(429);
    });

    it('is erased by a SUPER_ADMIN as well', async () => {
      const shelf = await VideoShelf.make(world.club.service, world.club.operator, 'Padel Est');
      const person = { email: 'asking.still@padelvar.test', name: 'Asking', role: 'PLAYER', password: PASSWORD };
      const made = await world.club.operator.post<{ id: number }>(`/api/clubs/${shelf.clubId}/users`, person);
      expect((await world.club.operator.delete(`/api/clubs/${shelf.clubId}`)).status).toBe(204);
      expect((await world.club.desk.post(`/api/users/${made.body.id}/erase`)).status).toBe(404);
      expect((await world.club.operator.post(`/api/users/${made.body.id}/erase`)).status).toBe(200);
    });
  });

  const nobody = (): Api => new Api(world.club.service.url);

  it('keeps no address of who is invited in the trail, which nobody can change', async () => {
    const path = `/api/clubs/${world.clubId}/invitations`;
    const { body } = await world.club.desk.post<{ id: number }>(path, { email: 'shy@padelvar.test', role: 'PLAYER' });
    expect((await world.club.desk.delete(`${path}/${body.id}`)).status).toBe(204);
    const trail = await world.shelf.trail(`invitation:${body.id}`);
    expect(trail.map(({ action }) => action)).toEqual(['invitation.created', 'invitation.withdrawn']);
    expect(JSON.stringify(trail)).not.toContain('shy');
  });

  it('deletes no video where the account may not go', async () => {
    const video = await world.shelf.put();
    const last = await world.club.operator.post<{ code: string }>('/api/auth/me/erase', { password: ADMIN.password });
    expect([last.status, last.body.code]).toEqual([409, 'own_account']);
    expect(world.shelf.has(video)).toBe(true);
  });

  it('erases nobody whose match is on, and not the last SUPER_ADMIN', async () => {
    const owner = await world.api('owner').post<{ code: string }>('/api/auth/me/erase', { password: PASSWORD });
    expect([owner.status, owner.body.code]).toEqual([409, 'in_use']);
    const last = await world.club.operator.post<{ code: string }>('/api/auth/me/erase', { password: ADMIN.password });
    expect([last.status, last.body.code]).toEqual([409, 'own_account']);
    expect((await world.club.operator.get('/api/auth/me')).status).toBe(200);
  });

  it('tells players what the club wants them to know before they are filmed', async () => {
    const note = 'Les matchs sont filmés.\nVideos are kept for 30 days.';
    const path = `/api/clubs/${world.clubId}`;
    expect((await world.club.desk.patch(path, { consent_note: note })).status).toBe(200);
    expect((await world.club.player.get<{ consent_note: string }>(path)).body.consent_note).toBe(note);
    for (const bad of ['', ' ', 'x'.repeat(2_001), 7, ['x'], 'a\u0000b']) {
      expect((await world.club.desk.patch(path, { consent_note: bad })).status).toBe(400);
    }
    expect((await world.club.desk.patch(path, { consent_note: null })).status).toBe(200);
    expect((await world.club.player.get<{ consent_note: null }>(path)).body.consent_note).toBeNull();
  });
});
