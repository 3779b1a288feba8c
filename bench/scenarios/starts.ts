import { randomInt, randomUUID } from 'node:crypto';
import { Figure, Finding } from '../figure';
import { Lab } from '../lab';
import { median, p95 } from '../stats';
import { MJPEG_CLIP } from './mjpeg-cost';
import { COURT_CLIP } from './rtsp-cost';
import type { CameraSpec } from '../camera-host';

interface Latencies {
  readonly starts: number[];
  readonly stops: number[];
}

/** Starts and stops recordings round the courts, all but one of which record at any time, at no fixed place of a GOP. */
async function startAndStop(lab: Lab, spec: CameraSpec, starts: number, restMs: number): Promise<Latencies> {
  const room = lab.room();
  const urls = await lab.startCameras(spec);
  const host = await lab.host(room);
  const found: Latencies = { starts: [], stops: [] };
  const open = async (cameraUrl: string): Promise<string> => {
    const sessionId = randomUUID();
    await host.call('open', { sessionId, cameraUrl });
    return sessionId;
  };
  const sessions = await Promise.all(urls.map(open));
  for (let i = 0; i < starts; i++) {
    const place = i % urls.length;
    await lab.sleep(randomInt(restMs, restMs * 2) / 1000);
    const { ms, phase, bytesWritten } = await host.call('record', sessions[place] as string);
    if (phase !== 'recording' || bytesWritten === 0) throw new Error(`a recording started as ${phase}`);
    found.starts.push(ms);
    // The court that is next stops, and gets a session of its own for its next recording.
    const next = (i + 1) % urls.length;
    if (i + 1 < urls.length) continue;
    const stopped = await host.call('stop', sessions[next] as string);
    if (stopped.phase !== 'ready') throw new Error(`a recording ended as ${stopped.phase}: ${stopped.error}`);
    found.stops.push(stopped.ms);
    await host.call('close', sessions[next] as string);
    sessions[next] = await open(urls[next] as string);
  }
  await lab.end(host);
  lab.clear(room);
  await lab.stopCameras(urls);
  return found;
}

/** How long a session takes to open beyond what the camera makes it wait for a keyframe. */
async function opens(lab: Lab, start: 'keyframe' | 'gop', count: number): Promise<number[]> {
  const room = lab.room();
  const [url] = await lab.startCameras({ kind: 'rtsp', count: 1, clip: COURT_CLIP, start });
  const cameras = await lab.cameras();
  const host = await lab.host(room);
  const beyond: number[] = [];
  for (let i = 0; i < count; i++) {
    await lab.sleep(randomInt(100, 1000) / 1000);
    const sessionId = randomUUID();
    if (start === 'keyframe') await cameras.call('timeNextClient', url as string);
    const { beganAt, endedAt } = await host.call('open', { sessionId, cameraUrl: url as string });
    const times = start === 'keyframe' ? await cameras.call('clientTimes', url as string) : null;
    const waited = times === null ? 0 : times.firstFrameAt - times.playAt;
    beyond.push(endedAt - beganAt - waited);
    await host.call('close', sessionId);
  }
  await lab.end(host);
  lab.clear(room);
  await lab.stopCameras([url as string]);
  return beyond;
}

function latency(what: string, values: readonly number[], atMost: number, by: 'p95' | 'most' = 'p95'): Figure {
  const ours = { median: median(values), p95: p95(values) };
  const value = by === 'p95' ? ours.p95 : Math.max(...values);
  const text = by === 'p95' ? `p95 ≤ ${atMost} ms` : `each ≤ ${atMost} ms (most ${value.toFixed(0)})`;
  return { what: `${what}, ${values.length} ×`, unit: 'ms', digits: 0, ours, target: { text, met: value <= atMost } };
}

/** What a player waits for: the session, the recording, the file. */
export async function starts(lab: Lab): Promise<Finding> {
  const { quick } = lab.options;
  const h264 = await startAndStop(
    lab,
    { kind: 'rtsp', count: 5, clip: COURT_CLIP },
    quick ? 12 : 34,
    quick ? 200 : 400,
  );
  lab.say(`H.264: start p95 ${p95(h264.starts).toFixed(0)} ms, stop p95 ${p95(h264.stops).toFixed(0)} ms`);
  const mjpeg = await startAndStop(
    lab,
    { kind: 'mjpeg', count: 2, clip: MJPEG_CLIP },
    quick ? 6 : 16,
    quick ? 500 : 800,
  );
  lab.say(`MJPEG: start p95 ${p95(mjpeg.starts).toFixed(0)} ms, stop p95 ${p95(mjpeg.stops).toFixed(0)} ms`);
  const waiting = await opens(lab, 'keyframe', quick ? 5 : 12);
  const atOnce = await opens(lab, 'gop', quick ? 5 : 12);
  lab.say(
    `open: p95 ${p95(waiting).toFixed(0)} ms beyond the keyframe, ${p95(atOnce).toFixed(0)} ms where one comes at once`,
  );
  return {
    title: 'What a player waits for',
    method:
      'Start: from the call until the first fragment is written, on 5 H.264 courts (2 MJPEG courts) of which all but one record ' +
      'meanwhile, at random places of the group of pictures. Stop: from the call until the file is checked and under its name; these ' +
      'recordings are seconds long. Open: from the call until the first frame is on the session’s timeline. Most cameras begin with ' +
      'their next keyframe; that wait, from PLAY to the keyframe’s sending as the camera sees it, is taken off. The other camera ' +
      'sends its last group of pictures at once, and nothing is taken off.',
    figures: [
      latency('Start → first fragment on disk, H.264', h264.starts, 150),
      latency('Start → first fragment on disk, MJPEG', mjpeg.starts, 500),
      latency('Open → first frame, beyond the wait for a keyframe', waiting, 300, 'most'),
      latency('Open → first frame, camera that sends a keyframe at once', atOnce, 300, 'most'),
      latency('Stop → file ready, H.264, short', h264.stops, 300),
      latency('Stop → file ready, MJPEG, short', mjpeg.stops, 300),
    ],
    notes: [],
  };
}
