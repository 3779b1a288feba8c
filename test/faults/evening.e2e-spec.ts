import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withClient } from '../../src/database/embedded/connect';
import { h264Clip, RtspCamera } from '../cameras';
import { FaultWorld } from './fault-world';
import { entered, FaultRow, Findings } from './ledger';
import { Witness } from './witness';
import { Api } from '../support/api';
import { TestBrowser, TestPage } from '../support/browser';
import { PASSWORD } from '../support/club';
import { Courtside } from '../support/courtside';
import { freePort } from '../support/free-port';
import { GatedTool } from '../support/gated-tool';
import { chaptersOf, inspectMp4 } from '../support/mp4';
import { openPanel } from '../support/panel';
import { S3Server } from '../support/s3-server';
import { Service, ServiceOptions } from '../support/service';
import { until } from '../support/until';

const EVENING: FaultRow = {
  section: 'Service',
  fault: 'SIGKILL at every step of an evening, from the booking to the storage',
  how: 'two angles, a marker, a highlight, a stop by itself, a share, compression, upload; in a browser',
  invariants: ['I1', 'I2', 'I4', 'I5'],
};
const DESK = 'desk@padelvar.test';
/**
 * More bits than such small pictures need, so that there is something to save. A ball and a clock move in both; whoever looks
 * every two seconds sees the same picture of one that repeats so soon.
 */
const SIZE = { width: 320, height: 180, bitrate: 4_000_000, gopSeconds: 2 };
const MOVING = { ...SIZE, seconds: 8 };
const STILL = { ...SIZE, seconds: 2 };
/** In so many seconds somebody has to move before it is play; see `play-rule.ts`. */
const PLAY_SECONDS = 10;
const LIVELY_SCORE = 3;
/** How far two pictures may have been sent apart that are shown as of one instant: one picture, and what clocks are off by. */
const SAME_INSTANT_MS = 190;

const LIVE = '[data-live] video:not([data-review]):not([data-live-angle] *)';
const LIVE_ANGLE = '[data-live-angle] video';
const MAIN = 'main video:not([data-angle])';
const ANGLE = 'main video[data-angle]';

interface Video {
  readonly duration_seconds: number;
  readonly compression: { readonly state: string; readonly size_bytes: number | null };
  readonly storage: { readonly where: string };
  readonly angles: readonly { readonly session_id: string; readonly offset_seconds: number }[];
}

jest.setTimeout(420_000);

