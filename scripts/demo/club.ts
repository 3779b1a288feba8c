import { setTimeout as pause } from 'node:timers/promises';
import { DemoCamera } from './cameras';
import { demoPassword, Login } from './service';

const CLUB = 'Padel du Lac';
const HOUR_MS = 3_600_000;

export interface DemoCourt {
  readonly id: number;
  readonly name: string;
  readonly kind: string;
}

export interface DemoVideo {
  readonly path: string;
  readonly seconds: number;
  readonly bytes: number;
}

interface Terrain extends Named {
  readonly cameras: readonly { readonly position: number }[];
}

interface Named {
  readonly id: number;
  readonly name: string;
}

interface Recording {
  readonly status: string;
  readonly bytes_written: number;
  readonly duration_seconds: number;
  readonly error: string | null;
  readonly active: boolean;
}

/** The demo's club, made through the API as an operator would, or found from an earlier run. */
export class DemoClub {
  private constructor(
    private readonly url: string,
    private readonly player: string,
    readonly id: number,
    readonly courts: readonly DemoCourt[],
    readonly logins: readonly Login[],
  ) {}

  static async open(url: string, operator: Login, cameras: readonly DemoCamera[]): Promise<DemoClub> {
    const token = await signIn(url, operator);
    const { clubs } = await call<{ clubs: Named[] }>(url, token, 'GET', '/api/clubs');
    const club =
      clubs.find(({ name }) => name === CLUB) ??
      (await call<Named>(url, token, 'POST', '/api/clubs', { name: CLUB, time_zone: 'Europe/Paris' }));
    const { terrains } = await call<{ terrains: Terrain[] }>(url, token, 'GET', `/api/clubs/${club.id}/terrains`);
    const courts: DemoCourt[] = [];
    for (const { name, kind, camera, further } of cameras) {
      const known = terrains.find((terrain) => terrain.name === name);
      const court = known
        ? await call<Terrain>(url, token, 'PATCH', `/api/terrains/${known.id}`, { camera_url: camera.url })
        : await call<Terrain>(url, token, 'POST', `/api/clubs/${club.id}/terrains`, { name, camera_url: camera.url });
      courts.push({ id: court.id, name, kind });
      if (!further) continue;
      const path = `/api/terrains/${court.id}/cameras`;
      const body = { name: further.name, camera_url: further.camera.url };
      const there = court.cameras.some(({ position }) => position === 1);
      await call(url, token, there ? 'PATCH' : 'POST', there ? `${path}/1` : path, body);
    }
    await endMatches(url, token);
    const password = demoPassword();
    const people: Login[] = [
      { role: 'CLUB_ADMIN', email: 'desk@padelvar.example', password },
      { role: 'PLAYER', email: 'player@padelvar.example', password },
    ];
    const { users } = await call<{ users: { email: string }[] }>(url, token, 'GET', `/api/clubs/${club.id}/users`);
    for (const { role, email } of people) {
      if (users.some((user) => user.email === email)) continue;
      const name = email.startsWith('desk') ? 'Desk' : 'Player';
      await call(url, token, 'POST', `/api/clubs/${club.id}/users`, { email, name, password, role });
    }
    const player = await signIn(url, people[1] as Login);
    return new DemoClub(url, player, club.id, courts, [operator, ...people]);
  }

  /** What a player does: open a session, record, stop. */
  async recordMatch(seconds: number, say: (line: string) => void): Promise<DemoVideo> {
    const terrain_id = (this.courts[0] as DemoCourt).id;
    const { session } = await this.post<{ session: { session_id: string } }>('session/create', { terrain_id });
    const { session_id } = session;
    try {
      await this.post('record/start', { session_id, duration_minutes: 5 });
      for (let second = 1; second <= seconds; second++) {
        await pause(1000);
        const path = `/api/video/record/status/${session_id}`;
        const { status } = await call<{ status: Recording }>(this.url, this.player, 'GET', path);
        say(`  ${status.duration_seconds.toFixed(1)} s, ${(status.bytes_written / 2 ** 20).toFixed(2)} MB on disk`);
      }
      const stopped = await this.post<{ video_path: string | null; recording: Recording }>('record/stop', {
        session_id,
      });
      if (stopped.video_path === null)
        throw new Error(`no video: ${stopped.recording.error ?? stopped.recording.status}`);
      const { bytes_written, duration_seconds } = stopped.recording;
      return { path: stopped.video_path, seconds: duration_seconds, bytes: bytes_written };
    } finally {
      await this.post('session/close', { session_id }).catch(() => undefined);
    }
  }

  /** What the desk has planned from now on, and whom the club tells of its matches; nothing where an earlier run did so. */
  async planEvening(): Promise<void> {
    const desk = await signIn(this.url, this.logins.find(({ role }) => role === 'CLUB_ADMIN') as Login);
    const club = `/api/clubs/${this.id}`;
    const { webhooks } = await call<{ webhooks: unknown[] }>(this.url, desk, 'GET', `${club}/webhooks`);
    if (webhooks.length === 0) {
      const webhook = {
        url: 'https://hooks.padelvar.example/matches',
        events: ['recording.ready'],
        description: 'Results',
      };
      await call(this.url, desk, 'POST', `${club}/webhooks`, webhook);
    }
    const { bookings } = await call<{ bookings: unknown[] }>(this.url, desk, 'GET', `${club}/bookings`);
    if (bookings.length > 0) return;
    const free = (Math.ceil(Date.now() / HOUR_MS) + 1) * HOUR_MS;
    // The first court is left to whoever walks in.
    for (const [i, { id: terrain_id }] of this.courts.slice(1).entries()) {
      const from = free + (i * HOUR_MS) / 2;
      const [starts_at, ends_at] = [from, from + 1.5 * HOUR_MS].map((at) => new Date(at).toISOString());
      const booking = { terrain_id, starts_at, ends_at, title: 'League, round 3' };
      await call(this.url, desk, 'POST', `${club}/bookings`, booking);
    }
  }

  private post<T>(path: string, body: unknown): Promise<T> {
    return call<T>(this.url, this.player, 'POST', `/api/video/${path}`, body);
  }
}

/** Matches of an earlier run: their cameras are gone, and their courts are wanted. What they recorded is kept. */
async function endMatches(url: string, token: string): Promise<void> {
  const list = '/api/video/session/list?open=true&limit=100';
  const { sessions } = await call<{ sessions: { session_id: string; recording: Recording | null }[] }>(
    ...([url, token, 'GET', list] as const),
  );
  for (const { session_id, recording } of sessions) {
    if (recording?.active) await call(url, token, 'POST', '/api/video/record/stop', { session_id });
    await call(url, token, 'POST', '/api/video/session/close', { session_id });
  }
}

async function signIn(url: string, { email, password }: Login): Promise<string> {
  const body = { email, password };
  return (await call<{ access_token: string }>(url, null, 'POST', '/api/auth/login', body)).access_token;
}

async function call<T>(url: string, token: string | null, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}
