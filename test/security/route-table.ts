import { Caller, TwoClubs } from './two-clubs';

export interface RouteRequest {
  readonly path: string;
  readonly body?: unknown;
}

export interface RouteRow {
  /** What is asked, of the club in which the match is played; made anew for each caller where asking changes something. */
  readonly ask: (world: TwoClubs, caller: Caller) => RouteRequest | Promise<RouteRequest>;
  /** A status for each of `CALLERS`, in their order. */
  readonly statuses: string;
  /** The answer has no end: only its head is read. */
  readonly endless?: boolean;
}

const NOBODY = '00000000-0000-4000-8000-000000000000';
const NOTHING = '2147483646';
const TOKEN = 'A'.repeat(43);
const NO_CODE = 'AAAAAAAA';

const DAY_MS = 86_400_000;
/** A time that no other booking is at, on a court of its own. */
const SOMETIME = {
  starts_at: new Date(Date.now() + DAY_MS).toISOString(),
  ends_at: new Date(Date.now() + DAY_MS + 5_400_000).toISOString(),
};

/** Switched off, so that no match of the others is uploaded. */
const STORAGE = {
  ...{ kind: 's3', enabled: false, endpoint: 'http://127.0.0.1:1', bucket: 'videos' },
  ...{ access_key_id: 'key', secret_access_key: 'secret' },
};
/** Nobody is there. */
const WEBHOOK = { url: 'http://127.0.0.1:1/', events: ['recording.ready'] };

/*                        anon dis mov fpl fad oth par own adm ope */
const PUBLIC_BAD_BODY = '400 400 400 400 400 400 400 400 400 400';
const PUBLIC_OK = '      200 200 200 200 200 200 200 200 200 200';
const PUBLIC_401 = '     401 401 401 401 401 401 401 401 401 401';
const SIGNED_IN = '      401 401 401 200 200 200 200 200 200 200';
const DONE = '           401 401 401 204 204 204 204 204 204 204';
const BAD_BODY = '       401 401 401 400 400 400 400 400 400 400';
const MEMBERS = '        401 401 401 404 404 200 200 200 200 200';
const OPERATOR = '       401 401 401 403 403 403 403 403 403 200';
const ADMINS = '         401 401 401 404 404 403 403 403 200 200';
const TRAIL = '          401 401 401 403 404 403 403 403 200 200';
const SESSION = '        401 401 401 404 404 404 200 200 200 200';

