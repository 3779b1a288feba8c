import { TestBrowser } from '../../test/support/browser';
import { count, delays, Figure, value } from '../figure';
import { Lab } from '../lab';
import { latencies } from '../latency';
import { ServiceUnderTest } from '../service-under-test';
import { median } from '../stats';
import { watchLive } from '../watched-page';
import { openWall } from './sign-in';

const LIVE = '[data-live] video:not([data-review])';
const SETTLED_SECONDS = 5;
/** One picture of a camera that sends 25 a second. */
const HONEST_MS = 40;

/** What a court's page says of its delay, once a second. */
const NOTE_WHAT_IT_SAYS = `{
  globalThis.said = [];
  setInterval(() => {
    const behind = document.querySelector('[data-behind]')?.dataset.behind;
    if (behind !== undefined) globalThis.said.push(Number(behind));
  }, 1000);
}`;

/** The wall's first court on its own page: how far it lies behind the camera, and what the page says of that. */
export async function liveCourt(lab: Lab, service: ServiceUnderTest, url: string): Promise<Figure[]> {
  const seconds = lab.options.quick ? 15 : 60;
  const cameras = await lab.cameras();
  await cameras.call('follow', url);
  const browser = await TestBrowser.start();
  try {
    const test = await browser.open();
    await openWall(test, service);
    await test.page.click('#content article a');
    await test.page.waitForSelector(LIVE);
    await test.page.waitForSelector('[data-behind]');
    await lab.sleep(SETTLED_SECONDS);
    await test.page.evaluate(NOTE_WHAT_IT_SAYS);
    const { seen, waits } = await watchLive(lab, test, LIVE, seconds);
    const said = await test.page.evaluate<number[]>('globalThis.said');
    const behind = latencies(seen, await cameras.call('sentPictures', url));
    const apart = Math.abs(median(said) - median(behind));
    lab.say(`court: ${median(behind).toFixed(0)} ms behind, says ${median(said).toFixed(0)} ms, ${waits} waits`);
    return [
      delays('A court’s page, behind the camera', behind, { median: 300 }),
      count(`Waits in ${seconds} s of ${behind.length} pictures`, waits, 0),
      delays('What the page says of it', said, null),
      value('How far the medians of both lie apart', 'ms', 0, apart, HONEST_MS),
    ];
  } finally {
    await browser.close();
  }
}
