import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { Jobs } from '../../src/jobs/jobs';
import { drawFilm } from '../../src/media/fmp4/clip.fixture';
import { h264Clip, RtspCamera } from '../cameras';
import { Answer, Api } from '../support/api';
import { ADMIN, PASSWORD, startTestClub, TestClub } from '../support/club';
import { openMatch } from '../support/open-match';
import { TestAppOptions } from '../support/test-app';
import { until } from '../support/until';
import { VideoShelf } from '../support/video-shelf';

/** Everybody who may call, in the order of the expectations in `route-table.ts`. */
export const CALLERS = [
  'anonymous',
  'disabled',
  'moved',
  'foreign player',
  'foreign admin',
  'other player',
  'participant',
  'owner',
  'admin',
  'operator',
] as const;
export type Caller = (typeof CALLERS)[number];

/** Those who are signed in with a club, and not this one. */
export const FOREIGN: readonly Caller[] = ['foreign player', 'foreign admin'];

/** A PNG of one pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPj/HwADBwIAMCbHYQAAAABJRU5ErkJggg==',
  'base64',
);
const CLIP = { width: 320, height: 180, fps: 25, seconds: 4, gopSeconds: 1 };

interface Angled {
  readonly angles: readonly { readonly session_id: string }[];
}

interface Person {
  readonly id: number;
  readonly email: string;
  readonly api: Api;
}

/**
 * Two clubs, and everybody there is about a match in one of them: its owner, a player who takes part, one who does not, the
 * desk, the other club's, the operator; somebody whose account was disabled and somebody who was taken out of the club after
 * they had got their tokens. One session of the first club is open and recorded, from two angles; one court is free, videos are
 * on a shelf.
 */
export class TwoClubs {
  private kept: string | null = null;
  private buttonCourt: number | null = null;

  private constructor(
    readonly club: TestClub,
    readonly camera: RtspCamera,
    readonly foreignClubId: number,
    private readonly people: Readonly<Record<Exclude<Caller, 'anonymous'>, Person>>,
    readonly courtId: number,
    readonly freeCourtId: number,
    readonly sessionId: string,
    /** The session of the match's second camera. */
    readonly angleId: string,
    readonly shelf: VideoShelf,
    private readonly nobody: Api,
  ) {}

  static async open(options: TestAppOptions = {}): Promise<TwoClubs> {
    const camera = new RtspCamera({ clip: await h264Clip(CLIP) });
    await camera.start();
    const club = await startTestClub({ ...options, env: { MAX_SESSIONS: '30', ...options.env } });
    const { operator, desk, clubId, service } = club;
    const other = await operator.post<{ id: number }>('/api/clubs', { name: 'Padel Sud', time_zone: 'Europe/Paris' });
    const join = async (email: string, role: string, where: number): Promise<Person> => {
      const body = { email, name: email.split('@')[0], password: PASSWORD, role };
      const made = await operator.post<{ id: number }>(`/api/clubs/${where}/users`, body);
      if (made.status !== 201) throw new Error(`user not made: ${made.text}`);
      return { id: made.body.id, email, api: await Api.signedIn(service.url, email, PASSWORD) };
    };
    const people = {
      disabled: await join('disabled@padelvar.test', 'PLAYER', clubId),
      moved: await join('moved@padelvar.test', 'PLAYER', clubId),
      'foreign player': await join('foreign.player@padelvar.test', 'PLAYER', other.body.id),
      'foreign admin': await join('foreign.admin@padelvar.test', 'CLUB_ADMIN', other.body.id),
      'other player': { id: club.ids.other, email: 'other@padelvar.test', api: club.other },
      participant: await join('participant@padelvar.test', 'PLAYER', clubId),
      owner: { id: club.ids.player, email: 'player@padelvar.test', api: club.player },
      admin: { id: club.ids.desk, email: 'desk@padelvar.test', api: desk },
      operator: { id: (await operator.get<{ id: number }>('/api/auth/me')).body.id, email: ADMIN.email, api: operator },
    };
    const courtId = await club.addCourt('Court 1', camera.url);
    const freeCourtId = await club.addCourt('Court 2', camera.url);
    await expectOk(desk.post(`/api/terrains/${courtId}/cameras`, { camera_url: camera.url, name: 'Back wall' }));
    const body = { terrain_id: courtId, player_ids: [people.participant.id, people.disabled.id, people.moved.id] };
    const opened = await club.player.post<{ session: { session_id: string } }>('/api/video/session/create', body);
    if (opened.status !== 201) throw new Error(`no session: ${opened.text}`);
    const { session_id: sessionId } = opened.body.session;
    const started = await club.player.post('/api/video/record/start', { session_id: sessionId });
    if (started.status !== 201) throw new Error(`no recording: ${started.text}`);
    const angleId = await until(async () => {
      const { body: now } = await club.player.get<{ session: Angled }>(`/api/video/session/${sessionId}`);
      return now.session.angles[0]?.session_id;
    });
    for (const id of [sessionId, angleId]) {
      const playlist = `/api/preview/${id}/review.m3u8`;
      await until(async () => (await club.player.bytes(playlist)).response.status === 200);
    }
    const shelf = await VideoShelf.of(service, operator, clubId);
    const world = new TwoClubs(
      club,
      camera,
      other.body.id,
      people,
      courtId,
      freeCourtId,
      sessionId,
      angleId,
      shelf,
      new Api(service.url),
    );
    await expectOk(desk.patch(`/api/users/${people.disabled.id}`, { disabled: true }));
    await expectOk(desk.delete(`/api/users/${people.moved.id}?club_id=${clubId}`));
    return world;
  }

