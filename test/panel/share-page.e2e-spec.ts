import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawFilm } from '../../src/media/fmp4/clip.fixture';
import { TestBrowser, TestPage } from '../support/browser';
import { startTestClub, TestClub } from '../support/club';
import { accessibilityFaults } from '../support/panel';
import { until } from '../support/until';
import { VideoShelf } from '../support/video-shelf';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const;
const LOOKS = [
  ['on a phone, in French', { ...PHONE, locale: 'fr-FR' }, 'light'],
  ['on a phone in the dark', PHONE, 'dark'],
  ['on a desk', {}, 'light'],
  ['on a desk in the dark, in French', { locale: 'fr-FR' }, 'dark'],
] as const;

describe('the page of a shared match', () => {
  let folder: string;
  let film: string;
  let club: TestClub;
  let shelf: VideoShelf;
  let browser: TestBrowser;
  let page: TestPage;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'padelvar-share-page-'));
    film = join(folder, 'film.mp4');
    drawFilm(film, { seconds: 6, gop: 25 });
    club = await startTestClub();
    shelf = await VideoShelf.of(club.service, club.operator, club.clubId);
    browser = await TestBrowser.start();
  });

  afterAll(async () => {
    await browser?.close();
    await club?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  afterEach(async () => {
    const faults = page?.faults ?? [];
    await page?.close();
    expect(faults).toEqual([]);
  });

  async function share(more: object = {}): Promise<{ id: number; session_id: string; url: string; views: number }> {
    const id = await shelf.put();
    copyFileSync(film, shelf.path(`${club.clubId}/${id}.mp4`));
    const body = { session_id: id, ...more };
    const made = await club.desk.post<{ share: { id: number; session_id: string; url: string; views: number } }>(
      '/api/video/shares',
      body,
    );
    if (made.status !== 201) throw new Error(made.text);
    return made.body.share;
  }

  async function open(url: string, options: object = {}, colorScheme: 'light' | 'dark' = 'light'): Promise<void> {
    page = await browser.open({ ...options, colorScheme });
    await page.page.goto(url);
  }

  /** Settles once that is so in the page. */
  const shows = (what: string): Promise<unknown> => until(() => page.page.evaluate<boolean>(what));
  const heading = (): Promise<string | null> => page.page.textContent('h1');
  /** Nothing is wider than the screen. */
  const overflow = (): Promise<number> =>
    page.page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

  it.each(LOOKS)('can be used by everybody: %s', async (_name, options, colours) => {
    const { url } = await share();
    const { url: locked } = await share({ passphrase: 'smash par trois' });
    await open(url, options, colours);
    await shows('document.querySelector("video").readyState >= 1');
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflow()).toBeLessThanOrEqual(0);
    await page.page.goto(locked);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflow()).toBeLessThanOrEqual(0);
    await page.page.goto(`${url}x`.replace('/s/', '/s/x'));
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('plays the match and seeks in it, and counts the visit once', async () => {
    const { url, session_id } = await share();
    await open(url, PHONE);
    expect(await heading()).toBe('Old court');
    await page.page.evaluate('document.querySelector("video").play()');
    await shows('document.querySelector("video").currentTime > 0.3');
    await page.page.evaluate('document.querySelector("video").currentTime = 4');
    await shows('document.querySelector("video").currentTime > 4.2');
    await page.page.reload();
    await shows('document.querySelector("video").readyState >= 1');
    const { body } = await club.desk.get<{ shares: { views: number }[] }>(`/api/video/shares?session_id=${session_id}`);
    expect(body.shares[0]?.views).toBe(1);
  });

  it('offers the file', async () => {
    const { url } = await share();
    await open(url);
    const downloading = page.page.waitForEvent('download');
    await page.page.click('text=Download');
    const download = await downloading;
    expect(download.suggestedFilename()).toMatch(/^padel-nord-old-court-[\d-]+\.mp4$/);
    await download.delete();
  });

  it('asks for the pass-phrase, by keyboard too, and says what is wrong', async () => {
    const { url } = await share({ passphrase: 'smash par trois' });
    await open(url, { locale: 'fr-FR' });
    expect(await heading()).toBe('Ce match est protégé par un mot de passe');
    await page.page.fill('#passphrase', 'lob');
    await page.page.keyboard.press('Enter');
    await page.page.waitForSelector('#passphrase[aria-invalid=true]');
    expect(await page.page.textContent('#fault')).toBe('Ce n’est pas le bon. Réessayez.');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.page.fill('#passphrase', 'smash par trois');
    await page.page.keyboard.press('Enter');
    await page.page.waitForSelector('video');
    expect(await heading()).toBe('Old court');
    expect(page.page.url()).toBe(url);
  });

  it('changes the language', async () => {
    const { url } = await share();
    await open(url);
    await page.page.click('header a');
    await page.page.waitForSelector('html[lang=fr]');
    await page.page.waitForSelector('text=Télécharger');
  });

  it.each(LOOKS)('says that the match is no longer shared: %s', async (_name, options, colours) => {
    const { url, id } = await share();
    await club.desk.delete(`/api/video/shares/${id}`);
    page = await browser.open({ ...options, colorScheme: colours });
    const answer = await page.page.goto(url);
    expect(answer?.status()).toBe(410);
    expect(await heading()).toMatch(/no longer shared|plus partagé/);
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('says so in the middle of the match, too', async () => {
    const { url, id } = await share();
    await open(url);
    await shows('document.querySelector("video").readyState >= 1');
    await club.desk.delete(`/api/video/shares/${id}`);
    // As in a long film, of which Chromium does not have the rest yet.
    await page.page.evaluate('document.querySelector("video").dispatchEvent(new Event("error"))');
    await page.page.waitForSelector('h1:text-is("This match is no longer shared")');
  });
});
