import { RecordingRecovery } from '../../src/recording/recording-recovery.service';
import { DiskCall, errno } from '../../src/storage/broken-disk.fixture';
import { BreakableClub, DiskFault } from './breakable-club';
import { faultTest, faultTests, FaultRow, Findings } from './ledger';

const isPart = ({ path }: DiskCall): boolean => /part-\d+\.mp4$/.test(path);
const fails =
  (code: string, which: (call: DiskCall) => boolean): DiskFault =>
  (call) => {
    if (which(call)) throw errno(code);
  };

describe('a disk that fails', () => {
  let club: BreakableClub;
  const doubtful: string[] = [];

  beforeAll(async () => {
    club = await BreakableClub.start();
  });

  /** As every few seconds, but now. */
  async function recoverySays(): Promise<void> {
    for (let i = 0; i < 3; i++) await club.app.get(RecordingRecovery).recover();
  }

  /** What the disk did not keep is never called a video, however often somebody looks, and nobody looks often. */
  const neverReady = (fault: DiskFault, moment: 'in mid-match' | 'at the stop') => async (found: Findings) => {
    const court = await club.doomed(`doomed ${moment}`);
    court.breakDisk(fault);
    found.happened();
    if (moment === 'at the stop') await club.desk.stop(court.sessionId);
    const failed = await club.desk.over(court.sessionId);
    expect(failed).toMatchObject({ status: 'failed', video_path: null });
    doubtful.push(court.sessionId);
    expect(failed.error).toMatch(/^(write_failed|sync_failed|sync_timeout): /);
    court.mendDisk();
    const { calls } = court;
    await recoverySays();
    expect(court.calls).toBe(calls);
    await club.desk.close(court.sessionId);
    expect(await club.desk.recording(court.sessionId)).toMatchObject({ status: 'failed', video_path: null });
    expect((await club.desk.download(court.sessionId)).response.status).toBe(404);
  };

  /** Nothing that was recorded is in doubt: it is tried again, once a while, and then the video is there. */
  const triedAgain = (fault: DiskFault) => async (found: Findings) => {
    const court = await club.doomed('tried again');
    court.breakDisk(fault);
    found.happened();
    await club.desk.stop(court.sessionId);
    expect(await club.desk.over(court.sessionId)).toMatchObject({ status: 'failed', video_path: null });
    court.mendDisk();
    await recoverySays();
    await club.desk.recordingThat(court.sessionId, ({ status }) => status === 'ready');
    await club.desk.close(court.sessionId);
    await club.world.filmed(found, court.sessionId);
    found.note('made by the next try');
  };

  const row = (fault: string, how: string): FaultRow => ({ section: 'Machine', fault, how, invariants: ['I4'] });
  const EIO = 'EIO at the file system’s seam';

  faultTests(4, [
    {
      row: row('a write fails in mid-match', EIO),
      play: neverReady(
        fails('EIO', (call) => call.name === 'write' && isPart(call)),
        'in mid-match',
      ),
    },
    {
      row: row('a write writes nothing', 'writev returns 0'),
      play: neverReady((call) => (call.name === 'write' && isPart(call) ? { short: 0 } : undefined), 'in mid-match'),
    },
    {
      row: row('fdatasync fails in mid-match', EIO),
      play: neverReady(
        fails('EIO', (call) => call.name === 'datasync' && isPart(call)),
        'in mid-match',
      ),
    },
    {
      row: row('fdatasync fails at the stop', EIO),
      play: neverReady(
        fails('EIO', (call) => call.name === 'datasync' && isPart(call)),
        'at the stop',
      ),
    },
    {
      row: row('the video cannot get its name', 'EIO from link, at the file system’s seam'),
      play: triedAgain(fails('EIO', ({ name }) => name === 'link')),
    },
    {
      row: row('the wish to stop cannot be kept', 'ENOSPC at the file system’s seam'),
      play: triedAgain(fails('ENOSPC', ({ path }) => path.includes('stop.json'))),
    },
  ]);

  // The folder is everybody's: nobody else stops meanwhile.
  faultTest(
    row("fsync of the video's folder fails", EIO),
    neverReady(
      fails('EIO', ({ name, path }) => name === 'syncFolder' && !path.includes('.recordings')),
      'at the stop',
    ),
  );

  faultTest(
    { ...row('any of these', 'another court records all the time'), invariants: ['I1', 'I4'] },
    async (found) => {
      found.happened();
      await club.bystanderIsWhole(found);
    },
  );

  it('leaves nothing behind', () => club.world.atRest(null));

  it('does not change its mind at the next start', async () => {
    await club.startAgain();
    await recoverySays();
    expect(doubtful).toHaveLength(5);
    for (const sessionId of doubtful) {
      expect(await club.desk.recording(sessionId)).toMatchObject({ status: 'failed', video_path: null });
    }
  });

  afterAll(() => club?.close());
});
