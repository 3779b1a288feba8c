import { monotonic } from '../../test/cameras';
import { TestBrowser, TestPage } from '../../test/support/browser';
import { count, delays, Figure, Finding } from '../figure';
import { Lab } from '../lab';
import { latencies } from '../latency';
import { ServiceUnderTest } from '../service-under-test';
import { median, p95 } from '../stats';
import { watchLive } from '../watched-page';
import { SHOP_CLIP } from './rtsp-cost';

const CLIP = SHOP_CLIP;
const CLIP_PICTURES = CLIP.fps * CLIP.seconds;
const LIVE = '.stage video:not(.review)';
const REVIEW = '.stage video.review';
const BACK_SECONDS = 60;
const STEPS = 50;
/** After a recording's start its beginning is checked, by decoding it: once a match, at low priority. */
const SETTLED_SECONDS = 8;

/** @returns milliseconds from the navigation to the first picture that can be read */
async function openCourt({ page }: TestPage, service: ServiceUnderTest, sessionId: string): Promise<number> {
  // Only a new document is a navigation: the court stands in the address behind the #.
  await page.goto('about:blank');
  await page.goto(`${service.url}/live/#/session/${sessionId}`, { waitUntil: 'commit' });
  return page.evaluate(`new Promise((resolve) => {
    const look = () => {
      if (globalThis.pictureReader.look('${LIVE}').bars === null) return requestAnimationFrame(look);
      resolve(performance.now());
    };
    look();
  })`);
}

/** Milliseconds from moving the page's slider. */
interface Seek {
  /** To any picture of the group in which the place lies. */
  readonly near: number;
  /** To a picture of that very place: what was on its way to the screen, or only leads there, does not count. */
  readonly exact: number;
}

/** Goes so far back by the page's slider. */
function seekBack({ page }: TestPage, seconds: number): Promise<Seek> {
  return page.evaluate(`new Promise((resolve) => {
    const video = document.querySelector('${REVIEW}');
    const slider = document.querySelector('.timeline input');
    const target = video.currentTime - ${seconds};
    const began = performance.now();
    let near = null;
    const look = (_now, { mediaTime }) => {
      const passed = performance.now() - began;
      const past = mediaTime - target;
      if (Math.abs(past) < ${CLIP.gopSeconds}) near ??= passed;
      // It plays on: where the first one was not told of, the next one is later, and counts as that.
      if (past > -1.1 / ${CLIP.fps} && past < ${CLIP.gopSeconds}) return resolve({ near, exact: passed });
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
    slider.value = String(target);
    slider.dispatchEvent(new Event('input'));
  })`);
}

/** Presses a key and says what picture is shown when it has changed; the same one again after a while is a step that failed. */
async function step({ page }: TestPage, key: string, from: number): Promise<number | null> {
  await page.keyboard.press(key);
  return page.evaluate(`new Promise((resolve) => {
    const until = performance.now() + 3000;
    const look = () => {
      const { bars } = globalThis.pictureReader.look('${REVIEW}');
      if ((bars === null || bars === ${from}) && performance.now() < until) return requestAnimationFrame(look);
      resolve(bars);
    };
    look();
  })`);
}

async function steps(test: TestPage, key: string, by: 1 | -1): Promise<number> {
  let right = 0;
  let { bars } = await test.look(REVIEW);
  for (let i = 0; i < STEPS && bars !== null; i++) {
    const next: number | null = await step(test, key, bars);
    if (next === (bars + by + CLIP_PICTURES) % CLIP_PICTURES) right++;
    bars = next;
  }
  return right;
}