/** Every route of the OpenAPI document. A route without a row fails the test. */
export const ROUTES: Readonly<Record<string, RouteRow>> = {
  // Who one is.
  'POST /api/auth/login': row('/api/auth/login', PUBLIC_BAD_BODY, {}),
  'POST /api/auth/refresh': row('/api/auth/refresh', PUBLIC_401, { refresh_token: TOKEN }),
  'POST /api/auth/logout': row('/api/auth/logout', BAD_BODY, { refresh_token: 7 }),
  'GET /api/auth/me': row('/api/auth/me', SIGNED_IN),
  'POST /api/auth/password': row('/api/auth/password', BAD_BODY, {}),
  'POST /api/auth/export': row('/api/auth/export', PUBLIC_BAD_BODY, {}),
  'POST /api/auth/erase': row('/api/auth/erase', PUBLIC_BAD_BODY, {}),
  'POST /api/auth/club': {
    ask: (world) => ({ path: '/api/auth/club', body: { club_id: world.clubId } }),
    statuses: '            401 401 401 404 404 200 200 200 200 404',
  },

  // Their sign-ins.
  'GET /api/auth/sessions': row('/api/auth/sessions', SIGNED_IN),
  'DELETE /api/auth/sessions': row('/api/auth/sessions', DONE),
  'DELETE /api/auth/sessions/{id}': {
    // The owner's: their own affair.
    ask: async (world) => ({ path: `/api/auth/sessions/${await world.signIn('owner')}` }),
    statuses: '            401 401 401 404 404 404 404 204 404 404',
  },
  'GET /api/users/{id}/sessions': {
    ask: (world) => ({ path: `/api/users/${world.person('participant').id}/sessions` }),
    statuses: ADMINS,
  },
  'DELETE /api/users/{id}/sessions/{sessionId}': {
    ask: async (world) => ({
      path: `/api/users/${world.person('participant').id}/sessions/${await world.signIn('participant')}`,
    }),
    statuses: '            401 401 401 404 404 403 403 403 204 204',
  },

  // Links that are good once.
  'GET /api/clubs/{id}/invitations': {
    ask: ({ clubId }) => ({ path: `/api/clubs/${clubId}/invitations` }),
    statuses: ADMINS,
  },
  'POST /api/clubs/{id}/invitations': {
    ask: ({ clubId }, caller) => ({
      path: `/api/clubs/${clubId}/invitations`,
      body: { email: `invited.by.${caller.replace(' ', '.')}@padelvar.test`, role: 'PLAYER' },
    }),
    statuses: '            401 401 401 404 404 403 403 403 201 201',
  },
  'DELETE /api/clubs/{id}/invitations/{invitationId}': {
    ask: async ({ club, clubId }) => {
      const path = `/api/clubs/${clubId}/invitations`;
      const made = await club.desk.post<{ id: number }>(path, { email: 'withdrawn@padelvar.test', role: 'PLAYER' });
      return { path: `${path}/${made.body.id}` };
    },
    statuses: '            401 401 401 404 404 403 403 403 204 204',
  },
  'POST /api/users/{id}/password-reset': {
    ask: (world) => ({ path: `/api/users/${world.person('participant').id}/password-reset`, body: {} }),
    statuses: '            401 401 401 404 404 403 403 403 201 201',
  },
  'POST /api/auth/invitations/accept': row('/api/auth/invitations/accept', PUBLIC_BAD_BODY, {}),
  'POST /api/auth/password/forgot': row('/api/auth/password/forgot', PUBLIC_BAD_BODY, {}),
  'POST /api/auth/password/reset': row('/api/auth/password/reset', PUBLIC_BAD_BODY, {}),
  'POST /api/auth/register': row('/api/auth/register', PUBLIC_BAD_BODY, {}),
  'POST /api/auth/register/confirm': row('/api/auth/register/confirm', PUBLIC_BAD_BODY, {}),
  'GET /api/auth/registration/{clubId}': {
    // Players do not register themselves there.
    ask: ({ clubId }) => ({ path: `/api/auth/registration/${clubId}` }),
    statuses: '            404 404 404 404 404 404 404 404 404 404',
  },

  // The trail of who did what: for no player, of no club.
  'GET /api/audit': { ask: ({ clubId }) => ({ path: `/api/audit?club_id=${clubId}` }), statuses: TRAIL },
  'GET /api/audit/export.csv': {
    ask: ({ clubId }) => ({ path: `/api/audit/export.csv?club_id=${clubId}` }),
    statuses: TRAIL,
  },

  // Clubs.
  'GET /api/clubs': row('/api/clubs', SIGNED_IN),
  'POST /api/clubs': {
    ask: () => ({ path: '/api/clubs', body: { name: 'Padel Est', time_zone: 'Europe/Paris' } }),
    statuses: '            401 401 401 403 403 403 403 403 403 201',
  },
  'GET /api/clubs/overview': row('/api/clubs/overview', OPERATOR),
  'GET /api/clubs/{id}': { ask: ({ clubId }) => ({ path: `/api/clubs/${clubId}` }), statuses: MEMBERS },
  'PATCH /api/clubs/{id}': {
    ask: ({ clubId }) => ({ path: `/api/clubs/${clubId}`, body: { name: 'Padel Nord' } }),
    statuses: ADMINS,
  },
  'GET /api/clubs/{id}/logo': {
    ask: async (world) => {
      await world.logo();
      return { path: `/api/clubs/${world.clubId}/logo` };
    },
    statuses: MEMBERS,
  },
  'PUT /api/clubs/{id}/logo': {
    // No picture.
    ask: ({ clubId }) => ({ path: `/api/clubs/${clubId}/logo`, body: {} }),
    statuses: '            401 401 401 404 404 403 403 403 415 415',
  },
  'DELETE /api/clubs/{id}/logo': {
    ask: ({ clubId }) => ({ path: `/api/clubs/${clubId}/logo` }),
    statuses: '            401 401 401 404 404 403 403 403 204 204',
  },
  'DELETE /api/clubs/{id}': {
    // It has an open session.
    ask: ({ clubId }) => ({ path: `/api/clubs/${clubId}` }),
    statuses: '            401 401 401 404 404 403 403 403 403 409',
  },

  // Courts and their cameras.
  'GET /api/clubs/{id}/terrains': {
    ask: ({ clubId }) => ({ path: `/api/clubs/${clubId}/terrains` }),
    statuses: MEMBERS,
  },
  'GET /api/clubs/{id}/terrains/status': {
    ask: ({ clubId }) => ({ path: `/api/clubs/${clubId}/terrains/status` }),
    statuses: MEMBERS,
  },
  'GET /api/clubs/{id}/terrains/outages': {
    ask: ({ clubId }) => ({ path: `/api/clubs/${clubId}/terrains/outages?days=7` }),
    statuses: ADMINS,
  },
  'POST /api/clubs/{id}/terrains': {
    ask: ({ clubId }) => ({
      path: `/api/clubs/${clubId}/terrains`,
      body: { name: 'Court 9', camera_url: 'rtsp://127.0.0.1:1/nothing' },
    }),
    statuses: '            401 401 401 404 404 403 403 403 201 201',
  },
  'GET /api/terrains/{id}': { ask: ({ courtId }) => ({ path: `/api/terrains/${courtId}` }), statuses: MEMBERS },
  'PATCH /api/terrains/{id}': {
    ask: ({ courtId }) => ({ path: `/api/terrains/${courtId}`, body: { name: 'Court 1' } }),
    statuses: ADMINS,
  },
  'DELETE /api/terrains/{id}': {
    ask: async (world) => ({ path: `/api/terrains/${await world.newCourt()}` }),
    statuses: '            401 401 401 404 404 403 403 403 204 204',
  },
  'POST /api/terrains/{id}/camera/test': {
    ask: ({ courtId }) => ({ path: `/api/terrains/${courtId}/camera/test`, body: {} }),
    statuses: ADMINS,
  },
  'GET /api/terrains/{id}/cameras': {
    ask: ({ courtId }) => ({ path: `/api/terrains/${courtId}/cameras` }),
    statuses: ADMINS,
  },
  'POST /api/terrains/{id}/cameras': {
    ask: async (world) => ({
      path: `/api/terrains/${await world.newCourt()}/cameras`,
      body: { camera_url: 'rtsp://127.0.0.1:1/nothing', name: 'Back wall' },
    }),
    statuses: '            401 401 401 404 404 403 403 403 201 201',
  },
  'PATCH /api/terrains/{id}/cameras/{position}': {
    ask: ({ courtId }) => ({ path: `/api/terrains/${courtId}/cameras/1`, body: { name: 'Back wall' } }),
    statuses: ADMINS,
  },
  'DELETE /api/terrains/{id}/cameras/{position}': {
    ask: async (world) => ({ path: `/api/terrains/${await world.twoCameras()}/cameras/1` }),
    statuses: '            401 401 401 404 404 403 403 403 204 204',
  },
  'POST /api/terrains/{id}/cameras/{position}/test': {
    ask: ({ courtId }) => ({ path: `/api/terrains/${courtId}/cameras/1/test`, body: {} }),
    statuses: ADMINS,
  },
  'POST /api/clubs/{id}/cameras/discover': {
    // No address that a camera may have: nothing is asked.
    ask: ({ clubId }) => ({ path: `/api/clubs/${clubId}/cameras/discover`, body: { addresses: ['0.0.0.0'] } }),
    statuses: '            401 401 401 404 404 403 403 403 422 422',
  },
  'GET /api/terrains/{id}/camera/snapshot/{token}': {
    ask: async ({ club, courtId }) => {
      const tested = await club.desk.post<{ snapshot_url: string }>(`/api/terrains/${courtId}/camera/test`);
      return { path: new URL(tested.body.snapshot_url, 'http://service').pathname };
    },
    statuses: ADMINS,
  },

  // People.
  'GET /api/clubs/{id}/users': { ask: ({ clubId }) => ({ path: `/api/clubs/${clubId}/users` }), statuses: ADMINS },
  'POST /api/clubs/{id}/users': {
    ask: ({ clubId }, caller) => ({
      path: `/api/clubs/${clubId}/users`,
      body: {
        email: `by.${caller.replace(' ', '.')}@padelvar.test`,
        name: 'New',
        password: 'a long enough word',
        role: 'PLAYER',
      },
    }),
    statuses: '            401 401 401 404 404 403 403 403 201 201',
  },
  'GET /api/users/{id}': {
    ask: (world) => ({ path: `/api/users/${world.person('participant').id}` }),
    statuses: ADMINS,
  },
  'PATCH /api/users/{id}': {
    ask: (world) => ({ path: `/api/users/${world.person('participant').id}`, body: { name: 'Participant' } }),
    statuses: ADMINS,
  },
  'DELETE /api/users/{id}': {
    ask: async (world) => ({ path: `/api/users/${await world.newcomer()}` }),
    statuses: '            401 401 401 404 404 403 403 403 204 204',
  },

  // What is kept about them.
  'GET /api/auth/me/export': row('/api/auth/me/export', SIGNED_IN),
  'POST /api/auth/me/erase': row('/api/auth/me/erase', BAD_BODY, { password: 7 }),
  'POST /api/users/{id}/erase': {
    ask: async (world) => ({ path: `/api/users/${await world.newcomer()}/erase`, body: {} }),
    statuses: ADMINS,
  },

  // Sessions.
  'POST /api/video/session/create': {
    // In session: who may use it is told which, and everybody of the club that it is.
    ask: ({ courtId }) => ({ path: '/api/video/session/create', body: { terrain_id: courtId } }),
    statuses: '            401 401 401 404 404 409 409 409 409 409',
  },
  'POST /api/video/session/close': {
    // While recording.
    ask: ({ sessionId }) => ({ path: '/api/video/session/close', body: { session_id: sessionId } }),
    statuses: '            401 401 401 404 404 404 403 409 409 409',
  },
  'POST /api/video/session/players/add': {
    ask: async (world) => ({
      path: '/api/video/session/players/add',
      body: { session_id: world.sessionId, user_id: await world.newcomer() },
    }),
    statuses: '            401 401 401 404 404 404 403 200 200 200',
  },
  'POST /api/video/session/players/remove': {
    // Somebody who is not in it, and so out of it.
    ask: async (world) => ({
      path: '/api/video/session/players/remove',
      body: { session_id: world.sessionId, user_id: await world.newcomer() },
    }),
    statuses: '            401 401 401 404 404 404 403 200 200 200',
  },
  'POST /api/video/session/join': {
    // A session of the desk's. The operator is in no club.
    ask: async (world) => ({ path: '/api/video/session/join', body: { code: await world.joinCode() } }),
    statuses: '            401 401 401 404 404 200 200 200 200 404',
  },
  'GET /api/video/session/list': row('/api/video/session/list', SIGNED_IN),
  'GET /api/video/session/{id}': {
    ask: ({ sessionId }) => ({ path: `/api/video/session/${sessionId}` }),
    statuses: SESSION,
  },
  'POST /api/video/media-url': {
    ask: ({ sessionId }) => ({
      path: '/api/video/media-url',
      body: { session_id: sessionId, purpose: 'snapshot', expires_in_minutes: 1 },
    }),
    statuses: SESSION,
  },
  'DELETE /api/video/media-url/{id}': {
    // The owner's: not even admins know of it.
    ask: async ({ club, sessionId }) => {
      const body = { session_id: sessionId, purpose: 'preview' };
      const { id } = (await club.player.post<{ id: string }>('/api/video/media-url', body)).body;
      return { path: `/api/video/media-url/${id}` };
    },
    statuses: '            401 401 401 404 404 404 404 204 404 404',
  },

  // Recordings.
  'POST /api/video/record/start': {
    ask: ({ sessionId }) => ({ path: '/api/video/record/start', body: { session_id: sessionId } }),
    statuses: '            401 401 401 404 404 404 403 409 409 409',
  },
  'POST /api/video/record/extend': {
    ask: ({ sessionId }) => ({ path: '/api/video/record/extend', body: { session_id: sessionId, minutes: 1 } }),
    statuses: '            401 401 401 404 404 404 403 200 200 200',
  },
  'POST /api/video/record/stop': {
    // Of a match that is over: the answer of then.
    ask: async (world) => ({ path: '/api/video/record/stop', body: { session_id: await world.video() } }),
    statuses: '            401 401 401 404 404 404 403 200 200 200',
  },
  'GET /api/video/record/status/{id}': {
    ask: ({ sessionId }) => ({ path: `/api/video/record/status/${sessionId}` }),
    statuses: SESSION,
  },

  'GET /api/recording/{session_id}/activity': {
    ask: ({ sessionId }) => ({ path: `/api/recording/${sessionId}/activity?buckets=10` }),
    statuses: SESSION,
  },
  'POST /api/recording/{session_id}/keep': {
    ask: ({ sessionId }) => ({ path: `/api/recording/${sessionId}/keep`, body: {} }),
    statuses: '            401 401 401 404 404 404 403 200 200 200',
  },

  // Files.
  'GET /api/video/files/list': {
    ask: ({ clubId }) => ({ path: `/api/video/files/list?club_id=${clubId}` }),
    statuses: MEMBERS,
  },
  'GET /api/video/files/stats': {
    ask: ({ clubId }) => ({ path: `/api/video/files/stats?club_id=${clubId}` }),
    statuses: ADMINS,
  },
  'GET /api/video/files/{id}': {
    ask: async (world) => ({ path: `/api/video/files/${await world.video()}` }),
    statuses: SESSION,
  },
  'GET /api/video/files/{id}/download': {
    ask: async (world) => ({ path: `/api/video/files/${await world.video()}/download` }),
    statuses: SESSION,
  },
  'GET /api/video/files/{id}/thumbnail.jpg': {
    ask: async (world) => ({ path: `/api/video/files/${await world.film()}/thumbnail.jpg` }),
    statuses: SESSION,
  },
  'POST /api/video/files/{id}/compress': {
    ask: async (world) => ({ path: `/api/video/files/${await world.video()}/compress`, body: {} }),
    statuses: '            401 401 401 404 404 404 403 403 202 202',
  },
  'POST /api/video/files/{id}/upload': {
    ask: async (world) => {
      await world.club.desk.put(`/api/clubs/${world.clubId}/storage`, STORAGE);
      return { path: `/api/video/files/${await world.video()}/upload`, body: {} };
    },
    statuses: '            401 401 401 404 404 404 403 403 409 409',
  },
  'DELETE /api/video/files/{id}/delete': {
    ask: async (world) => ({ path: `/api/video/files/${await world.video()}/delete` }),
    statuses: '            401 401 401 404 404 404 403 403 200 200',
  },

  // Markers. One of the desk's: the owner may change it, the participant not.
  'GET /api/video/markers': {
    ask: ({ sessionId }) => ({ path: `/api/video/markers?session_id=${sessionId}` }),
    statuses: SESSION,
  },
  'POST /api/video/markers': {
    ask: ({ sessionId }) => ({
      path: '/api/video/markers',
      body: { session_id: sessionId, kind: 'point', at_seconds: 0 },
    }),
    statuses: '            401 401 401 404 404 404 201 201 201 201',
  },
  'PATCH /api/video/markers/{id}': {
    ask: async (world) => ({ path: `/api/video/markers/${await world.marker()}`, body: { text: 'Let' } }),
    statuses: '            401 401 401 404 404 404 403 200 200 200',
  },
  'DELETE /api/video/markers/{id}': {
    ask: async (world) => ({ path: `/api/video/markers/${await world.marker()}` }),
    statuses: '            401 401 401 404 404 404 403 204 204 204',
  },

  // Links that show a match to anybody. One of the desk's: the owner may take it back, the participant not.
  'GET /api/video/shares': {
    ask: ({ sessionId }) => ({ path: `/api/video/shares?session_id=${sessionId}` }),
    statuses: SESSION,
  },
  'POST /api/video/shares': {
    ask: async (world) => ({ path: '/api/video/shares', body: { session_id: await world.video() } }),
    statuses: '            401 401 401 404 404 404 201 201 201 201',
  },
  'DELETE /api/video/shares/{id}': {
    ask: async (world) => ({ path: `/api/video/shares/${(await world.share()).id}` }),
    statuses: '            401 401 401 404 404 404 403 204 204 204',
  },
  'GET /s/{token}': shared(''),
  'GET /s/{token}/video.mp4': shared('/video.mp4'),
  'GET /s/{token}/download': shared('/download'),
  'GET /s/{token}/poster.jpg': shared('/poster.jpg'),
  'GET /s/{token}/card.jpg': shared('/card.jpg'),
  'GET /s/{token}/logo.png': {
    ask: async (world) => {
      await world.logo();
      return { path: `${(await world.share()).path}/logo.png` };
    },
    statuses: PUBLIC_OK,
  },
  'POST /s/{token}/open': {
    // There is no pass-phrase: whatever is given is right.
    ask: async (world) => ({ path: `${(await world.share()).path}/open`, body: { passphrase: 'any' } }),
    statuses: PUBLIC_OK,
  },

  // Highlights. One of the desk's: the owner may change it, the participant not.
  'GET /api/video/highlights': {
    ask: ({ sessionId }) => ({ path: `/api/video/highlights?session_id=${sessionId}` }),
    statuses: SESSION,
  },
  'POST /api/video/highlights': {
    ask: ({ sessionId }) => ({ path: '/api/video/highlights', body: { session_id: sessionId, seconds: 5 } }),
    statuses: '            401 401 401 404 404 404 202 202 202 202',
  },
  'GET /api/video/highlights/{id}': {
    ask: async (world) => ({ path: `/api/video/highlights/${await world.highlight()}` }),
    statuses: SESSION,
  },
  'GET /api/video/highlights/{id}/download': {
    ask: async (world) => ({ path: `/api/video/highlights/${await world.highlight()}/download` }),
    statuses: SESSION,
  },
  'GET /api/video/highlights/{id}/thumbnail.jpg': {
    ask: async (world) => ({ path: `/api/video/highlights/${await world.highlight()}/thumbnail.jpg` }),
    statuses: SESSION,
  },
  'PATCH /api/video/highlights/{id}': {
    ask: async (world) => ({ path: `/api/video/highlights/${await world.highlight()}`, body: { text: 'Let' } }),
    statuses: '            401 401 401 404 404 404 403 200 200 200',
  },
  'DELETE /api/video/highlights/{id}': {
    ask: async (world) => ({ path: `/api/video/highlights/${await world.highlight(true)}` }),
    statuses: '            401 401 401 404 404 404 403 204 204 204',
  },
  'POST /api/clubs/{clubId}/terrains/{id}/button-key': {
    ask: (world) => ({ path: `/api/clubs/${world.clubId}/terrains/${world.freeCourtId}/button-key`, body: {} }),
    statuses: '            401 401 401 404 404 403 403 403 201 201',
  },
  'DELETE /api/clubs/{clubId}/terrains/{id}/button-key': {
    ask: (world) => ({ path: `/api/clubs/${world.clubId}/terrains/${world.freeCourtId}/button-key` }),
    statuses: '            401 401 401 404 404 403 403 403 204 204',
  },
  // Whoever has the key presses it; nothing is recorded there.
  'POST /api/button/{key}': {
    ask: async (world) => ({ path: `/api/button/${await world.buttonKey()}`, body: {} }),
    statuses: '            409 409 409 409 409 409 409 409 409 409',
  },

  // Background work, of the club and of the whole installation.
  'GET /api/video/jobs': row('/api/video/jobs', '401 401 401 403 200 403 403 403 200 200'),
  'DELETE /api/video/jobs/{id}': {
    ask: async (world) => ({ path: `/api/video/jobs/${await world.job()}` }),
    statuses: '            401 401 401 404 404 403 403 403 204 204',
  },

  // Bookings. Of others' a player sees the time; only admins book here.
  'GET /api/clubs/{clubId}/bookings': {
    ask: ({ clubId }) => ({ path: `/api/clubs/${clubId}/bookings` }),
    statuses: MEMBERS,
  },
  'POST /api/clubs/{clubId}/bookings': {
    ask: async (world) => ({
      path: `/api/clubs/${world.clubId}/bookings`,
      body: { terrain_id: await world.newCourt(), ...SOMETIME },
    }),
    statuses: '            401 401 401 404 404 403 403 403 201 201',
  },
  'GET /api/clubs/{clubId}/bookings/{id}': {
    ask: async (world) => ({ path: `/api/clubs/${world.clubId}/bookings/${await world.booking()}` }),
    statuses: MEMBERS,
  },
  'PATCH /api/clubs/{clubId}/bookings/{id}': {
    // The owner's: but only admins book here.
    ask: async (world) => ({
      path: `/api/clubs/${world.clubId}/bookings/${await world.booking()}`,
      body: { title: 'League' },
    }),
    statuses: ADMINS,
  },
  'DELETE /api/clubs/{clubId}/bookings/{id}': {
    ask: async (world) => ({ path: `/api/clubs/${world.clubId}/bookings/${await world.booking()}` }),
    statuses: '            401 401 401 404 404 403 403 204 204 204',
  },

  // Calendars of courts: the admins' alone.
  'GET /api/clubs/{clubId}/terrains/{id}/calendar': {
    ask: ({ clubId, freeCourtId }) => ({ path: `/api/clubs/${clubId}/terrains/${freeCourtId}/calendar` }),
    statuses: ADMINS,
  },
  'PUT /api/clubs/{clubId}/terrains/{id}/calendar': {
    ask: ({ clubId, freeCourtId }) => ({
      path: `/api/clubs/${clubId}/terrains/${freeCourtId}/calendar`,
      body: { url: 'http://127.0.0.1:1/court.ics' },
    }),
    statuses: ADMINS,
  },
  'DELETE /api/clubs/{clubId}/terrains/{id}/calendar': {
    ask: ({ clubId, freeCourtId }) => ({ path: `/api/clubs/${clubId}/terrains/${freeCourtId}/calendar` }),
    statuses: '            401 401 401 404 404 403 403 403 204 204',
  },

  // Webhooks: the admins' alone.
  'GET /api/clubs/{clubId}/webhooks': {
    ask: ({ clubId }) => ({ path: `/api/clubs/${clubId}/webhooks` }),
    statuses: ADMINS,
  },
  'POST /api/clubs/{clubId}/webhooks': {
    ask: ({ clubId }) => ({ path: `/api/clubs/${clubId}/webhooks`, body: WEBHOOK }),
    statuses: '            401 401 401 404 404 403 403 403 201 201',
  },
  'GET /api/clubs/{clubId}/webhooks/{id}': {
    ask: async (world) => ({ path: `/api/clubs/${world.clubId}/webhooks/${await world.webhook()}` }),
    statuses: ADMINS,
  },
  'PATCH /api/clubs/{clubId}/webhooks/{id}': {
    ask: async (world) => ({
      path: `/api/clubs/${world.clubId}/webhooks/${await world.webhook()}`,
      body: { description: 'Ours' },
    }),
    statuses: ADMINS,
  },
  'DELETE /api/clubs/{clubId}/webhooks/{id}': {
    ask: async (world) => ({ path: `/api/clubs/${world.clubId}/webhooks/${await world.webhook()}` }),
    statuses: '            401 401 401 404 404 403 403 403 204 204',
  },
  'POST /api/clubs/{clubId}/webhooks/{id}/rotate': {
    ask: async (world) => ({ path: `/api/clubs/${world.clubId}/webhooks/${await world.webhook()}/rotate`, body: {} }),
    statuses: ADMINS,
  },
  'POST /api/clubs/{clubId}/webhooks/{id}/ping': {
    ask: async (world) => ({ path: `/api/clubs/${world.clubId}/webhooks/${await world.webhook()}/ping`, body: {} }),
    statuses: '            401 401 401 404 404 403 403 403 202 202',
  },
  'GET /api/clubs/{clubId}/webhooks/{id}/deliveries': {
    ask: async (world) => ({ path: `/api/clubs/${world.clubId}/webhooks/${await world.webhook()}/deliveries` }),
    statuses: ADMINS,
  },
  'POST /api/clubs/{clubId}/webhooks/{id}/deliveries/{deliveryId}/redeliver': {
    ask: async (world) => {
      const path = `/api/clubs/${world.clubId}/webhooks/${await world.webhook()}`;
      const { body } = await world.club.desk.post<{ delivery: { id: number } }>(`${path}/ping`);
      return { path: `${path}/deliveries/${body.delivery.id}/redeliver`, body: {} };
    },
    statuses: '            401 401 401 404 404 403 403 403 202 202',
  },

  // Storage: the admins' alone.
  'GET /api/clubs/{clubId}/storage': {
    ask: ({ clubId }) => ({ path: `/api/clubs/${clubId}/storage` }),
    statuses: ADMINS,
  },
  'PUT /api/clubs/{clubId}/storage': {
    ask: ({ clubId }) => ({ path: `/api/clubs/${clubId}/storage`, body: STORAGE }),
    statuses: ADMINS,
  },
  'POST /api/clubs/{clubId}/storage/test': {
    ask: async (world) => {
      await world.club.desk.put(`/api/clubs/${world.clubId}/storage`, STORAGE);
      return { path: `/api/clubs/${world.clubId}/storage/test`, body: {} };
    },
    statuses: ADMINS,
  },
  'DELETE /api/clubs/{clubId}/storage': {
    ask: async (world) => {
      await world.club.desk.put(`/api/clubs/${world.clubId}/storage`, STORAGE);
      return { path: `/api/clubs/${world.clubId}/storage` };
    },
    statuses: '            401 401 401 404 404 403 403 403 204 204',
  },

  // Watching.
  'GET /api/preview/{id}/stream.mjpeg': {
    ask: ({ sessionId }) => ({ path: `/api/preview/${sessionId}/stream.mjpeg` }),
    statuses: SESSION,
    endless: true,
  },
  'GET /api/preview/{id}/snapshot.jpg': {
    ask: ({ sessionId }) => ({ path: `/api/preview/${sessionId}/snapshot.jpg` }),
    statuses: SESSION,
  },
  'GET /api/preview/{id}/info': {
    ask: ({ sessionId }) => ({ path: `/api/preview/${sessionId}/info` }),
    statuses: SESSION,
  },
  'GET /api/preview/{id}/review.m3u8': {
    ask: ({ sessionId }) => ({ path: `/api/preview/${sessionId}/review.m3u8` }),
    statuses: SESSION,
  },
  'GET /api/preview/{id}/review/{part}/init.mp4': {
    ask: ({ sessionId }) => ({ path: `/api/preview/${sessionId}/review/1/init.mp4` }),
    statuses: SESSION,
  },
  'GET /api/preview/{id}/review/{part}/media.mp4': {
    ask: ({ sessionId }) => ({ path: `/api/preview/${sessionId}/review/1/media.mp4` }),
    statuses: SESSION,
  },
  'POST /api/preview/ticket': row('/api/preview/ticket', SIGNED_IN, {}),

  // Running it.
  'GET /api/video/health': row('/api/video/health', PUBLIC_OK),
  'GET /api/video/health/live': row('/api/video/health/live', PUBLIC_OK),
  'GET /api/video/health/ready': row('/api/video/health/ready', PUBLIC_OK),
  'POST /api/video/cleanup': {
    ask: () => ({ path: '/api/video/cleanup', body: {} }),
    // A club's admin cleans up what is theirs.
    statuses: '            401 401 401 403 200 403 403 403 200 200',
  },

  // From this machine.
  'GET /metrics': row('/metrics', PUBLIC_OK),
};

