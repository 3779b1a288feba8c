import { DataSource } from 'typeorm';
import { CourtRuntime, RecordingPhase } from '../runtime/court-runtime';
import { MatchAngles } from './match-angles.service';

const MATCH = '0b9f8a1e-0000-4000-8000-000000000001';
const ANGLE = '0b9f8a1e-0000-4000-8000-000000000002';

/** An angle whose row says one thing while this process is at another. */
async function statusOf(row: RecordingPhase | null, here: RecordingPhase | null): Promise<string | null> {
  const rows = [
    { matchId: MATCH, sessionId: ANGLE, status: 'closed', recordingStatus: row, offsetSeconds: null, sizeBytes: null },
  ];
  const database = { query: () => Promise.resolve(rows) } as unknown as DataSource;
  const runtime = { recording: () => here && { phase: here }, status: () => null } as unknown as CourtRuntime;
  const found = await new MatchAngles(database, runtime).of([MATCH]);
  return found.get(MATCH)?.[0]?.recordingStatus ?? null;
}

describe('MatchAngles', () => {
  it('says what this process knows before it is written', async () => {
    expect(await statusOf('recording', 'reconnecting')).toBe('reconnecting');
    expect(await statusOf('recording', null)).toBe('recording');
    expect(await statusOf(null, null)).toBeNull();
  });

  it('does not call a file ready whose length and size are not written yet', async () => {
    expect(await statusOf('finalizing', 'ready')).toBe('finalizing');
    expect(await statusOf('ready', 'ready')).toBe('ready');
    expect(await statusOf('finalizing', 'failed')).toBe('failed');
  });
});