/** The court's page in Debian's Chromium: live, and looking back into the recording that goes on. */
export async function watch(lab: Lab): Promise<Finding> {
  const { quick } = lab.options;
  const seconds = quick ? 15 : 60;
  const room = lab.room();
  const service = await lab.service(room);
  const [url] = (await lab.startCameras({ kind: 'rtsp', count: 1, clip: CLIP })) as [string];
  const cameras = await lab.cameras();
  await cameras.call('follow', url);
  const sessionId = await service.open('Court', url);
  await service.post('/api/video/record/start', { session_id: sessionId });
  const recordingSince = monotonic();
  const browser = await TestBrowser.start();
  try {
    const test = await browser.open();
    await test.signIn(service.url, service.login.email, service.login.password);
    const cold = await openCourt(test, service, sessionId);
    await lab.sleep(SETTLED_SECONDS);
    const firsts: number[] = [];
    for (let i = 0; i < (quick ? 3 : 20); i++) firsts.push(await openCourt(test, service, sessionId));
    await lab.sleep(2);
    const { seen, waits } = await watchLive(lab, test, LIVE, seconds);
    const behind = latencies(seen, await cameras.call('sentPictures', url));
    lab.say(`live ${median(behind).toFixed(0)} / ${p95(behind).toFixed(0)} ms behind, ${waits} waits`);

    await lab.sleep(Math.max(0, BACK_SECONDS + 15 - (monotonic() - recordingSince) / 1000));
    await test.page.keyboard.press('ArrowLeft');
    await test.page.waitForSelector(`${REVIEW}:not([hidden])`);
    const seeks: Seek[] = [];
    for (let i = 0; i < (quick ? 4 : 20); i++) {
      await test.page.waitForFunction(`(document.querySelector('${REVIEW}')?.currentTime ?? 0) > ${BACK_SECONDS + 1}`);
      await lab.sleep(1);
      seeks.push(await seekBack(test, BACK_SECONDS));
      await lab.sleep(1);
      await test.page.keyboard.press('l');
      await lab.sleep(1);
      await test.page.keyboard.press('ArrowLeft');
      await test.page.waitForSelector(`${REVIEW}:not([hidden])`);
    }
    await lab.sleep(1);
    await test.page.keyboard.press('.');
    await lab.sleep(1.5);
    const back = await steps(test, ',', -1);
    const forth = await steps(test, '.', 1);
    const figures = [
      delays('First picture after the navigation', firsts, { p95: 400 }),
      {
        what: 'The first page of a browser just started, as the recording begins',
        unit: 'ms',
        digits: 0,
        ours: { median: cold },
        target: { text: '≤ 400 ms', met: cold <= 400 },
      },
      delays('Live, behind the camera', behind, { median: 200, p95: 300 }),
      count(`Waits in ${seconds} s of ${behind.length} pictures`, waits, 0),
      delays(
        `Review: ${BACK_SECONDS} s back, a picture of then`,
        seeks.map(({ near }) => near),
        { p95: 200 },
      ),
      delays(
        `Review: ${BACK_SECONDS} s back, the exact picture`,
        seeks.map(({ exact }) => exact),
        { p95: 200 },
      ),
      count(`Review: wrong pictures in ${STEPS} steps back`, STEPS - back, 0),
      count(`Review: wrong pictures in ${STEPS} steps forth`, STEPS - forth, 0),
    ];
    return finding(figures);
  } finally {
    await browser.close();
    await lab.endService(service);
    await lab.stopCameras([url]);
    lab.clear(room);
  }
}

function finding(figures: Figure[]): Finding {
  return {
    title: 'A court’s page, live and in review',
    method:
      'The whole service and its page in Debian’s Chromium (headless, decoding in software, on the same two cores). The ' +
      'camera’s pictures carry their number in bars, which a script in the page reads back from the pixels of every picture ' +
      'shown; behind: from the camera’s sending. The first page is opened while browser and recording start (the recording’s beginning ' +
      'is decoded then, to check it), the others after that. Waits: the element’s `waiting` events. Back: from moving the page’s slider to ' +
      'a picture’s being shown, while the recording goes on. Steps by the page’s keys; right is the clip’s very next picture.',
    figures,
    notes: [],
  };
}
