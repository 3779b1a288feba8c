import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres, startEmbeddedPostgres } from '../../src/database/embedded/embedded-postgres';
import { h264Clip, RtspCamera } from '../cameras';
import { Answer } from '../support/api';
import { Courtside } from '../support/courtside';
import { DatabaseProxy } from '../support/database-proxy';
import { Service } from '../support/service';
import { until } from '../support/until';
import { FaultWorld } from './fault-world';
import { pictures } from './film';
import { faultTest, FaultRow, Findings, longFaultTest } from './ledger';
import { Witness } from './witness';

/** The contract: without the database, a 503 within this many milliseconds. */
const LIMIT_MS = 2000;

describe('the database fails while courts record', () => {
  const home = mkdtempSync(join(tmpdir(), 'padelvar-faults-pg-'));
  let postgres: EmbeddedPostgres;
  let proxy: DatabaseProxy;
  let world: FaultWorld;
  let service: Service;
  let desk: Courtside;
  let camera: RtspCamera;
  let witness: Witness;
  /** Records through every outage. */
  let recorded: string;
  let idle: number;
  let number = 0;

  beforeAll(async () => {
    const log = (): void => undefined;
    postgres = await startEmbeddedPostgres({ dataDir: home, home, logsDir: join(home, 'logs'), durable: false, log });
    proxy = await DatabaseProxy.start(postgres.url);
    world = await FaultWorld.make({ databaseUrl: postgres.url, between: () => Promise.resolve(proxy.url) });
    camera = new RtspCamera({ clip: await h264Clip({ width: 320, height: 180, seconds: 8, bitrate: 400_000 }) });
    await camera.start();
    witness = new Witness(camera);
    service = await world.start();
    desk = await Courtside.at(service.url);
    recorded = await desk.record(await court());
    idle = await court();
  });

  afterAll(async () => {
    await world?.close();
    await proxy?.stop();
    await postgres?.stop();
    await camera?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  const court = (): Promise<number> => desk.court(`Court ${++number}`, camera.url);

  /** The server's processes, which are no group of their own. */
  function server(): number[] {
    const pid = postgres.pid() ?? 0;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return [pid, ...children.trim().split(' ').map(Number)];
  }

  async function refusedInTime(found: Findings, asked: () => Promise<Answer<unknown>>): Promise<void> {
    const before = performance.now();
    const { status } = await asked();
    const ms = performance.now() - before;
    expect(status).toBe(503);
    expect(ms).toBeLessThan(LIMIT_MS);
    found.happened();
  }

  /** Whatever needs the database is refused in time; what records goes on. */
  const outage = (begin: () => void, end: () => void | Promise<void>) => async (found: Findings) => {
    await pictures(camera, 12);
    begin();
    await refusedInTime(found, () => desk.api.get('/api/video/health'));
    await Promise.all([
      refusedInTime(found, () => desk.create(idle)),
      refusedInTime(found, () => desk.stop(recorded)),
      refusedInTime(found, () => desk.api.get(`/api/video/record/status/${recorded}`)),
    ]);
    await pictures(camera, 12);
    await end();
    const now = await desk.recordingThat(recorded, () => true);
    expect(now).toMatchObject({ status: 'recording', gaps: [], error: null });
    expect(await world.invariants.writers()).toEqual([]);
  };

  const row = (fault: string, how: string, ...invariants: FaultRow['invariants']): FaultRow => {
    return { section: 'Database', fault, how, invariants };
  };
  const AWAY = ['I1', 'I2', 'I7'] as const;

  faultTest(
    row('PostgreSQL’s connections are cut', 'a proxy resets them, and new ones too', ...AWAY),
    outage(
      () => proxy.cut(),
      () => proxy.heal(),
    ),
  );

  faultTest(
    row('PostgreSQL does not answer', 'a proxy passes nothing on', ...AWAY),
    outage(
      () => proxy.hang(),
      () => proxy.heal(),
    ),
  );

  longFaultTest(
    row('PostgreSQL hangs', 'SIGSTOP of the server and its children', ...AWAY),
    outage(
      () => server().forEach((pid) => process.kill(pid, 'SIGSTOP')),
      () => server().forEach((pid) => process.kill(pid, 'SIGCONT')),
    ),
  );

  faultTest(row('PostgreSQL dies', 'SIGKILL of the server', 'I1', 'I2', 'I7'), async (found) => {
    await pictures(camera, 12);
    const before = postgres.pid();
    process.kill(before ?? 0, 'SIGKILL');
    found.happened();
    const asked = performance.now();
    const { status } = await desk.api.get('/api/video/health');
    expect(performance.now() - asked).toBeLessThan(LIMIT_MS);
    found.note(status === 503 ? '503 until its supervisor had started it again' : 'its supervisor was faster');
    await until(() => postgres.pid() !== null && postgres.pid() !== before);
    expect(await desk.recordingThat(recorded, () => true)).toMatchObject({ status: 'recording', gaps: [] });
  });

  faultTest(
    row('the answer to a COMMIT is lost', 'when a session opens: the connection ends after the COMMIT', 'I6'),
    async (found) => {
      const lost = proxy.loseCommitOf((statement) => statement.includes('INSERT INTO camera_sessions'));
      const id = await court();
      expect((await desk.create(id)).status).toBe(503);
      await lost;
      found.happened();
      // Whether it happened or not nobody can know; the second try is one or the other, and no second session.
      expect([201, 409]).toContain((await desk.create(id)).status);
      found.note('a second try is told that the court is in session');
    },
  );

  faultTest(
    row(
      'the answer to a COMMIT is lost',
      'when a recording starts: the connection ends after its row is there',
      'I2',
      'I6',
    ),
    async (found) => {
      const opened = await desk.create(await court());
      const sessionId = opened.body.session?.session_id ?? '';
      const lost = proxy.loseAnswerTo((statement) => statement.includes('INSERT INTO recordings'));
      expect((await desk.start(sessionId)).status).toBe(503);
      await lost;
      found.happened();
      // Nobody records: the row is taken back, and the start may be tried again.
      await until(async () => {
        const { status } = await desk.start(sessionId);
        expect([201, 409]).toContain(status);
        return status === 201;
      });
      await pictures(camera, 12);
      expect((await desk.stop(sessionId)).body.recording).toMatchObject({ status: 'ready' });
      await world.filmed(found, sessionId, witness);
      await desk.close(sessionId);
    },
  );

  faultTest(
    row(
      'the answer to a COMMIT is lost',
      'when a recording is ready: the connection ends after the COMMIT',
      'I1',
      'I6',
    ),
    async (found) => {
      const sessionId = await desk.record(await court());
      await pictures(camera, 12);
      const lost = proxy.loseCommitOf((statement) => statement.includes('INSERT INTO videos'));
      const stopped = await desk.stop(sessionId);
      await lost;
      found.happened();
      expect(stopped).toMatchObject({ status: 200, body: { recording: { status: 'ready', error: null } } });
      expect((await desk.stop(sessionId)).body).toEqual(stopped.body);
      await world.filmed(found, sessionId, witness);
      await desk.close(sessionId);
    },
  );

  faultTest(row('all of these', 'one court records from the first to the last', 'I1', 'I4', 'I6'), async (found) => {
    found.happened();
    const stopped = await desk.stop(recorded);
    expect(stopped.body.recording).toMatchObject({ status: 'ready', gaps: [], error: null });
    expect((await desk.stop(recorded)).body).toEqual(stopped.body);
    await world.filmed(found, recorded, witness);
  });
});
