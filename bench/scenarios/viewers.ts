import { join } from 'node:path';
import { monotonic, h264Clip } from '../../test/cameras';
import { Figure, Finding } from '../figure';
import { walkFile } from '../frame-walk';
import { Lab } from '../lab';
import type { LiveViewers, ViewersFacts } from '../live-viewers';
import { cpuSeconds, pssMib } from '../proc';
import { ServiceUnderTest } from '../service-under-test';
import { median, p95 } from '../stats';
import { Worker } from '../worker';
import { COURT_CLIP } from './rtsp-cost';

const VIEWERS = 200;

interface Load {
  /** Per cent of a core. */
  readonly cpu: number;
  readonly mib: number;
  readonly facts: ViewersFacts | null;
}

/** Two hundred pages on one court that is being recorded, and one more that takes nothing from its socket. */
export async function viewers(lab: Lab): Promise<Finding> {
  const { quick } = lab.options;
  const seconds = quick ? 6 : 20;
  const room = lab.room();
  const service = await lab.service(room, { MAX_LIVE_VIEWERS: `${VIEWERS + 1}` });
  const [url] = (await lab.startCameras({ kind: 'rtsp', count: 1, clip: COURT_CLIP })) as [string];
  const sessionId = await service.open('Court', url);
  await service.post('/api/video/record/start', { session_id: sessionId });
  const clients = await Worker.start<LiveViewers>('viewers', join(__dirname, '..', 'live-viewers.js'));
  const open = async (count: number, reads: boolean): Promise<void> => {
    const tickets: string[] = [];
    for (let i = 0; i < count; i++)
      tickets.push((await service.post<{ ticket: string }>('/api/preview/ticket', {})).ticket);
    const live = `${service.url.replace(/^http/, 'ws')}/api/preview/live`;
    await clients.call('open', { url: live, sessionId, tickets, reads });
  };
  const load = async (watched: boolean): Promise<Load> => {
    await lab.sleep(2);
    await clients.call('reset', undefined as never);
    const before = { at: monotonic(), cpu: cpuSeconds([service.pid]) };
    await lab.sleep(seconds);
    const cpu = ((cpuSeconds([service.pid]) - before.cpu) / ((monotonic() - before.at) / 1000)) * 100;
    return { cpu, mib: pssMib([service.pid]), facts: watched ? await clients.call('facts', undefined as never) : null };
  };

  const alone = await load(false);
  await open(VIEWERS, true);
  const watched = await load(true);
  await open(1, false);
  const disturbed = await load(true);
  const stopped = await service.post<{ video_path: string; recording: { gaps: unknown[] } }>('/api/video/record/stop', {
    session_id: sessionId,
  });
  const walked = await walkFile(join(service.videosDir, stopped.video_path), await h264Clip(COURT_CLIP));
  await clients.end();
  await end(lab, service, url, room);
  lab.say(`${VIEWERS} viewers: ${watched.cpu.toFixed(0)} % of a core`);
  return {
    title: `${VIEWERS} WebSocket viewers of one court`,
    method:
      'The whole service, one court recorded, viewers in a process of their own that take every message. CPU: clock ticks of ' +
      `the service and what it started (PostgreSQL not counted) over ${seconds} s. Delay: from the service’s having a picture ` +
      'to a viewer’s having it, both by the machine’s clock. Then one more viewer comes and reads nothing after its first ' +
      'picture. Lost frames: the finished file is walked through the clip that the camera plays.',
    figures: figures(alone, watched, disturbed, walked.lost + stopped.recording.gaps.length),
    notes: [],
  };
}

async function end(lab: Lab, service: ServiceUnderTest, url: string, room: string): Promise<void> {
  await lab.endService(service);
  await lab.stopCameras([url]);
  lab.clear(room);
}

function figures(alone: Load, watched: Load, disturbed: Load, lost: number): Figure[] {
  const facts = watched.facts as ViewersFacts;
  const after = disturbed.facts as ViewersFacts;
  const plain = (
    what: string,
    unit: string,
    digits: number,
    value: number,
    target: Figure['target'] = null,
  ): Figure => {
    return { what, unit, digits, ours: { median: value }, target };
  };
  const delay = (what: string, { delays }: ViewersFacts): Figure => {
    return { what, unit: 'ms', digits: 0, ours: { median: median(delays), p95: p95(delays) }, target: null };
  };
  const same = after.skipped === 0 && after.closed === 0 && after.fewest >= facts.fewest - 2;
  return [
    plain('CPU of the service without viewers', '% of a core', 1, alone.cpu),
    plain(`CPU with ${VIEWERS} viewers`, '% of a core', 0, watched.cpu, { text: '≤ 100 %', met: watched.cpu <= 100 }),
    plain('Memory without viewers', 'MiB', 0, alone.mib),
    plain(`Memory with ${VIEWERS} viewers`, 'MiB', 0, watched.mib),
    plain('Memory with one more that reads nothing', 'MiB', 0, disturbed.mib, {
      text: '≤ 32 MiB more',
      met: disturbed.mib - watched.mib <= 32,
    }),
    delay('Delay of a picture', facts),
    delay('Delay with one that reads nothing', after),
    plain(`Fewest pictures a viewer got (most ${facts.most})`, '', 0, facts.fewest, {
      text: 'none missed',
      met: facts.skipped === 0 && facts.closed === 0 && facts.most - facts.fewest <= 2,
    }),
    plain('The same with one that reads nothing', '', 0, after.fewest, { text: 'none missed', met: same }),
    plain('Frames the recording lost', '', 0, lost, { text: '0', met: lost === 0 }),
  ];
}
