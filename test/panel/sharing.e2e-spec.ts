import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawFilm } from '../../src/media/fmp4/clip.fixture';
import { TestBrowser, TestPage } from '../support/browser';
import { startTestClub, TestClub } from '../support/club';
import { accessibilityFaults, openPanel } from '../support/panel';
import { until } from '../support/until';
import { VideoShelf } from '../support/video-shelf';

const PLAYER = 'player@padelvar.test';
const OTHER = 'other@padelvar.test';
const DESK = 'desk@padelvar.test';
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const;

jest.setTimeout(120_000);

describe('sharing in the panel', () => {
  let folder: string;
  let club: TestClub;
  let shelf: VideoShelf;
  let browser: TestBrowser;
  let match: string;
  const open: TestPage[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'padelvar-sharing-'));
    club = await startTestClub();
    shelf = await VideoShelf.of(club.service, club.operator, club.clubId);
    match = await shelf.put();
    drawFilm(shelf.path(`${club.clubId}/${match}.mp4`), { seconds: 4 });
    for (const [table, key] of [
      ['camera_sessions', 'id'],
      ['recordings', 'session_id'],
      ['videos', 'session_id'],
    ] as const) {
      await shelf.sql(`UPDATE ${table} SET user_id = $2 WHERE ${key} = $1`, [match, club.ids.player]);
    }
    await shelf.sql('INSERT INTO session_players (session_id, user_id) VALUES ($1, $2)', [match, club.ids.other]);
    browser = await TestBrowser.start();
  });

  afterAll(async () => {
    await browser?.close();
    await club?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  afterEach(async () => {
    for (const page of open.splice(0)) {
      expect(page.faults).toEqual([]);
      await page.close();
    }
  });

  async function panel(email: string, path: string, options = {}): Promise<TestPage> {
    const page = await openPanel(browser, club.service.url, email, path, options);
    open.push(page);
    return page;
  }

  it.each([
    [
      'on a phone, in French, in the dark',
      { ...PHONE, locale: 'fr-FR', colorScheme: 'dark' },
      'Partager',
      'Créer un lien',
    ],
    ['on a desk', {}, 'Share', 'Make a link'],
  ])('makes a link that opens for anybody: %s', async (_name, options, share, make) => {
    const { page, ...rest } = await panel(PLAYER, `/videos/${match}`, options);
    await page.getByRole('button', { name: share, exact: true }).click();
    await page.waitForSelector('[role=dialog] form');
    expect(await accessibilityFaults({ page, ...rest } as TestPage)).toEqual([]);
    await page.click(`button:has-text("${make}")`);
    const field = page.locator('[role=dialog] input[readonly]');
    await field.waitFor();
    const url = await field.inputValue();
    expect(url).toMatch(/\/s\/[A-Za-z0-9_-]{43}$/);
    expect(await accessibilityFaults({ page, ...rest } as TestPage)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')).toBe(
      true,
    );
    const visitor = await browser.open();
    open.push(visitor);
    await visitor.page.goto(url);
    expect(await visitor.page.textContent('h1')).toBe('Old court');
  });

  it('takes a link back, once that was asked, and shows who looked', async () => {
    const made = await club.other.post<{ share: { url: string } }>('/api/video/shares', {
      session_id: match,
      passphrase: 'smash par trois',
      allow_download: false,
    });
    const { page } = await panel(PLAYER, `/videos/${match}`);
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    const row = page.locator('[role=dialog] li', { hasText: 'by other' });
    await row.waitFor();
    expect(await row.textContent()).toMatch(/Good until .*0 visitors.*With pass-phrase.*To watch only/);
    await row.getByRole('button').click();
    await page.getByRole('button', { name: 'Take back', exact: true }).click();
    await page.locator('[role=dialog] li', { hasText: 'Taken back on' }).waitFor();
    expect((await fetch(made.body.share.url)).status).toBe(410);
  });

  it('offers a player only their own links to take back', async () => {
    await club.desk.post('/api/video/shares', { session_id: match });
    const { page } = await panel(OTHER, `/videos/${match}`);
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    const row = page.locator('[role=dialog] li', { hasText: 'by desk' });
    await row.waitFor();
    expect(await row.getByRole('button').count()).toBe(0);
  });

  it('says so where the club shares nothing', async () => {
    const desk = await panel(DESK, '/admin/settings');
    await desk.page.getByRole('switch', { name: /Matches may be shared/ }).click();
    await desk.page.click('button[type=submit]');
    await desk.page.waitForSelector('[role=status]:has-text("Saved")');
    const { page } = await panel(PLAYER, `/videos/${match}`);
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await page.waitForSelector('text=The club does not share matches');
    expect(await page.locator('[role=dialog] form').count()).toBe(0);
    await club.desk.patch(`/api/clubs/${club.clubId}`, { sharing_enabled: true });
  });

  it('sets and removes the club’s logo', async () => {
    const path = join(folder, 'logo.png');
    const source = ['-f', 'lavfi', '-i', 'color=green:s=600x200', '-frames:v', '1'];
    execFileSync('ffmpeg', ['-v', 'error', '-y', ...source, path]);
    const wrong = join(folder, 'logo.svg');
    writeFileSync(wrong, '<svg xmlns="http://www.w3.org/2000/svg"/>');
    const opened = await panel(DESK, '/admin/settings', PHONE);
    const { page } = opened;
    const shows = (what: string): Promise<unknown> => until(() => page.evaluate<boolean>(what));
    const choose = page.locator('input[type=file]');
    await choose.waitFor({ state: 'attached' });
    await choose.setInputFiles(wrong);
    await page.waitForSelector('text=Choose a PNG, a JPEG or a WebP.');
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await choose.setInputFiles(path);
    await page.waitForSelector('img[alt^="The new logo"]');
    expect(await accessibilityFaults(opened)).toEqual([]);
    await page.getByRole('button', { name: 'Use this picture', exact: true }).click();
    await shows(`document.querySelector('img[alt="The club’s logo"]')?.naturalWidth === 512`);
    await shows(`document.querySelector('header img')?.naturalWidth === 512`);
    expect(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')).toBe(
      true,
    );
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await page.waitForSelector('[aria-label="No logo yet"]');
    expect(await page.locator('header img').count()).toBe(0);
  });
});
