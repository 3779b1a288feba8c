import { once } from 'node:events';
import { get, IncomingMessage } from 'node:http';
import { Api } from '../support/api';
import { PASSWORD } from '../support/club';
import { LiveClient } from '../support/live-client';
import { Caller, CALLERS, TwoClubs } from './two-clubs';

interface MediaUrl {
  readonly id: string;
  readonly url: string;
  readonly expires_at: string;
}

const PURPOSES = {
  preview: 'stream.mjpeg',
  snapshot: 'snapshot.jpg',
  play: 'review.m3u8',
  download: 'video.mp4',
} as const;
type Purpose = keyof typeof PURPOSES;

describe('doors for media', () => {
  let world: TwoClubs;

  beforeAll(async () => {
    world = await TwoClubs.open();
  });

  afterAll(() => world?.close());

  async function issue(purpose: Purpose, sessionId = world.sessionId, api = world.api('owner')): Promise<MediaUrl> {
    const answer = await api.post<MediaUrl>('/api/video/media-url', { session_id: sessionId, purpose });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    return answer.body;
  }

  /** Only the head of the answer; the connection is cut then. */
  function knock(url: string, headers: Record<string, string> = {}): Promise<number> {
    return new Promise((resolve, reject) => {
      const request = get(url, { headers, agent: false }, (response) => {
        resolve(response.statusCode ?? 0);
        request.destroy();
      });
      request.on('error', reject);
    });
  }

  describe('a media URL', () => {
    it.each(Object.keys(PURPOSES) as Purpose[])('opens its session for %s, and nothing else', async (purpose) => {
      const sessionId = purpose === 'download' ? await world.video() : world.sessionId;
      const { url } = await issue(purpose, sessionId);
      expect(await knock(url)).toBe(200);
      const base = url.slice(0, url.lastIndexOf('/'));
      for (const [other, file] of Object.entries(PURPOSES)) {
        // The finished file is another way to play the match; there is none yet.
        const status = purpose === 'play' && other === 'download' ? 404 : 401;
        if (other !== purpose) expect({ file, status: await knock(`${base}/${file}`) }).toEqual({ file, status });
      }
      const elsewhere = purpose === 'download' ? world.sessionId : await world.video();
      expect(await knock(url.replace(sessionId, elsewhere))).toBe(401);
      const path = url.split('/').slice(0, -1).join('/');
      for (const wrong of ['', '/', '/info', '/../info', '/review/1/init.mp4.js']) {
        expect([401, 404]).toContain(await knock(`${path}${wrong}`));
      }
    });

    it('plays a match with everything that its playlist names', async () => {
      const { url } = await issue('play');
      const playlist = await (await fetch(url)).text();
      const [, init = ''] = /URI="([^"]+)"/.exec(playlist) ?? [];
      const [media = ''] = playlist.split('\n').filter((line) => line.endsWith('media.mp4'));
      for (const name of [init, media]) {
        const piece = await fetch(new URL(name, url), { headers: { range: 'bytes=0-99' } });
        expect([200, 206]).toContain(piece.status);
        expect((await piece.arrayBuffer()).byteLength).toBeGreaterThan(0);
      }
    });

    it('is worth nothing with another word, another method, or a word of another kind', async () => {
      const { url } = await issue('snapshot');
      const token = url.split('/').at(-2) as string;
      const edited = `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`;
      expect(await knock(url.replace(token, edited))).toBe(401);
      expect((await fetch(url, { method: 'POST' })).status).toBe(404);
      expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
      const { token: access = '' } = world.api('owner');
      expect(await knock(url.replace(token, access.slice(-43)))).toBe(401);
      expect(await knock(`${world.club.service.url}/api/preview/${world.sessionId}/snapshot.jpg?token=${token}`)).toBe(
        401,
      );
    });

    it('ends when it is taken back, and what is read through it too', async () => {
      const { id, url } = await issue('preview');
      const [response] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage];
      response.resume().on('error', () => undefined);
      const ended = once(response, 'close');
      expect((await world.api('owner').delete(`/api/video/media-url/${id}`)).status).toBe(204);
      expect((await world.api('owner').delete(`/api/video/media-url/${id}`)).status).toBe(404);
      expect(await knock(url)).toBe(401);
      await ended;
    });

    it('has its line in the audit log, without the word that opens it', async () => {
      const { url } = await issue('play');
      const trail = await world.shelf.trail(world.sessionId);
      expect(trail.at(-1)).toEqual({
        action: 'session.media_url',
        club_id: world.clubId,
        details: { purpose: 'play', minutes: 360 },
      });
      expect(JSON.stringify(trail)).not.toContain(url.split('/').at(-2));
    });

    it('ends with its time', async () => {
      const { id, url } = await issue('snapshot');
      await world.shelf.sql(`UPDATE media_urls SET expires_at = now() - interval '1 second' WHERE id = $1`, [id]);
      expect(await knock(url)).toBe(401);
    });

    it('ends with the sign-in it was made in', async () => {
      const api = new Api(world.club.service.url);
      const login = { email: world.person('owner').email, password: PASSWORD };
      const { body } = await api.post<{ access_token: string; refresh_token: string }>('/api/auth/login', login);
      api.token = body.access_token;
      const { url } = await issue('snapshot', world.sessionId, api);
      expect(await knock(url)).toBe(200);
      expect((await api.post('/api/auth/logout', { refresh_token: body.refresh_token })).status).toBe(204);
      expect(await knock(url)).toBe(401);
    });

    it.each(['foreign player', 'foreign admin', 'other player'] as const)('is not made for a %s', async (caller) => {
      const body = { session_id: world.sessionId, purpose: 'play' };
      expect((await world.api(caller).post('/api/video/media-url', body)).status).toBe(404);
    });

    it.each([
      [{ purpose: 'play' }],
      [{ session_id: 'x', purpose: 'play' }],
      [{ purpose: 'admin' }],
      [{ purpose: ['play'] }],
      [{ purpose: 'play', expires_in_minutes: 0 }],
      [{ purpose: 'play', expires_in_minutes: 1441 }],
      [{ purpose: 'play', expires_in_minutes: '60' }],
    ])('is not made of %j', async (body) => {
      const named =
        'session_id' in body || Object.keys(body).length === 1 ? body : { session_id: world.sessionId, ...body };
      expect((await world.api('owner').post('/api/video/media-url', named)).status).toBe(400);
    });

    it('takes the place of the oldest when there are many', async () => {
      const first = await issue('snapshot');
      for (let i = 0; i < 100; i++) await issue('snapshot');
      expect(await knock(first.url)).toBe(401);
    });
  });

  describe('a thumbnail', () => {
    /** Of a new sign-in; and how that ends. */
    async function cookieOf(
      caller: Exclude<Caller, 'anonymous'>,
    ): Promise<{ cookie: string; signOut: () => Promise<unknown> }> {
      const login = await fetch(`${world.club.service.url}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: world.person(caller).email, password: PASSWORD }),
      });
      const cookies = login.headers.getSetCookie().map((cookie) => cookie.split(';')[0] as string);
      const { access_token: access, refresh_token } = (await login.json()) as Record<string, string>;
      const api = new Api(world.club.service.url);
      api.token = access;
      const cookie = cookies.find((one) => one.startsWith('padelvar_media')) as string;
      return { cookie, signOut: () => api.post('/api/auth/logout', { refresh_token }) };
    }

    const thumbnail = (id: string): string => `${world.club.service.url}/api/video/files/${id}/thumbnail.jpg`;

    it.each([
      ['owner', 200],
      ['participant', 200],
      ['admin', 200],
      ['other player', 404],
      ['foreign player', 404],
      ['foreign admin', 404],
    ] as const)('is opened by the media cookie of whoever may see the video: %s, %d', async (caller, status) => {
      const { cookie } = await cookieOf(caller);
      const headers = { cookie };
      const url = thumbnail(await world.film());
      expect(await knock(url, headers)).toBe(status);
      expect((await fetch(url, { method: 'HEAD', headers })).status).toBe(status);
    });

    it('is not opened by a cookie whose sign-in is over, beside a bad token, or for another method', async () => {
      const url = thumbnail(await world.film());
      const { cookie, signOut } = await cookieOf('participant');
      expect(await knock(url, { cookie, authorization: 'Bearer x' })).toBe(401);
      for (const method of ['POST', 'DELETE']) {
        expect([401, 404]).toContain((await fetch(url, { method, headers: { cookie } })).status);
      }
      expect(await knock(url, { cookie })).toBe(200);
      await signOut();
      expect(await knock(url, { cookie })).toBe(401);
    });

    it('is behind no media URL', async () => {
      const id = await world.film();
      for (const purpose of ['download', 'play', 'snapshot'] as const) {
        const { url } = await issue(purpose, id);
        expect([401, 404]).toContain(await knock(url.replace(/[^/]+$/, 'thumbnail.jpg')));
      }
    });

    it('is gone for who is taken out of the match, though their browser has it', async () => {
      const id = await world.film();
      const { cookie } = await cookieOf('participant');
      const response = await fetch(thumbnail(id), { headers: { cookie } });
      const etag = response.headers.get('etag') as string;
      expect(response.headers.get('cache-control')).toBe('private, no-cache');
      await world.shelf.sql('DELETE FROM session_players WHERE session_id = $1', [id]);
      expect(await knock(thumbnail(id), { cookie, 'if-none-match': etag })).toBe(404);
    });
  });

  describe('the WebSocket', () => {
    const may: Readonly<Record<Caller, 'no ticket' | 'not_found' | 'subscribed'>> = {
      anonymous: 'no ticket',
      disabled: 'no ticket',
      moved: 'no ticket',
      'foreign player': 'not_found',
      'foreign admin': 'not_found',
      'other player': 'not_found',
      participant: 'subscribed',
      owner: 'subscribed',
      admin: 'subscribed',
      operator: 'subscribed',
    };

    it.each(CALLERS)('lets in whom it should: %s', async (caller) => {
      const asked = await world.api(caller).post<{ ticket?: string }>('/api/preview/ticket');
      if (may[caller] === 'no ticket') return expect(asked.status).toBe(401);
      const client = await LiveClient.open(world.club.service.url, world.api(caller));
      const answer = await client.subscribe(1, world.sessionId);
      expect(answer.type === 'error' ? answer.code : answer.type).toBe(may[caller]);
      client.hangUp();
    });
  });
});
