import { DataSource } from 'typeorm';
import { CourtRuntime, RecordingFacts } from '../runtime/court-runtime';
import { Recording } from './entities/recording.entity';
import { RecordingLog } from './recording-log.service';
import { RecordingStatus } from './recording-state';
import { RecordingView } from './recording-view';

type Parts = ConstructorParameters<typeof RecordingLog>;

const SESSION = '0b9f8a1e-0000-4000-8000-000000000001';
const FACTS = { startedAt: 0, stoppedAt: 60_000, plannedEndAt: 60_000, durationSeconds: 60, bytesWritten: 1, gaps: [] };

/** A recording whose row says one thing while this process is at another. */
async function viewOf(row: RecordingStatus, here: RecordingStatus): Promise<RecordingView | null> {
  const rows = [{ sessionId: SESSION, status: row } as Recording];
  const repository = (entity: unknown): object => ({
    findBy: () => Promise.resolve(entity === Recording ? rows : []),
    find: () => Promise.resolve([]),
  });
  const facts = { ...FACTS, phase: here, restarts: 0, error: null, video: { videoPath: '1/a.mp4' } };
  const unused = undefined as unknown;
  const log = new RecordingLog(
    { getRepository: repository } as unknown as DataSource,
    { recording: () => facts as unknown as RecordingFacts } as unknown as CourtRuntime,
    unused as Parts[2],
    unused as Parts[3],
    unused as Parts[4],
  );
  return log.viewOf(SESSION);
}

describe('RecordingLog', () => {
  it('says what this process knows before it is written', async () => {
    expect(await viewOf('recording', 'reconnecting')).toMatchObject({ status: 'reconnecting', active: true });
    expect(await viewOf('finalizing', 'failed')).toMatchObject({ status: 'failed' });
  });

  it('does not call a file ready whose rows are not there', async () => {
    expect(await viewOf('finalizing', 'ready')).toMatchObject({ status: 'finalizing', video_path: null });
    expect(await viewOf('ready', 'ready')).toMatchObject({ status: 'ready', video_path: '1/a.mp4' });
  });
});
