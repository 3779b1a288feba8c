import { monotonic } from '../../test/cameras';
import { Finding } from '../figure';
import { Lab } from '../lab';
import { ServiceUnderTest } from '../service-under-test';
import { median, p95 } from '../stats';
import { COURT_CLIP } from './rtsp-cost';

const SECONDS = 30;
const TARGET_MS = 1_500;
/** How often it is asked whether it is ready, seconds. */
const LOOK = 0.01;
/** Between presses; the same press twice within two seconds is one. */
const PAUSE = 2.37;

interface Highlight {
  readonly id: string;
  readonly status: string;
  readonly size_bytes: number | null;
}

/** One press, from the request to the answer that says ready. Milliseconds, and bytes. */
async function press(lab: Lab, service: ServiceUnderTest, body: object): Promise<{ ms: number; bytes: number }> {
  const pressed = monotonic();
  const { highlight } = await service.post<{ highlight: Highlight }>('/api/video/highlights', body);
  for (;;) {
    const { highlight: now } = await service.get<{ highlight: Highlight }>(`/api/video/highlights/${highlight.id}`);
    if (now.status === 'ready') return { ms: monotonic() - pressed, bytes: now.size_bytes ?? 0 };
    if (now.status === 'failed') throw new Error('a highlight could not be made');
    await lab.sleep(LOOK);
  }
}

/** From a press to the film, while the match is recorded and afterwards. */
export async function highlights(lab: Lab): Promise<Finding> {
  const { quick } = lab.options;
  const count = quick ? 5 : 20;
  const room = lab.room();
  const service = await lab.service(room);
  const [camera] = (await lab.startCameras({ kind: 'rtsp', count: 1, clip: COURT_CLIP })) as [string];
  const session_id = await service.open('Court', camera);
  await service.post('/api/video/record/start', { session_id });
  await lab.sleep(SECONDS + 4);
  const live: number[] = [];
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    const made = await press(lab, service, { session_id, seconds: SECONDS });
    live.push(made.ms);
    bytes = Math.max(bytes, made.bytes);
    await lab.sleep(PAUSE);
  }
  lab.say(
    `while recorded: ${median(live).toFixed(0)} ms, p95 ${p95(live).toFixed(0)} ms, ${(bytes / 1e6).toFixed(1)} MB`,
  );
  await service.post('/api/video/record/stop', { session_id });
  const late: number[] = [];
  for (let i = 0; i < count; i++) {
    const start_seconds = 1 + (i % 5);
    late.push((await press(lab, service, { session_id, start_seconds, end_seconds: start_seconds + SECONDS })).ms);
  }
  await lab.endService(service);
  await lab.stopCameras([camera]);
  lab.clear(room);
  const figure = (what: string, times: readonly number[]) => ({
    what: `${what}, ${times.length} ×`,
    unit: 'ms',
    digits: 0,
    ours: { median: median(times), p95: p95(times) },
    target: { text: `p95 ≤ ${TARGET_MS} ms`, met: p95(times) <= TARGET_MS },
  });
  return {
    title: 'Highlights',
    method:
      `The whole service with its own PostgreSQL; one court of 1080p25, 4 Mbit/s. From the request that asks for ${SECONDS} s until ` +
      'an answer says `ready`: the file is then whole and durable. While it is recorded that includes the wait for the ' +
      'fragment with the newest picture, which the journal writes once a second.',
    figures: [
      figure('Press → ready, while it is recorded', live),
      figure('Asked → ready, of the finished match', late),
    ],
    notes: [`A highlight had ${(bytes / 1e6).toFixed(1)} MB.`],
  };
}
