import { getPriority } from 'node:os';
import { h264Clip, RtspCamera } from '../cameras';
import { Courtside } from '../support/courtside';
import { Service } from '../support/service';
import { until } from '../support/until';
import { FatedTool } from './fated-tool';
import { FaultWorld } from './fault-world';
import { pictures } from './film';
import { faultTest, FaultRow, Findings } from './ledger';
import { Witness } from './witness';

const MINUTES_MS = 5 * 60_000;

/** The gate gives a program 20 s, so these rows take their time. */
describe('programs of the finaliser that hang', () => {
  let world: FaultWorld;
  let service: Service;
  let desk: Courtside;
  let ffprobe: FatedTool;
  let camera: RtspCamera;
  let witness: Witness;
  let number = 0;

  beforeAll(async () => {
    world = await FaultWorld.make();
    camera = new RtspCamera({ clip: await h264Clip({ width: 320, height: 180, seconds: 8, bitrate: 400_000 }) });
    await camera.start();
    witness = new Witness(camera);
    ffprobe = new FatedTool(world.root, 'ffprobe');
    service = await world.start({ env: { FFPROBE_PATH: ffprobe.path } });
    desk = await Courtside.at(service.url);
  });

  afterAll(async () => {
    await world?.close();
    await camera?.stop();
  });

  const finished = async (found: Findings, stop: (sessionId: string) => Promise<unknown>): Promise<void> => {
    const sessionId = await desk.record(await desk.court(`Court ${++number}`, camera.url));
    await pictures(camera, 30);
    await stop(sessionId);
    found.happened();
    await desk.recordingThat(sessionId, ({ status }) => status === 'ready');
    await desk.close(sessionId);
    await world.filmed(found, sessionId, witness);
  };

  const row = (fault: string): FaultRow => {
    return { section: 'Machine', fault, how: 'SIGSTOP; its time is over after 20 s', invariants: ['I1', 'I4', 'I5'] };
  };

  faultTest(
    row("the finaliser's ffprobe hangs"),
    (found) =>
      finished(found, (sessionId) => {
        ffprobe.plan('stopped');
        return desk.stop(sessionId);
      }),
    MINUTES_MS,
  );

  faultTest(
    row("the finaliser's ffmpeg hangs"),
    (found) =>
      finished(found, async (sessionId) => {
        const waits = ({ pid, args }: { pid: number; args: readonly string[] }): boolean =>
          args.includes('framehash') && getPriority(pid) === 0;
        process.kill(await until(() => service.listChildren().find(waits)?.pid), 'SIGSTOP');
        await desk.stop(sessionId);
      }),
    MINUTES_MS,
  );

  it('leaves nothing behind', () => world.atRest(null), MINUTES_MS);
});
