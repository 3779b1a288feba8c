import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { h264Clip, RtspCamera } from '../cameras';
import { repositoryRoot } from '../cameras/child-process';
import { TestBrowser, TestPage } from '../support/browser';
import { startTestClub, TestClub } from '../support/club';
import { Courtside } from '../support/courtside';
import { Front, OwnAnswer } from '../support/front';
import { openPanel, signInHere } from '../support/panel';
import { until } from '../support/until';

const DESK = 'desk@padelvar.test';
const PLAYER = 'player@padelvar.test';
const ASSETS = '/panel/assets/';

describe('the panel as an app', () => {
  let front: Front;
  let origin: string;
  let club: TestClub;
  let rtsp: RtspCamera;
  let browser: TestBrowser;
  let court: number;
  let app: TestPage;
  /** What each file's name of the next build has more than that of the one before. */
  let build = '-next1.';

  beforeAll(async () => {
    front = await Front.start();
    // Browsers take this address for one as safe as HTTPS.
    origin = `http://127.0.0.1:${front.port}`;
    club = await startTestClub({ env: { PUBLIC_URL: origin, TRUST_PROXY: '1' } });
    front.target = club.service.url;
    rtsp = new RtspCamera({ clip: await h264Clip({ width: 640, height: 360, fps: 25, seconds: 10, gopSeconds: 1 }) });
    await rtsp.start();
    court = await club.addCourt('Court 1', rtsp.url);
    await new Courtside(club.desk, club.clubId).record(court);
    browser = await TestBrowser.start();
  });
  afterAll(async () => {
    await browser?.close();
    await club?.close();
    await rtsp?.stop();
    await front?.close();
  });
  beforeEach(async () => {
    front.target = club.service.url;
    front.answer = () => null;
    app = await openPanel(browser, origin, DESK);
    await isKept(app);
  });
  afterEach(() => app?.close());

  /** Settles once everything is kept that the page needs where there is no network. */
  async function isKept({ page }: TestPage): Promise<void> {
    await page.evaluate('navigator.serviceWorker.ready');
    await until(() => page.evaluate('navigator.serviceWorker.controller !== null'));
  }

  /** Settles once the kept page names such a file. */
  async function keptIs(open: TestPage, name: RegExp): Promise<void> {
    await until(async () => name.test(await keptPage(open)));
  }

  function keptPage({ page }: TestPage): Promise<string> {
    return page.evaluate(`caches.match('/panel/courts').then((answer) => answer?.text() ?? '')`);
  }

  /** Settles once the page that was marked has been loaded again; while it is, there is none to ask. */
  async function loadedAgain({ page }: TestPage): Promise<void> {
    await until(() => page.evaluate('globalThis.old === undefined').catch(() => false));
  }

  /** Paths of all that any cache of this browser holds. */
  async function listCached({ page }: TestPage): Promise<string[]> {
    return await page.evaluate(`(async () => {
      const requests = [];
      for (const name of await caches.keys()) requests.push(...(await (await caches.open(name)).keys()));
      return requests.map(({ url }) => url.replace(location.origin, '')).sort();
    })()`);
  }

  /** The next build, as it would be there after an update: every file goes by another name, and the earlier ones are gone. */
  async function nextBuild(path: string): Promise<OwnAnswer | null> {
    const isPage = /^\/panel(\/[^.]*)?$/.test(path);
    const isCode = path.startsWith(ASSETS) && /\.(js|css)$/.test(path);
    if (!isPage && !isCode) return null;
    const original = path.replace(/-next\d\./, '.');
    if (isCode && original === path) return { status: 404 };
    const { status, headers, ...response } = await answerOf(original);
    return { status, headers, body: response.body.replace(NAMES, (name) => name.replace(/\.(?=\w+$)/, build)) };
  }

  async function answerOf(path: string): Promise<Required<OwnAnswer>> {
    const response = await fetch(club.service.url + path);
    const names = ['content-type', 'cache-control', 'content-security-policy'];
    const headers = Object.fromEntries(names.map((name) => [name, response.headers.get(name) ?? '']));
    return { status: response.status, headers, body: await response.text() };
  }

  const built = readdirSync(join(repositoryRoot(), 'static', 'panel', 'assets')).filter((name) =>
    /\.(js|css)$/.test(name),
  );
  const NAMES = new RegExp(built.map((name) => name.replaceAll('.', '\\.')).join('|'), 'g');

  it('can be installed', async () => {
    const debug = await app.context.newCDPSession(app.page);
    const manifest = await debug.send('Page.getAppManifest');
    expect(manifest.errors).toEqual([]);
    expect(manifest.url).toBe(`${origin}/panel/manifest.webmanifest`);
    const { installabilityErrors } = await debug.send('Page.getInstallabilityErrors');
    // Playwright's contexts are incognito windows; nothing else may stand in the way.
    expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(['in-incognito']);
  });

  it('opens without a network after the first visit, says so, and goes on when it is back', async () => {
    const { page } = app;
    front.answer = () => ({ status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>502 Bad Gateway</h1>' });
    await page.goto(`${origin}/panel/courts/${court}`);
    await page.waitForSelector('text=The service cannot be reached.');
    // Not even a proxy answers.
    await page.context().setOffline(true);
    await page.goto(`${origin}/panel/videos`);
    await page.waitForSelector('text=The service cannot be reached.');
    await page.context().setOffline(false);
    front.answer = () => null;
    await page.click('button:has-text("Try again")');
    await page.waitForSelector('#content');
    // A part of the page that was not kept could not be had without a network: the browser says so, and nothing else went wrong.
    const missing = /Unable to preload CSS|dynamically imported module/;
    expect(app.faults.filter((fault) => !missing.test(fault))).toEqual([]);
  });

  it('keeps its own files, and nothing of what the service answered or showed', async () => {
    const { page } = app;
    await page.goto(`${origin}/panel/courts/${court}`);
    await page.waitForSelector('text=/Live · \\d/');
    for (const path of ['/videos', '/account', '/admin/people', '/health', '/courts']) {
      await page.goto(`${origin}/panel${path}`);
      await page.waitForSelector('#content');
    }
    // Opened by itself a picture is an answer to a navigation, and no page.
    await page.goto(`${origin}/panel/icon-192.png`);
    await page.goto(`${origin}/panel/courts`);
    await page.waitForSelector('#content');
    const kept = await listCached(app);
    expect(kept).toContain('/panel/courts');
    expect(kept.filter((path) => path !== '/panel/courts' && !path.startsWith(ASSETS))).toEqual([]);
    expect(await keptPage(app)).toContain('<div id="app">');
  });

  it('takes up a new build by itself where the one that is open lacks a part, and lets go of the old one', async () => {
    const { page } = app;
    for (const [link, name, next] of [
      ['Health', /health-page/, '-next1.'],
      ['Videos', /videos-page/, '-next2.'],
    ] as const) {
      build = next;
      // Back to the old build, in a tab that has not loaded the page yet.
      front.answer = () => null;
      await page.goto(`${origin}/panel/courts`);
      await page.waitForSelector('#content');
      await keptIs(app, /assets\/index-[^.]*(?<!-next\d)\.js/);
      await page.evaluate('globalThis.old = true');
      front.answer = nextBuild;
      await page.click(`nav a:has-text("${link}")`);
      await loadedAgain(app);
      await page.waitForSelector('#content');
      expect(new URL(page.url()).pathname).toBe(`/panel/${link.toLowerCase()}`);
      await until(async () => {
        const code = (await listCached(app)).filter((path) => /\.(js|css)$/.test(path));
        return code.every((path) => path.includes(next)) && code.some((path) => name.test(path));
      });
      expect(await page.locator('text=This page has failed').count()).toBe(0);
    }
  });

  it('says that there is a new version, and throws away no form, while a part is only looked at ahead of time', async () => {
    const { page } = app;
    await page.evaluate('globalThis.old = true');
    front.answer = nextBuild;
    await page.hover('nav a:has-text("Videos")');
    await page.waitForSelector('text=There is a new version of this page.');
    expect(await page.evaluate('globalThis.old')).toBe(true);
    await page.click('button:has-text("Load again")');
    await loadedAgain(app);
    await page.waitForSelector('#content');
  });

  it('leaves nothing of whoever signs out', async () => {
    const { page } = app;
    await page.goto(`${origin}/panel/courts/${court}`);
    await page.waitForSelector('text=/Live · \\d/');
    await page.click('button:has-text("Menu")');
    await page.click('[role=menuitem]:has-text("Sign out")');
    await page.waitForSelector('#email');
    // A browser that was here before is known again, and that opens nothing; where one had scrolled to names no page.
    expect((await page.context().cookies()).map(({ name }) => name)).toEqual(['padelvar_device']);
    expect(await page.evaluate('[Object.keys(localStorage), Object.keys(sessionStorage)]')).toEqual([
      [],
      [expect.stringMatching(/^tsr-scroll-restoration/)],
    ]);
    expect((await listCached(app)).filter((path) => path !== '/panel/courts' && !path.startsWith(ASSETS))).toEqual([]);
    // Whoever is next in this tab sees nothing of it either, not even while their own is on its way.
    front.answer = (path) => (/^\/api\/(?!auth)/.test(path) ? { status: 503 } : null);
    await signInHere(app, PLAYER);
    expect(await page.textContent('body')).not.toContain('Court 1');
  });
});