const ANGLE_REFUSED = '   401 401 401 404 404 404 409 409 409 409';

/**
 * What an angle's id opens: whatever shows pictures, to those who see its match; and nothing is done to it but through the match.
 * By route, and where one has two rows, a word.
 */
export const ANGLE_ROUTES: Readonly<Record<string, RouteRow>> = {
  'GET /api/video/session/{id}': ofAngle((id) => ({ path: `/api/video/session/${id}` }), SESSION),
  'GET /api/video/record/status/{id}': ofAngle((id) => ({ path: `/api/video/record/status/${id}` }), SESSION),
  'GET /api/preview/{id}/info': ofAngle((id) => ({ path: `/api/preview/${id}/info` }), SESSION),
  'GET /api/preview/{id}/snapshot.jpg': ofAngle((id) => ({ path: `/api/preview/${id}/snapshot.jpg` }), SESSION),
  'GET /api/preview/{id}/review.m3u8': ofAngle((id) => ({ path: `/api/preview/${id}/review.m3u8` }), SESSION),
  'POST /api/video/media-url': ofAngle(
    (id) => ({ path: '/api/video/media-url', body: { session_id: id, purpose: 'preview' } }),
    SESSION,
  ),
  'GET /api/video/files/{id}': {
    ask: async (world) => ({ path: `/api/video/files/${await world.filmedAngle()}` }),
    statuses: SESSION,
  },
  'GET /api/video/files/{id}/download': {
    ask: async (world) => ({ path: `/api/video/files/${await world.filmedAngle()}/download` }),
    statuses: SESSION,
  },
  'GET /api/video/files/{id}/thumbnail.jpg': {
    ask: async (world) => ({ path: `/api/video/files/${await world.filmedAngle()}/thumbnail.jpg` }),
    statuses: SESSION,
  },
  'DELETE /api/video/files/{id}/delete': {
    ask: async (world) => ({ path: `/api/video/files/${await world.filmedAngle()}/delete` }),
    statuses: '            401 401 401 404 404 404 403 403 409 409',
  },
  'POST /api/video/session/close': angleTold('/api/video/session/close'),
  'POST /api/video/session/players/add': angleTold('/api/video/session/players/add', { user_id: 1 }),
  'POST /api/video/session/players/remove': angleTold('/api/video/session/players/remove', { user_id: 1 }),
  'POST /api/video/record/start': angleTold('/api/video/record/start'),
  'POST /api/video/record/extend': angleTold('/api/video/record/extend', { minutes: 1 }),
  'POST /api/video/record/stop': angleTold('/api/video/record/stop'),
  'GET /api/recording/{session_id}/activity': ofAngle((id) => ({ path: `/api/recording/${id}/activity` }), SESSION),
  'POST /api/recording/{session_id}/keep': ofAngle(
    (id) => ({ path: `/api/recording/${id}/keep`, body: {} }),
    ANGLE_REFUSED,
  ),
  'POST /api/video/markers': angleTold('/api/video/markers', { kind: 'point' }),
  'POST /api/video/highlights': angleTold('/api/video/highlights', { seconds: 10 }),
  'POST /api/video/shares': angleTold('/api/video/shares'),
};