describe('an evening at the club', () => {
  let folder: string;
  let tool: GatedTool;
  let world: FaultWorld;
  let s3: S3Server;
  let cameras: [RtspCamera, RtspCamera];
  let witnesses: [Witness, Witness];
  let browser: TestBrowser;
  let port: number;
  let service: Service;
  let desk: Courtside;
  let court: number;
  let still: Awaited<ReturnType<typeof h264Clip>>;
  const open: TestPage[] = [];
  const found = new Findings();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'padelvar-evening-'));
    tool = new GatedTool(folder);
    world = await FaultWorld.make();
    s3 = await S3Server.start();
    const [moving, quiet] = await Promise.all([h264Clip(MOVING), h264Clip(STILL)]);
    still = quiet;
    cameras = [new RtspCamera({ clip: moving }), new RtspCamera({ clip: moving })];
    witnesses = [new Witness(cameras[0]), new Witness(cameras[1])];
    for (const camera of cameras) await camera.start();
    port = await freePort();
    browser = await TestBrowser.start();
    await born();
    await furnish();
  });

  afterAll(async () => {
    tool?.open();
    await browser?.close();
    await world?.close();
    await s3?.stop();
    for (const camera of cameras ?? []) await camera.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The service is there again, at the same address. */
  async function born(options: ServiceOptions = {}): Promise<void> {
    const env = { PORT: `${port}`, ACTIVITY_SCORES: 'true', FFMPEG_PATH: tool.path };
    service = await world.start({ env, preload: 'hurried.ts', ...options });
  }

  async function kill(): Promise<void> {
    await service.end('SIGKILL');
    found.happened();
  }

  /** It is killed, and the next one is there. */
  async function killed(next: ServiceOptions = {}): Promise<void> {
    await kill();
    await born(next);
  }

  /** It kills itself where it was to; the next one is there. */
  async function died(next: ServiceOptions = {}): Promise<void> {
    expect((await service.ended).signal).toBe('SIGKILL');
    found.happened();
    await born(next);
  }

  /** What a club sets once: people, a court with two cameras, its rules, its storage. */
  async function furnish(): Promise<void> {
    const operator = await Courtside.at(service.url);
    const { api, clubId } = operator;
    const clerk = { email: DESK, name: 'desk', password: PASSWORD, role: 'CLUB_ADMIN' };
    expect((await api.post(`/api/clubs/${clubId}/users`, clerk)).status).toBe(201);
    desk = new Courtside(await Api.signedIn(service.url, DESK, PASSWORD), clubId);
    court = await desk.court('Court 1', cameras[0].url);
    const back = { camera_url: cameras[1].url, name: 'Back wall' };
    expect((await desk.api.post(`/api/terrains/${court}/cameras`, back)).status).toBe(201);
    expect((await desk.api.patch(`/api/terrains/${court}`, { auto_stop_minutes: 2 })).status).toBe(200);
    expect((await desk.api.patch(`/api/clubs/${clubId}`, { compression: 'h264' })).status).toBe(200);
    const place = { kind: 's3', endpoint: s3.url, bucket: s3.bucket, keep_local_days: 0 };
    const keys = { access_key_id: s3.accessKeyId, secret_access_key: 'secret' };
    expect((await desk.api.put(`/api/clubs/${clubId}/storage`, { ...place, ...keys })).status).toBe(200);
  }

  /** The court's open match, once it has one. */
  const openMatch = (): Promise<string> =>
    until(async () => {
      const { body } = await desk.api.get<{ sessions: { session_id: string }[] }>('/api/video/session/list?open=true');
      return body.sessions?.[0]?.session_id;
    });
  const video = async (id: string): Promise<Video> =>
    (await desk.api.get<{ video: Video }>(`/api/video/files/${id}`)).body.video;
  /** Settles when it is compressed. @throws where it is not going to be, with the reason */
  const compressed = (id: string): Promise<unknown> =>
    until(async () => {
      const { compression } = await video(id);
      if (['kept', 'failed'].includes(compression.state)) throw new Error(JSON.stringify(compression));
      return compression.state === 'done';
    });
  /** Seconds in which somebody moved, from this one of the recording on. */
  const lively = async (id: string, from: number): Promise<number> => {
    const { body } = await desk.api.get<{ scores: (number | null)[] }>(`/api/recording/${id}/activity`);
    return body.scores.slice(Math.ceil(from)).filter((score) => (score ?? 0) >= LIVELY_SCORE).length;
  };
  /** Pressed as somebody does who watches: the picture comes, and runs. */
  const plays = async (opened: TestPage, selector: string): Promise<void> => {
    const { page } = opened;
    await until(() => page.evaluate<boolean>(`(document.querySelector('${selector}')?.readyState ?? 0) >= 2`));
    await page.getByRole('button', { name: 'Play', exact: true }).first().click();
    await runs(opened, selector);
  };
  const runs = ({ page }: TestPage, selector: string): Promise<unknown> =>
    until(() => page.evaluate<boolean>(`(document.querySelector('${selector}')?.currentTime ?? 0) > 0.3`));
  /** Seconds of the match that a page shows. */
  const shown = ({ page }: TestPage): Promise<number> =>
    page.evaluate<number>(`Number(document.querySelector('input[type=range]').value)`);

  /** When a camera sent the picture with these bars that was sent nearest to a time. */
  function sentNear(witness: Witness, bars: number | null, time: number): number {
    const times = witness.sent.filter((sent) => sent.bars === bars).map(({ at }) => at);
    return times.reduce((best, at) => (Math.abs(at - time) < Math.abs(best - time) ? at : best), Infinity);
  }

  it('goes from the booking to the club’s storage, though the service dies at every step', () =>
    entered(
      EVENING,
      async () => {
        // It is booked; before the camera is even there, the service is gone.
        await cameras[0].refuse();
        const clerk = await openPanel(browser, service.url, DESK, '/bookings');
        open.push(clerk);
        const { page } = clerk;
        // Half a minute has to pass before it is certain that nobody plays any more.
        page.setDefaultTimeout(120_000);
        await page.getByRole('button', { name: 'Book a recording' }).first().click();
        const form = page.locator('[role=dialog] form');
        const now = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'Europe/Paris' }).format();
        const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Paris' }).format();
        await form.getByLabel('Date').fill(today);
        await form.getByLabel('Start').fill(now);
        await form.getByLabel('Name', { exact: true }).fill('League');
        await form.locator('button[type=submit]').click();
        const booked = page.locator('main section[aria-label="Court 1"] li', { hasText: 'League' });
        await booked.waitFor();
        await killed({ faultPoint: 'highlight.making' });

        // It begins without anybody, with both cameras, and the page that was open says so.
        await cameras[0].accept();
        const match = await openMatch();
        await desk.recordingThat(match, ({ status }) => status === 'recording');
        const { session_id: angle } = await desk.angleThat(
          match,
          (now) => now.recording_status === 'recording' && now.offset_seconds !== null,
        );
        await booked.getByText(/Recording/).waitFor();
        await page.getByRole('link', { name: 'Courts' }).first().click();
        await page.locator('article[aria-label="Court 1"] a').first().click();
        await page.getByRole('button', { name: 'Side by side' }).click();
        for (const selector of [LIVE, LIVE_ANGLE]) {
          await page.waitForSelector(selector);
          expect((await clerk.next(selector, null)).bars).not.toBeNull();
        }
        await desk.recordingThat(match, ({ duration_seconds }) => duration_seconds > 4);
        await page.getByRole('button', { name: /^Mark this moment/ }).click();
        const moments = page.locator('section[aria-label^="Moments"] li');
        await moments.first().waitFor();
        await page.getByRole('button', { name: /^Keep the last/ }).click();
        await died({ faultPoint: 'gate.passed' });

        // Everything goes on where it was: both files, the moment, the highlight, the pictures.
        const resumed = await desk.recordingThat(match, ({ status }) => status === 'recording');
        await desk.recordingThat(angle, ({ status }) => status === 'recording');
        const highlight = page.locator('section[aria-label^="Highlight videos"] li');
        await highlight.getByRole('button', { name: /^Watch/ }).waitFor();
        expect([await moments.count(), await highlight.count()]).toEqual([1, 1]);
        for (const selector of [LIVE, LIVE_ANGLE]) {
          const { bars } = await clerk.look(selector);
          expect((await clerk.next(selector, bars)).bars).not.toBeNull();
        }

        // Play stops, and after a warning the recording does; the service dies over its file.
        await until(async () => (await lively(match, resumed.duration_seconds)) > PLAY_SECONDS);
        cameras[0].switchClip(still);
        await page.waitForSelector('text=/Nobody is playing. It stops/');
        await died();
        const over = await desk.over(match);
        expect(over).toMatchObject({ status: 'ready', stop_reason: 'no_play', restarts: 1, error: null });
        expect((await desk.over(angle)).status).toBe('ready');
        for (const [i, id] of [match, angle].entries()) {
          const { violations, worstLoss } = await world.invariants.recorded(id, witnesses[i]);
          expect(violations).toEqual([]);
          found.lost(worstLoss ?? 0);
        }
        // The court is free for the next match, and this one is among the videos.
        await page.waitForSelector('text=Nobody is on this court');
        await page.getByRole('link', { name: 'Videos' }).first().click();
        await page.locator('article', { hasText: '2 angles' }).getByRole('link').first().click();
        await plays(clerk, MAIN);

        // The highlight is shared, and seen by somebody who has no account.
        await highlight.getByRole('button', { name: /^Share/ }).click();
        await page.click('[role=dialog] button:has-text("Make a link")');
        const link = await page.locator('[role=dialog] input[readonly]').inputValue();
        await page.locator('[role=dialog]').getByRole('button', { name: 'Close' }).click();
        const visitor = await browser.open();
        open.push(visitor);
        await visitor.page.goto(link);
        await visitor.page.evaluate('document.querySelector("video").play()');
        await runs(visitor, 'video');

        // It is compressed; the service dies in the middle of it, and the next one makes it. What FFmpeg can do is asked before.
        const wish = { compression: 'h264' };
        expect((await desk.api.patch(`/api/clubs/${desk.clubId}`, wish)).status).toBe(200);
        tool.shut();
        tool.forget();
        await page.getByRole('button', { name: 'Compress the video' }).click();
        await page.getByText(/^Being compressed/).waitFor();
        await tool.waiting(1);
        expect((await desk.api.post(`/api/video/files/${angle}/compress`)).status).toBe(202);
        s3.faults.push({ on: 'UploadPart', does: 'hang', times: 2 });
        await kill();
        tool.open();
        await born();
        await compressed(match);
        await page.getByText(/^\d\d % smaller$/).waitFor();

        // It is copied to the storage, which hangs; the service dies, and the next one goes on.
        await page.reload();
        await page.getByText(/^It is being copied to the club’s storage/).waitFor();
        await until(() => s3.hung.length > 0);
        await kill();
        s3.faults.length = 0;
        await born();
        await page.getByText('The file is here and in the club’s storage.').waitFor();
        await until(async () => (await video(angle)).storage.where !== 'here');

        // An hour later nobody watches any more, and the files go.
        const path = (id: string): string => join(world.videosDir, `${desk.clubId}`, `${id}.mp4`);
        await withClient(world.databaseUrl, (client) =>
          client.query(`UPDATE videos SET last_read_at = last_read_at - interval '61 minutes'`),
        );
        await until(() => !existsSync(path(match)) && !existsSync(path(angle)));
        await page.reload();
        await page.getByText('The file is in the club’s storage, and played from there.').waitFor();

        // Both are whole, wherever one gets them from, and are what was recorded.
        for (const id of [match, angle]) {
          const { body } = await desk.download(id);
          const stored = s3.objects.get(`${desk.clubId}/${id}/${id}.mp4`)?.bytes ?? Buffer.alloc(0);
          const sums = [body, stored].map((bytes) => createHash('sha256').update(bytes).digest('hex'));
          expect(sums[0]).toBe(sums[1]);
          const file = join(folder, `${id}.mp4`);
          writeFileSync(file, body);
          const { complaints, durationSeconds } = await inspectMp4(file);
          const row = await video(id);
          expect(complaints).toBe('');
          expect(Math.abs(durationSeconds - row.duration_seconds)).toBeLessThan(0.1);
          expect(row.compression).toMatchObject({ state: 'done', size_bytes: body.length });
          expect(await chaptersOf(file)).toHaveLength(id === match ? 1 : 0);
        }

        // And it is watched from there, from both sides at one instant.
        await plays(clerk, MAIN);
        const startedAt = Date.parse(over.started_at as string);
        await page.getByRole('button', { name: 'Side by side' }).click();
        await page.waitForSelector(`${ANGLE}[data-place=second]`);
        await runs(clerk, ANGLE);
        await page.getByRole('button', { name: 'Pause', exact: true }).first().click();
        const time = startedAt + 1000 * (await shown(clerk));
        const [front, back] = [await clerk.next(MAIN, null), await clerk.next(ANGLE, null)];
        const apart = sentNear(witnesses[0], front.bars, time) - sentNear(witnesses[1], back.bars, time);
        expect(Math.abs(apart)).toBeLessThan(SAME_INSTANT_MS);

        expect(await world.invariants.leftovers([service])).toEqual([]);
        for (const { faults } of open)
          expect(faults.filter((fault) => !/^WebSocket connection to/.test(fault))).toEqual([]);
      },
      found,
    ));
});
