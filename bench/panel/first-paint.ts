import { TestBrowser, TestPage } from '../../test/support/browser';
import { delays, Figure } from '../figure';
import { Lab } from '../lab';
import { ServiceUnderTest } from '../service-under-test';
import { LinkSpeed, SlowLink } from './slow-link';

/** "Slow 4G" as Lighthouse simulates it for mobiles, https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md */
const SLOW_4G: LinkSpeed = { down: 1_600_000, up: 750_000, roundTrip: 150 };
const SLOWER_CPU = 4;
/** Web Vitals' "good": web.dev/articles/fcp, /lcp; Lighthouse's for mobiles: /tbt. */
const GOOD = { fcp: 1_800, lcp: 2_500, tbt: 200 };
/** Blocks whoever touches the page: what a task takes beyond this. */
const SHORT_TASK_MS = 50;
/** Nothing of a start comes after so long. */
const REST_SECONDS = 2;

interface Paint {
  readonly fcp: number;
  readonly lcp: number;
  readonly tasks: readonly { readonly start: number; readonly duration: number }[];
}

const OBSERVER = `{
  const paint = (globalThis.paint = { fcp: NaN, lcp: NaN, tasks: [] });
  const observe = (type, note) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  observe('paint', ({ name, startTime }) => { if (name === 'first-contentful-paint') paint.fcp = startTime; });
  observe('largest-contentful-paint', ({ startTime }) => { paint.lcp = startTime; });
  observe('longtask', ({ startTime, duration }) => { paint.tasks.push({ start: startTime, duration }); });
}`;

const CONTROLLED = `new Promise((resolve) => {
  const { serviceWorker } = navigator;
  if (serviceWorker.controller) resolve();
  else serviceWorker.addEventListener('controllerchange', () => resolve(), { once: true });
})`;

/** How soon the sign-in page is there on a telephone far from the mast, for who never was here and for who comes again. */
export async function firstPaint(lab: Lab, browser: TestBrowser, service: ServiceUnderTest): Promise<Figure[]> {
  const link = await SlowLink.start(service.url, SLOW_4G);
  const first: Paint[] = [];
  const again: Paint[] = [];
  try {
    for (let i = 0; i < (lab.options.quick ? 2 : 5); i++) {
      const test = await browser.open({ script: OBSERVER, viewport: { width: 390, height: 844 } });
      const session = await test.context.newCDPSession(test.page);
      await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER_CPU });
      first.push(await visit(lab, test, link.url));
      // It takes the page over once it is installed.
      await test.page.evaluate(CONTROLLED);
      again.push(await visit(lab, test, link.url));
      await test.close();
    }
  } finally {
    await link.stop();
  }
  return [...figures('First visit', first), ...figures('Second visit', again)];
}

async function visit(lab: Lab, { page }: TestPage, url: string): Promise<Paint> {
  await page.goto('about:blank');
  await page.goto(`${url}/panel/courts`);
  await page.waitForSelector('#email');
  await lab.sleep(REST_SECONDS);
  return page.evaluate('globalThis.paint');
}

function figures(visit: string, paints: readonly Paint[]): Figure[] {
  const blocking = (from: (paint: Paint) => number): number[] =>
    paints.map((paint) => {
      const late = paint.tasks.map(({ start, duration }) => start + duration - Math.max(start, from(paint)));
      return late.reduce((sum, duration) => sum + Math.max(0, duration - SHORT_TASK_MS), 0);
    });
  return [
    delays(
      `${visit}: first contentful paint`,
      paints.map(({ fcp }) => fcp),
      { p95: GOOD.fcp },
    ),
    delays(
      `${visit}: largest contentful paint`,
      paints.map(({ lcp }) => lcp),
      { p95: GOOD.lcp },
    ),
    delays(
      `${visit}: blocking time after the first paint`,
      blocking(({ fcp }) => fcp),
      { p95: GOOD.tbt },
    ),
    delays(
      `${visit}: blocking time in all`,
      blocking(() => 0),
      null,
    ),
  ];
}
