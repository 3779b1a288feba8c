import { CameraServer, h264Clip, HttpCamera, MjpegCamera, mjpegClip, RtspCamera } from '../cameras';
import { Answer } from '../support/api';
import { Courtside, CourtsideBody } from '../support/courtside';
import { Service } from '../support/service';
import { Injection } from '../support/strace';
import { FaultWorld } from './fault-world';
import { pictures } from './film';
import { FAULT_RUN, faultTest, FaultRow, Findings, longFaultTest } from './ledger';
import { Witness } from './witness';

const SIZE = { width: 320, height: 180, seconds: 8 };
/** What starts a process. */
const FORKS = ['clone', 'clone3', 'fork', 'vfork'];
/** Far more than it needs. */
const PLENTY = 4096;

type Kind = 'rtsp' | 'mjpeg' | 'http';

/** The database's connections need descriptors too. */
function expectRefused({ status, body }: Answer<CourtsideBody>): void {
  expect({ status, code: body.code }).toEqual({
    status: 503,
    code: expect.stringMatching(/^(overloaded|database_unavailable)$/) as string,
  });
}

describe('a service at the limits of its machine', () => {
  let world: FaultWorld;
  let service: Service;
  let desk: Courtside;
  let bystander: { sessionId: string; witness: Witness };
  const cameras = {} as Record<Kind | 'bystander', CameraServer>;
  /** Recorded and stopped at the limits, finished or not. */
  const stopped: string[] = [];

  beforeAll(async () => {
    world = await FaultWorld.make();
    const frames = await h264Clip({ ...SIZE, bitrate: 400_000 });
    cameras.bystander = new RtspCamera({ clip: frames });
    cameras.rtsp = new RtspCamera({ clip: frames });
    cameras.http = new HttpCamera({ clip: frames });
    cameras.mjpeg = new MjpegCamera({ clip: await mjpegClip({ ...SIZE, bitrate: 1_500_000 }) });
    for (const camera of Object.values(cameras)) await camera.start();
    service = await world.start({ env: { VIDEO_PRESET: 'ultrafast', MAX_SESSIONS: '40' } });
    desk = await Courtside.at(service.url);
    const witness = new Witness(cameras.bystander);
    bystander = { sessionId: await desk.record(await desk.court('bystander', cameras.bystander.url)), witness };
  });

  /** What a court that is opened, recorded and stopped now comes to. */
  interface Outcome {
    /** `null` where it was refused. */
    readonly sessionId: string | null;
    readonly recorded: boolean;
  }

  /** Tries a court of its own: whatever is refused is refused with a 503, and what is not gives a video, if later. */
  async function tryCourt(kind: Kind, name: string): Promise<Outcome> {
    const opened = await desk.create(courts.get(`${kind} ${name}`) as number);
    const sessionId = opened.body.session?.session_id;
    if (sessionId === undefined) {
      expectRefused(opened);
      return { sessionId: null, recorded: false };
    }
    const started = await desk.start(sessionId, 1);
    if (started.status !== 201) {
      expectRefused(started);
      expect(await desk.recording(sessionId)).toBeNull();
      return { sessionId, recorded: false };
    }
    await pictures(cameras[kind], 5);
    expect((await desk.stop(sessionId)).status).toBe(200);
    return { sessionId, recorded: true };
  }

  /** Once there is room again: what was refused may be tried again. */
  async function afterwards(found: Findings, outcomes: readonly Outcome[]): Promise<void> {
    for (const { sessionId, recorded } of outcomes) {
      if (sessionId === null) continue;
      if (recorded) {
        stopped.push(sessionId);
      } else {
        expect((await desk.start(sessionId, 1)).status).toBe(201);
        expect((await desk.stop(sessionId)).body.recording?.status).toBe('ready');
      }
      await desk.close(sessionId);
    }
    const refused = outcomes.filter(({ recorded }) => !recorded).length;
    found.note(`${refused} of ${outcomes.length} recordings refused with 503`);
  }

  /** By kind and name; made while there is room. */
  const courts = new Map<string, number>();
  const makeCourt = async (kind: Kind, name: string): Promise<void> => {
    courts.set(`${kind} ${name}`, await desk.court(`${kind} ${name}`, cameras[kind].url));
  };

  const DESCRIPTORS: readonly (readonly [number, Kind])[] = [
    ...(FAULT_RUN ? [0, 1, 2, 3, 6, 9] : [0, 9]).map((spare) => [spare, 'rtsp'] as const),
    ...(FAULT_RUN ? [2, 9] : []).map((spare) => [spare, 'http'] as const),
  ];

  async function fewDescriptors(found: Findings): Promise<void> {
    for (const [spare, kind] of DESCRIPTORS) await makeCourt(kind, `${spare}`);
    const outcomes: Outcome[] = [];
    for (const [spare, kind] of DESCRIPTORS) {
      service.leaveDescriptors(spare);
      found.happened();
      outcomes.push(await tryCourt(kind, `${spare}`).finally(() => service.limit({ files: PLENTY })));
      expect(await world.invariants.leftovers([service])).toEqual([]);
    }
    // Else nothing was scarce, or nothing was left.
    expect(new Set(outcomes.map(({ recorded }) => recorded)).size).toBe(2);
    await afterwards(found, outcomes);
  }

  async function noProcesses(found: Findings): Promise<void> {
    const kinds = ['rtsp', 'mjpeg', 'http'] as const;
    for (const kind of kinds) await makeCourt(kind, 'alone');
    const injection = await Injection.into(service.pid, FORKS, 'EAGAIN');
    if (typeof injection === 'string') {
      found.cannot(injection);
      return;
    }
    const outcomes: Outcome[] = [];
    try {
      for (const kind of kinds) {
        found.happened();
        outcomes.push(await tryCourt(kind, 'alone'));
      }
    } finally {
      await injection.lift();
    }
    expect(outcomes.map(({ recorded }) => recorded)).toEqual([true, false, false]);
    expect(await world.invariants.leftovers([service])).toEqual([]);
    await afterwards(found, outcomes);
  }

  const row = (fault: string, how: string): FaultRow => {
    return { section: 'Machine', fault, how, invariants: ['I1', 'I4', 'I5'] };
  };

  faultTest(row('out of descriptors', 'prlimit on the running service: room for none, 1, 2 … 9 more'), fewDescriptors);

  longFaultTest(
    row('out of processes', 'EAGAIN at every fork of the running service, by strace: no limit binds root'),
    noProcesses,
  );

  faultTest(row('out of either', 'another court records all the time'), async (found) => {
    found.happened();
    expect((await desk.stop(bystander.sessionId)).body.recording).toMatchObject({ status: 'ready', gaps: [] });
    await world.filmed(found, bystander.sessionId, bystander.witness);
    await desk.close(bystander.sessionId);
  });

  longFaultTest(row('out of either', 'what was recorded then, after the next start'), async (found) => {
    await service.end('SIGTERM');
    service = await world.start();
    desk = await Courtside.at(service.url);
    for (const sessionId of stopped) {
      found.happened();
      await desk.recordingThat(sessionId, ({ status }) => status === 'ready');
    }
    await world.atRest(found);
  });

  afterAll(async () => {
    await world?.close();
    for (const camera of Object.values(cameras)) await camera.stop();
  });
});
