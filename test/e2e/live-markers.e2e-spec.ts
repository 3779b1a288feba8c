import { h264Clip, monotonic, RtspCamera } from '../cameras';
import { pictures } from '../faults/film';
import { Api } from '../support/api';
import { PASSWORD, startTestClub, TestClub } from '../support/club';
import { Courtside } from '../support/courtside';
import { LiveClient, LiveMessage } from '../support/live-client';

const MARKERS = '/api/video/markers';

interface Marker {
  readonly id: number;
  readonly kind: string;
  readonly text: string | null;
}

describe('markers told over the WebSocket', () => {
  let club: TestClub;
  let desk: Courtside;
  let camera: RtspCamera;
  let court: number;
  let other: number;
  let match: string;
  const clients: LiveClient[] = [];

  beforeAll(async () => {
    club = await startTestClub();
    desk = new Courtside(club.desk, club.clubId);
    camera = new RtspCamera({ clip: await h264Clip({ width: 320, height: 180, seconds: 4, bitrate: 400_000 }) });
    await camera.start();
    court = await club.addCourt('Court 1', camera.url);
    other = await club.addCourt('Court 2', camera.url);
    match = await record(club.player);
    await pictures(camera, 25);
  });

  afterEach(() => {
    for (const client of clients.splice(0)) client.hangUp();
  });

  afterAll(async () => {
    await club?.close();
    await camera?.stop();
  });

  /** A match of somebody's on Court 1, being recorded. */
  async function record(api: Api): Promise<string> {
    const opened = await api.post<{ session: { session_id: string } }>('/api/video/session/create', {
      terrain_id: court,
    });
    const id = opened.body.session.session_id;
    expect((await api.post('/api/video/record/start', { session_id: id })).status).toBe(201);
    return id;
  }

  async function watch(api: Api, sessionId = match, stream = 1): Promise<LiveClient> {
    const client = await LiveClient.open(club.service.url, api);
    clients.push(client);
    expect((await client.subscribe(stream, sessionId, 'tile')).type).toBe('subscribed');
    return client;
  }

  const isMarker = ({ type }: LiveMessage): boolean => type === 'marker';

  async function mark(api: Api, more: object = {}): Promise<Marker> {
    const body = { session_id: match, kind: 'highlight', seconds_ago: 0, ...more };
    const made = await api.post<{ marker: Marker }>(MARKERS, body);
    expect(made.status).toBe(201);
    return made.body.marker;
  }

  /** All that was said to a viewer up to now. */
  async function heard(client: LiveClient): Promise<LiveMessage[]> {
    const pong = client.next(({ type }) => type === 'pong');
    client.say({ type: 'ping', at: 1 });
    await pong;
    return client.messages.filter(isMarker);
  }

  it('reach everybody who watches the match: made, changed, taken away', async () => {
    await club.player.post('/api/video/session/players/add', { session_id: match, email: 'other@padelvar.test' });
    const viewers = await Promise.all([club.player, club.other, club.desk, club.operator].map((api) => watch(api)));
    const told = (): Promise<LiveMessage[]> => Promise.all(viewers.map((viewer) => viewer.next(isMarker)));
    const once = (marker: unknown, id: number): LiveMessage[] =>
      viewers.map(() => ({ type: 'marker', stream: 1, marker_id: id, marker }));

    let next = told();
    const began = monotonic();
    const made = await mark(club.other, { text: 'Bajada' });
    expect(await next).toEqual(once(made, made.id));
    expect(monotonic() - began).toBeLessThan(1_000);

    next = told();
    const changed = await club.player.patch<{ marker: Marker }>(`${MARKERS}/${made.id}`, { kind: 'point', text: null });
    expect(changed.body.marker).toMatchObject({ kind: 'point', text: null });
    expect(await next).toEqual(once(changed.body.marker, made.id));

    next = told();
    expect((await club.other.delete(`${MARKERS}/${made.id}`)).status).toBe(204);
    expect(await next).toEqual(once(null, made.id));
  });

  it('come in the order of the changes, however fast', async () => {
    const viewer = await watch(club.desk);
    const { id } = await mark(club.player);
    const words = Array.from({ length: 12 }, (_, i) => `word ${i}`);
    await Promise.all(words.map((text) => club.player.patch(`${MARKERS}/${id}`, { text })));
    const { body } = await club.desk.get<{ markers: Marker[] }>(`${MARKERS}?session_id=${match}`);
    const said = (await heard(viewer)).map(({ marker }) => (marker as Marker).text);
    expect([...said].sort()).toEqual([null, ...words].sort());
    expect(said.at(-1)).toBe(body.markers.find((marker) => marker.id === id)?.text);
    await club.player.delete(`${MARKERS}/${id}`);
  });

  it('are not told to who may not see the match: others of the club, other clubs, who was taken out of it a moment ago', async () => {
    const stranger = await club.addUser('stranger@padelvar.test', 'PLAYER');
    const elsewhere = await club.operator.post<{ id: number }>('/api/clubs', { name: 'Padel Sud' });
    const foreign = { email: 'sud@padelvar.test', name: 'Sud', password: PASSWORD, role: 'CLUB_ADMIN' };
    expect((await club.operator.post(`/api/clubs/${elsewhere.body.id}/users`, foreign)).status).toBe(201);
    const sud = await Api.signedIn(club.service.url, foreign.email, PASSWORD);
    const opened = await stranger.api.post<{ session: { session_id: string } }>('/api/video/session/create', {
      terrain_id: other,
    });
    const own = await watch(stranger.api, opened.body.session.session_id);
    const outside = await LiveClient.open(club.service.url, sud);
    clients.push(outside);
    for (const client of [own, outside]) {
      expect(await client.subscribe(2, match, 'tile')).toMatchObject({ type: 'error', code: 'not_found' });
    }

    // Out of the match, and a word at once: sooner than the look of every few seconds.
    const taken = await watch(club.other);
    const stays = await watch(club.player);
    const removed = { session_id: match, user_id: club.ids.other };
    expect((await club.player.post('/api/video/session/players/remove', removed)).status).toBe(200);
    const next = stays.next(isMarker);
    const { id } = await mark(club.player, { text: 'Not for everybody' });
    expect(await next).toMatchObject({ marker_id: id });
    expect(await taken.hears('ended', 1)).toMatchObject({ reason: 'withdrawn' });
    for (const client of [taken, own, outside]) expect(await heard(client)).toEqual([]);
    await stranger.api.post('/api/video/session/close', { session_id: opened.body.session.session_id });
  });

  it('are told to be gone with the account that made them', async () => {
    const { api } = await club.addUser('leaver@padelvar.test', 'PLAYER');
    await club.player.post('/api/video/session/players/add', { session_id: match, email: 'leaver@padelvar.test' });
    const { id } = await mark(api);
    const viewer = await watch(club.desk);
    const next = viewer.next(isMarker);
    const erased = await api.post('/api/auth/me/erase', { password: PASSWORD, keep_videos: true });
    expect(erased.status).toBe(200);
    expect(await next).toEqual({ type: 'marker', stream: 1, marker_id: id, marker: null });
  });

  it('are told to be gone with the video, while the session is still open', async () => {
    const { id } = await mark(club.player);
    await desk.stop(match);
    const viewer = await watch(club.player);
    const next = viewer.next((message) => isMarker(message) && message.marker_id === id);
    expect((await desk.remove(match)).status).toBeLessThan(300);
    expect(await next).toMatchObject({ marker: null });
  });
});
