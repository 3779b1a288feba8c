import { TestBrowser } from '../../test/support/browser';
import { Figure, value } from '../figure';
import { ServiceUnderTest } from '../service-under-test';
import { openWall } from './sign-in';
import { Transfers } from './transfers';

/** Kilobytes of a thousand, as those who sell mobile data count them. */
const KB = 1000;
const MOST_SCRIPT_KB = 250;
const PAGES = [
  '/videos',
  '/health',
  '/account',
  '/clubs',
  '/admin/courts',
  '/admin/codes',
  '/admin/people',
  '/admin/settings',
  '/admin/audit',
];

/** What a browser that knows nothing yet transfers until the wall is shown, and what each page adds. */
export async function firstLoad(browser: TestBrowser, service: ServiceUnderTest): Promise<Figure[]> {
  // A service worker's own requests are not the page's, and what it answers is not told as transferred.
  const test = await browser.open({ serviceWorkers: 'block' });
  const { page } = test;
  const transfers = await Transfers.of(test);
  await openWall(test, service);
  await transfers.scriptsCame();
  const script = transfers.of('Script') / KB;
  const styles = transfers.of('Stylesheet') / KB;
  const rest = transfers.total / KB - script - styles;
  const court = await page.getAttribute('#content article a', 'href');
  const pages: Figure[] = [];
  for (const path of [...(court === null ? [] : [court.replace('/panel', '')]), ...PAGES]) {
    await page.goto(`${service.url}/panel/courts`);
    await page.waitForSelector('#content article');
    await transfers.scriptsCame();
    transfers.reset();
    // The router hears this as it hears a link.
    await page.evaluate(`history.pushState({}, '', '/panel${path}')`);
    await transfers.scriptsCame();
    pages.push(value(`More script for ${path.replace(/\d+/, '…')}`, 'kB', 1, transfers.of('Script') / KB));
  }
  await test.close();
  return [
    value('Script until the wall is shown', 'kB', 0, script, MOST_SCRIPT_KB),
    value('Style sheets until then', 'kB', 0, styles),
    value('The page, its icons and the API’s answers until then', 'kB', 0, rest),
    ...pages,
  ];
}
