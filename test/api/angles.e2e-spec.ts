import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { CamerasService } from '../../src/clubs/cameras.service';
import { CameraKeys } from '../../src/clubs/camera-keys.service';
import { Retention } from '../../src/maintenance/retention.service';
import { ownIdentity } from '../../src/runtime/process-identity';
import { AngleStore } from '../../src/sessions/angle-store';
import { Angles } from '../../src/sessions/angles.service';
import { startTestClub, TestClub } from '../support/club';
import { openMatch } from '../support/open-match';
import { until } from '../support/until';
import { VideoShelf } from '../support/video-shelf';

interface Camera {
  position: number;
  name: string | null;
  protocol: string;
  host: string;
  has_credentials: boolean;
}
interface Angle {
  session_id: string;
  position: number;
  name: string | null;
  status: string;
  offset_seconds: number | null;
  size_bytes: number | null;
}
interface Video {
  session_id: string;
  angle_of: string | null;
  angles: Angle[];
}

const WORD = 's3cr3t-w0rd';
const BACK = `rtsp://viewer:${WORD}@127.0.0.1:2/back?token=t0ken`;

describe('several cameras a court', () => {
  let club: TestClub;
  let shelf: VideoShelf;

  const sql = <Row>(text: string, parameters: unknown[] = []): Promise<Row[]> =>
    club.service.app.get(DataSource).query<Row[]>(text, parameters);

  beforeAll(async () => {
    club = await startTestClub();
    shelf = await VideoShelf.of(club.service, club.operator, club.clubId);
  });
  afterAll(() => club?.close());

  describe('its cameras', () => {
    let court: number;
    let path: string;

    beforeAll(async () => {
      court = await club.addCourt('Court 1', 'rtsp://127.0.0.1:1/main');
      path = `/api/terrains/${court}/cameras`;
    });

    const positions = async (): Promise<number[]> =>
      (await club.desk.get<{ cameras: Camera[] }>(path)).body.cameras.map(({ position }) => position);

    it('are four at most, have names, and tell nobody an address', async () => {
      const made = await club.desk.post<{ camera: Camera }>(path, { camera_url: BACK, name: ' Back wall ' });
      expect(made.status).toBe(201);
      const view = { position: 1, name: 'Back wall', protocol: 'rtsp', host: '127.0.0.1', has_credentials: true };
      expect(made.body.camera).toEqual(view);
      expect((await club.desk.patch(`${path}/0`, { name: 'Front' })).status).toBe(200);
      for (const url of ['http://127.0.0.1:3/left', 'http://127.0.0.1:4/right']) {
        expect((await club.desk.post(path, { camera_url: url })).status).toBe(201);
      }
      const fifth = await club.desk.post<{ code: string }>(path, { camera_url: 'http://127.0.0.1:5/' });
      expect([fifth.status, fifth.body.code]).toEqual([409, 'camera_limit']);

      const seen = await club.player.get<{ camera: object; cameras: Camera[] }>(`/api/terrains/${court}`);
      expect(seen.body.cameras.map(({ position, name }) => [position, name])).toEqual([
        [0, 'Front'],
        [1, 'Back wall'],
        [2, null],
        [3, null],
      ]);
      expect(seen.body.camera).toEqual({ protocol: 'rtsp', host: '127.0.0.1', has_credentials: false });
      for (const { text } of [made, seen, await club.desk.get(path)]) expect(text).not.toMatch(/s3cr3t|t0ken|back\?/);
      // A page is so many courts, whatever they have.
      await club.addCourt('Court 2', 'rtsp://127.0.0.1:1/main');
      const list = await club.desk.get<{ terrains: { cameras: Camera[] }[]; next_cursor?: string }>(
        `/api/clubs/${club.clubId}/terrains?limit=2`,
      );
      expect(list.body.terrains.map(({ cameras }) => cameras.map(({ position }) => position))).toEqual([
        [0],
        [0, 1, 2, 3],
      ]);
      expect(list.body.next_cursor).toBeDefined();

      expect((await club.desk.delete(`${path}/2`)).status).toBe(204);
      expect((await club.desk.delete(`${path}/2`)).status).toBe(404);
      expect((await club.desk.delete<{ code: string }>(`${path}/0`)).body.code).toBe('validation_failed');
      expect((await club.desk.delete(`${path}/4`)).status).toBe(400);
      expect(await positions()).toEqual([0, 1, 3]);
      await club.desk.post(path, { camera_url: 'http://127.0.0.1:3/left' });
      expect(await positions()).toEqual([0, 1, 2, 3]);
    });

    it('have the rules of the first one', async () => {
      const [at, code] = [`${path}/1`, 'camera_address_forbidden'];
      for (const camera_url of ['rtsp://169.254.169.254/', 'http://0.0.0.0/']) {
        expect((await club.desk.patch<{ code: string }>(at, { camera_url })).body).toMatchObject({ code });
        expect((await club.desk.post<{ code: string }>(path, { camera_url })).body).toMatchObject({ code });
      }
      for (const body of [{ camera_url: null }, { name: '' }, { name: 'a\nb' }, { position: 2 }]) {
        expect((await club.desk.patch(at, body)).status).toBe(400);
      }
      expect((await club.desk.patch<{ camera: Camera }>(at, { name: null })).body.camera.name).toBeNull();
      expect((await club.player.patch(at, { name: 'Mine' })).status).toBe(403);
    });

    it('are sealed for their place, with the newest key', async () => {
      const cameras = club.service.app.get(CamerasService);
      expect((await cameras.accessTo(court, 1)).cameraUrl).toBe(BACK);
      const [row] = await sql<{ url_sealed: string; key_id: string }>(
        'SELECT url_sealed, key_id FROM cameras WHERE court_id = $1 AND position = 1',
        [court],
      );
      expect(row!.url_sealed).not.toContain(WORD);
      expect(await club.service.app.get(CameraKeys).figures()).toEqual({ waiting: 0, unreadable: 0 });
      await sql('UPDATE cameras SET url_sealed = $2 WHERE court_id = $1 AND position = 2', [court, row!.url_sealed]);
      await expect(cameras.accessTo(court, 2)).rejects.toMatchObject({ code: 'internal_error' });
    });

    it('are tested each by itself, and stay while a session is open', async () => {
      const tested = await club.desk.post<{ code: string }>(`${path}/1/test`);
      expect([tested.status, tested.body.code]).toEqual([502, 'camera_unreachable']);
      expect((await club.desk.post(`/api/terrains/${await club.addCourt('Bare', BACK)}/cameras/1/test`)).status).toBe(
        404,
      );
      const place = { clubId: club.clubId, courtId: court, ownerId: club.ids.player };
      const { id } = await openMatch((text, values) => sql(text, values), place);
      expect((await club.desk.delete<{ code: string }>(`${path}/1`)).body.code).toBe('in_use');
      await sql(`UPDATE camera_sessions SET status = 'closed', closed_at = now() WHERE id = $1`, [id]);
    });

    it('have their lines in the trail, without an address', async () => {
      const lines = (await shelf.trail(`court:${court}`)).filter(({ action }) => action.startsWith('camera.'));
      expect(lines[0]).toMatchObject({ action: 'camera.added', details: { position: 1 } });
      expect(lines[1]).toMatchObject({ action: 'camera.changed', details: { position: 0, fields: ['name'] } });
      expect(lines.map(({ action }) => action)).toContain('camera.removed');
      expect(lines.at(-1)).toMatchObject({ action: 'camera.tested', details: { position: 1 } });
      expect(JSON.stringify(lines)).not.toMatch(/127\.0\.0\.1|s3cr3t/);
    });
  });

  describe('the angles of a match', () => {
    it('hang on it: lists, courts and limits have matches', async () => {
      const court = await club.addCourt('Court 7', 'rtsp://127.0.0.1:1/main');
      const place = { clubId: club.clubId, courtId: court, ownerId: club.ids.player };
      const { id: match } = await openMatch((text, values) => sql(text, values), place);
      const angle = randomUUID();
      await sql(
        `INSERT INTO camera_sessions (id, court_id, club_id, user_id, status, owner, created_at, angle_of, camera_position,
                                      camera_name, close_reason)
         SELECT $1, court_id, club_id, user_id, 'connecting', owner, created_at, id, 1, 'Back wall', 'camera_unreachable'
           FROM camera_sessions WHERE id = $2`,
        [angle, match],
      );
      await sql('INSERT INTO session_players (session_id, user_id) VALUES ($1, $2)', [match, club.ids.other]);

      const { body } = await club.other.get<{ session: { angles: Angle[]; angle_of: null } }>(
        `/api/video/session/${match}`,
      );
      expect(body.session).toMatchObject({ angle_of: null, camera_name: null });
      expect(body.session.angles).toEqual([
        {
          ...{ session_id: angle, position: 1, name: 'Back wall', status: 'connecting', reason: 'camera_unreachable' },
          camera: { protocol: null, codec: null, width: null, height: null, fps: null },
          ...{ recording_status: null, offset_seconds: null },
        },
      ]);
      // Those of the match, though no row of the angle says so.
      const shown = await club.other.get<{ session: object }>(`/api/video/session/${angle}`);
      expect(shown.body.session).toMatchObject({
        angle_of: match,
        player_ids: [club.ids.other],
        join_code: null,
        angles: [],
      });
      const list = await club.desk.get<{ sessions: { session_id: string }[] }>('/api/video/session/list?open=true');
      expect(list.body.sessions.map(({ session_id }) => session_id)).toEqual([match]);
      const overview = await club.operator.get<{ clubs: { club_id: number }[] }>('/api/clubs/overview');
      expect(overview.body.clubs.find(({ club_id }) => club_id === club.clubId)).toMatchObject({ open_sessions: 1 });
      const board = await club.desk.get<{ terrains: { terrain_id: number }[] }>(
        `/api/clubs/${club.clubId}/terrains/status`,
      );
      expect(board.body.terrains.filter(({ terrain_id }) => terrain_id === court)).toHaveLength(1);

      // Two rows are open, and one match: the second court's camera is dialled, and nobody answers.
      await club.operator.patch(`/api/clubs/${club.clubId}`, { max_sessions: 2 });
      const second = await club.addCourt('Court 8', 'rtsp://127.0.0.1:1/main');
      const next = await club.player.post<{ code: string }>('/api/video/session/create', { terrain_id: second });
      expect(next.body.code).toBe('camera_unreachable');

      // The end of the match is theirs; one that was never there says why.
      await club.player.post('/api/video/session/close', { session_id: match });
      const over = await club.player.get<{ session: { angles: Angle[] } }>(`/api/video/session/${match}`);
      expect(over.body.session.angles[0]).toMatchObject({ status: 'failed', reason: 'camera_unreachable' });
    });

    it('are taken over from a process that is gone, also where all that they recorded is over', async () => {
      const court = await club.addCourt('Court 9', 'rtsp://127.0.0.1:1/main');
      await club.desk.post(`/api/terrains/${court}/cameras`, { camera_url: BACK });
      const place = { clubId: club.clubId, courtId: court, ownerId: club.ids.player };
      const { id: match } = await openMatch((text, values) => sql(text, values), place);
      const angle = randomUUID();
      await sql(
        `INSERT INTO camera_sessions (id, court_id, club_id, user_id, status, owner, created_at, angle_of, camera_position)
         SELECT $1, court_id, club_id, user_id, 'live', $3, created_at, id, 1 FROM camera_sessions WHERE id = $2`,
        [angle, match, JSON.stringify({ ...ownIdentity(), startTicks: '0' })],
      );
      await sql(
        `INSERT INTO recordings (session_id, court_id, club_id, user_id, camera_position, status, planned_end_at)
         SELECT id, court_id, club_id, user_id, 1, 'failed', now() FROM camera_sessions WHERE id = $1`,
        [angle],
      );
      const angles = club.service.app.get(Angles);
      const zero = { bootId: 'boot', monotonicMs: 1, wallMs: 2 };
      angles.follow({ id: match, courtId: court, clubId: club.clubId, userId: club.ids.player, zero });
      // Its camera is dialled; nobody answers.
      await until(async () => {
        const [row] = await sql<{ close_reason: string }>('SELECT close_reason FROM camera_sessions WHERE id = $1', [
          angle,
        ]);
        return row?.close_reason === 'camera_unreachable';
      });
      expect(angles.of(match)).toMatchObject([{ id: angle, position: 1 }]);
      const [taken] = await sql<{ status: string; owner: object }>(
        'SELECT status, owner FROM camera_sessions WHERE id = $1',
        [angle],
      );
      expect(taken).toEqual({ status: 'reconnecting', owner: ownIdentity() });

      const rows = club.service.app.get(AngleStore);
      const seen: [string, boolean][] = [];
      for (const status of ['starting', 'recording', 'reconnecting', 'stopping', 'finalizing', 'ready', 'failed']) {
        await sql('UPDATE recordings SET status = $2 WHERE session_id = $1', [angle, status]);
        seen.push([status, await rows.isRecording(angle)]);
      }
      expect(seen.filter(([, recording]) => !recording).map(([status]) => status)).toEqual(['ready', 'failed']);
      await club.player.post('/api/video/session/close', { session_id: match });
    });

    it('hang on its video, and are deleted with it', async () => {
      const [match, lonely] = [await shelf.put({ bytes: 5_000 }), await shelf.put()];
      const [angle, left] = [await shelf.putAngle(match, { bytes: 3_000 }), await shelf.putAngle(lonely)];
      for (const [id, ticks] of [
        [match, 9_000],
        [angle, 31_500],
      ] as const) {
        await sql(
          `INSERT INTO recording_parts (session_id, part, init, codec, start_ticks, reserve_bytes) VALUES ($1, 1, '', '', $2, 0)`,
          [id, ticks],
        );
        await sql(`UPDATE camera_sessions SET zero = '{"bootId":"b","monotonicMs":5,"wallMs":7}' WHERE id = $1`, [id]);
      }
      // A match that has no film, and will have none: its angle stands for it.
      await sql(`UPDATE recordings SET status = 'failed' WHERE session_id = $1`, [lonely]);
      await sql('DELETE FROM videos WHERE session_id = $1', [lonely]);

      const stats = await club.desk.get<{ count: number; bytes: number }>('/api/video/files/stats');
      expect(stats.body).toMatchObject({ count: 2, bytes: 9_000, seconds: 120 });
      const list = await club.desk.get<{ videos: Video[] }>('/api/video/files/list');
      expect(list.body.videos.map(({ session_id }) => session_id).sort()).toEqual([match, left].sort());
      const film = list.body.videos.find(({ session_id }) => session_id === match)!;
      expect(film.angles).toEqual([
        {
          ...{ session_id: angle, position: 1, name: 'Back wall', status: 'ready' },
          ...{ duration_seconds: 60, size_bytes: 3_000, offset_seconds: 0.25 },
        },
      ]);

      const refused = await club.desk.delete<{ code: string }>(`/api/video/files/${angle}/delete`);
      expect(refused.body.code).toBe('is_an_angle');
      expect((await club.desk.delete(`/api/video/files/${left}/delete`)).status).toBe(200);
      expect((await club.desk.delete(`/api/video/files/${match}/delete`)).status).toBe(200);
      expect(await shelf.listed([match, angle, left])).toEqual([]);
      expect([match, angle, left].filter((id) => shelf.has(id))).toEqual([]);
      expect((await shelf.trail(match)).at(-1)).toMatchObject({
        action: 'video.deleted',
        details: { size_bytes: 8_000, angles: 1 },
      });
      expect(await shelf.trail(angle)).toEqual([]);
    });

    it('grow old and count with it; who watches one keeps all', async () => {
      const [old, read, young] = [
        await shelf.put({ ageDays: 30, bytes: 4_000 }),
        await shelf.put({ ageDays: 20, bytes: 4_000 }),
        await shelf.put({ bytes: 1_000 }),
      ];
      const angles = [
        await shelf.putAngle(old, { ageDays: 30, bytes: 2_000 }),
        await shelf.putAngle(read, { ageDays: 20, bytes: 2_000 }),
      ];
      const path = `/api/clubs/${club.clubId}`;
      await club.operator.patch(path, { quota_bytes: 6_500 });
      await club.desk.bytes(`/api/video/files/${angles[1]}/download`);
      const done = await club.service.app.get(Retention).work(club.clubId);
      expect(done).toMatchObject({ deleted_videos: 2, deleted_bytes: 7_000 });
      expect(await shelf.listed([old, angles[0]!, read, angles[1]!, young])).toEqual([read, angles[1]]);
      await club.operator.patch(path, { quota_bytes: null });
    });
  });
});
