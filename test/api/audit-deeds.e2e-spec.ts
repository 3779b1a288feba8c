import { DataSource } from 'typeorm';
import { h264Clip, RtspCamera } from '../cameras';
import { Api } from '../support/api';
import { ADMIN, PASSWORD, startTestClub, TestClub } from '../support/club';
import { until } from '../support/until';

interface Line {
  id: number;
  actor_id: number | null;
  club_id: number | null;
  action: string;
  target: string | null;
  ip: string | null;
  details: Record<string, unknown>;
}
type Expected = Pick<Line, 'action' | 'actor_id' | 'club_id' | 'target'> & { ip?: null; details?: object };

const CLIP = { width: 320, height: 180, fps: 25, seconds: 4, gopSeconds: 1, bitrate: 400_000 };
const NEW_PASSWORD = 'another long enough word';

/** What is done one after the other to one club, and the lines that each deed is to leave behind. */
describe('the audit trail notes', () => {
  let club: TestClub;
  let camera: RtspCamera;
  let operator: number;
  let court: number;
  let session: string;
  let failed: string;
  let made: number;
  let expiring: string;
  let player: Api;

  const newestId = async (): Promise<number> => {
    const { body } = await club.operator.get<{ entries: Line[] }>('/api/audit?limit=1');
    return body.entries[0]?.id ?? 0;
  };
  const since = async (id: number): Promise<Line[]> => {
    const { body } = await club.operator.get<{ entries: Line[] }>('/api/audit?limit=200');
    return body.entries.filter((line) => line.id > id).reverse();
  };
  const sql = <Row>(text: string, parameters: unknown[]): Promise<Row[]> =>
    club.service.app.get(DataSource).query<Row[]>(text, parameters);
  const download = (api: Api, range?: string): Promise<unknown> =>
    api.bytes(`/api/video/files/${session}/download`, range === undefined ? {} : { range });
  const record = async (): Promise<string> => {
    const opened = await club.desk.post<{ session: { session_id: string } }>('/api/video/session/create', {
      terrain_id: court,
    });
    return opened.body.session.session_id;
  };

  beforeAll(async () => {
    club = await startTestClub();
    camera = new RtspCamera({ clip: await h264Clip(CLIP) });
    await camera.start();
    operator = (await club.operator.get<{ id: number }>('/api/auth/me')).body.id;
  });

  afterAll(async () => {
    await club?.close();
    await camera?.stop();
  });

  const desk = (): number => club.ids.desk;
  const deeds: [string, () => Promise<unknown>, () => Expected[]][] = [
    [
      'a sign-in',
      async () => (player = await Api.signedIn(club.service.url, 'player@padelvar.test', PASSWORD)),
      () => [{ action: 'auth.signed_in', actor_id: club.ids.player, club_id: club.clubId, target: null }],
    ],
    [
      'a sign-in of a SUPER_ADMIN, who is in no club',
      () => Api.signedIn(club.service.url, ADMIN.email, ADMIN.password),
      () => [{ action: 'auth.signed_in', actor_id: operator, club_id: null, target: null }],
    ],
    [
      'a sign-in that failed, for the club of whose account it is',
      () => player.post('/api/auth/login', { email: 'player@padelvar.test', password: 'wrong' }),
      () => [
        {
          ...{ action: 'auth.sign_in_failed', actor_id: null, club_id: club.clubId },
          ...{ target: `user:${club.ids.player}`, details: { reason: 'wrong_password' } },
        },
      ],
    ],
    [
      'a sign-in that failed for an address nobody has, and keeps no word of it',
      () => player.post('/api/auth/login', { email: 'nobody@padelvar.test', password: 'wrong' }),
      () => [
        {
          ...{ action: 'auth.sign_in_failed', actor_id: null, club_id: null, target: null },
          details: { reason: 'unknown_address' },
        },
      ],
    ],
    [
      'a refresh token that comes a second time, and ends its sign-in',
      async () => {
        const credentials = { email: 'player@padelvar.test', password: PASSWORD };
        const { body } = await player.post<{ refresh_token: string }>('/api/auth/login', credentials);
        await player.post('/api/auth/refresh', { refresh_token: body.refresh_token });
        await player.post('/api/auth/refresh', { refresh_token: body.refresh_token });
      },
      () => [
        { action: 'auth.signed_in', actor_id: club.ids.player, club_id: club.clubId, target: null },
        {
          ...{ action: 'auth.token_reused', actor_id: null, club_id: club.clubId },
          ...{ target: `user:${club.ids.player}` },
        },
      ],
    ],
    [
      'a changed password',
      () => player.post('/api/auth/password', { current_password: PASSWORD, new_password: NEW_PASSWORD }),
      () => [{ action: 'auth.password_changed', actor_id: club.ids.player, club_id: club.clubId, target: null }],
    ],
    [
      'a sign-out',
      () => player.post('/api/auth/logout'),
      () => [{ action: 'auth.signed_out', actor_id: club.ids.player, club_id: club.clubId, target: null }],
    ],
    [
      'a changed club',
      () => club.desk.patch(`/api/clubs/${club.clubId}`, { time_zone: 'Europe/Zurich' }),
      () => [
        {
          ...{ action: 'club.changed', actor_id: desk(), club_id: club.clubId, target: `club:${club.clubId}` },
          details: { fields: ['time_zone'] },
        },
      ],
    ],
    [
      'a new user',
      async () => {
        const user = { email: 'new@padelvar.test', name: 'New', password: PASSWORD, role: 'PLAYER' };
        made = (await club.desk.post<{ id: number }>(`/api/clubs/${club.clubId}/users`, user)).body.id;
      },
      () => [
        {
          ...{ action: 'user.created', actor_id: desk(), club_id: club.clubId, target: `user:${made}` },
          details: { role: 'PLAYER' },
        },
      ],
    ],
    [
      'a changed role, from what to what',
      () => club.desk.patch(`/api/users/${made}`, { role: 'CLUB_ADMIN' }),
      () => [
        {
          ...{ action: 'user.changed', actor_id: desk(), club_id: club.clubId, target: `user:${made}` },
          details: { fields: ['role'], from: 'PLAYER', to: 'CLUB_ADMIN' },
        },
      ],
    ],
    [
      'a user who is disabled',
      () => club.desk.patch(`/api/users/${made}`, { disabled: true }),
      () => [
        {
          ...{ action: 'user.changed', actor_id: desk(), club_id: club.clubId, target: `user:${made}` },
          details: { fields: ['disabled'] },
        },
      ],
    ],
    [
      'a sign-in of somebody disabled',
      () => player.post('/api/auth/login', { email: 'new@padelvar.test', password: PASSWORD }),
      () => [
        {
          ...{ action: 'auth.sign_in_failed', actor_id: null, club_id: club.clubId, target: `user:${made}` },
          details: { reason: 'disabled' },
        },
      ],
    ],
    [
      'a deleted user',
      () => club.desk.delete(`/api/users/${made}`),
      () => [{ action: 'user.deleted', actor_id: desk(), club_id: club.clubId, target: `user:${made}` }],
    ],
    [
      'a new court',
      async () => (court = await club.addCourt('Court 1', `rtsp://u:secret-word@127.0.0.1:${camera.port}/live`)),
      () => [{ action: 'court.created', actor_id: desk(), club_id: club.clubId, target: `court:${court}` }],
    ],
    [
      'a changed camera',
      () => club.desk.patch(`/api/terrains/${court}`, { camera_url: camera.url }),
      () => [{ action: 'camera.changed', actor_id: desk(), club_id: club.clubId, target: `court:${court}` }],
    ],
    [
      'a second camera',
      () => club.desk.post(`/api/terrains/${court}/cameras`, { camera_url: camera.url }),
      () => [
        {
          ...{ action: 'camera.added', actor_id: desk(), club_id: club.clubId, target: `court:${court}` },
          details: { position: 1 },
        },
      ],
    ],
    [
      'a second camera that was taken away',
      () => club.desk.delete(`/api/terrains/${court}/cameras/1`),
      () => [
        {
          ...{ action: 'camera.removed', actor_id: desk(), club_id: club.clubId, target: `court:${court}` },
          details: { position: 1 },
        },
      ],
    ],
    [
      'sound that was turned on, once',
      async () => {
        for (let i = 0; i < 2; i++) await club.desk.patch(`/api/terrains/${court}`, { record_sound: true });
        await club.desk.patch(`/api/terrains/${court}`, { record_sound: false });
      },
      () =>
        [true, false].map((on) => ({
          ...{ action: 'court.changed', actor_id: desk(), club_id: club.clubId, target: `court:${court}` },
          details: { record_sound: on },
        })),
    ],
    [
      'a tested camera',
      () => club.desk.post(`/api/terrains/${court}/camera/test`),
      () => [{ action: 'camera.tested', actor_id: desk(), club_id: club.clubId, target: `court:${court}` }],
    ],
    [
      'cameras looked for',
      () => club.desk.post(`/api/clubs/${club.clubId}/cameras/discover`, { addresses: ['0.0.0.0'] }),
      () => [{ action: 'camera.searched', actor_id: desk(), club_id: club.clubId, target: `club:${club.clubId}` }],
    ],
    [
      'a session that was opened',
      async () => (session = await record()),
      () => [
        {
          ...{ action: 'session.opened', actor_id: desk(), club_id: club.clubId, target: session },
          details: { terrain_id: court, player_ids: [] },
        },
      ],
    ],
    [
      'a player who was added, once',
      async () => {
        const body = { session_id: session, user_id: club.ids.player };
        for (let i = 0; i < 2; i++) await club.desk.post('/api/video/session/players/add', body);
      },
      () => [
        {
          ...{ action: 'session.player_added', actor_id: desk(), club_id: club.clubId, target: session },
          details: { user_id: club.ids.player },
        },
      ],
    ],
    [
      'a player who was taken out, once',
      async () => {
        const body = { session_id: session, user_id: club.ids.player };
        for (let i = 0; i < 2; i++) await club.operator.post('/api/video/session/players/remove', body);
      },
      () => [
        {
          ...{ action: 'session.player_removed', actor_id: operator, club_id: club.clubId, target: session },
          details: { user_id: club.ids.player },
        },
      ],
    ],
    [
      'a player who joined by the code, and left',
      async () => {
        const { body } = await club.desk.get<{ session: { join_code: string } }>(`/api/video/session/${session}`);
        await club.other.post('/api/video/session/join', { code: body.session.join_code });
        const out = { session_id: session, user_id: club.ids.other };
        await club.other.post('/api/video/session/players/remove', out);
      },
      () =>
        (['session.player_joined', 'session.player_left'] as const).map((action) => ({
          ...{ action, actor_id: club.ids.other, club_id: club.clubId, target: session },
          details: { user_id: club.ids.other },
        })),
    ],
    [
      'a recording that was started',
      () => club.desk.post('/api/video/record/start', { session_id: session, duration_minutes: 5 }),
      () => [{ action: 'recording.started', actor_id: desk(), club_id: club.clubId, target: session }],
    ],
    [
      'a recording that was started twice, once',
      () => club.desk.post('/api/video/record/start', { session_id: session, duration_minutes: 5 }),
      () => [],
    ],
    [
      'a moment that was marked, changed once, and forgotten',
      async () => {
        const body = { session_id: session, kind: 'point', at_seconds: 0 };
        const { marker } = (await club.desk.post<{ marker: { id: number } }>('/api/video/markers', body)).body;
        for (let i = 0; i < 2; i++) await club.desk.patch(`/api/video/markers/${marker.id}`, { kind: 'fault' });
        await club.operator.delete(`/api/video/markers/${marker.id}`);
      },
      () =>
        (
          [
            ['marker.created', desk()],
            ['marker.changed', desk()],
            ['marker.deleted', operator],
          ] as const
        ).map(([action, actor_id]) => ({ action, actor_id, club_id: club.clubId, target: session })),
    ],
    [
      'a recording that was extended',
      () => club.operator.post('/api/video/record/extend', { session_id: session, minutes: 3 }),
      () => [{ action: 'recording.extended', actor_id: operator, club_id: club.clubId, target: session }],
    ],
    [
      'a recording that was kept from stopping by itself',
      () => club.desk.post(`/api/recording/${session}/keep`),
      () => [{ action: 'recording.kept', actor_id: desk(), club_id: club.clubId, target: session }],
    ],
    [
      'a recording that was stopped',
      () => club.desk.post('/api/video/record/stop', { session_id: session }),
      () => [{ action: 'recording.stopped', actor_id: desk(), club_id: club.clubId, target: session }],
    ],
    [
      'a recording that was stopped twice, once',
      () => club.desk.post('/api/video/record/stop', { session_id: session }),
      () => [],
    ],
    [
      'a session that was closed',
      () => club.operator.post('/api/video/session/close', { session_id: session }),
      () => [
        {
          ...{ action: 'session.closed', actor_id: operator, club_id: club.clubId, target: session },
          details: { reason: 'closed_by_admin' },
        },
      ],
    ],
    [
      'a download, once, however many ranges it takes',
      async () => {
        await download(club.desk, 'bytes=100-199');
        await download(club.desk, 'bytes=0-99');
        await download(club.desk);
      },
      () => [{ action: 'video.downloaded', actor_id: desk(), club_id: club.clubId, target: session }],
    ],
    [
      'the download of another person',
      () => download(club.operator, 'bytes=0-0'),
      () => [{ action: 'video.downloaded', actor_id: operator, club_id: club.clubId, target: session }],
    ],
    ['no download where nobody may', () => download(club.player), () => []],
    [
      "a club's storage that is set, tried out and removed",
      async () => {
        const path = `/api/clubs/${club.clubId}/storage`;
        const place = { kind: 's3', enabled: false, endpoint: 'http://127.0.0.1:1', bucket: 'videos' };
        await club.desk.put(path, { ...place, access_key_id: 'key', secret_access_key: 'secret' });
        await club.operator.post(`${path}/test`);
        await club.desk.delete(path);
      },
      () => [
        { action: 'storage.set', actor_id: desk(), club_id: club.clubId, target: `club:${club.clubId}` },
        { action: 'storage.tested', actor_id: operator, club_id: club.clubId, target: `club:${club.clubId}` },
        { action: 'storage.removed', actor_id: desk(), club_id: club.clubId, target: `club:${club.clubId}` },
      ],
    ],
    [
      'a deleted video',
      () => club.desk.delete(`/api/video/files/${session}/delete`),
      () => [{ action: 'video.deleted', actor_id: desk(), club_id: club.clubId, target: session }],
    ],
    [
      'a session whose camera is not there',
      async () => {
        await camera.stop();
        await club.desk.post('/api/video/session/create', { terrain_id: court });
        const [row] = await sql<{ id: string }>(`SELECT id FROM camera_sessions WHERE status = 'failed'`, []);
        failed = row?.id ?? '';
      },
      () => [
        { action: 'session.opened', actor_id: desk(), club_id: club.clubId, target: failed },
        {
          ...{ action: 'session.failed', actor_id: null, club_id: club.clubId, target: failed, ip: null },
          details: { reason: 'camera_unreachable' },
        },
      ],
    ],
    [
      'a clean-up by hand, and what its retention deletes',
      async () => {
        // A video of long ago, of the session that was never recorded.
        expiring = failed;
        await sql(
          `INSERT INTO recordings (session_id, court_id, club_id, user_id, status, planned_end_at)
           SELECT id, court_id, club_id, user_id, 'ready', now() FROM camera_sessions WHERE id = $1`,
          [expiring],
        );
        await sql(
          `INSERT INTO videos (session_id, court_id, club_id, user_id, video_path, size_bytes, duration_seconds, width,
                               height, codec, created_at)
           SELECT id, court_id, club_id, user_id, 'x', 1, 1, 1, 1, 'h264', now() - interval '40 days'
             FROM camera_sessions WHERE id = $1`,
          [expiring],
        );
        await sql('UPDATE clubs SET retention_days = 30 WHERE id = $1', [club.clubId]);
        await club.desk.post('/api/video/cleanup');
      },
      () => [
        { action: 'maintenance.clean_up', actor_id: desk(), club_id: club.clubId, target: null },
        { action: 'video.expired', actor_id: null, club_id: club.clubId, target: expiring, ip: null },
      ],
    ],
    [
      'a deleted court',
      () => club.desk.delete(`/api/terrains/${court}`),
      () => [{ action: 'court.deleted', actor_id: desk(), club_id: club.clubId, target: `court:${court}` }],
    ],
    [
      'a deleted club',
      () => club.operator.delete(`/api/clubs/${club.clubId}`),
      () => [{ action: 'club.deleted', actor_id: operator, club_id: club.clubId, target: `club:${club.clubId}` }],
    ],
  ];

  it.each(deeds)('%s', async (_name, act, expected) => {
    const before = await newestId();
    await act();
    const lines = expected();
    // A line that is written behind the answer is waited for; one too many is seen all the same.
    const found = await until(async () => {
      const all = await since(before);
      return all.length >= lines.length && all;
    });
    expect(
      found.map(({ action, actor_id, club_id, target, ip }) => ({ action, actor_id, club_id, target, ip })),
    ).toEqual(lines.map(({ details: _, ...line }) => ({ ip: '127.0.0.1', ...line })));
    for (const [at, { details }] of lines.entries()) if (details) expect(found[at]?.details).toEqual(details);
  });

  it('and no secret', async () => {
    const text = JSON.stringify(await sql('SELECT * FROM audit_log', []));
    for (const secret of ['secret-word', PASSWORD, NEW_PASSWORD, ADMIN.password, '127.0.0.1:']) {
      expect(text).not.toContain(secret);
    }
  });
});
