import { ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { SystemClock } from '../../src/common/clock';
import { withClient } from '../../src/database/embedded/connect';
import { formatMarker } from '../../src/media/process/marker';
import { Toolchain } from '../../src/media/toolchain';
import { ownIdentity, ProcessIdentity } from '../../src/runtime/process-identity';
import { Courtside } from '../support/courtside';
import { FaultWorld } from './fault-world';
import { faultTest } from './ledger';

/** Does nothing until it is killed. */
const STAY = 'setInterval(() => undefined, 1000)';

describe('processes that are not ours', () => {
  let world: FaultWorld;
  const strangers: ChildProcess[] = [];

  beforeAll(async () => {
    world = await FaultWorld.make();
  });

  afterAll(async () => {
    for (const stranger of strangers) stranger.kill('SIGKILL');
    await world?.close();
  });

  /** @param name what `ps` shows as its program */
  function stranger(name: string, ...args: string[]): ChildProcess {
    const child = spawn(process.execPath, ['-e', STAY, '--', ...args], { argv0: name, stdio: 'ignore' });
    strangers.push(child);
    return child;
  }

  /** A session that records, as the row of a process that has died says. */
  async function interrupted(desk: Courtside, court: number, owner: ProcessIdentity): Promise<string> {
    const id = randomUUID();
    await withClient(world.databaseUrl, async (client) => {
      const { rows } = await client.query('SELECT id FROM users LIMIT 1');
      const user = (rows[0] as { id: number }).id;
      await client.query(
        `INSERT INTO camera_sessions (id, court_id, club_id, user_id, status, owner) VALUES ($1, $2, $3, $4, 'live', $5)`,
        [id, court, desk.clubId, user, JSON.stringify(owner)],
      );
      await client.query(
        `INSERT INTO recordings (session_id, court_id, club_id, user_id, status, planned_end_at)
         VALUES ($1, $2, $3, $4, 'recording', now() - interval '1 minute')`,
        [id, court, desk.clubId, user],
      );
    });
    return id;
  }

  faultTest(
    {
      section: 'Machine',
      fault: 'the pid of a row is somebody else’s now',
      how: 'rows with the pids of other programs; an FFmpeg without our mark, and one of another installation’s',
      invariants: ['I2', 'I5'],
    },
    async (found) => {
      const first = await world.start();
      const before = await Courtside.at(first.url);
      const courts = [
        await before.court('Court 1', 'rtsp://127.0.0.1:9/'),
        await before.court('Court 2', 'rtsp://127.0.0.1:9/'),
      ];
      await first.end('SIGKILL');
      const instance = new Toolchain('', '', new SystemClock(), join(world.root, 'data')).instance;
      const harmless = stranger('anything');
      const foreign = stranger(
        'ffmpeg',
        '-metadata',
        `comment=${formatMarker({ instance: '0123456789abcdef', session: 'x' })}`,
      );
      const unmarked = stranger('ffmpeg', '-i', 'pipe:0');
      const ids = [
        await interrupted(before, courts[0] as number, { ...ownIdentity(), pid: harmless.pid ?? 0, startTicks: '1' }),
        await interrupted(before, courts[1] as number, { ...ownIdentity(), pid: unmarked.pid ?? 0, startTicks: '1' }),
      ];
      const leftover = stranger(
        'ffmpeg',
        '-metadata',
        `comment=${formatMarker({ instance, session: ids[0] as string })}`,
      );
      found.happened(3);
      const second = await world.start();
      const desk = await Courtside.at(second.url);
      await desk.cleanUp();
      for (const id of ids) {
        // Nothing was ever written of them.
        expect(await desk.over(id)).toMatchObject({ status: 'failed', active: false });
        expect((await desk.session(id)).status).toBe('failed');
      }
      for (const { exitCode, signalCode } of [harmless, foreign, unmarked]) {
        expect({ exitCode, signalCode }).toEqual({ exitCode: null, signalCode: null });
      }
      expect(leftover.signalCode).toBe('SIGKILL');
      found.note('only the FFmpeg with our mark was ended');
      await world.atRest(found);
    },
  );
});
