import { RecordingRecovery } from '../../src/recording/recording-recovery.service';
import { BreakableClub, DiskFault } from './breakable-club';
import { faultTest, faultTests, FaultRow, Findings } from './ledger';

const MINUTES_MS = 5 * 60_000;
const FOREVER = new Promise<void>(() => undefined);

/** A sync is given half a minute before it has failed, so these rows take their time. */
describe('a disk that hangs', () => {
  let club: BreakableClub;

  beforeAll(async () => {
    club = await BreakableClub.start();
  });

  const hangs =
    (which: (path: string) => boolean): DiskFault =>
    (call) =>
      call.name === 'datasync' && which(call.path) ? FOREVER : undefined;

  const neverReady = (fault: DiskFault, moment: 'in mid-match' | 'at the stop') => async (found: Findings) => {
    const court = await club.doomed('hanging');
    court.breakDisk(fault);
    found.happened();
    const began = performance.now();
    const stopped = moment === 'at the stop' ? await club.desk.stop(court.sessionId) : null;
    // Whoever stops is told within 20 s, file or no file.
    if (stopped) expect(stopped).toMatchObject({ status: 200, body: { video_path: null } });
    if (stopped) expect(performance.now() - began).toBeLessThan(22_000);
    const failed = await club.desk.over(court.sessionId);
    expect(failed).toMatchObject({ status: 'failed', video_path: null });
    expect(failed.error).toMatch(/^sync_timeout: /);
    court.mendDisk();
    const { calls } = court;
    for (let i = 0; i < 3; i++) await club.app.get(RecordingRecovery).recover();
    expect(court.calls).toBe(calls);
    expect((await club.desk.recording(court.sessionId))?.status).toBe('failed');
    await club.desk.close(court.sessionId);
  };

  const row = (how: string): FaultRow => {
    return { section: 'Machine', fault: 'a sync hangs', how: `${how}, at the file system’s seam`, invariants: ['I4'] };
  };
  const part = (path: string): boolean => /part-\d+\.mp4$/.test(path);
  const wish = (path: string): boolean => path.includes('stop.json');

  faultTests(
    8,
    [
      { row: row('fdatasync in mid-match'), play: neverReady(hangs(part), 'in mid-match') },
      { row: row('fdatasync at the stop'), play: neverReady(hangs(part), 'at the stop') },
      { row: row('fdatasync of the wish to stop'), play: neverReady(hangs(wish), 'at the stop') },
    ],
    MINUTES_MS,
  );

  faultTest({ ...row('another court records all the time'), invariants: ['I1', 'I4'] }, async (found) => {
    found.happened();
    await club.bystanderIsWhole(found);
  });

  afterAll(() => club?.close());
});
