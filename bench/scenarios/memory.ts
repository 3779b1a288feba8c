import { randomUUID } from 'node:crypto';
import { Figure, Finding } from '../figure';
import { Lab } from '../lab';
import { pssMib } from '../proc';
import { floors, Point, slope } from '../stats';
import { COURT_CLIP } from './rtsp-cost';

/** A finished recording is remembered for a minute: only then as much is forgotten as is added. */
const WARM_UP_SECONDS = 75;
const SAMPLE_SECONDS = 1;
const FLOOR_SECONDS = 10;
/** One court after the other is stopped, closed, opened and recorded again at this interval. */
const HAND_OVER_SECONDS = 4;
/** Flat: so little an hour, or so little in all that the heap's own breathing hides it. */
const FLAT_MIB_AN_HOUR = 20;
const FLAT_MIB = 8;

/** Courts that record for long, with matches that end and begin: what stays in memory. */
export async function memory(lab: Lab): Promise<Finding> {
  const { quick, longSeconds } = lab.options;
  const count = quick ? 10 : 20;
  const warmUp = quick ? 8 : WARM_UP_SECONDS;
  const room = lab.room();
  const urls = await lab.startCameras({ kind: 'rtsp', count, clip: COURT_CLIP });
  const { host, sessions: first } = await lab.record(urls, room);
  const sessions = [...first];
  let matches = 0;
  const handOver = async (): Promise<void> => {
    const place = matches++ % count;
    const { phase, error, path } = await host.call('stop', sessions[place] as string);
    if (phase !== 'ready') throw new Error(`a recording ended as ${phase}: ${error}`);
    await host.call('close', sessions[place] as string);
    // Hours of it would fill the disk.
    lab.clear(path);
    const sessionId = (sessions[place] = randomUUID());
    await host.call('open', { sessionId, cameraUrl: urls[place] as string });
    await host.call('record', sessionId);
  };

  const began = performance.now();
  const elapsed = (): number => (performance.now() - began) / 1000;
  const samples: Point[] = [];
  let changing: Promise<void> = Promise.resolve();
  for (let second = 0; second < warmUp + longSeconds; second += SAMPLE_SECONDS) {
    await lab.sleep(Math.max(0, second - elapsed()));
    if (second % HAND_OVER_SECONDS === 0) {
      await changing;
      changing = handOver();
      changing.catch(() => undefined);
    }
    // Of the process itself: the checkers of a finished file come and go.
    if (second >= warmUp) samples.push({ x: elapsed() / 3600, y: pssMib([host.pid]) });
    if (second % 60 === 0) lab.say(`${second} s: ${pssMib([host.pid]).toFixed(0)} MiB`);
  }
  await changing;
  await lab.end(host);
  await lab.stopCameras(urls);
  lab.clear(room);

  const lows = floors(samples, FLOOR_SECONDS / 3600);
  const { median, low, high } = slope(lows);
  const half = Math.floor(lows.length / 2);
  const lowest = (points: readonly Point[]): number => Math.min(...points.map(({ y }) => y));
  const growth = lowest(lows.slice(half)) - lowest(lows.slice(0, half));
  const figures: Figure[] = [
    {
      what: `Slope of PSS over ${longSeconds} s (quartiles ${low.toFixed(0)} … ${high.toFixed(0)}), ${matches} matches`,
      unit: 'MiB/h',
      digits: 1,
      ours: { median },
      target: {
        text: `flat: ≤ ${FLAT_MIB_AN_HOUR} MiB/h, or ≤ ${FLAT_MIB} MiB from half to half`,
        met: median <= FLAT_MIB_AN_HOUR || growth <= FLAT_MIB,
      },
    },
    {
      what: 'Lowest in the second half, minus lowest in the first',
      unit: 'MiB',
      digits: 1,
      ours: { median: growth },
      target: null,
    },
    {
      what: `PSS at the end, ${count} courts`,
      unit: 'MiB',
      digits: 0,
      ours: { median: samples.at(-1)?.y ?? 0 },
      target: null,
    },
  ];
  return {
    title: `Memory over a long run, ${count} courts`,
    method:
      `After ${warmUp} s. Every ${HAND_OVER_SECONDS} s one court’s match ends, its session is closed and the next one opened and ` +
      `recorded, so that starts and stops count too. PSS once a second, the lowest of every ${FLOOR_SECONDS} s (a heap saws), slope by ` +
      'Theil and Sen. A few minutes cannot tell a small leak from noise: `npm run bench -- --only memory --long 8h` can.',
    figures,
    notes: [],
  };
}