function ofAngle(ask: (angleId: string) => RouteRequest, statuses: string): RouteRow {
  return { ask: ({ angleId }) => ask(angleId), statuses };
}

/** Whoever sees the match is told to do it to that. */
function angleTold(path: string, body: object = {}): RouteRow {
  return ofAngle((id) => ({ path, body: { session_id: id, ...body } }), ANGLE_REFUSED);
}

/** The same request about something that does not exist; the same one where it is about nothing of anybody's. */
export function aboutNothing({ path, body }: RouteRequest): RouteRequest {
  const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
  const number = /(?<=[/=])\d+(?=\/|$)/;
  const elsewhere = uuid.test(path) ? path.replace(uuid, NOBODY) : path.replace(number, NOTHING);
  if (typeof body !== 'object' || body === null) return { path: elsewhere, body };
  const named = Object.entries(body).map(([key, value]: [string, unknown]) => {
    if (key === 'session_id') return [key, NOBODY];
    if (key === 'code') return [key, NO_CODE];
    return [key, key === 'terrain_id' || key === 'club_id' ? Number(NOTHING) : value];
  });
  return { path: elsewhere, body: Object.fromEntries(named) as unknown };
}

function row(path: string, statuses: string, body?: unknown): RouteRow {
  return { ask: () => ({ path, ...(body !== undefined && { body }) }), statuses };
}

/** What anybody may have who has the link. */
function shared(rest: string): RouteRow {
  return { ask: async (world) => ({ path: `${(await world.share()).path}${rest}` }), statuses: PUBLIC_OK };
}
