import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Browser, BrowserContext, chromium, Page } from 'playwright-core';
import { demoCameras, serversOf } from './demo/cameras';
import { DemoClub } from './demo/club';
import { DemoService, Login } from './demo/service';

/** Debian's; `scripts/setup.mjs bench` installs it. */
const CHROMIUM = '/usr/bin/chromium';
const FOLDER = join(process.cwd(), 'docs', 'screens');
const RECORD_SECONDS = 12;

/** Each screen is taken in these, so that every colour, language and size is seen. */
const LOOKS = [
  { name: 'desktop-light-en', width: 1280, height: 800, colorScheme: 'light', locale: 'en-GB' },
  { name: 'desktop-dark-fr', width: 1280, height: 800, colorScheme: 'dark', locale: 'fr-FR' },
  { name: 'phone-light-fr', width: 390, height: 844, colorScheme: 'light', locale: 'fr-FR' },
  { name: 'phone-dark-en', width: 390, height: 844, colorScheme: 'dark', locale: 'en-GB' },
] as const;

type Role = Login['role'];

interface Screen {
  readonly name: string;
  readonly path: string;
  /** `null`: nobody is signed in. */
  readonly as: Role | null;
  /** What has to be there before the picture is taken. */
  readonly ready: string;
  readonly prepare?: (page: Page) => Promise<void>;
}

/** Takes a picture of every screen of the panel into `docs/screens/`, of the demo's club in the middle of an evening. */
async function main(): Promise<void> {
  const cameras = await demoCameras();
  const service = new DemoService();
  let browser: Browser | null = null;
  try {
    const url = await service.start();
    const club = await DemoClub.open(url, service.operator, cameras);
    await club.recordMatch(RECORD_SECONDS, () => undefined);
    await club.planEvening();
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    rmSync(FOLDER, { recursive: true, force: true });
    mkdirSync(FOLDER, { recursive: true });
    await startEvening(browser, url, club);
    for (const look of LOOKS) await takeAll(browser, url, club, look);
  } finally {
    await browser?.close();
    await service.stop();
    await Promise.all(serversOf(cameras).map((server) => server.stop()));
  }
}

function screensOf(club: DemoClub): readonly Screen[] {
  const [recorded, free] = club.courts.map(({ id }) => id);
  const drawn = 'canvas[data-seen]';
  return [
    { name: 'sign-in', path: '/sign-in', as: null, ready: '#email' },
    { name: 'scanned', path: `/c/${club.id}/${free}`, as: null, ready: 'main h1' },
    { name: 'courts', path: '/courts', as: 'CLUB_ADMIN', ready: drawn },
    { name: 'court-free', path: `/courts/${free}`, as: 'PLAYER', ready: 'select' },
    { name: 'court', path: `/courts/${recorded}`, as: 'CLUB_ADMIN', ready: '[data-behind]' },
    {
      name: 'court-review',
      path: `/courts/${recorded}`,
      as: 'CLUB_ADMIN',
      ready: '[data-behind]',
      prepare: async (page) => {
        await page.click('[aria-keyshortcuts=ArrowLeft]');
        await page.waitForSelector('video[data-review]:not([hidden])');
        await page.click('[aria-keyshortcuts=Space]');
      },
    },
    { name: 'videos', path: '/videos', as: 'PLAYER', ready: 'main img' },
    {
      name: 'video',
      path: '/videos',
      as: 'CLUB_ADMIN',
      ready: 'main img',
      prepare: openFirstVideo,
    },
    {
      name: 'video-angles',
      path: '/videos',
      as: 'CLUB_ADMIN',
      ready: 'main img',
      prepare: async (page) => {
        await openFirstVideo(page);
        // Two cameras beside each other, and under them how lively the match was.
        await page.click('[aria-keyshortcuts=b]');
        await page.waitForSelector('[data-two]');
        await page.waitForLoadState('networkidle');
        await page.locator('svg[preserveAspectRatio=none]').first().scrollIntoViewIfNeeded();
      },
    },
    { name: 'bookings', path: '/bookings', as: 'CLUB_ADMIN', ready: 'main h1' },
    { name: 'health', path: '/health', as: 'SUPER_ADMIN', ready: 'main svg[role=img]' },
    { name: 'club-courts', path: '/admin/courts', as: 'CLUB_ADMIN', ready: 'main h1' },
    {
      name: 'camera-test',
      path: '/admin/courts',
      as: 'CLUB_ADMIN',
      ready: 'main h1',
      prepare: async (page) => {
        await page.locator('main button:has(.tabler-icon-device-cctv)').nth(2).click();
        await page.waitForSelector('[role=dialog] img');
      },
    },
    { name: 'club-codes', path: '/admin/codes', as: 'CLUB_ADMIN', ready: 'main svg[role=img]' },
    { name: 'club-people', path: '/admin/people', as: 'CLUB_ADMIN', ready: 'main h1' },
    { name: 'club-settings', path: '/admin/settings', as: 'CLUB_ADMIN', ready: 'main h1' },
    {
      name: 'club-storage',
      path: '/admin/settings',
      as: 'CLUB_ADMIN',
      ready: 'main h1',
      prepare: (page) => page.getByText(/^(Storage of videos|Stockage des vidéos)$/).scrollIntoViewIfNeeded(),
    },
    { name: 'club-webhooks', path: '/admin/webhooks', as: 'CLUB_ADMIN', ready: 'main h1' },
    { name: 'club-audit', path: '/admin/audit', as: 'CLUB_ADMIN', ready: 'main h1' },
    { name: 'clubs', path: '/clubs', as: 'SUPER_ADMIN', ready: 'main h1' },
    { name: 'account', path: '/account', as: 'PLAYER', ready: 'main h1' },
  ];
}

