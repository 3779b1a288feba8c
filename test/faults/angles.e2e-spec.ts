import { h264Clip, RtspCamera } from '../cameras';
import { Courtside } from '../support/courtside';
import { FaultWorld } from './fault-world';
import { pictures } from './film';
import { faultTest, Findings } from './ledger';
import { Witness } from './witness';

/** A file begins where it began, whoever ends it; the rows have it to the tick. */
const A_PICTURE = 0.04;

describe('a service killed while it records a match from two angles', () => {
  let world: FaultWorld;
  let cameras: [RtspCamera, RtspCamera];

  beforeAll(async () => {
    world = await FaultWorld.make();
    const clip = await h264Clip({ width: 320, height: 180, seconds: 8, bitrate: 400_000 });
    cameras = [new RtspCamera({ clip }), new RtspCamera({ clip })];
    for (const camera of cameras) await camera.start();
  });

  afterAll(async () => {
    await world?.close();
    for (const camera of cameras) await camera.stop();
  });

  const row = {
    section: 'Service',
    fault: 'SIGKILL while it records',
    how: 'a match from two angles, started again',
    invariants: ['I1', 'I2', 'I3', 'I4', 'I5'],
  } as const;

  faultTest(row, async (found: Findings) => {
    const witnesses = cameras.map((camera) => new Witness(camera));
    const service = await world.start();
    const desk = await Courtside.at(service.url);
    const court = await desk.court('Court 1', cameras[0].url);
    await desk.camera(court, cameras[1].url);
    const id = await desk.record(court);
    const angle = await desk.angleThat(
      id,
      (now) => now.recording_status === 'recording' && now.offset_seconds !== null,
    );
    await pictures(cameras[0], 50);
    await service.end('SIGKILL');
    found.happened();

    const after = await Courtside.at((await world.start()).url);
    await after.recordingThat(id, ({ status }) => status === 'recording');
    // The same session, the same file: both go on.
    await after.recordingThat(angle.session_id, ({ status }) => status === 'recording');
    await pictures(cameras[0], 25);
    expect(await world.invariants.writers()).toEqual([]);
    expect((await after.stop(id)).body.recording).toMatchObject({ status: 'ready', restarts: 1, error: null });
    const { gaps } = await after.over(angle.session_id);
    expect(gaps.map(({ reason }) => reason)).toEqual(['service_restarted']);
    const finished = await after.angleThat(id, ({ session_id: one }) => one === angle.session_id);
    expect(Math.abs((finished.offset_seconds as number) - (angle.offset_seconds as number))).toBeLessThan(A_PICTURE);
    await after.close(id);
    await world.filmed(found, id, witnesses[0]);
    await world.filmed(found, angle.session_id, witnesses[1]);
    await world.atRest(null);
    found.note('two files, on one clock as before');
  });
});
