import { get, IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { h264Clip, MjpegCamera, mjpegClip, RtspCamera } from '../cameras';
import { Answer } from '../support/api';
import { Courtside, CourtsideBody } from '../support/courtside';
import { Service } from '../support/service';
import { FaultWorld } from './fault-world';
import { pictures } from './film';
import { faultTest, FaultRow, longFaultTest } from './ledger';
import { Witness } from './witness';

const CALLS = 100;

/** How often each answer came. */
function tally(answers: readonly Answer<CourtsideBody>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

describe('many callers, and two services on one database', () => {
  let world: FaultWorld;
  const services: Service[] = [];
  const desks: Courtside[] = [];
  let camera: RtspCamera;
  let large: RtspCamera;
  let jpegs: MjpegCamera;

  beforeAll(async () => {
    world = await FaultWorld.make();
    camera = new RtspCamera({ clip: await h264Clip({ width: 320, height: 180, seconds: 8, bitrate: 400_000 }) });
    // Large enough that a download whose reader rests stands still in the middle of it.
    large = new RtspCamera({ clip: await h264Clip({ width: 1280, height: 720, seconds: 2, bitrate: 40_000_000 }) });
    jpegs = new MjpegCamera({ clip: await mjpegClip({ width: 320, height: 180, seconds: 8, bitrate: 1_500_000 }) });
    for (const one of [camera, large, jpegs]) await one.start();
    for (let i = 0; i < 2; i++) services.push(await world.start({ env: { MAX_SESSIONS: '200' } }));
    for (const { url } of services) desks.push(await Courtside.at(url));
  });

  afterAll(async () => {
    await world?.close();
    for (const one of [camera, large, jpegs]) await one?.stop();
  });

  const desk = (): Courtside => desks[0] as Courtside;

  /** Half of them here, half there. */
  const all = (call: (side: Courtside) => Promise<Answer<CourtsideBody>>): Promise<Answer<CourtsideBody>[]> =>
    Promise.all(Array.from({ length: CALLS }, (_, i) => call(desks[i % 2] as Courtside)));

  const row = (fault: string, how: string, ...invariants: FaultRow['invariants']): FaultRow => {
    return { section: 'Callers at once', fault, how, invariants };
  };

  faultTest(
    row(
      `${CALLS} starts at once`,
      'of a session, then of its recording, through two services on one database',
      'I3',
      'I6',
    ),
    async (found) => {
      const witness = new Witness(camera);
      const court = await desk().court('Everybody’s', camera.url);
      found.happened(2);
      const opened = await all((side) => side.create(court));
      expect(tally(opened)).toEqual({ 201: 1, 409: CALLS - 1 });
      const winner = opened.findIndex(({ status }) => status === 201);
      const sessionId = opened[winner]?.body.session?.session_id as string;
      expect(tally(await all((side) => side.start(sessionId)))).toEqual({ 201: 1, 409: CALLS - 1 });
      await pictures(camera, 25);
      expect(await world.invariants.writers()).toEqual([]);
      const side = desks[winner % 2] as Courtside;
      const stopped = await Promise.all(Array.from({ length: 20 }, () => side.stop(sessionId)));
      for (const { status, body } of stopped) expect({ status, body }).toEqual({ status: 200, body: stopped[0]?.body });
      await side.close(sessionId);
      await world.filmed(found, sessionId, witness);
      witness.leave();
    },
  );

  faultTest(
    row('two services on one database', 'each runs its clean-up while the other records with an FFmpeg', 'I3', 'I5'),
    async (found) => {
      const ids: string[] = [];
      for (const side of desks) ids.push(await side.record(await side.court('Theirs', jpegs.url)));
      for (const side of desks) {
        found.happened();
        expect((await side.cleanUp()).body).toMatchObject({ cleaned_sessions: 0, killed_processes: 0 });
      }
      await pictures(jpegs, 10);
      expect(await world.invariants.writers()).toEqual([]);
      for (const [i, side] of desks.entries()) {
        const { body } = await side.stop(ids[i] as string);
        expect(body.recording).toMatchObject({ status: 'ready', restarts: 0, gaps: [] });
        await side.close(ids[i] as string);
        await world.filmed(found, ids[i] as string);
      }
    },
  );

  longFaultTest(
    row('clean-up and delete during a recording', 'ten of each, while the court records', 'I1', 'I4'),
    async (found) => {
      const witness = new Witness(camera);
      const sessionId = await desk().record(await desk().court('Tidied', camera.url));
      for (let i = 0; i < 10; i++) {
        const [cleaned, removed] = await Promise.all([desk().cleanUp(), desk().remove(sessionId)]);
        expect(cleaned.body).toMatchObject({ cleaned_sessions: 0 });
        expect(removed.status).toBe(404);
        found.happened();
        await pictures(camera, 3);
      }
      expect((await desk().stop(sessionId)).body.recording).toMatchObject({ status: 'ready', gaps: [] });
      await desk().close(sessionId);
      await world.filmed(found, sessionId, witness);
      witness.leave();
    },
  );

  faultTest(
    row('clean-up and delete during downloads', 'of slow readers, and of others that ask at that moment', 'I4'),
    async (found) => {
      const sessionId = await desk().record(await desk().court('Downloaded', large.url));
      await pictures(large, 25);
      await desk().stop(sessionId);
      await desk().close(sessionId);
      const whole = (await desk().download(sessionId)).body;
      const url = `${(services[0] as Service).url}/api/video/files/${sessionId}/download`;
      const ask = async (): Promise<IncomingMessage> => {
        const headers = { authorization: `Bearer ${desk().api.token}` };
        const [response] = (await once(get(url, { headers, agent: false }), 'response')) as [IncomingMessage];
        return response;
      };
      const slow = await Promise.all(Array.from({ length: 4 }, ask));
      const atThatMoment = [ask(), ask(), desk().remove(sessionId), desk().cleanUp(), ask(), ask()] as const;
      const [first, second, removed, , third, fourth] = await Promise.all(atThatMoment);
      expect(removed.status).toBe(200);
      for (const response of [...slow, first, second, third, fourth, await ask()]) {
        found.happened();
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        if (response.statusCode === 200) expect(Buffer.concat(chunks).equals(whole)).toBe(true);
        else expect(response.statusCode).toBe(404);
      }
      expect(slow.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200]);
      await world.atRest(found);
    },
  );
});
