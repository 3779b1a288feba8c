import { Clock } from '../../src/common/clock';
import { h264Clip, RtspCamera } from '../cameras';
import { Api } from '../support/api';
import { PASSWORD, startTestClub, TestClub } from '../support/club';
import { Courtside } from '../support/courtside';
import { FaultWorld } from './fault-world';
import { pictures } from './film';
import { faultTest } from './ledger';
import { Witness } from './witness';

const HOUR_MS = 3_600_000;

describe('a clock that jumps', () => {
  let world: FaultWorld;
  let club: TestClub;
  let camera: RtspCamera;
  /** Added to the wall clock of the service. */
  let ahead = 0;

  beforeAll(async () => {
    world = await FaultWorld.make();
    const env = { RETENTION_DAYS: '1' };
    club = await startTestClub({ root: world.root, databaseUrl: world.databaseUrl, env });
    const clock = club.service.app.get(Clock, { strict: false });
    // Everybody has this one object already.
    const now = clock.now.bind(clock);
    clock.now = () => now() + ahead;
    camera = new RtspCamera({ clip: await h264Clip({ width: 320, height: 180, seconds: 8, bitrate: 400_000 }) });
    await camera.start();
  });

  afterAll(async () => {
    await club?.service.shutDown();
    await world?.close();
    await camera?.stop();
  });

  /** Tokens of before an hour's jump are out of date, and rightly so. */
  const desk = async (): Promise<Courtside> =>
    new Courtside(await Api.signedIn(club.service.url, 'desk@padelvar.test', PASSWORD), club.clubId);

  faultTest(
    {
      section: 'Machine',
      fault: 'the clock jumps',
      how: 'the service’s wall clock (a seam: libfaketime cannot shift it alone): an hour on, two back, as a summer time gone wrong',
      invariants: ['I1', 'I4'],
    },
    async (found) => {
      const witness = new Witness(camera);
      let side = await desk();
      const court = await side.court('Court 1', camera.url);
      const young = await side.record(await side.court('Court 2', camera.url), 1);
      await pictures(camera, 10);
      await side.stop(young);
      await side.close(young);

      const sessionId = await side.record(court, 30);
      const began = performance.now();
      for (const jump of [HOUR_MS, -2 * HOUR_MS, HOUR_MS]) {
        await pictures(camera, 15);
        ahead += jump;
        found.happened();
        side = await desk();
        await side.cleanUp();
        const now = await side.recordingThat(sessionId, () => true);
        expect(now).toMatchObject({ status: 'recording', gaps: [] });
        expect(Math.abs(now.duration_seconds - (performance.now() - began) / 1000)).toBeLessThan(1.5);
        expect((await side.download(young)).response.status).toBe(200);
      }
      await pictures(camera, 10);
      expect((await side.stop(sessionId)).body.recording).toMatchObject({ status: 'ready', gaps: [] });
      await side.close(sessionId);
      await world.filmed(found, sessionId, witness);
    },
  );
});
