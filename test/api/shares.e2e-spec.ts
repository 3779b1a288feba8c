import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VideoTurns } from '../../src/files/video-turns';
import { drawFilm } from '../../src/media/fmp4/clip.fixture';
import { readJpegSize } from '../../src/media/jpeg';
import { MOST_SHARES, SharesService } from '../../src/shares/shares.service';
import { Visitors } from '../../src/shares/visitors';
import { Answer, Api } from '../support/api';
import { PASSWORD, startTestClub, TestClub } from '../support/club';
import { leaveBeforeTheAnswer } from '../support/early-leaver';
import { until } from '../support/until';
import { VideoShelf } from '../support/video-shelf';

interface Share {
  readonly id: number;
  readonly session_id: string;
  readonly state: string;
  readonly url: string;
  readonly passphrase: boolean;
  readonly allow_download: boolean;
  readonly views: number;
  readonly downloads: number;
  readonly author: { readonly id: number; readonly name: string };
  readonly expires_at: string;
  readonly revoked_at: string | null;
}
interface Body {
  readonly share?: Share;
  readonly shares?: Share[];
  readonly count?: number;
  readonly next_cursor?: string;
  readonly code?: string;
  readonly errors?: { readonly field: string }[];
}

const SHARES = '/api/video/shares';
const HOUR_MS = 3_600_000;
const NEVER = new AbortController().signal;
const PAGE = { accept: 'text/html' };

