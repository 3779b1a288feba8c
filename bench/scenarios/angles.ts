import { randomUUID } from 'node:crypto';
import { clockAt, FilmedPicture, monotonic, readClock } from '../../test/cameras';
import type { CameraSpec } from '../camera-host';
import { Figure, Finding } from '../figure';
import { Lab } from '../lab';
import type { RuntimeHost } from '../runtime-host';
import { median, p95 } from '../stats';
import { Worker } from '../worker';

/** Small, for every picture of every film is decoded. */
const CLIP = { width: 640, height: 360, fps: 25, bitrate: 1_000_000, seconds: 10, gopSeconds: 1 };
/** How often both clocks are read, milliseconds. */
const LOOK_MS = 10;
const JITTER_MS = 20;
const NO_REPORTS = { senderReportMs: 0 };
/** Cameras built on GStreamer send their first report so long after their first picture, milliseconds. */
const LATE = { firstReportMs: 2_500 };
/** What such a film begins with is not counted, milliseconds: there the clock is not known, or pictures are on their way to it. */
const SETTLED = 8_000;

interface Case {
  readonly what: string;
  /** Of the first camera and the other one: from the lens to the service, milliseconds. */
  readonly ways: readonly [number, number];
  readonly reports: boolean;
  readonly bframes?: number;
  readonly late?: boolean;
  /** Milliseconds; `null`: nothing was promised. */
  readonly most: number | null;
}

const CASES: readonly Case[] = [
  { what: 'Both tell their clocks, ways of 20 and 180 ms', ways: [20, 180], reports: true, most: 40 },
  { what: 'Both tell their clocks, ways of 180 and 20 ms', ways: [180, 20], reports: true, most: 40 },
  { what: 'The same, the other camera with B-frames', ways: [20, 180], reports: true, bframes: 2, most: 40 },
  { what: 'First reports after 2.5 s, from 8 s on', ways: [20, 180], reports: true, late: true, most: 40 },
  { what: 'No clock is told, two equal ways', ways: [60, 60], reports: false, most: 100 },
  { what: 'No clock is told, ways of 20 and 180 ms', ways: [20, 180], reports: false, most: null },
];

/** A camera's film under way. */
interface Filmed {
  readonly url: string;
  readonly sessionId: string;
  /** Monotonic milliseconds. */
  readonly zero: number;
}

/** Differences of the clocks of two films, milliseconds. */
interface Apart {
  /** Of the clocks themselves. */
  readonly clocks: readonly number[];
  /** Of the pictures that a player has on its screen, which are taken at times of their own. */
  readonly pictures: readonly number[];
}

async function both(
  lab: Lab,
  host: Worker<RuntimeHost>,
  { ways, reports, late, bframes = 0 }: Case,
): Promise<Filmed[]> {
  const cameras = await lab.cameras();
  const filmed: Filmed[] = [];
  let first: Pick<Parameters<RuntimeHost['open']>[0], 'sharedZero' | 'reference'> = {};
  for (const [i, wayMs] of ways.entries()) {
    const behaviour = { wayMs, wayJitterMs: JITTER_MS, ...(reports ? {} : NO_REPORTS), ...(late ? LATE : {}) };
    const clip = i === 0 ? CLIP : { ...CLIP, bframes };
    const spec: CameraSpec = { kind: 'rtsp', count: 1, clip, behaviour };
    const [url] = (await lab.startCameras(spec)) as [string];
    await cameras.call('followPictures', url);
    const sessionId = randomUUID();
    const { zero } = await host.call('open', { sessionId, cameraUrl: url, ...first });
    first = { sharedZero: zero, reference: sessionId };
    filmed.push({ url, sessionId, zero: zero.monotonicMs });
  }
  return filmed;
}

async function finish(lab: Lab, host: Worker<RuntimeHost>, { url, sessionId, zero }: Filmed): Promise<FilmedPicture[]> {
  const { phase, path, startMs, gaps } = await host.call('stop', sessionId);
  if (phase !== 'ready' || gaps > 0) throw new Error(`a film is ${phase} with ${gaps} gaps`);
  return readClock(path, zero + startMs, await (await lab.cameras()).call('takenPictures', url));
}

function compare([first, second]: readonly [FilmedPicture[], FilmedPicture[]], after: number): Apart {
  const clocks: number[] = [];
  const pictures: number[] = [];
  const from = Math.max(...[first, second].map(([begin]) => (begin as FilmedPicture).shownAt));
  const to = Math.min(...[first, second].map((film) => (film.at(-1) as FilmedPicture).shownAt));
  for (let at = from + after; at < to; at += LOOK_MS) {
    const [one, other] = [clockAt(first, at), clockAt(second, at)];
    if (one === null || other === null) continue;
    clocks.push(Math.abs(one.clock - other.clock));
    pictures.push(Math.abs(one.taken - other.taken));
  }
  return { clocks, pictures };
}

function figures({ what, most }: Case, { clocks, pictures }: Apart): Figure[] {
  const largest = Math.max(...clocks);
  const row = (text: string, values: readonly number[], target: Figure['target']): Figure => ({
    what: text,
    unit: 'ms',
    digits: 1,
    ours: { median: median(values), p95: p95(values) },
    target,
  });
  const target = most === null ? null : { text: `each ≤ ${most} ms`, met: largest <= most };
  return [
    row(`${what} (largest ${largest.toFixed(1)})`, clocks, target),
    row(`— the pictures on the screens (largest ${Math.max(...pictures).toFixed(1)})`, pictures, null),
  ];
}

/** Two cameras of one match: whether their films show the same moment at the same time. */
export async function angles(lab: Lab): Promise<Finding> {
  const seconds = lab.options.quick ? 12 : 30;
  const room = lab.room();
  const host = await lab.host(room);
  const pairs: Filmed[][] = [];
  for (const one of CASES) pairs.push(await both(lab, host, one));
  const all = pairs.flat();
  await Promise.all(all.map(({ sessionId }) => host.call('record', sessionId)));
  lab.say(`${all.length} cameras are filmed for ${seconds} s`);
  const began = monotonic();
  await lab.sleep(seconds);
  lab.say(`read after ${((monotonic() - began) / 1000).toFixed(0)} s`);
  const found: Apart[] = [];
  for (const [i, pair] of pairs.entries()) {
    const [first, second] = pair as [Filmed, Filmed];
    const films = [await finish(lab, host, first), await finish(lab, host, second)] as const;
    found.push(compare(films, CASES[i]?.late ? SETTLED : 0));
  }
  await lab.end(host);
  await lab.stopCameras(all.map(({ url }) => url));
  lab.clear(room);
  return {
    title: 'Two cameras of one match',
    method:
      `Each pair of cameras, 25 pictures a second, is filmed for ${seconds} s from its first picture on, in one process, the second camera on the ` +
      'first one’s clock; then both finished files are decoded, and what the clock in their pictures says is compared at the same moment ' +
      `of the match, every ${LOOK_MS} ms. A way is the time from the lens to the service; ${JITTER_MS} ms of jitter come to it. ` +
      'Between two pictures the clock is taken to run on; what players have on their screens are pictures, and two cameras take ' +
      'theirs up to 40 ms apart.',
    figures: CASES.flatMap((one, i) => figures(one, found[i] as Apart)),
    notes: [
      'By arrival alone nobody can tell how long a picture was under way: the last pair shows what the reports are worth.',
    ],
  };
}
