import { readFileSync } from 'node:fs';
import { Figure, Finding, value } from '../figure';
import { Lab } from '../lab';
import { cpuSeconds, processTree } from '../proc';
import { median } from '../stats';
import { MJPEG_CLIP } from './mjpeg-cost';
import { Cost, measure, SHOP_CLIP } from './rtsp-cost';

const COURTS = 10;
const MJPEG_COURTS = 3;
const WARM_UP_SECONDS = 8;
const MOST = 1;

/** Courts that are recorded, with or without a look at what moves. */
async function recorded(lab: Lab, urls: readonly string[], activity: boolean, seconds: number): Promise<Cost> {
  const room = lab.room();
  const { host } = await lab.record(urls, room, activity);
  const cost = await measure(lab, [host.pid], WARM_UP_SECONDS, seconds);
  await lab.end(host);
  lab.clear(room);
  lab.say(`${activity ? 'with' : 'without'}: ${cost.cpu.toFixed(1)} % of a core, ${cost.mib.toFixed(0)} MiB`);
  return cost;
}

/** FFmpegs below the service that make gray pictures. */
function decoders(pid: number): number[] {
  return processTree([pid]).filter((child) => {
    try {
      return readFileSync(`/proc/${child}/cmdline`, 'latin1').includes('format=gray');
    } catch {
      return false;
    }
  });
}

/** The decoders of Motion JPEG courts alone: beside their encoders what else they cost cannot be seen. */
async function ofJpegs(lab: Lab, urls: readonly string[], seconds: number): Promise<number> {
  const room = lab.room();
  const { host } = await lab.record(urls, room, true);
  await lab.sleep(WARM_UP_SECONDS);
  const found = decoders(host.pid);
  if (found.length !== urls.length) throw new Error(`${found.length} decoders of ${urls.length} courts`);
  const [began, before] = [performance.now(), cpuSeconds(found)];
  await lab.sleep(seconds);
  const share = ((cpuSeconds(found) - before) / ((performance.now() - began) / 1000)) * 100;
  await lab.end(host);
  lab.clear(room);
  return share / urls.length;
}

/** What it costs to know how much moves on courts that record. */
export async function motion(lab: Lab): Promise<Finding> {
  const { quick } = lab.options;
  const rounds = quick ? 1 : 2;
  const seconds = quick ? 10 : 20;
  const urls = await lab.startCameras({ kind: 'rtsp', count: COURTS, clip: SHOP_CLIP });
  const extra: Cost[] = [];
  for (let round = 1; round <= rounds; round++) {
    const without = await recorded(lab, urls, false, seconds);
    const looked = await recorded(lab, urls, true, seconds);
    extra.push({ cpu: (looked.cpu - without.cpu) / COURTS, mib: (looked.mib - without.mib) / COURTS });
  }
  await lab.stopCameras(urls);
  const jpegUrls = await lab.startCameras({ kind: 'mjpeg', count: MJPEG_COURTS, clip: MJPEG_CLIP });
  const jpeg = await ofJpegs(lab, jpegUrls, seconds);
  await lab.stopCameras(jpegUrls);
  const figures: Figure[] = [
    value('CPU per court, 1080p25 H.264', '% of a core', 2, median(extra.map(({ cpu }) => cpu)), MOST),
    value('CPU per court, 720p15 Motion JPEG', '% of a core', 2, jpeg, MOST),
    value('Memory per court', 'MiB', 1, median(extra.map(({ mib }) => mib))),
  ];
  return {
    title: 'How much moves on a court',
    method:
      `One Node process that records ${COURTS} RTSP courts (4 Mbit/s, a keyframe every 2 s), with and without scores, ` +
      `${rounds} × ${seconds} s each, in turn: CPU and PSS of all its processes, the difference divided by the courts, medians. ` +
      `Of ${MJPEG_COURTS} Motion JPEG courts the decoders alone, a picture a second.`,
    figures,
    notes: [],
  };
}
