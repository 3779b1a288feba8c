import { RecordingStatus } from '../recording/recording-state';
import { ClubPlan, fateOf, FileWords, isAlarming, isYoung, planSweep, sessionOf } from './sweep-plan';

const [A, B, C, D] = [1, 2, 3, 4].map((n) => `5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a5${n}`) as [
  string,
  string,
  string,
  string,
];

function plan(files: readonly string[], marks: Record<string, boolean>): ClubPlan {
  return planSweep({ names: files, marks: new Map(Object.entries(marks)) });
}

describe('planSweep', () => {
  it('finds nothing where files and rows agree', () => {
    expect(plan([`${A}.mp4`, `${B}.mp4`], { [A]: false, [B]: false })).toEqual({
      unknown: [],
      newlyMissing: [],
      found: [],
      missing: 0,
      videos: 2,
    });
  });

  it('finds files without a row, whatever their name', () => {
    const strange = [`${B}.mp4`, `${A}.MP4`, `${A.toUpperCase()}.mp4`, `${A}.mp4.tmp`, 'match.mp4', A, 'x'];
    expect(plan([`${A}.mp4`, ...strange], { [A]: false }).unknown).toEqual(strange);
  });

  it('finds rows without a file, and files that are back', () => {
    expect(plan([`${C}.mp4`, `${D}.mp4`], { [A]: false, [B]: true, [C]: true, [D]: false })).toEqual({
      unknown: [],
      newlyMissing: [A],
      found: [C],
      missing: 2,
      videos: 4,
    });
  });
});

describe('isAlarming', () => {
  it.each([
    [0, 0, 0, false],
    [1, 0, 1, true],
    [1, 0, 2, false],
    [2, 0, 3, true],
    [1, 2, 5, true],
    [1, 2, 6, false],
    // Told before: nothing would be marked.
    [0, 5, 6, false],
  ])('%d newly missing and %d before of %d: %p', (newly, before, videos, alarming) => {
    const newlyMissing = Array.from({ length: newly }, () => A);
    expect(isAlarming([{ unknown: [], found: [], newlyMissing, missing: newly + before, videos }])).toBe(alarming);
  });

  it('is of all plans together', () => {
    const whole: ClubPlan = { unknown: [], found: [], newlyMissing: [], missing: 0, videos: 3 };
    const lost: ClubPlan = { ...whole, newlyMissing: [A], missing: 1, videos: 1 };
    expect(isAlarming([whole, lost])).toBe(false);
    expect(isAlarming([lost])).toBe(true);
  });
});

describe('fateOf', () => {
  const nobody: FileWords = { video: null, recording: null, hasFolder: false, here: false };
  const unfinished: RecordingStatus[] = ['starting', 'recording', 'reconnecting', 'stopping', 'finalizing'];

  it.each([
    ["nobody's", {}, 'quarantine'],
    ['a video that came meanwhile', { video: 'there', recording: 'ready' }, 'keep'],
    ['left by a deletion', { video: 'deleted', recording: 'ready' }, 'remove'],
    ['recorded here', { here: true }, 'keep'],
    ['failed, to be tried again', { recording: 'failed', hasFolder: true }, 'keep'],
    ['failed, with nothing to try again', { recording: 'failed' }, 'quarantine'],
    ['ready, yet in no list of videos', { recording: 'ready' }, 'quarantine'],
    ...unfinished.map((recording) => [`of a recording that is ${recording}`, { recording }, 'keep'] as const),
  ] as [string, Partial<FileWords>, string][])('a file %s', (_, words, fate) => {
    expect(fateOf({ ...nobody, ...words })).toBe(fate);
  });
});

it('knows what is young', () => {
  expect([-1e12, 0, 599_999, 600_000, 1e12].map((age) => isYoung(2e12 - age, 2e12))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

it('knows the names of videos', () => {
  expect(sessionOf(`${A}.mp4`)).toBe(A);
  for (const name of [A, `${A.toUpperCase()}.mp4`, `x${A}.mp4`, `${A}.mp4 `, '.mp4', '']) {
    expect(sessionOf(name)).toBeNull();
  }
});