async function openFirstVideo(page: Page): Promise<void> {
  await page.click('main a[href*="/videos/"]');
  await page.waitForSelector('main video');
  await page.waitForLoadState('networkidle');
}

/** The first court is in the middle of a match. */
async function startEvening(browser: Browser, url: string, club: DemoClub): Promise<void> {
  const context = await browser.newContext({ locale: 'en-GB' });
  const page = await signedIn(context, url, club, 'PLAYER');
  await page.goto(`${url}/panel/courts/${club.courts[0]?.id}`);
  await page.click('button:has(.tabler-icon-player-record-filled)');
  await page.waitForSelector('[aria-keyshortcuts=ArrowLeft]:not([disabled])');
  await context.close();
}

async function takeAll(browser: Browser, url: string, club: DemoClub, look: (typeof LOOKS)[number]): Promise<void> {
  const { width, height, colorScheme, locale } = look;
  const isPhone = width < 500;
  const options = { viewport: { width, height }, colorScheme, locale, hasTouch: isPhone, deviceScaleFactor: 1 };
  const contexts = new Map<Role | null, Page>();
  for (const screen of screensOf(club)) {
    let page = contexts.get(screen.as);
    if (!page) {
      const context = await browser.newContext({ ...options, reducedMotion: 'reduce' });
      page = screen.as === null ? await context.newPage() : await signedIn(context, url, club, screen.as);
      contexts.set(screen.as, page);
    }
    await page.goto(`${url}/panel${screen.path}`);
    await page.waitForSelector(screen.ready);
    await screen.prepare?.(page);
    await page.locator('main .mantine-Skeleton-root').first().waitFor({ state: 'detached' });
    await picture(page, join(FOLDER, `${screen.name}-${look.name}.webp`));
  }
  for (const page of contexts.values()) await page.context().close();
}

async function picture(page: Page, path: string): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality: 72 });
  writeFileSync(path, Buffer.from(data, 'base64'));
  await devtools.detach();
}

async function signedIn(context: BrowserContext, url: string, club: DemoClub, role: Role): Promise<Page> {
  const login = club.logins.find((known) => known.role === role) as Login;
  const page = await context.newPage();
  await page.goto(`${url}/panel/sign-in`);
  await page.fill('#email', login.email);
  await page.fill('#password', login.password);
  await page.click('form button[type=submit]');
  await page.waitForSelector('#content');
  return page;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`, () => process.exit(1));
  },
);
