import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { h264Clip, RtspCamera } from '../cameras';
import { Courtside } from '../support/courtside';
import { readTrace, SystemCall, untraceable } from '../support/system-calls';
import { FaultWorld } from './fault-world';
import { pictures } from './film';
import { faultTest } from './ledger';

const WRITES = ['write', 'writev', 'pwrite64', 'pwritev', 'pwritev2'];
const SENDS = ['write', 'writev', 'sendto', 'sendmsg'];
const NAMES = ['link', 'linkat', 'rename', 'renameat', 'renameat2', 'unlink', 'unlinkat', 'ftruncate'];
const CALLS = [...new Set([...WRITES, ...SENDS, 'fdatasync', 'fsync', ...NAMES])];

/** A whole trace, asked about files. */
class Trace {
  constructor(readonly calls: readonly SystemCall[]) {}

  /** Calls of these names with this path (or the end of one) among their arguments. */
  of(names: readonly string[], path: string): SystemCall[] {
    return this.calls.filter(({ name, args }) => names.includes(name) && args.includes(path));
  }

  /** The one call that is meant. */
  only(names: readonly string[], path: string): SystemCall {
    const found = this.of(names, path);
    expect(found).toHaveLength(1);
    return found[0] as SystemCall;
  }

  /** Writes to a file that no fdatasync had covered when this call was begun. */
  unsynced(path: string, at: SystemCall): SystemCall[] {
    const syncs = this.of(['fdatasync', 'fsync'], path).filter(({ done, result }) => result === 0 && done < at.begun);
    return this.of([...WRITES, 'ftruncate'], path).filter(
      (write) => write.begun < at.begun && !syncs.some(({ begun }) => begun > write.done),
    );
  }

  /** A sync of a folder that was begun after one call and had come back before another. */
  folderSynced(path: string, after: SystemCall, before: SystemCall): boolean {
    const syncs = this.of(['fsync'], `${path}>`);
    return syncs.some(({ begun, done, result }) => result === 0 && begun > after.done && done < before.begun);
  }
}

describe('what a power cut would leave', () => {
  let world: FaultWorld;
  let camera: RtspCamera;

  beforeAll(async () => {
    world = await FaultWorld.make();
    camera = new RtspCamera({ clip: await h264Clip({ width: 320, height: 180, seconds: 8, bitrate: 400_000 }) });
    await camera.start();
  });

  afterAll(async () => {
    await world?.close();
    await camera?.stop();
  });

  faultTest(
    {
      section: 'Machine',
      fault: 'the power is cut',
      how: 'not done: the order of system calls of a whole recording is read by strace instead',
      invariants: ['I1', 'I4'],
    },
    async (found) => {
      const why = untraceable();
      if (why !== null) return found.cannot(why);
      const output = join(world.root, 'trace');
      const service = await world.start({ strace: { output, calls: CALLS, bytes: 300 } });
      const desk = await Courtside.at(service.url);
      const sessionId = await desk.record(await desk.court('Court 1', camera.url));
      await pictures(camera, 100);
      expect((await desk.stop(sessionId)).body.recording?.status).toBe('ready');
      await desk.close(sessionId);
      await service.end('SIGTERM');
      found.happened();

      const trace = new Trace(readTrace(readFileSync(output, 'utf8')));
      const folder = join(world.videosDir, '.recordings', sessionId);
      const part = join(folder, 'part-1.mp4');
      const club = join(world.videosDir, `${desk.clubId}`);
      const video = join(club, `${sessionId}.mp4`);
      const named = trace.only(['link', 'linkat', 'rename', 'renameat', 'renameat2'], video);
      const ready = trace.of(SENDS, 'INSERT INTO videos')[0] as SystemCall;
      const commit = trace.of(SENDS, 'COMMIT\\0').find(({ begun }) => begun > ready.done) as SystemCall;

      // While it records: a sync every two seconds, so that no more than that is ever in doubt.
      const fragments = trace.of(WRITES, part).filter(({ result }) => result > 8);
      const early = fragments.filter(({ done }) => done < (fragments[fragments.length - 2] as SystemCall).begun);
      expect(trace.unsynced(part, fragments[fragments.length - 1] as SystemCall).length).toBeLessThan(early.length);

      // The wish to stop is kept before anything is done about it.
      const wish = join(folder, 'stop.json');
      const kept = trace.only(['rename', 'renameat', 'renameat2'], wish);
      expect(trace.unsynced(`${wish}.tmp`, kept)).toEqual([]);
      const prepared = trace.of(['ftruncate'], part)[0] as SystemCall;
      expect(trace.folderSynced(folder, kept, prepared)).toBe(true);

      // Tables → fdatasync → the flip, one write of 8 bytes → fdatasync → the name → fsync of its folder.
      const flips = trace.of(WRITES, part).filter(({ result }) => result === 8);
      expect(flips.length).toBeGreaterThan(0);
      for (const flip of flips) expect(trace.unsynced(part, flip)).toEqual([]);
      expect(flips[flips.length - 1]?.done).toBeLessThan(named.begun);
      expect(trace.unsynced(part, named)).toEqual([]);
      expect(trace.folderSynced(club, named, commit)).toBe(true);

      // The old name goes, and the row says ready, only then.
      const gone = trace.only(['unlink', 'unlinkat'], part);
      expect(trace.folderSynced(club, named, gone)).toBe(true);
      expect(trace.folderSynced(club, named, ready)).toBe(true);
      found.note('write → fdatasync → flip → fdatasync → link → fsync of the folder → COMMIT');
    },
  );
});
