import { withClient } from '../../src/database/embedded/connect';
import { h264Clip, RtspCamera } from '../cameras';
import { Booked, BookingAnswer } from '../support/booked';
import { Courtside } from '../support/courtside';
import { DatabaseProxy } from '../support/database-proxy';
import { Service } from '../support/service';
import { until } from '../support/until';
import { FaultWorld } from './fault-world';
import { entered, FAULT_RUN, FaultRow } from './ledger';

/** Between which two steps of a booked start the service is killed: at all of them in the fault run, elsewhere where most is half done. */
const STEPS = [
  'booking.opened',
  'booking.attach',
  'booking.attached',
  'booking.begun',
  'recording.insert',
  'recording.inserted',
  'recording.part.write',
];
const TELLING = ['booking.begun'];

describe('a booked recording', () => {
  const worlds: FaultWorld[] = [];
  let camera: RtspCamera;

  beforeAll(async () => {
    camera = new RtspCamera({ clip: await h264Clip({ width: 320, height: 180, seconds: 4, gopSeconds: 1 }) });
    await camera.start();
  });

  afterAll(async () => {
    for (const world of worlds) await world.close();
    await camera?.stop();
  });

  const row = (fault: string, how: string): FaultRow => {
    return { section: 'Service', fault, how, invariants: ['I2', 'I4'] };
  };

  async function desk(service: Service): Promise<{ desk: Courtside; booked: Booked }> {
    const at = await Courtside.at(service.url);
    return { desk: at, booked: new Booked(at.api, at.clubId) };
  }

  /** Waits until it records, stops it, and looks at what there is: one film, one booking that says so. */
  async function recordedOnce(world: FaultWorld, service: Service, id: number): Promise<BookingAnswer> {
    const { desk: side, booked } = await desk(service);
    const { session_id: session } = await booked.that(id, ({ started_at: at }) => at !== null);
    expect((await side.stop(session as string)).status).toBe(200);
    const done = await booked.that(id, ({ status }) => status === 'done');
    expect(done.session_id).toBe(session);
    await withClient(world.databaseUrl, async (client) => {
      const { rows } = await client.query<{ session_id: string; status: string }>(
        'SELECT r.session_id, r.status FROM recordings r JOIN bookings b ON b.court_id = r.court_id WHERE b.id = $1',
        [id],
      );
      expect(rows).toEqual([{ session_id: session, status: 'ready' }]);
    });
    return done;
  }

  it.each(STEPS.filter((step) => FAULT_RUN || TELLING.includes(step)))(
    'is recorded all the same when the service is killed at %s',
    (faultPoint) =>
      entered(
        row('the service is killed while a booked recording starts', 'SIGKILL between every two steps'),
        async (found) => {
          const world = await FaultWorld.make();
          worlds.push(world);
          const killed = await world.start({ faultPoint });
          const before = await desk(killed);
          const court = await before.desk.court('Court 1', camera.url);
          const id = await before.booked.make(court, { from: 2, to: 120 });
          await killed.ended;
          found.happened();
          const done = await recordedOnce(world, await world.start(), id);
          expect(done.late_seconds === 0 || done.reason !== null).toBe(true);
          await world.atRest(found);
        },
      ),
  );

  it('whose time comes while the service is away begins late, and one whose time passes is missed', () =>
    entered(
      row('the service is away when a booked recording is to start', 'SIGKILL before, a start after'),
      async (found) => {
        const world = await FaultWorld.make();
        worlds.push(world);
        const first = await world.start();
        const before = await desk(first);
        const [one, two] = [
          await before.desk.court('Court 1', camera.url),
          await before.desk.court('Court 2', camera.url),
        ];
        const late = await before.booked.make(one, { from: 30, to: 120 });
        const missed = await before.booked.make(two, { from: 30, to: 120 });
        await first.end('SIGKILL');
        found.happened();
        // An hour in which nobody was there.
        await withClient(world.databaseUrl, async (client) => {
          const earlier = "starts_at - interval '20 minutes'";
          await client.query(`UPDATE bookings SET starts_at = ${earlier}, created_at = ${earlier} - interval '1 day'`);
          await client.query("UPDATE bookings SET ends_at = now() - interval '1 minute' WHERE id = $1", [missed]);
        });
        const second = await world.start();
        const { booked } = await desk(second);
        expect(await booked.that(missed, ({ status }) => status === 'missed')).toMatchObject({
          reason: 'service_away',
        });
        const done = await recordedOnce(world, second, late);
        expect(done.late_seconds).toBeGreaterThan(1000);
      },
    ));

  it('begins as soon as the database is back', () =>
    entered(
      row('the database is away when a booked recording is to start', 'connections cut for some seconds'),
      async (found) => {
        let proxy: DatabaseProxy | undefined;
        const world = await FaultWorld.make({ between: async (url) => (proxy = await DatabaseProxy.start(url)).url });
        worlds.push(world);
        try {
          const service = await world.start();
          const { desk: side, booked } = await desk(service);
          const id = await booked.make(await side.court('Court 1', camera.url), { from: 4, to: 120 });
          await booked.that(id, ({ session_id: session }) => session !== null);
          proxy?.cut();
          found.happened();
          // Until after its time.
          await service.says(/A booked recording cannot begin yet/);
          proxy?.heal();
          await recordedOnce(world, service, id);
        } finally {
          await proxy?.stop();
        }
      },
    ));

  it('is recorded once by two processes, which share the courts', () =>
    entered(row('two service processes see the same bookings', 'eight courts booked for one moment'), async (found) => {
      const world = await FaultWorld.make();
      worlds.push(world);
      const services = [await world.start(), await world.start({ env: { PROXY_BASE_PORT: '8180' } })];
      const { desk: side, booked } = await desk(services[0] as Service);
      const courts = await Promise.all(Array.from({ length: 8 }, (_, i) => side.court(`Court ${i}`, camera.url)));
      const ids = await Promise.all(courts.map((court) => booked.make(court, { from: 12, to: 120 })));
      found.happened(ids.length);
      const begun = await Promise.all(ids.map((id) => booked.that(id, ({ started_at: at }) => at !== null)));
      expect(new Set(begun.map(({ session_id: session }) => session)).size).toBe(8);
      await withClient(world.databaseUrl, async (client) => {
        const { rows } = await client.query<{ sessions: number; recordings: number }>(
          'SELECT (SELECT count(*) FROM camera_sessions)::integer AS sessions, count(*)::integer AS recordings FROM recordings',
        );
        expect(rows).toEqual([{ sessions: 8, recordings: 8 }]);
      });
      for (const { session_id: session } of begun) {
        // Each is stopped by whichever process has it.
        await until(async () => {
          for (const service of services) {
            const at = await Courtside.at(service.url);
            const { body } = await at.stop(session as string);
            if (body.recording?.status === 'ready') return true;
          }
          return false;
        });
      }
      for (const id of ids) expect((await booked.that(id, ({ status }) => status === 'done')).status).toBe('done');
    }));
});
