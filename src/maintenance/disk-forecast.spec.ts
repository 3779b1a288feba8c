import { CourtStatus, RecordingPhase } from '../runtime/court-runtime';
import { DiskWarnings, hoursLeft, writeRate } from './disk-forecast';

const GB = 1e9;

function court(codec: 'h264' | 'mjpeg', bitrate: number, recording: Partial<CourtStatus['recording']> | null) {
  const base = { phase: 'recording' as RecordingPhase, bytesWritten: 0, durationSeconds: 0 };
  return {
    facts: { codec },
    bitrate,
    recording: recording && { ...base, ...recording },
  } as CourtStatus;
}

describe('writeRate', () => {
  it.each([
    ['nobody', [], 0],
    ['a court that is only watched', [court('h264', 4_000_000, null)], 0],
    ['a recording', [court('h264', 4_000_000, {})], 500_000],
    ['one whose camera is away', [court('h264', 0, { phase: 'reconnecting' })], 0],
    ['one that is being finished', [court('h264', 4_000_000, { phase: 'finalizing' })], 0],
    // What an MJPEG camera sends is many times what is written.
    ['one that is encoded', [court('mjpeg', 40_000_000, { bytesWritten: 6_000_000, durationSeconds: 20 })], 300_000],
    [
      'one that is encoded since a moment',
      [court('mjpeg', 40_000_000, { bytesWritten: 9, durationSeconds: 1 })],
      500_000,
    ],
    ['several', [court('h264', 4_000_000, {}), court('h264', 8_000_000, {})], 1_500_000],
  ])('%s', (_, courts, rate) => {
    expect(writeRate(courts)).toBe(rate);
  });
});

describe('hoursLeft', () => {
  it.each([
    [100 * GB, 1 * GB, 0, null],
    [73 * GB, 1 * GB, 1_000_000, 20],
    [1 * GB, 1 * GB, 1_000_000, 0],
    [0, 1 * GB, 1_000_000, 0],
  ])('%d bytes, %d in reserve, %d a second: %p', (free, reserve, rate, hours) => {
    expect(hoursLeft(free, reserve, rate)).toBe(hours);
  });
});

describe('DiskWarnings', () => {
  it.each([
    ['each level once', [30, 23, 20, 5, 3.9, 3, 0.5, 0.1, 0], [24, 4, 1]],
    ['only the last where several are passed at once', [30, 0.5, 0.4], [1]],
    ['nothing where nothing records, and nothing anew after that', [20, null, null, 20], [24]],
    ['nothing for what goes up and down about a level', [23, 25, 23, 28, 23], [24]],
    ['anew where it had become better', [23, 40, 23, 3, 10, 3], [24, 24, 4, 4]],
  ])('%s', (_, hours, told) => {
    const warnings = new DiskWarnings();
    expect(hours.map((left) => warnings.due(left)).filter((level) => level !== null)).toEqual(told);
  });
});
