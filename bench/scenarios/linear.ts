import { h264Clip } from '../../test/cameras';
import { Figure, Finding } from '../figure';
import { walkFile } from '../frame-walk';
import { Lab } from '../lab';
import { cpuSeconds } from '../proc';
import { COURT_CLIP, measure } from './rtsp-cost';

const WARM_UP_SECONDS = 5;
/** "Linear": a court among the most costs at most this much more than one among the fewest. */
const LINEAR = 1.25;
/** Files are stopped and checked so many at a time. */
const AT_ONCE = 10;

interface Step {
  readonly courts: number;
  readonly cpu: number;
  /** CPU seconds a court beyond that, once, while its beginning is checked. */
  readonly once: number;
  readonly mib: number;
  readonly p99: number;
  readonly worst: number;
  readonly lost: number;
  readonly frames: number;
}

async function step(lab: Lab, urls: readonly string[], seconds: number): Promise<Step> {
  const room = lab.room();
  const { host, sessions } = await lab.record(urls, room);
  const began = performance.now();
  const before = cpuSeconds([host.pid]);
  // A group of pictures must be whole before it can be checked.
  await lab.sleep(2 * COURT_CLIP.gopSeconds);
  await host.call('beginningsChecked', undefined);
  const opening = cpuSeconds([host.pid]) - before;
  const openingSeconds = (performance.now() - began) / 1000;
  await host.call('watchLoop', undefined);
  const { cpu, mib } = await measure(lab, [host.pid], WARM_UP_SECONDS, seconds);
  const { p99, max } = await host.call('loopDelay', undefined);
  let lost = 0;
  let frames = 0;
  const clip = await h264Clip(COURT_CLIP);
  for (let i = 0; i < sessions.length; i += AT_ONCE) {
    const stopped = await Promise.all(sessions.slice(i, i + AT_ONCE).map((session) => host.call('stop', session)));
    for (const { phase, error, gaps, reconnects, path } of stopped) {
      if (phase !== 'ready') throw new Error(`a recording of ${urls.length} is ${phase}: ${error}`);
      const walked = await walkFile(path, clip);
      // A gap or a reconnect counts as a frame at least, should it ever not show in the pictures.
      lost += Math.max(walked.lost, gaps + reconnects);
      frames += walked.frames;
    }
  }
  await lab.end(host);
  lab.clear(room);
  const once = Math.max(0, opening - (cpu / 100) * openingSeconds) / urls.length;
  const found = { courts: urls.length, cpu, once, mib, p99, worst: max, lost, frames };
  const { courts } = found;
  lab.say(
    `${courts} courts: ${(cpu / courts).toFixed(2)} % of a core each, ${mib.toFixed(0)} MiB, loop p99 ${p99.toFixed(1)} ms, ` +
      `${lost} of ${frames} frames lost`,
  );
  return found;
}

/** More and more courts in one process: what each costs, what the event loop suffers, whether a frame is lost. */
export async function linear(lab: Lab): Promise<Finding> {
  const { quick } = lab.options;
  const counts = quick ? [10, 40] : [20, 60, 100];
  const seconds = quick ? 5 : 20;
  const urls = await lab.startCameras({ kind: 'rtsp', count: counts.at(-1) as number, clip: COURT_CLIP });
  const steps: Step[] = [];
  for (const count of counts) steps.push(await step(lab, urls.slice(0, count), seconds));
  await lab.stopCameras(urls);
  const first = steps[0] as Step;
  const figures = steps.flatMap((found): Figure[] => {
    const { courts, cpu, mib, p99, worst, lost, frames } = found;
    const ratio = cpu / courts / (first.cpu / first.courts);
    const linearity = {
      text: `≤ ${LINEAR} × that of ${first.courts} (is ${ratio.toFixed(2)} ×)`,
      met: ratio <= LINEAR,
    };
    return [
      {
        what: `CPU per court at ${courts} courts`,
        unit: '% of a core',
        digits: 2,
        ours: { median: cpu / courts },
        target: found === first ? null : linearity,
      },
      { what: `Memory at ${courts} courts`, unit: 'MiB', digits: 0, ours: { median: mib }, target: null },
      {
        what: `Event-loop delay p99 at ${courts} courts (worst ${worst.toFixed(0)} ms)`,
        unit: 'ms',
        digits: 1,
        ours: { median: p99 },
        target: { text: '< 50 ms', met: p99 < 50 },
      },
      {
        what: `Frames lost at ${courts} courts, of ${frames}`,
        unit: '',
        digits: 0,
        ours: { median: lost },
        target: { text: '0', met: lost === 0 },
      },
    ];
  });
  const last = steps.at(-1) as Step;
  figures.push({
    what: `Once a match: its beginning checked, at ${last.courts} courts that began together`,
    unit: 'CPU s',
    digits: 2,
    ours: { median: last.once },
    target: null,
  });
  return {
    title: `Up to ${counts.at(-1)} RTSP courts in one process`,
    method:
      `Steady state of ${seconds} s, after the first pictures of every match have been decoded once (one match at a time, at low ` +
      `priority), which stands by itself. Event loop: \`perf_hooks.monitorEventLoopDelay\` in the recording process, its 10 ms ` +
      'interval taken off. Lost frames: every finished file is read by ffprobe and its pictures are followed one by one through ' +
      'the clip that its camera plays; what is skipped was lost, and so would be a gap or a reconnect.',
    figures,
    notes: [],
  };
}