  api(caller: Caller): Api {
    return caller === 'anonymous' ? this.nobody : this.people[caller].api;
  }

  person(caller: Exclude<Caller, 'anonymous'>): Person {
    return this.people[caller];
  }

  get clubId(): number {
    return this.club.clubId;
  }

  /** A marker of the desk's in the open session. */
  async marker(): Promise<number> {
    const body = { session_id: this.sessionId, kind: 'dispute', at_seconds: 0 };
    const {
      status,
      text,
      body: made,
    } = await this.club.desk.post<{ marker: { id: number } }>('/api/video/markers', body);
    if (status !== 201) throw new Error(`not marked: ${text}`);
    return made.marker.id;
  }

  /** A highlight of the desk's in the open session that is made. @param anew not the one of before */
  async highlight(anew = false): Promise<string> {
    if (this.kept !== null && !anew) return this.kept;
    const body = { session_id: this.sessionId, start_seconds: 0, end_seconds: 1 };
    const { desk } = this.club;
    const made = await desk.post<{ highlight: { id: string } }>('/api/video/highlights', body);
    if (made.status !== 202) throw new Error(`no highlight: ${made.text}`);
    const { id } = made.body.highlight;
    await until(async () => {
      const { body: now } = await desk.get<{ highlight: { status: string } }>(`/api/video/highlights/${id}`);
      return now.highlight.status === 'ready';
    });
    if (!anew) this.kept = id;
    return id;
  }

  /** The key of the button at a court on which nobody plays. */
  async buttonKey(): Promise<string> {
    this.buttonCourt ??= await this.club.addCourt('Court with a button', this.camera.url);
    const path = `/api/clubs/${this.clubId}/terrains/${this.buttonCourt}/button-key`;
    const made = await this.club.desk.post<{ key: string }>(path);
    if (made.status !== 201) throw new Error(`no key: ${made.text}`);
    return made.body.key;
  }

  /** A piece of background work of the club's that nobody does. */
  async job(): Promise<string> {
    const startAfter = new Date(Date.now() + 86_400_000);
    const kind = { name: 'nothing', retries: 0, backoffSeconds: 0, expireSeconds: 60, atOnce: 1 };
    return this.club.service.app.get(Jobs).enqueue(kind, { clubId: this.clubId }, { startAfter });
  }

  /** A link of the desk's to a video of the owner's. @returns its id and its path */
  async share(): Promise<{ id: number; path: string }> {
    const asked = await this.club.desk.post<{ share: { id: number; url: string } }>('/api/video/shares', {
      session_id: await this.film(),
    });
    if (asked.status !== 201) throw new Error(`not shared: ${asked.text}`);
    const { id, url } = asked.body.share;
    return { id, path: new URL(url).pathname };
  }