describe('shares', () => {
  let folder: string;
  let film: string;
  let club: TestClub;
  let shelf: VideoShelf;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'padelvar-shares-'));
    film = join(folder, 'film.mp4');
    drawFilm(film, { seconds: 2 });
    club = await startTestClub();
    shelf = await VideoShelf.of(club.service, club.operator, club.clubId);
  });

  afterAll(async () => {
    await club?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A match of the player's with the other one in it; its file is the film. */
  async function match(): Promise<string> {
    const id = await shelf.put();
    copyFileSync(film, shelf.path(`${club.clubId}/${id}.mp4`));
    for (const table of ['recordings', 'videos']) {
      await shelf.sql(`UPDATE ${table} SET user_id = $2 WHERE session_id = $1`, [id, club.ids.player]);
    }
    await shelf.sql('UPDATE camera_sessions SET user_id = $2 WHERE id = $1', [id, club.ids.player]);
    await shelf.sql('INSERT INTO session_players (session_id, user_id) VALUES ($1, $2)', [id, club.ids.other]);
    return id;
  }

  const share = (api: Api, id: string, more: object = {}): Promise<Answer<Body>> =>
    api.post(SHARES, { session_id: id, ...more });
  async function made(api: Api, id: string, more: object = {}): Promise<Share> {
    const { status, body, text } = await share(api, id, more);
    if (status !== 201 || !body.share) throw new Error(text);
    return body.share;
  }
  const list = (api: Api, id: string, more = ''): Promise<Answer<Body>> => api.get(`${SHARES}?session_id=${id}${more}`);
  const listed = async (id: string): Promise<Share> => (await list(club.desk, id)).body.shares?.[0] as Share;
  const codeOf = ({ status, body }: Answer<Body>): unknown[] => [status, body.code];

  interface Seen {
    readonly status: number;
    readonly headers: Headers;
    readonly text: string;
    readonly bytes: Buffer;
    readonly cookies: string;
  }
  async function see(url: string, headers: Record<string, string> = {}, init: RequestInit = {}): Promise<Seen> {
    const response = await fetch(url, { ...init, headers });
    const bytes = Buffer.from(await response.arrayBuffer());
    const cookies = response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0] as string)
      .join('; ');
    return { status: response.status, headers: response.headers, text: bytes.toString('utf8'), bytes, cookies };
  }
  /** By hand: fetch wants no answer from a cache. */
  function askAgain(url: string, etag: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const request = get(url, { agent: false, headers: { 'if-none-match': etag } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', reject);
    });
  }
  const open = (url: string, passphrase: unknown): Promise<Seen> =>
    see(
      `${url}/open`,
      { 'content-type': 'application/json' },
      { method: 'POST', body: JSON.stringify({ passphrase }) },
    );
  const codeIn = ({ status, text }: Seen): unknown[] => [status, (JSON.parse(text) as { code?: string }).code];

  describe('are made', () => {
    it('by everybody of the match, for a week, and show it to anybody', async () => {
      const id = await match();
      for (const [api, userId] of [
        [club.player, club.ids.player],
        [club.other, club.ids.other],
        [club.desk, club.ids.desk],
      ] as const) {
        const answer = await share(api, id);
        expect(answer.status).toBe(201);
        expect(answer.headers.get('cache-control')).toBe('no-store');
        const { url, expires_at, ...rest } = answer.body.share as Share;
        expect(url).toMatch(new RegExp(`^${club.service.url}/s/[A-Za-z0-9_-]{43}$`));
        expect(Math.abs(Date.parse(expires_at) - Date.now() - 7 * 24 * HOUR_MS)).toBeLessThan(60_000);
        expect(rest).toMatchObject({ session_id: id, state: 'live', passphrase: false, allow_download: true });
        expect([rest.views, rest.downloads, rest.revoked_at, rest.author.id]).toEqual([0, 0, null, userId]);
        expect((await see(url, PAGE)).status).toBe(200);
      }
    });

    it('for nobody else', async () => {
      const id = await match();
      const stranger = (await club.addUser('stranger@padelvar.test', 'PLAYER')).api;
      expect(codeOf(await share(stranger, id))).toEqual([404, 'not_found']);
      expect(codeOf(await list(stranger, id))).toEqual([404, 'not_found']);
      expect((await share(new Api(club.service.url), id)).status).toBe(401);
    });

    it.each([
      ['an hour too few', { expires_in_hours: 0 }, 'expires_in_hours'],
      ['more than a year', { expires_in_hours: 8_761 }, 'expires_in_hours'],
      ['half an hour', { expires_in_hours: 0.5 }, 'expires_in_hours'],
      ['a short pass-phrase', { passphrase: 'abc' }, 'passphrase'],
      ['a long pass-phrase', { passphrase: 'x'.repeat(129) }, 'passphrase'],
      ['no pass-phrase', { passphrase: null }, 'passphrase'],
      ['yes in words', { allow_download: 'yes' }, 'allow_download'],
      ['a word of their own', { token: 'x' }, 'token'],
    ])('not with %s', async (_name, more, field) => {
      const answer = await share(club.player, '5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55', more);
      const fields = new Set(answer.body.errors?.map((error) => error.field));
      expect([answer.status, [...fields]]).toEqual([400, [field]]);
    });

    it('of one thing', async () => {
      const id = '5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55';
      for (const body of [{}, { session_id: id, highlight_id: id }]) {
        const { status, body: problem } = await club.player.post<Body>(SHARES, body);
        expect([status, problem.errors?.map(({ field }) => field)]).toEqual([400, ['session_id', 'highlight_id']]);
      }
    });

    it('of a finished video only', async () => {
      const id = await match();
      await club.desk.delete(`/api/video/files/${id}/delete`);
      expect(codeOf(await share(club.player, id))).toEqual([404, 'not_found']);
    });

    it('up to a limit, also by many at once', async () => {
      const id = await match();
      await shelf.sql(
        `INSERT INTO shares (hash, session_id, club_id, author_id, allow_download, expires_at)
         SELECT sha256(convert_to($1 || n, 'UTF8')), $1::uuid, $2, $3, true, now() + interval '1 day'
           FROM generate_series(1, $4::integer) n`,
        [id, club.clubId, club.ids.player, MOST_SHARES - 1],
      );
      const answers = await Promise.all(Array.from({ length: 4 }, () => share(club.player, id)));
      expect(answers.map(codeOf).sort()).toEqual([
        [201, undefined],
        [409, 'share_limit'],
        [409, 'share_limit'],
        [409, 'share_limit'],
      ]);
      const first = answers.find(({ status }) => status === 201)?.body.share as Share;
      expect((await club.player.delete(`${SHARES}/${first.id}`)).status).toBe(204);
      expect((await share(club.player, id)).status).toBe(201);
    });

    it('with a line in the audit log, and nothing of the link or the pass-phrase anywhere', async () => {
      const id = await match();
      const { url, id: shareId } = await made(club.player, id, { passphrase: 'smash par trois' });
      await club.player.delete(`${SHARES}/${shareId}`);
      await club.player.delete(`${SHARES}/${shareId}`);
      expect(await shelf.trail(id)).toEqual([
        {
          action: 'share.created',
          club_id: club.clubId,
          details: { share_id: shareId, hours: 168, passphrase: true, allow_download: true, branded: false },
        },
        { action: 'share.revoked', club_id: club.clubId, details: { share_id: shareId } },
      ]);
      const token = url.split('/').at(-1) as string;
      for (const table of ['shares', 'audit_log']) {
        const text = JSON.stringify(await shelf.sql(`SELECT row_to_json(t)::text AS row FROM ${table} t`));
        expect(text).not.toContain(token);
        expect(text).not.toContain('smash');
      }
    });
  });

  it('are listed newest first, page by page', async () => {
    const id = await match();
    const ids = [await made(club.player, id), await made(club.other, id), await made(club.desk, id)].map(
      (one) => one.id,
    );
    const first = await list(club.other, id, '&limit=2');
    expect(first.body.shares?.map((one) => one.id)).toEqual([ids[2], ids[1]]);
    expect(first.body.shares?.every((one) => !('url' in one))).toBe(true);
    const second = await list(club.other, id, `&limit=2&cursor=${first.body.next_cursor}`);
    expect([second.body.shares?.map((one) => one.id), second.body.next_cursor]).toEqual([[ids[0]], undefined]);
  });

  it('are taken back by who made them, the owner and the admins', async () => {
    const id = await match();
    const byOther = await made(club.other, id);
    const byDesk = await made(club.desk, id);
    expect(codeOf(await club.other.delete(`${SHARES}/${byDesk.id}`))).toEqual([403, 'forbidden']);
    for (const [api, one] of [
      [club.other, byOther],
      [club.player, byDesk],
      [club.desk, await made(club.player, id)],
    ] as const) {
      expect((await api.delete(`${SHARES}/${one.id}`)).status).toBe(204);
      expect((await see(one.url, PAGE)).status).toBe(410);
      expect(codeIn(await see(`${one.url}/video.mp4`))).toEqual([410, 'share_ended']);
    }
    expect(codeOf(await club.desk.delete(`${SHARES}/2000000000`))).toEqual([404, 'not_found']);
  });

  describe('end', () => {
    const endings: [string, string, (id: string, one: Share) => Promise<unknown>][] = [
      [
        'with their time',
        'expired',
        (_, one) => shelf.sql(`UPDATE shares SET expires_at = now() - interval '1 second' WHERE id = $1`, [one.id]),
      ],
      ['with the video', 'gone', (id) => club.desk.delete(`/api/video/files/${id}/delete`)],
      [
        'while who made them is out of the match',
        'suspended',
        (id) => shelf.sql('DELETE FROM session_players WHERE session_id = $1', [id]),
      ],
    ];

    it.each(endings)('%s', async (_name, state, end) => {
      const id = await match();
      const one = await made(club.other, id);
      await end(id, one);
      const page = await see(one.url, PAGE);
      expect([page.status, page.headers.get('content-type')]).toEqual([410, 'text/html; charset=utf-8']);
      expect(page.text).not.toContain('Padel Nord');
      for (const path of ['', '/video.mp4', '/download', '/poster.jpg', '/card.jpg', '/logo.png']) {
        expect(codeIn(await see(`${one.url}${path}`))).toEqual([410, 'share_ended']);
      }
      expect(codeIn(await open(one.url, 'whatever'))).toEqual([410, 'share_ended']);
      expect((await listed(id)).state).toBe(state);
    });

    it('while the club shares nothing, and are good again when it does', async () => {
      const one = await made(club.player, await match());
      const change = (sharing: boolean) =>
        club.desk.patch<{ sharing_enabled: boolean }>(`/api/clubs/${club.clubId}`, { sharing_enabled: sharing });
      expect((await change(false)).body.sharing_enabled).toBe(false);
      expect((await see(one.url)).status).toBe(410);
      expect(codeOf(await share(club.player, one.session_id))).toEqual([403, 'sharing_disabled']);
      await change(true);
      expect((await see(one.url)).status).toBe(200);
    });

    it('for good some months later', async () => {
      const id = await match();
      const [old, young] = [await made(club.player, id), await made(club.player, id)];
      await shelf.sql(
        `UPDATE shares SET revoked_at = now() - make_interval(days => CASE id WHEN $1 THEN 91 ELSE 89 END)
          WHERE id IN ($1, $2)`,
        [old.id, young.id],
      );
      await club.service.app.get(SharesService).prune();
      expect((await list(club.player, id)).body.shares?.map((one) => one.id)).toEqual([young.id]);
      expect((await see(old.url)).status).toBe(404);
    });

    it('in the middle of what is being read', async () => {
      const id = await match();
      // More than sockets hold: whoever does not read on is still being sent it.
      const bytes = 60_000_000;
      shelf.write(`${club.clubId}/${id}.mp4`, bytes);
      const one = await made(club.player, id);
      const response = await fetch(`${one.url}/video.mp4`);
      const visitors = club.service.app.get(Visitors);
      expect(visitors.readers).toBe(1);
      expect((await club.player.delete(`${SHARES}/${one.id}`)).status).toBe(204);
      await until(() => visitors.readers === 0);
      await expect(response.arrayBuffer()).rejects.toThrow();
    });

    it('keeps no place for who left before the answer began', async () => {
      const id = await match();
      const { url } = await made(club.player, id);
      await leaveBeforeTheAnswer(club.service, id, `${url}/video.mp4`);
      await until(() => club.service.app.get(Visitors).readers === 0);
      // Nor does the file wait for them.
      const changed = club.service.app.get(VideoTurns).changing(id, () => Promise.resolve(true), NEVER);
      await expect(changed).resolves.toBe(true);
    });
  });

  describe('show', () => {
    it('a page that says what and when, and nobody’s name', async () => {
      const { url } = await made(club.player, await match());
      const { text, headers, status } = await see(url);
      expect(status).toBe(200);
      expect(headers.get('x-robots-tag')).toBe('noindex, nofollow');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cache-control')).toBe('no-store');
      const policy = headers.get('content-security-policy') as string;
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/unsafe|nonce|\*/);
      expect(text).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=/);
      expect(text).toContain('<h1>Old court</h1>');
      expect(text).toContain('Padel Nord');
      for (const name of ['player', 'other', 'desk', 'operator']) expect(text).not.toMatch(new RegExp(`>\\s*${name}`));
      for (const tag of [
        'property="og:title" content="Old court · Padel Nord"',
        `property="og:image" content="${url}/card.jpg"`,
        `property="og:video" content="${url}/video.mp4"`,
        'property="og:video:type" content="video/mp4"',
        'name="twitter:card" content="summary_large_image"',
      ]) {
        expect(text).toContain(tag);
      }
      // Its film has what its court recorded.
      expect(text).not.toContain('There is no sound');
      expect(text).not.toMatch(/<video[^>]*\smuted/);
    });

    it.each([
      ['', 'fr-CH, en;q=0.5', 'fr', 'Match de padel'],
      ['', 'en', 'en', 'Padel match'],
      ['', 'de', 'en', 'Padel match'],
      ['?lang=fr', 'en', 'fr', 'Match de padel'],
      ['?lang=en&fbclid=abc', 'fr', 'en', 'Padel match'],
      ['?lang=<script>', 'fr', 'fr', 'Match de padel'],
    ])('it in the language of the reader: %s %s', async (query, accept, language, words) => {
      const { url } = await made(club.player, await match());
      const { text, headers } = await see(`${url}${query}`, { 'accept-language': accept });
      expect(headers.get('content-language')).toBe(language);
      expect(text).toContain(`<html lang="${language}">`);
      expect(text).toContain(words);
    });

    it('names as they are, whatever stands in them', async () => {
      const id = await match();
      const { url } = await made(club.player, id);
      const name = `<img src=x onerror="alert(1)">$&'`;
      await shelf.sql('UPDATE courts SET name = $2 WHERE id = (SELECT court_id FROM camera_sessions WHERE id = $1)', [
        id,
        name,
      ]);
      const { text } = await see(url);
      expect(text).not.toContain('<img src=x');
      expect(text).toContain('&#60;img src=x onerror=&#34;alert(1)&#34;&#62;$&#38;&#39;');
      await shelf.sql(`UPDATE courts SET name = 'Old court'`);
    });

    it('the film in ranges, to watch and to keep', async () => {
      const { url } = await made(club.player, await match());
      const watch = await see(`${url}/video.mp4`, { range: 'bytes=0-99' });
      expect([watch.status, watch.bytes.length]).toEqual([206, 100]);
      expect(watch.headers.get('content-disposition')).toMatch(/^inline; filename="padel-nord-old-court-[\d-]+\.mp4"$/);
      expect(watch.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
      const etag = watch.headers.get('etag') as string;
      expect(await askAgain(`${url}/video.mp4`, etag)).toBe(304);
      expect((await see(`${url}/video.mp4`, { range: 'bytes=999999999-' })).status).toBe(416);
      const keep = await see(`${url}/download`);
      expect([keep.status, keep.headers.get('content-disposition')?.startsWith('attachment')]).toEqual([200, true]);
      expect(keep.bytes.length).toBe(Number(keep.headers.get('content-length')));
    });

    it('the film without keeping it, where that was said', async () => {
      const { url } = await made(club.player, await match(), { allow_download: false });
      expect((await see(url)).text).not.toContain('/download');
      expect(codeIn(await see(`${url}/download`))).toEqual([403, 'forbidden']);
      expect((await see(`${url}/video.mp4`)).status).toBe(200);
    });

    it('a card of 1200 by 630 for previews', async () => {
      const { url } = await made(club.player, await match());
      const card = await see(`${url}/card.jpg`);
      expect([card.status, card.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
      expect(readJpegSize(card.bytes)).toEqual({ width: 1200, height: 630 });
      const etag = card.headers.get('etag') as string;
      expect(await askAgain(`${url}/card.jpg`, etag)).toBe(304);
      expect(readJpegSize((await see(`${url}/poster.jpg`)).bytes)).toEqual({ width: 320, height: 180 });
    });

    it('a page without a film where the file is missing', async () => {
      const id = await match();
      const { url } = await made(club.player, id);
      shelf.remove(id);
      const page = await see(url);
      expect([page.status, page.text.includes('<video')]).toEqual([200, false]);
      expect(codeIn(await see(`${url}/video.mp4`))).toEqual([404, 'not_found']);
    });
  });

  describe('of a highlight', () => {
    /** Ten seconds of a match; its file is another film. */
    async function highlight(sessionId: string, status = 'ready'): Promise<string> {
      const [row] = await shelf.sql<{ id: string }>(
        `INSERT INTO highlights (id, session_id, club_id, author_id, status, pressed, cut, text, start_seconds, end_seconds)
         VALUES (gen_random_uuid(), $1, $2, $3, $4, false, 'exact', 'Other’s smash', 20, 30) RETURNING id`,
        [sessionId, club.clubId, club.ids.player, status],
      );
      const { id } = row as { id: string };
      mkdirSync(shelf.path(`${club.clubId}/highlights`), { recursive: true });
      copyFileSync(film, shelf.path(`${club.clubId}/highlights/${id}.mp4`));
      return id;
    }
    const shareOf = (id: string): Promise<Answer<Body>> => club.other.post(SHARES, { highlight_id: id });

    it('show that, and nothing of the rest', async () => {
      const id = await match();
      const short = join(folder, 'short.mp4');
      drawFilm(short, { seconds: 1 });
      const one = await highlight(id);
      copyFileSync(short, shelf.path(`${club.clubId}/highlights/${one}.mp4`));
      const { body, status } = await shareOf(one);
      expect([status, body.share]).toMatchObject([201, { session_id: id, highlight_id: one, state: 'live' }]);
      const { url } = body.share as Share;
      const page = (await see(url)).text;
      expect(page).toContain('Highlight of a padel match');
      expect(page).toContain('<span>10 s</span>');
      expect(page).toContain('There is no sound.');
      expect(page).toMatch(/<video[^>]*\smuted/);
      expect(page).not.toContain('smash');
      expect((await see(`${url}/video.mp4`)).bytes.equals(readFileSync(short))).toBe(true);
      for (const [path, size] of [
        ['/poster.jpg', { width: 320, height: 180 }],
        ['/card.jpg', { width: 1200, height: 630 }],
      ] as const) {
        expect(readJpegSize((await see(`${url}${path}`)).bytes)).toEqual(size);
      }
    });

    it('are good before the match is finished, and end with the highlight', async () => {
      const id = await match();
      await shelf.sql('DELETE FROM videos WHERE session_id = $1', [id]);
      const one = await highlight(id);
      const { url } = (await shareOf(one)).body.share as Share;
      expect((await see(`${url}/video.mp4`)).status).toBe(200);
      expect((await club.player.delete(`/api/video/highlights/${one}`)).status).toBe(204);
      expect(codeIn(await see(`${url}/video.mp4`))).toEqual([410, 'share_ended']);
      expect((await listed(id)).state).toBe('gone');
      expect(codeOf(await shareOf(one))).toEqual([404, 'not_found']);
    });

    it('are not made of one that is not ready, or not theirs to see', async () => {
      const one = await highlight(await match(), 'making');
      expect(codeOf(await shareOf(one))).toEqual([409, 'highlight_not_ready']);
      const { api } = await club.addUser('onlooker@padelvar.test', 'PLAYER');
      const ready = await highlight(await match());
      expect(codeOf(await api.post<Body>(SHARES, { highlight_id: ready }))).toEqual([404, 'not_found']);
    });
  });

  describe('count', () => {
    it('a visitor once, however much they ask for; not the readers of previews', async () => {
      const id = await match();
      const { url } = await made(club.player, id);
      await see(url);
      await see(`${url}/card.jpg`);
      await see(`${url}/video.mp4`, { range: 'bytes=0-99' });
      await see(`${url}/video.mp4`, {}, { method: 'HEAD' });
      expect((await listed(id)).views).toBe(0);
      for (let visitor = 1; visitor <= 2; visitor++) {
        const { cookies } = await see(url);
        expect(cookies).toContain('padelvar_share_visit=');
        for (const range of ['bytes=0-99', 'bytes=500-', 'bytes=0-']) {
          await see(`${url}/video.mp4`, { cookie: cookies, range });
        }
        expect((await see(url, { cookie: cookies })).cookies).toBe('');
        expect((await listed(id)).views).toBe(visitor);
      }
      expect((await listed(id)).downloads).toBe(0);
      const { cookies } = await see(url);
      for (const range of ['bytes=0-99', 'bytes=100-']) await see(`${url}/download`, { cookie: cookies, range });
      expect((await listed(id)).downloads).toBe(1);
    });
  });

  describe('with a pass-phrase', () => {
    it('say nothing of the match before it is given', async () => {
      const id = await match();
      const { url } = await made(club.player, id, { passphrase: 'smash par trois' });
      const page = await see(url);
      expect(page.status).toBe(200);
      expect(page.text).not.toMatch(/Old court|Padel Nord|card\.jpg|video\.mp4|poster/);
      expect(page.text).toContain('property="og:title" content="A shared match"');
      for (const path of ['/video.mp4', '/download', '/poster.jpg', '/card.jpg', '/logo.png']) {
        expect(codeIn(await see(`${url}${path}`))).toEqual([403, 'passphrase_required']);
      }
      expect(codeIn(await open(url, 'smash par deux'))).toEqual([403, 'passphrase_wrong']);
      const opened = await open(url, 'smash par trois');
      expect(opened.status).toBe(200);
      const [set = ''] = opened.headers.getSetCookie();
      const path = new URL(url).pathname;
      for (const word of ['HttpOnly', 'SameSite=Lax', `Path=${path};`, 'Max-Age=21600']) expect(set).toContain(word);
      const cookie = opened.cookies;
      expect((await see(url, { cookie })).text).toContain('Old court');
      expect((await see(`${url}/video.mp4`, { cookie })).status).toBe(200);
      expect((await see(`${url}/video.mp4`, { cookie })).headers.get('cross-origin-resource-policy')).toBe(
        'same-origin',
      );
    });

    it('open with a key of their own only', async () => {
      const id = await match();
      const [one, another] = [
        await made(club.player, id, { passphrase: 'the same one' }),
        await made(club.player, id, { passphrase: 'the same one' }),
      ];
      const { cookies } = await open(one.url, 'the same one');
      expect((await see(`${another.url}/video.mp4`, { cookie: cookies })).status).toBe(403);
      const later = cookies.replace(/=\d+\./, `=${Math.floor(Date.now() / 1000) + 3_600}.`);
      for (const cookie of [
        later,
        cookies.slice(0, -2),
        `${cookies}A`,
        'padelvar_share_key=',
        'padelvar_share_key=1.2',
      ]) {
        expect((await see(`${one.url}/video.mp4`, { cookie })).status).toBe(403);
      }
    });

    it('bear no guessing', async () => {
      const { url } = await made(club.player, await match(), { passphrase: 'hard to guess' });
      for (let i = 0; i < 10; i++) expect((await open(url, `guess ${i}`)).status).toBe(403);
      const refused = await open(url, 'hard to guess');
      expect(codeIn(refused)).toEqual([429, 'too_many_attempts']);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60);
    });
  });

  it.each(['short', 'A'.repeat(43), `${'A'.repeat(42)}=`, 'A'.repeat(44)])(
    'are nothing by the word %s',
    async (word) => {
      const page = await see(`${club.service.url}/s/${word}`, PAGE);
      expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
      expect(page.text).not.toContain(word);
      expect(codeIn(await see(`${club.service.url}/s/${word}/video.mp4`))).toEqual([404, 'not_found']);
    },
  );

  it('are given out to who made them, and go with their account', async () => {
    const { id: userId, api } = await club.addUser('sharing@padelvar.test', 'PLAYER');
    const id = await match();
    await shelf.sql('INSERT INTO session_players (session_id, user_id) VALUES ($1, $2)', [id, userId]);
    const { url } = await made(api, id, { passphrase: 'not to be told' });
    const exported = await api.get<{ shares: object[] }>('/api/auth/me/export');
    expect(exported.body.shares).toMatchObject([{ session_id: id, passphrase: true, views: 0, revoked_at: null }]);
    expect(exported.text).not.toMatch(/argon2|not to be told/);
    expect((await api.post('/api/auth/me/erase', { password: PASSWORD })).status).toBe(200);
    expect((await see(url)).status).toBe(404);
    expect(await shelf.sql('SELECT FROM shares WHERE author_id = $1', [userId])).toEqual([]);
  });
});
