import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monotonic, readWithFfmpeg } from '../../test/cameras';
import { Figure, Finding } from '../figure';
import { Lab } from '../lab';
import { latencies, SeenPicture } from '../latency';
import { MjpegReader } from '../mjpeg-reader';
import { cpuSeconds, processTree } from '../proc';
import { ServiceUnderTest } from '../service-under-test';
import { median, p95 } from '../stats';
import { MJPEG_CLIP } from './mjpeg-cost';
import { COURT_CLIP } from './rtsp-cost';

const MANY_VIEWERS = 5;

/** FFmpegs below the service that make JPEGs for viewers. */
function decoders(pid: number): number[] {
  return processTree([pid]).filter((child) => {
    try {
      return readFileSync(`/proc/${child}/cmdline`, 'latin1').includes('mpjpeg');
    } catch {
      return false;
    }
  });
}

async function withoutDecoder(lab: Lab, pid: number): Promise<void> {
  while (decoders(pid).length > 0) await lab.sleep(0.2);
}

/** What a viewer saw, by the bars of its pictures. */
async function read(room: string, reader: MjpegReader): Promise<SeenPicture[]> {
  const path = join(room, `seen-${readdirSync(room).length}.mjpeg`);
  const pictures = [...reader.pictures];
  writeFileSync(path, Buffer.concat(pictures.map(({ jpeg }) => jpeg)));
  const { frames } = await readWithFfmpeg(path, { inputArgs: ['-f', 'mjpeg'] });
  if (frames.length !== pictures.length) throw new Error(`${frames.length} of ${pictures.length} JPEGs could be read`);
  return pictures.map(({ at }, i) => ({ bars: frames[i]?.bars ?? null, at }));
}

/** Looks at a stream for a while. */
async function watch(lab: Lab, service: ServiceUnderTest, url: string, seconds: number, viewers: number) {
  const open = (): Promise<MjpegReader> => MjpegReader.open(url, service.cookie);
  const readers = await Promise.all(Array.from({ length: viewers }, open));
  const [reader] = readers as [MjpegReader];
  await reader.seen(1);
  const first = (reader.pictures[0] as { at: number }).at - reader.askedAt;
  await lab.sleep(1);
  const [decoder] = decoders(service.pid);
  const before = { at: monotonic(), cpu: decoder === undefined ? 0 : cpuSeconds([decoder]) };
  await lab.sleep(seconds);
  const cpu = decoder === undefined ? 0 : cpuSeconds([decoder]) - before.cpu;
  const share = (cpu / ((monotonic() - before.at) / 1000)) * 100;
  for (const one of readers) one.close();
  return { reader, first, share };
}

/** JPEGs of a court: of an H.264 court by the shared decoder, of an MJPEG court untouched, and snapshots. */
export async function preview(lab: Lab): Promise<Finding> {
  const { quick } = lab.options;
  const seconds = quick ? 8 : 20;
  const room = lab.room();
  const service = await lab.service(room);
  const [rtsp] = (await lab.startCameras({ kind: 'rtsp', count: 1, clip: COURT_CLIP })) as [string];
  const [mjpeg] = (await lab.startCameras({ kind: 'mjpeg', count: 1, clip: MJPEG_CLIP })) as [string];
  const cameras = await lab.cameras();
  for (const url of [rtsp, mjpeg]) await cameras.call('follow', url);
  const h264Session = await service.open('H.264', rtsp);
  const jpegSession = await service.open('MJPEG', mjpeg);
  const stream = (id: string): string => `${service.url}/api/preview/${id}/stream.mjpeg`;

  const firsts: number[] = [];
  for (let i = 0; i < (quick ? 2 : 6); i++) {
    const { first } = await watch(lab, service, stream(h264Session), 0, 1);
    firsts.push(first);
    await withoutDecoder(lab, service.pid);
  }
  const one = await watch(lab, service, stream(h264Session), seconds, 1);
  const many = await watch(lab, service, stream(h264Session), seconds, MANY_VIEWERS);
  const seen = await read(room, one.reader);
  const behind = latencies(seen.slice(5), await cameras.call('sentPictures', rtsp));
  await withoutDecoder(lab, service.pid);
  lab.say(`first ${median(firsts).toFixed(0)} ms, behind ${median(behind).toFixed(0)} ms`);

  const passed = await watch(lab, service, stream(jpegSession), seconds / 2, 1);
  const added = latencies((await read(room, passed.reader)).slice(5), await cameras.call('sentPictures', mjpeg));

  const snapshots: number[] = [];
  for (let i = 0; i < (quick ? 4 : 12); i++) {
    await lab.sleep(1.1);
    const asked = monotonic();
    const url = `${service.url}/api/preview/${h264Session}/snapshot.jpg`;
    const response = await fetch(url, { headers: { cookie: service.cookie } });
    if (!response.ok) throw new Error(`a snapshot answered ${response.status}`);
    await response.arrayBuffer();
    snapshots.push(monotonic() - asked);
  }
  await lab.endService(service);
  await lab.stopCameras([rtsp, mjpeg]);
  lab.clear(room);
  return {
    title: 'JPEG preview',
    method:
      'The whole service; a viewer of `stream.mjpeg` as a browser is one, which shows a picture when the next part’s header ' +
      'has come. First: a viewer comes while no decoder runs. Behind: from the camera’s sending of a picture, whose number ' +
      'stands in bars in it, until it is shown. CPU: clock ticks of the decoder alone, which all viewers share. ' +
      'Snapshots are made without a decoder, more than a second apart, so that none is a kept one.',
    figures: [
      delay('First JPEG of an H.264 court', firsts, 300, 'each'),
      delay('Behind, H.264 court, 5 pictures a second', behind, 150),
      share('Decoder, one viewer', one.share),
      share(`Decoder, ${MANY_VIEWERS} viewers`, many.share),
      delay('Added to an MJPEG camera, passed through', added, 20),
      delay('Snapshot of an H.264 court', snapshots, 150),
    ],
    notes: ['After the last viewer no decoder was left (the run waits for that).'],
  };
}

function delay(what: string, values: readonly number[], atMost: number, of: 'p95' | 'each' = 'p95'): Figure {
  const most = of === 'each' ? Math.max(...values) : p95(values);
  return {
    what: `${what}, ${values.length} ×`,
    unit: 'ms',
    digits: 0,
    ours: { median: median(values), p95: p95(values) },
    target: { text: `${of} ≤ ${atMost} ms`, met: most <= atMost },
  };
}

function share(what: string, value: number): Figure {
  return {
    what,
    unit: '% of a core',
    digits: 1,
    ours: { median: value },
    target: { text: '≤ 15 %', met: value <= 15 },
  };
}