  /** Gives the club a logo. */
  async logo(): Promise<void> {
    const { status } = await fetch(`${this.club.service.url}/api/clubs/${this.clubId}/logo`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${this.club.desk.token}`, 'content-type': 'image/png' },
      body: new Uint8Array(PIXEL),
    });
    if (status !== 204) throw new Error(`no logo: ${status}`);
  }

  /** A booking of the owner's that the desk made, with the participant in it, on a court of its own. */
  async booking(): Promise<number> {
    const starts = Date.now() + 2 * 86_400_000;
    const body = {
      terrain_id: await this.newCourt(),
      starts_at: new Date(starts).toISOString(),
      ends_at: new Date(starts + 5_400_000).toISOString(),
      owner_id: this.people.owner.id,
      player_ids: [this.people.participant.id],
    };
    const made = await this.club.desk.post<{ booking: { id: number } }>(`/api/clubs/${this.clubId}/bookings`, body);
    if (made.status !== 201) throw new Error(`not booked: ${made.text}`);
    return made.body.booking.id;
  }

  /** The club's one webhook. */
  async webhook(): Promise<number> {
    const path = `/api/clubs/${this.clubId}/webhooks`;
    // Each caller has it anew, and a club may have but so many.
    const known = await this.club.desk.get<{ webhooks: { id: number }[] }>(path);
    for (const { id } of known.body.webhooks) await this.club.desk.delete(`${path}/${id}`);
    const body = { url: 'http://127.0.0.1:1/', events: ['recording.ready'] };
    const made = await this.club.desk.post<{ webhook: { id: number } }>(path, body);
    if (made.status !== 201) throw new Error(`no webhook: ${made.text}`);
    return made.body.webhook.id;
  }

  /** A video of the owner's, with the participant in it. */
  async video(): Promise<string> {
    const id = await this.shelf.put();
    for (const table of ['camera_sessions', 'recordings', 'videos']) {
      const key = table === 'camera_sessions' ? 'id' : 'session_id';
      await this.shelf.sql(`UPDATE ${table} SET user_id = $2 WHERE ${key} = $1`, [id, this.people.owner.id]);
    }
    await this.shelf.sql('INSERT INTO session_players (session_id, user_id) VALUES ($1, $2)', [
      id,
      this.people.participant.id,
    ]);
    return id;
  }

  /** {@link video} whose file is one that can be played. */
  async film(): Promise<string> {
    const id = await this.video();
    const drawn = join(this.club.service.root, 'film.mp4');
    if (!existsSync(drawn)) drawFilm(drawn, { seconds: 1 });
    copyFileSync(drawn, this.shelf.path(`${this.clubId}/${id}.mp4`));
    return id;
  }

  /** An open session of the desk's, without a camera. @returns the code by which one joins it */
  async joinCode(): Promise<string> {
    const place = { clubId: this.clubId, courtId: await this.newCourt(), ownerId: this.club.ids.desk };
    return (await openMatch((text, values) => this.shelf.sql(text, values), place)).code;
  }

  /** Somebody new in the club. */
  async newcomer(): Promise<number> {
    const email = `newcomer.${Math.trunc(performance.now() * 1000)}@padelvar.test`;
    const body = { email, name: 'Newcomer', password: PASSWORD, role: 'PLAYER' };
    const made = await this.club.desk.post<{ id: number }>(`/api/clubs/${this.clubId}/users`, body);
    return made.body.id;
  }

  /** One more sign-in of somebody. @returns its id */
  async signIn(caller: Exclude<Caller, 'anonymous'>): Promise<string> {
    const { email, id } = this.people[caller];
    await Api.signedIn(this.club.service.url, email, PASSWORD);
    const [newest] = await this.shelf.sql<{ id: string }>(
      'SELECT id FROM sign_ins WHERE user_id = $1 ORDER BY created_at DESC LIMIT 1',
      [id],
    );
    return newest?.id ?? '';
  }

  /** A court nobody plays on. */
  newCourt(): Promise<number> {
    return this.club.addCourt(`Court ${Math.trunc(performance.now() * 1000)}`, 'rtsp://127.0.0.1:1/nothing');
  }

  /** A court with two cameras, on which nobody plays. */
  async twoCameras(): Promise<number> {
    const courtId = await this.newCourt();
    await expectOk(this.club.desk.post(`/api/terrains/${courtId}/cameras`, { camera_url: 'rtsp://127.0.0.1:1/other' }));
    return courtId;
  }

  /** A {@link film} that has an angle. @returns the angle */
  async filmedAngle(): Promise<string> {
    const match = await this.film();
    const angle = await this.film();
    await this.shelf.sql('DELETE FROM session_players WHERE session_id = $1', [angle]);
    await this.shelf.sql('UPDATE camera_sessions SET angle_of = $2, camera_position = 1 WHERE id = $1', [angle, match]);
    await this.shelf.sql('UPDATE recordings SET camera_position = 1 WHERE session_id = $1', [angle]);
    await this.shelf.sql('UPDATE videos SET angle_of = $2 WHERE session_id = $1', [angle, match]);
    return angle;
  }

  async close(): Promise<void> {
    await this.club.close();
    await this.camera.stop();
  }
}

async function expectOk(answer: Promise<Answer<unknown>>): Promise<void> {
  const { status, text } = await answer;
  if (status >= 300) throw new Error(text);
}
