import { TestBrowser } from '../../test/support/browser';
import { Figure, value } from '../figure';
import { Lab } from '../lab';
import { cpuShares } from '../proc';
import { ServiceUnderTest } from '../service-under-test';
import { openWall } from './sign-in';

export const WALL_COURTS = 12;
/** Per cent of a core. */
const MOST = { browser: 20, service: 15, hidden: 2 };
/** Until scripts are compiled and the service worker is installed. */
const SETTLED_SECONDS = 8;
/** Every tile is in it; those that are not are not asked for. */
const SCREEN = { width: 1920, height: 1600 };

const PICTURE_COUNTER = `{
  const decode = globalThis.createImageBitmap;
  globalThis.picturesDecoded = 0;
  globalThis.createImageBitmap = (...given) => { globalThis.picturesDecoded++; return decode(...given); };
}`;
/** As the browser does when its window is covered: without windows it never is. */
const HIDE = `
  Object.defineProperty(document, 'hidden', { value: true, configurable: true });
  Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
  document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));`;

/** What a desk's wall of courts costs the browser and the service. */
export async function wall(lab: Lab, service: ServiceUnderTest): Promise<Figure[]> {
  const seconds = lab.options.quick ? 8 : 20;
  const pass = (): Promise<void> => lab.sleep(seconds);
  const [alone = NaN] = await cpuShares([[service.pid]], pass);
  const browser = await TestBrowser.start();
  try {
    const sides = [[await browser.pid()], [service.pid]];
    const test = await browser.open({ viewport: SCREEN, script: PICTURE_COUNTER });
    await lab.sleep(SETTLED_SECONDS);
    const [empty = NaN] = await cpuShares(sides, pass);
    await openWall(test, service);
    await test.page
      .locator('canvas[data-seen]')
      .nth(WALL_COURTS - 1)
      .waitFor();
    await lab.sleep(SETTLED_SECONDS);
    await test.page.evaluate('globalThis.picturesDecoded = 0');
    const [shown = NaN, serving = NaN] = await cpuShares(sides, pass);
    const pictures = await test.page.evaluate<number>('globalThis.picturesDecoded');
    await test.page.evaluate(HIDE);
    await lab.sleep(SETTLED_SECONDS);
    await test.page.evaluate('globalThis.picturesDecoded = 0');
    const [hidden = NaN, resting = NaN] = await cpuShares(sides, pass);
    const unseen = await test.page.evaluate<number>('globalThis.picturesDecoded');
    lab.say(
      `wall: browser ${shown.toFixed(1)} (empty ${empty.toFixed(1)}), service ${serving.toFixed(1)} (${alone.toFixed(1)})`,
    );
    const share = (what: string, found: number, most: number | null = null): Figure =>
      value(what, '% of a core', 1, found, most);
    return [
      share('Browser with an empty page', empty),
      share(`Browser with a wall of ${WALL_COURTS} courts, more than that`, shown - empty, MOST.browser),
      share('Browser with the wall hidden, more than that', hidden - empty, MOST.hidden),
      share(`Service with ${WALL_COURTS} open sessions that nobody sees`, alone),
      share('Service with the wall shown, more than that', serving - alone, MOST.service),
      share('Service with the wall hidden, more than that', resting - alone, MOST.hidden),
      value('Pictures a court and ten seconds', '', 1, (pictures / WALL_COURTS / seconds) * 10),
      value('Pictures while hidden', '', 0, unseen, 0),
    ];
  } finally {
    await browser.close();
  }
}
