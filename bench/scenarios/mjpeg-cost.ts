import { join } from 'node:path';
import { encodeJob } from '../bare-ffmpeg';
import { against, Finding } from '../figure';
import { Lab } from '../lab';
import { median } from '../stats';
import { measure } from './rtsp-cost';

/** FFmpeg takes motion JPEG for 25 pictures a second whatever it is: with any other rate both would encode another film. */
export const MJPEG_CLIP = { width: 1280, height: 720, fps: 25, bitrate: 20_000_000, seconds: 10 };
const COURTS = 2;
const WARM_UP_SECONDS = 5;

async function ours(lab: Lab, urls: readonly string[], seconds: number): Promise<number> {
  const room = lab.room();
  const { host } = await lab.record(urls, room);
  const { cpu } = await measure(lab, [host.pid], WARM_UP_SECONDS, seconds);
  await lab.end(host);
  lab.clear(room);
  return cpu;
}

async function bare(lab: Lab, urls: readonly string[], seconds: number): Promise<number> {
  const room = lab.room();
  const ffmpeg = lab.startBare(urls.map((url, i) => encodeJob(url, join(room, `${i}.mp4`))));
  const { cpu } = await measure(lab, ffmpeg.pids, WARM_UP_SECONDS, seconds);
  ffmpeg.check();
  await lab.endBare(ffmpeg);
  lab.clear(room);
  return cpu;
}

/** Motion JPEG courts, which have to be encoded, by us and by as many bare FFmpegs, in turn. */
export async function mjpegCost(lab: Lab): Promise<Finding> {
  const { quick } = lab.options;
  const rounds = quick ? 1 : 3;
  const seconds = quick ? 8 : 12;
  const urls = await lab.startCameras({ kind: 'mjpeg', count: COURTS, clip: MJPEG_CLIP });
  const found = { ours: [] as number[], bare: [] as number[] };
  for (let round = 1; round <= rounds; round++) {
    found.ours.push((await ours(lab, urls, seconds)) / COURTS);
    found.bare.push((await bare(lab, urls, seconds)) / COURTS);
    lab.say(`ours ${found.ours.at(-1)?.toFixed(1)} % of a core a court, bare ${found.bare.at(-1)?.toFixed(1)} %`);
  }
  await lab.stopCameras(urls);
  return {
    title: `${COURTS} MJPEG courts, 720p25, encoded to H.264`,
    method:
      `Our process with its encoders, and one \`ffmpeg -f mpjpeg -i … -c:v libx264 -preset veryfast -crf 23 -f mp4\` a court; ` +
      `${rounds} × ${seconds} s each, in turn, medians; all processes count. Same preset and quality; ours has a keyframe every 2 s, ` +
      'no look-ahead (`-tune zerolatency`: a picture is on disk at once) and one thread.',
    figures: [against('CPU per court', '% of a core', 1, median(found.ours), median(found.bare), 1.1)],
    notes: [],
  };
}
