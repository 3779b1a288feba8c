import { join } from 'node:path';
import { encodeJob } from '../bare-ffmpeg';
import { against, Figure, Finding } from '../figure';
import { countFrames } from '../frame-walk';
import { Lab } from '../lab';
import { cpuSeconds, endedChildrenSeconds } from '../proc';
import { median } from '../stats';

/** About 40 kB a picture, as cameras send them, which libx264 makes some 4 Mbit/s of. */
export const MJPEG_CLIP = { width: 1280, height: 720, fps: 15, bitrate: 4_800_000, seconds: 10 };
const COURTS = 2;

interface Encoded {
  /** CPU milliseconds a picture in the files. */
  readonly cost: number;
  readonly frames: number;
}

async function encoded(cpu: number, files: readonly string[]): Promise<Encoded> {
  let frames = 0;
  for (const file of files) frames += await countFrames(file);
  return { cost: (cpu * 1000) / frames, frames };
}

/** From before the cameras are dialled to before the stop. */
async function ours(lab: Lab, urls: readonly string[], seconds: number): Promise<Encoded> {
  const room = lab.room();
  const host = await lab.host(room);
  const before = cpuSeconds([host.pid]);
  const sessions = await lab.recordIn(host, urls);
  await lab.sleep(seconds);
  const cpu = cpuSeconds([host.pid]) - before;
  const stopped = await Promise.all(sessions.map((session) => host.call('stop', session)));
  const found = await encoded(
    cpu,
    stopped.map(({ path }) => path),
  );
  await lab.end(host);
  lab.clear(room);
  return found;
}

/** From beginning to end: FFmpeg holds pictures back, and encodes them when it is told to stop. */
async function bare(lab: Lab, urls: readonly string[], seconds: number): Promise<Encoded> {
  const room = lab.room();
  const files = urls.map((_, i) => join(room, `${i}.mp4`));
  const before = endedChildrenSeconds();
  const ffmpeg = lab.startBare(urls.map((url, i) => encodeJob(url, files[i] as string)));
  await lab.sleep(seconds);
  ffmpeg.check();
  await lab.endBare(ffmpeg);
  const cpu = endedChildrenSeconds() - before;
  const found = await encoded(cpu, files);
  lab.clear(room);
  return found;
}

/** Motion JPEG courts, which have to be encoded, by us and by as many bare FFmpegs, in turn. */
export async function mjpegCost(lab: Lab): Promise<Finding> {
  const { quick } = lab.options;
  const rounds = quick ? 1 : 3;
  const seconds = quick ? 8 : 15;
  const urls = await lab.startCameras({ kind: 'mjpeg', count: COURTS, clip: MJPEG_CLIP });
  const found = { ours: [] as Encoded[], bare: [] as Encoded[] };
  for (let round = 1; round <= rounds; round++) {
    for (const [side, run] of [['ours', ours] as const, ['bare', bare] as const]) {
      const { cost, frames } = await run(lab, urls, seconds);
      found[side].push({ cost, frames });
      lab.say(`${side}: ${cost.toFixed(1)} ms of CPU a picture, ${frames} pictures`);
    }
  }
  await lab.stopCameras(urls);
  const of = (side: 'ours' | 'bare', key: keyof Encoded): number => median(found[side].map((one) => one[key]));
  const sent = COURTS * MJPEG_CLIP.fps * seconds;
  const frames: Figure = {
    what: `Pictures encoded, of about ${sent}`,
    unit: '',
    digits: 0,
    ours: { median: of('ours', 'frames') },
    bare: of('bare', 'frames'),
    target: null,
  };
  return {
    title: `${COURTS} MJPEG courts, 720p, encoded to H.264`,
    method:
      `Our process with its encoders, and one \`ffmpeg -f mpjpeg -i … -c:v libx264 -preset veryfast -crf 23 -f mp4\` a court; ` +
      `${rounds} × ${seconds} s each, in turn, medians. CPU ticks of all processes of a side, divided by the pictures in its finished ` +
      'files: bare FFmpeg holds pictures back at first and catches up at its end. Same preset and quality; ours has a keyframe ' +
      'every 2 s, video range, no look-ahead (`-tune zerolatency`: a picture is on disk at once) and one thread.',
    figures: [against('CPU per picture', 'ms', 1, of('ours', 'cost'), of('bare', 'cost'), 1.1), frames],
    notes: [],
  };
}
