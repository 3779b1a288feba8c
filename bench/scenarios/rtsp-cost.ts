import { join } from 'node:path';
import { copyJob } from '../bare-ffmpeg';
import { against, Finding } from '../figure';
import { Lab } from '../lab';
import { cpuSeconds, pssMib } from '../proc';
import { median } from '../stats';

/** 1080p25 at 4 Mbit/s with a keyframe a second: what a court's camera is usually set to. */
export const COURT_CLIP = { width: 1920, height: 1080, fps: 25, bitrate: 4_000_000, seconds: 10, gopSeconds: 1 };
/** A group of pictures as cameras come from the shop: what a new viewer gets at once is up to so long. */
export const SHOP_CLIP = { ...COURT_CLIP, gopSeconds: 2 };
const FEW = 5;
const MANY = 20;
/** FFmpeg analyses its input for 5 s before it writes. */
const WARM_UP_SECONDS = 8;
/**
 * V8 lets 32 MiB of dead pictures gather before it looks at the young ones, however many courts there are. With few courts
 * that takes 13 s: measured sooner, what is a constant would count as the other courts' memory.
 */
const FEW_WARM_UP_SECONDS = 15;

export interface Cost {
  /** Per cent of a core. */
  readonly cpu: number;
  readonly mib: number;
}

/** CPU and memory of processes over a steady while; memory is looked at once a second. */
export async function measure(lab: Lab, pids: readonly number[], warmUp: number, seconds: number): Promise<Cost> {
  await lab.sleep(warmUp);
  const sizes: number[] = [];
  const began = performance.now();
  const before = cpuSeconds(pids);
  for (let second = 1; second <= seconds; second++) {
    await lab.sleep(Math.max(0, second - (performance.now() - began) / 1000));
    sizes.push(pssMib(pids));
  }
  const cpu = ((cpuSeconds(pids) - before) / ((performance.now() - began) / 1000)) * 100;
  return { cpu, mib: median(sizes) };
}

async function ours(lab: Lab, urls: readonly string[], warmUp: number, seconds: number): Promise<Cost> {
  const room = lab.room();
  const { host } = await lab.record(urls, room);
  const cost = await measure(lab, [host.pid], warmUp, seconds);
  await lab.end(host);
  lab.clear(room);
  return cost;
}

async function bare(lab: Lab, urls: readonly string[], warmUp: number, seconds: number): Promise<Cost> {
  const room = lab.room();
  const ffmpeg = lab.startBare(urls.map((url, i) => copyJob(url, join(room, `${i}.mp4`))));
  const cost = await measure(lab, ffmpeg.pids, warmUp, seconds);
  ffmpeg.check();
  await lab.endBare(ffmpeg);
  lab.clear(room);
  return cost;
}

/** RTSP courts recorded by one process of ours, and by as many bare FFmpegs, in turn. */
export async function rtspCost(lab: Lab): Promise<Finding> {
  const { quick } = lab.options;
  const rounds = quick ? 1 : 2;
  const seconds = quick ? 6 : 20;
  const urls = await lab.startCameras({ kind: 'rtsp', count: MANY, clip: COURT_CLIP });
  const costs: { side: 'ours' | 'bare'; courts: number; cost: Cost }[] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const courts of [FEW, MANY]) {
      for (const [side, run] of Object.entries({ ours, bare }) as ['ours' | 'bare', typeof ours][]) {
        const few = courts === FEW;
        const warmUp = few && side === 'ours' ? FEW_WARM_UP_SECONDS : WARM_UP_SECONDS;
        const cost = await run(lab, urls.slice(0, courts), warmUp, few && side === 'bare' ? seconds / 2 : seconds);
        costs.push({ side, courts, cost });
        lab.say(`${side} ${courts} courts: ${cost.cpu.toFixed(1)} % of a core, ${cost.mib.toFixed(0)} MiB`);
      }
    }
  }
  await lab.stopCameras(urls);
  const of = (side: string, courts: number, key: keyof Cost): number =>
    median(costs.flatMap((entry) => (entry.side === side && entry.courts === courts ? [entry.cost[key]] : [])));
  const cpu = (side: string): number => of(side, MANY, 'cpu') / MANY;
  const memory = (side: string): number => (of(side, MANY, 'mib') - of(side, FEW, 'mib')) / (MANY - FEW);
  return {
    title: `${MANY} RTSP courts, 1080p25, 4 Mbit/s`,
    method:
      `One Node process that records all courts, and one \`ffmpeg -rtsp_transport tcp -i … -c copy -f mp4\` a court; ` +
      `${rounds} × (${FEW} courts, ${MANY} courts) each, in turn, medians. CPU: clock ticks (user and system) of all processes ` +
      `of a side and their children over ${seconds} s, ${WARM_UP_SECONDS} s after the start. Memory: slope of their summed PSS ` +
      `(median of one look a second) from ${FEW} to ${MANY} courts, each in fresh processes.`,
    figures: [
      against('CPU per court', '% of a core', 2, cpu('ours'), cpu('bare'), 0.7),
      against('Memory per court', 'MiB', 1, memory('ours'), memory('bare'), 0.3),
      {
        what: `All memory, ${MANY} courts`,
        unit: 'MiB',
        digits: 0,
        ours: { median: of('ours', MANY, 'mib') },
        bare: of('bare', MANY, 'mib'),
        target: null,
      },
    ],
    notes: [],
  };
}
