import { TestBrowser } from '../../test/support/browser';
import { Figure, Finding } from '../figure';
import { Lab } from '../lab';
import { firstLoad } from '../panel/first-load';
import { firstPaint } from '../panel/first-paint';
import { liveCourt } from '../panel/live-court';
import { wall, WALL_COURTS } from '../panel/wall';
import { ServiceUnderTest } from '../service-under-test';
import { SHOP_CLIP } from './rtsp-cost';

/** Twelve streams of a lower size: what the wall costs is pictures of 2 s each, whatever their size. */
const CLIP = { ...SHOP_CLIP, width: 1280, height: 720, bitrate: 2_000_000 };

/** The panel in Debian's Chromium: what it loads, how soon it is there, what a wall costs, how live a court is. */
export async function panel(lab: Lab): Promise<Finding> {
  const room = lab.room();
  const most = String(WALL_COURTS);
  const service = await lab.service(room, { MAX_SESSIONS: most, MAX_SESSIONS_PER_USER: most });
  const loads = await starts(lab, service);
  // Only now: pictures that come in cost time which a start has not.
  const urls = await lab.startCameras({ kind: 'rtsp', count: WALL_COURTS, clip: CLIP });
  const names = urls.map((_, i) => `Court ${String(i + 1).padStart(2, '0')}`);
  for (const [i, name] of names.entries()) await service.open(name, urls[i] as string);
  try {
    const transfers = await withBrowser((browser) => firstLoad(browser, service));
    const cost = await wall(lab, service);
    const live = await liveCourt(lab, service, urls[0] as string);
    return finding([...transfers, ...loads, ...cost, ...live]);
  } finally {
    await lab.endService(service);
    await lab.stopCameras(urls);
    lab.clear(room);
  }
}

function starts(lab: Lab, service: ServiceUnderTest): Promise<Figure[]> {
  return withBrowser((browser) => firstPaint(lab, browser, service));
}

async function withBrowser(task: (browser: TestBrowser) => Promise<Figure[]>): Promise<Figure[]> {
  const browser = await TestBrowser.start();
  try {
    return await task(browser);
  } finally {
    await browser.close();
  }
}

function finding(figures: Figure[]): Finding {
  return {
    title: 'The panel: its start, a wall of courts, a court’s page',
    method:
      'The whole service and the panel in Debian’s Chromium (headless, drawing and decoding in software, on the same two ' +
      'cores). Script until the wall is shown: what the DevTools protocol says came over the network (compressed, with ' +
      'headers) for a browser without cache that goes to `/panel/courts`, signs in and sees the wall; each page’s own from ' +
      'there. Over plain HTTP, as here, Chromium takes gzip; over HTTPS it takes the Brotli files, which are a seventh smaller. First and second visit: the sign-in page on a screen of a telephone, the processor slowed down four times, on ' +
      '“slow 4G” (1.6 Mbit/s down, 750 kbit/s up, 150 ms round trip) by a proxy, which slows down the service worker too; ' +
      'the targets are what Web Vitals call good for mobiles. Blocking: what tasks took beyond 50 ms each. The wall: ' +
      `${WALL_COURTS} courts, 720p25 with a group of pictures of 2 s, all in view, a picture a keyframe; clock ticks of all ` +
      'the browser’s processes, and of the service with what it started (PostgreSQL not counted). Hidden: the page is told ' +
      'so; Chromium, which hides nothing without a window, does not slow it down besides. Behind: from the camera’s sending ' +
      'to the pixels of the element, read by time bars in the picture; the page says it from the arrival at the service on.',
    figures,
    notes: [],
  };
}
