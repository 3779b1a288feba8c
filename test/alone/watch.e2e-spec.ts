import { listLeftovers } from '../../src/media/process';
import { Toolchain } from '../../src/media/toolchain';
import { h264Clip, MjpegCamera, mjpegClip, RtspCamera } from '../cameras';
import { SeenPicture, SentPictures, TestBrowser, TestPage } from '../support/browser';
import { PASSWORD, startTestClub, TestClub } from '../support/club';

const CLIP = { width: 1280, height: 720, fps: 25, seconds: 10, gopSeconds: 2 };
const LOOP = CLIP.fps * CLIP.seconds;
const LIVE = '.stage > video:not(.review)';
const REVIEW = '.stage > video.review';
const PLAYER = 'player@padelvar.test';
/** What nobody would call live any more, in milliseconds. What it really is, the bench measures on a quiet machine. */
const FAR_FROM_LIVE = 1_500;

jest.setTimeout(90_000);

describe('watching a court in a browser', () => {
  let club: TestClub;
  let browser: TestBrowser;
  let rtsp: RtspCamera;
  let mjpeg: MjpegCamera;
  let sent: SentPictures;
  let session: string;
  let viewer: TestPage;

  beforeAll(async () => {
    club = await startTestClub();
    rtsp = new RtspCamera({ clip: await h264Clip(CLIP) });
    mjpeg = new MjpegCamera({ clip: await mjpegClip({ width: 640, height: 360, fps: 10, seconds: 10 }) });
    await Promise.all([rtsp.start(), mjpeg.start()]);
    sent = new SentPictures(rtsp);
    browser = await TestBrowser.start();
    session = await open('Court 1', rtsp.url);
    await open('Court 2', mjpeg.url);
    viewer = await browser.open();
    await viewer.signIn(club.service.url, PLAYER, PASSWORD);
  });

  afterEach(() => expect(viewer.faults).toEqual([]));

  afterAll(async () => {
    await browser?.close();
    sent?.stop();
    await club?.close();
    await Promise.all([rtsp?.stop(), mjpeg?.stop()]);
  });

  async function open(name: string, url: string): Promise<string> {
    const body = { terrain_id: await club.addCourt(name, url), player_ids: [club.ids.player] };
    const answer = await club.player.post<{ session: { session_id: string } }>('/api/video/session/create', body);
    expect(answer.status).toBe(201);
    return answer.body.session.session_id;
  }

  async function watchCourt(page: TestPage, name = 'Court 1'): Promise<void> {
    await page.page.click(`.court:has-text("${name}") button`);
    await page.page.waitForSelector('.stage[data-phase=live]');
  }

  /** At least so many pictures, from now on. */
  async function pictures(page: TestPage, selector: string, count: number): Promise<SeenPicture[]> {
    await page.watch(selector);
    const seen: SeenPicture[] = [];
    while (seen.length < count) seen.push(...(await page.taken()));
    return seen;
  }

  function ages(seen: readonly SeenPicture[]): number[] {
    return seen.map((picture) => sent.ageOf(picture) ?? Infinity);
  }

  /** Steps from one picture to the next, in pictures of the camera. */
  function steps(bars: readonly (number | null)[]): number[] {
    return bars.slice(1).map((bar, i) => ((bar ?? NaN) - (bars[i] ?? NaN) + LOOP) % LOOP);
  }

  async function decoders(): Promise<number> {
    return (await listLeftovers(club.service.app.get(Toolchain).instance)).length;
  }

  it('asks who it is where a sign-in was taken away, also with no court open', async () => {
    const page = await browser.open();
    await page.signIn(club.service.url, PLAYER, PASSWORD);
    await page.context.clearCookies();
    // The access token goes the same way when the sign-in ends.
    await page.page.route('**/api/**', (route) => {
      const refused = { status: 401, contentType: 'application/problem+json', body: '{"code":"unauthorized"}' };
      return route.request().url().includes('/auth/login') ? route.continue() : route.fulfill(refused);
    });
    await page.page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
    await page.page.waitForSelector('#email');
    await page.page.unroute('**/api/**');
    await page.signInHere(PLAYER, PASSWORD);
    expect(page.faults).toEqual([]);
    await page.close();
  });

  it('says in the browser’s language what is wrong with a password', async () => {
    const stranger = await browser.open({ locale: 'fr-FR' });
    await stranger.page.goto(`${club.service.url}/live/`);
    await stranger.page.fill('#email', PLAYER);
    await stranger.page.fill('#password', 'not this one');
    await stranger.page.click('text=Se connecter');
    await stranger.page.waitForSelector('text=L’adresse e-mail ou le mot de passe est incorrect.');
    expect(stranger.faults).toEqual([]);
    await stranger.close();
  });

  it('shows every court of one’s own as a live tile, all over one connection', async () => {
    const { page } = viewer;
    const sockets: string[] = [];
    page.on('websocket', (socket) => sockets.push(socket.url()));
    await page.reload();
    for (const card of ['.court:nth-child(1)', '.court:nth-child(2)']) {
      await page.waitForSelector(`${card} .badge[data-state=live]`);
      const first = await viewer.next(`${card} canvas`, null);
      const second = await viewer.next(`${card} canvas`, first.bars);
      expect(second.bars).not.toBe(first.bars);
    }
    expect(sockets).toEqual([`${club.service.url.replace('http', 'ws')}/api/preview/live`]);
  });

  it('shows a court live, every picture, a fraction of a second behind', async () => {
    await watchCourt(viewer);
    const seen = (await pictures(viewer, LIVE, 100)).slice(50);
    expect(Math.max(...ages(seen))).toBeLessThan(FAR_FROM_LIVE);
    // Forward only, and hardly one left out.
    const forward = steps(seen.map(({ bars }) => bars));
    expect(forward.filter((step) => !(step > 0 && step < CLIP.fps))).toEqual([]);
    expect(await viewer.page.textContent('.stage .badge')).toMatch(/^Live · \d\.\d\d s behind$/);
  });

  it('says that the camera is away, and goes on by itself when it is back', async () => {
    const { page } = viewer;
    await rtsp.cut({ refuseMs: 2_000 });
    await page.waitForSelector('.stage[data-phase=reconnecting]');
    expect(await page.textContent('.overlay')).toMatch(/^The camera has been away for 0:0\d\./);
    await page.waitForSelector('.stage[data-phase=live]');
    const seen = await pictures(viewer, LIVE, 75);
    expect(Math.max(...ages(seen.slice(50)))).toBeLessThan(FAR_FROM_LIVE);
  });

  it('takes another format in mid-stream', async () => {
    rtsp.switchClip(await h264Clip({ ...CLIP, width: 640, height: 480 }));
    const width = (): Promise<unknown> => viewer.page.evaluate(`document.querySelector('${LIVE}').videoWidth`);
    while ((await width()) !== 640);
    await pictures(viewer, LIVE, 25);
    rtsp.switchClip(await h264Clip(CLIP));
    while ((await width()) !== CLIP.width);
  });

  it('comes back by itself when the network does', async () => {
    const { page, context } = viewer;
    await context.setOffline(true);
    await page.waitForSelector('.stage[data-phase=offline]');
    await context.setOffline(false);
    await page.waitForSelector('.stage[data-phase=live]');
    await pictures(viewer, LIVE, 25);
    // The browser's own word on an attempt without a network.
    viewer.faults.splice(0);
  });

  it('says what the club wants said before anybody is filmed', async () => {
    const { page } = viewer;
    const note = 'Matches are filmed.\nVideos are kept for 30 days.';
    await club.operator.patch(`/api/clubs/${club.clubId}`, { consent_note: note });
    await page.reload();
    await page.waitForSelector('.note:not([hidden])');
    expect(await page.textContent('.note')).toBe(note);
    await page.waitForSelector('.stage[data-phase=live]');
  });

  it('records, and shows how long', async () => {
    await viewer.page.click('text=Record');
    await viewer.page.waitForSelector('.badge.rec[data-state=running]:has-text("0:04")');
    expect(await viewer.page.isEnabled('text=Back to live')).toBe(false);
  });

  it('looks back at a quarter of the speed while the recording goes on', async () => {
    const { page } = viewer;
    await page.click('[aria-label="Back 5 seconds"]');
    await page.waitForSelector(REVIEW);
    await page.click('[aria-label="Speed ¼×"]');
    const seen = await pictures(viewer, REVIEW, 15);
    // One picture after the other, each shown four times as long as it took: one may be missed where the machine is busy.
    expect(steps(seen.map(({ bars }) => bars)).filter((step) => step !== 1).length).toBeLessThanOrEqual(1);
    const shown = (seen[14] as SeenPicture).at - (seen[0] as SeenPicture).at;
    expect(shown).toBeGreaterThan(14 * 40 * 3);
    expect(await page.textContent('.stage .badge')).toMatch(/^Review · \d+\.\d s ago · ¼×$/);
    expect(await page.textContent('.badge.rec')).toMatch(/^Recording 0:\d\d$/);
  });

  it('goes picture by picture, forward and back', async () => {
    const { page } = viewer;
    await page.click('[aria-label="Pause"]');
    await page.waitForSelector('[aria-label="Play"]');
    for (const [button, key, step] of [
      ['Next picture', '.', 1],
      ['Previous picture', ',', LOOP - 1],
    ] as const) {
      const bars = [(await viewer.look(REVIEW)).bars];
      for (let i = 0; i < 25; i++) {
        await (i % 2 ? page.keyboard.press(key) : page.click(`[aria-label="${button}"]`));
        bars.push((await viewer.next(REVIEW, bars.at(-1) ?? null)).bars);
      }
      expect(steps(bars)).toEqual(Array.from({ length: 25 }, () => step));
    }
  });

  it('returns to live at once', async () => {
    const { page } = viewer;
    await page.keyboard.press('l');
    const seen = await pictures(viewer, LIVE, 50);
    expect(Math.max(...ages(seen.slice(25)))).toBeLessThan(FAR_FROM_LIVE);
    expect(await page.isVisible(REVIEW)).toBe(false);
    const { body } = await club.player.get<{ status: { status: string } }>(`/api/video/record/status/${session}`);
    expect(body.status.status).toBe('recording');
  });

  it('goes back as far as was pressed, however fast, and steps on into what is not loaded yet', async () => {
    const { page } = viewer;
    const position = async (): Promise<number> => Number(await page.inputValue('.timeline input'));
    await until(async () => (await position()) > 14);
    const before = await position();
    await page.evaluate(`{
      const back = document.querySelector('[aria-label="Back 5 seconds"]');
      back.click();
      back.click();
    }`);
    await page.waitForSelector(`${REVIEW}:not([hidden])`);
    await page.keyboard.press('4');
    await viewer.next(REVIEW, null);
    const after = await position();
    expect(before - after).toBeGreaterThan(8);
    expect(before - after).toBeLessThan(10.1);
    // A seek keeps the speed.
    await page.fill('.timeline input', String(Math.round(after * 10) / 10));
    await until(() => page.evaluate(`!document.querySelector('${REVIEW}').seeking`));
    expect(await page.evaluate(`document.querySelector('${REVIEW}').playbackRate`)).toBe(0.25);
    await page.keyboard.press(' ');
    await page.waitForSelector('[aria-label="Play"]');
    // Whatever was on its way is on the screen after a step.
    await page.keyboard.press('.');
    await until(() => page.evaluate(`(${settled})('${REVIEW}')`));
    const bars = [(await viewer.look(REVIEW)).bars];
    for (let i = 0; i < 70; i++) {
      await page.keyboard.press(',');
      bars.push((await viewer.next(REVIEW, bars.at(-1) ?? null)).bars);
    }
    expect(steps(bars).filter((step) => step !== LOOP - 1)).toEqual([]);
    await page.keyboard.press('l');
  });

  it('shows the recording when it is finished, and where a gap is goes around it', async () => {
    const { page } = viewer;
    await rtsp.cut({ refuseMs: 2_000 });
    await page.waitForSelector('.badge.rec:has-text("1 gap")');
    await pictures(viewer, LIVE, 50);
    await page.click('text=Stop recording');
    await page.waitForSelector('.badge.rec[data-state=ready]');
    // Drawn where it is, also for who watches live.
    expect(await page.isVisible(REVIEW)).toBe(false);
    await until(() => page.evaluate(`document.querySelector('.track').style.cssText.includes('var(--gap)')`));
    const { body } = await club.player.get<{
      status: { duration_seconds: number; gaps: { start_seconds: number; end_seconds: number }[] };
    }>(`/api/video/record/status/${session}`);
    expect(body.status.gaps).toHaveLength(1);
    const { start_seconds: start, end_seconds: end } = body.status.gaps[0] as {
      start_seconds: number;
      end_seconds: number;
    };
    await page.click('[aria-label="Back 10 seconds"]');
    await page.waitForSelector(REVIEW);
    await page.click('[aria-label="Pause"]');
    const position = async (): Promise<number> => (await viewer.next(REVIEW, null)).mediaTime;
    await page.fill('.timeline input', String(Math.round(((start + end) / 2) * 10) / 10));
    await until(async () => Math.abs((await position()) - end) < 0.1);
    await page.keyboard.press(',');
    await until(async () => Math.abs((await position()) - start) < 0.1);
    await page.keyboard.press('.');
    await until(async () => Math.abs((await position()) - end) < 0.1);
    await page.keyboard.press('l');
  });

  it('gives its place back while nobody looks at the page', async () => {
    const { page } = viewer;
    const hide = (hidden: boolean): Promise<unknown> =>
      page.evaluate(`Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));`);
    await hide(true);
    await until(async () => (await watching()) === 0);
    await hide(false);
    await pictures(viewer, LIVE, 25);
    expect(await watching()).toBe(1);
  });

  it('shows JPEGs where there is no media source', async () => {
    const old = await browser.open({ script: 'delete globalThis.MediaSource; delete globalThis.ManagedMediaSource;' });
    await old.signIn(club.service.url, PLAYER, PASSWORD);
    await watchCourt(old);
    const seen = await pictures(old, '.stage > canvas', 8);
    // The first may be the newest keyframe.
    expect(Math.max(...ages(seen.slice(3)))).toBeLessThan(FAR_FROM_LIVE);
    expect(await old.page.textContent('.stage .badge')).toMatch(/single pictures$/);
    // The tiles' own ends when it has been without a viewer for a moment.
    await until(async () => (await decoders()) === 1);
    expect(old.faults).toEqual([]);
    await old.close();
  });

  it('says so when the session is over', async () => {
    await club.desk.post('/api/video/session/close', { session_id: session });
    await viewer.page.waitForSelector('.stage[data-phase=ended]:has-text("This session is over.")');
  });

  it('leaves nothing running behind when everybody has gone', async () => {
    await viewer.page.click('text=Sign out');
    await viewer.page.waitForSelector('#email');
    await viewer.close();
    await until(async () => (await decoders()) === 0);
  });

  async function watching(): Promise<number> {
    return (await club.player.get<{ live_viewers: number }>(`/api/preview/${session}/info`)).body.live_viewers;
  }
});

/** In the page: no seek is under way, and the picture has been the same for some frames. */
const settled = `async (selector) => {
  const { look } = globalThis.pictureReader;
  const frames = async (count) => {
    for (let i = 0; i < count; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
  };
  const first = look(selector);
  await frames(15);
  return first.bars !== null && look(selector).bars === first.bars;
}`;

/** Looks until it is so; the test's own time-out is the limit. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}
