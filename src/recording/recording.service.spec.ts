import { setImmediate as turn } from 'node:timers/promises';
import { Principal } from '../auth/principal';
import { SystemClock } from '../common/clock';
import { RecordingFacts } from '../runtime/court-runtime';
import { RecordingService } from './recording.service';

type Parts = ConstructorParameters<typeof RecordingService>;

const SESSION = 'session';
const PRINCIPAL = {} as Principal;
const CALLER = { ip: null, userAgent: null };

/** A service whose row is written when `wrote` is called; the runtime records from its own call on. */
function madeOf(): { service: RecordingService; wrote: () => void; stops: string[] } {
  let row: object | null = null;
  let wrote: () => void = () => undefined;
  let recording: RecordingFacts | null = null;
  const stops: string[] = [];
  const sessions = {
    require: () => Promise.resolve({ id: SESSION, status: 'live', courtId: 1, clubId: 1, userId: 1 }),
  };
  const log = {
    viewOf: () => Promise.resolve(recording ?? row),
    row: () => Promise.resolve(row),
    noteStop: () => Promise.resolve(),
    begin: () => {
      row = { status: 'starting' };
      return new Promise((resolve) => (wrote = () => resolve(true)));
    },
  };
  const mirror = { written: () => Promise.resolve(), forget: () => (row = null) };
  const facts = {
    phase: 'recording',
    gaps: [],
    video: null,
    startedAt: 0,
    stoppedAt: null,
    plannedEndAt: 0,
  } as unknown as RecordingFacts;
  const runtime = {
    status: () => ({ facts: { codec: 'h264' } }),
    startRecording: () => Promise.resolve((recording = facts)),
    stopRecording: (sessionId: string) => {
      if (!recording) return Promise.resolve(null);
      stops.push(sessionId);
      return Promise.resolve((recording = { ...facts, phase: 'ready' }));
    },
  };
  const service = new RecordingService(
    sessions as unknown as Parts[0],
    log as unknown as Parts[1],
    mirror as unknown as Parts[2],
    runtime as unknown as Parts[3],
    { admit: () => undefined } as unknown as Parts[4],
    { defaultDurationMinutes: 90, maxDurationMinutes: 180 } as Parts[5],
    new SystemClock(),
  );
  return { service, wrote: () => wrote(), stops };
}

describe('RecordingService', () => {
  it('stops a recording whose row is there before its recorder', async () => {
    const { service, wrote, stops } = madeOf();
    const starting = service.start(PRINCIPAL, SESSION, CALLER);
    await turn();
    const stopping = service.stop(PRINCIPAL, SESSION, CALLER);
    await turn();
    wrote();
    await Promise.all([starting, stopping]);
    expect(stops).toEqual([SESSION]);
  });

  it('refuses the second of two starts before there is a row', async () => {
    const { service, wrote } = madeOf();
    const starting = service.start(PRINCIPAL, SESSION, CALLER);
    const second = expect(service.start(PRINCIPAL, SESSION, CALLER)).rejects.toMatchObject({
      code: 'already_recording',
    });
    await turn();
    wrote();
    await starting;
    await second;
  });
});
