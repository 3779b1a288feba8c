import { monotonic } from '../test/cameras';
import { SeenPicture as InPage, TestPage } from '../test/support/browser';
import { Lab } from './lab';
import { SeenPicture } from './latency';

/** What was seen of a live court. */
export interface Watched {
  readonly seen: SeenPicture[];
  /** How often the element had nothing to show. */
  readonly waits: number;
}

/** Looks at a court for a while. Anything that the element had to wait for counts. */
export async function watchLive(lab: Lab, test: TestPage, selector: string, seconds: number): Promise<Watched> {
  const { page } = test;
  await page.evaluate(`{
    globalThis.waits = 0;
    document.querySelector('${selector}').addEventListener('waiting', () => globalThis.waits++);
  }`);
  await test.watch(selector);
  await lab.sleep(seconds);
  const seen = onOurClock(await test.taken());
  return { seen, waits: await page.evaluate('globalThis.waits') };
}

/** The page says epoch milliseconds; both clocks run on this machine. */
function onOurClock(seen: readonly InPage[]): SeenPicture[] {
  const offset = performance.timeOrigin + performance.now() - monotonic();
  return seen.map(({ bars, at }) => ({ bars, at: at - offset }));
}
