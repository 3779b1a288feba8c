import { RecordingFacts } from '../../src/runtime/court-runtime';
import { CameraServer, Reading, readWithFfmpeg } from '../cameras';
import { inspectMp4, Mp4Facts } from '../support/mp4';
import { CourtInLab, CourtLab } from './court-lab';
import { losses, SentPicture, Witness, worstLoss } from './witness';

/** A recorded court and everything that is known of it from outside. */
export interface Film {
  readonly recording: RecordingFacts;
  readonly file: Mp4Facts;
  readonly reading: Reading;
  /** What the camera sent, with its wall time in epoch milliseconds; empty for cameras that cannot say. */
  readonly sent: readonly SentPicture[];
  readonly court: CourtInLab;
}

/** Settles when the camera has played so many more pictures, whether somebody gets them or not. */
export async function pictures(camera: CameraServer, count: number): Promise<void> {
  await new Promise<void>((resolve) => {
    let left = count;
    const onFrame = (): void => {
      if (--left > 0) return;
      camera.off('frame', onFrame);
      resolve();
    };
    camera.on('frame', onFrame);
  });
}

/** Settles when no client is connected. */
export async function deserted(camera: CameraServer): Promise<void> {
  while (camera.connections > 0) {
    await new Promise<void>((resolve) => camera.once('disconnection', () => resolve()));
  }
}

/** Records a simulated camera while `script` plays its faults. */
export async function film(
  lab: CourtLab,
  camera: CameraServer,
  script: (court: CourtInLab) => Promise<void>,
): Promise<Film> {
  const { sent } = new Witness(camera);
  await camera.start();
  try {
    const court = await lab.record(camera.url);
    const recording = await run(court, script);
    await deserted(camera);
    return await develop(lab, court, recording, sent);
  } finally {
    await camera.stop();
  }
}

/** Looks at what a recording became. */
export async function develop(
  lab: CourtLab,
  court: CourtInLab,
  recording: RecordingFacts,
  sent: readonly SentPicture[] = [],
): Promise<Film> {
  const path = lab.pathOf(recording);
  const [file, reading] = await Promise.all([inspectMp4(path), readWithFfmpeg(path)]);
  return { recording, file, reading, sent, court };
}

/** Seconds between `started_at` and the stop, by the wall clock. */
export function wallSeconds({ recording }: Film): number {
  return ((recording.stoppedAt as number) - (recording.startedAt as number)) / 1000;
}

/** A stretch without a picture, in seconds of the file. */
interface Hole {
  readonly start: number;
  readonly end: number;
}

/** Decode times may lie on a grid of 5 ms in the finished file: so near to the limit a hole may be a gap or none. */
const ABOUT = 0.01;
const SHORTEST_GAP = 0.5;

/**
 * Stretches of the file of more than half a second without a picture, end of file included; of a camera that is slow by
 * itself, those of more than three times its usual interval. By decode times: players are shown a picture next to a hole
 * up to a few steps off, lest it falls on another's step.
 */
export function holes({ decodeTimes, durationSeconds }: Pick<Mp4Facts, 'decodeTimes' | 'durationSeconds'>): Hole[] {
  const times = [...decodeTimes, durationSeconds];
  const steps = times.slice(1).map((time, i) => time - (times[i] as number));
  const usual = [...steps].sort((a, b) => a - b)[steps.length >> 1] ?? 0;
  return times
    .map((end, i) => ({ start: times[i - 1] ?? 0, end }))
    .filter(({ start, end }) => end - start > Math.max(SHORTEST_GAP - ABOUT, 3 * usual));
}

/** Whether the gaps told are the holes that are: same places, same lengths, give or take `edge` seconds. */
export function areTold(found: readonly Hole[], told: readonly Hole[], edge: number): boolean {
  const same = (a: Hole, b: Hole): boolean => Math.abs(a.start - b.start) < edge && Math.abs(a.end - b.end) < edge;
  const sure = found.filter(({ start, end }) => end - start > SHORTEST_GAP + ABOUT);
  return (
    sure.every((hole) => told.some((gap) => same(hole, gap))) &&
    told.every((gap) => found.some((hole) => same(hole, gap)))
  );
}

/** To the millisecond, for people. */
export function placesOf(list: readonly Hole[]): string[] {
  return list.map(({ start, end }) => `${start.toFixed(3)}…${end.toFixed(3)}`);
}

/**
 * How far each picture of the file lies from the moment its camera sent it, in seconds: the picture's number is read off
 * its time bars, the moment from the camera's own notes.
 */
export function deviations({ reading, recording, sent }: Film): number[] {
  const started = recording.startedAt as number;
  return reading.frames.map(({ bars, seconds }) => {
    const expected = started + seconds * 1000;
    const errors = sent.filter((one) => one.bars === bars).map(({ at }) => (expected - at) / 1000);
    return errors.reduce((best, error) => (Math.abs(error) < Math.abs(best) ? error : best), Infinity);
  });
}

/** Pictures that the camera sent while the recording ran, and that stand in no file. */
export function missing({ reading, recording, sent }: Film, slackSeconds = 0.3): SentPicture[] {
  const { startedAt, stoppedAt } = recording as { startedAt: number; stoppedAt: number };
  return sent
    .filter(({ at }) => at > startedAt + slackSeconds * 1000 && at < stoppedAt - slackSeconds * 1000)
    .filter(
      ({ bars, at }) =>
        !reading.frames.some((frame) => frame.bars === bars && Math.abs(startedAt + frame.seconds * 1000 - at) < 1500),
    );
}

/**
 * The longest stretch of pictures that the camera handed over and the file does not have, in seconds. What a camera hands
 * over byte by byte, until it is taken for stalled, is no picture.
 */
export function lossOf({ reading, recording, sent }: Film): number {
  const { startedAt, stoppedAt, gaps } = recording;
  if (startedAt === null || stoppedAt === null) return 0;
  const stalls = gaps.filter(({ reason }) => reason === 'camera_stalled');
  const found = losses(sent, { frames: reading.frames, startedAt, stoppedAt });
  return worstLoss(
    found.filter(({ at }) => !stalls.some(({ startSeconds, endSeconds }) => at >= startSeconds && at <= endSeconds)),
  );
}

export interface FilmRules {
  /** The length may differ from the wall's by 1 % or this many seconds. */
  readonly slack?: number;
  /** Furthest a picture may lie from the moment it was sent, in seconds; `null`: not asked. */
  readonly deviation?: number | null;
  /** What the file is coded in, `h264` unless told otherwise. */
  readonly codec?: 'h264' | 'hevc';
  /** Whether the pictures carry time bars. */
  readonly bars?: boolean;
}

/** What must hold of every recording, whatever its camera did. */
export function expectTrueFilm(film: Film, rules: FilmRules = {}): void {
  const { recording, file, reading } = film;
  expect(recording).toMatchObject({ phase: 'ready', error: null });
  expect(file.boxes.filter((type) => type === 'moov')).toHaveLength(1);
  expect(file.boxes.indexOf('moov')).toBeLessThan(file.boxes.indexOf('mdat'));
  expect(file.boxes).not.toContain('moof');
  const complaints = [file.complaints, reading.complaints]
    .flatMap((text) => text.split('\n'))
    .filter((line) => line !== '');
  expect(complaints).toEqual([]);
  expect({ codec: file.codec, code: reading.code }).toEqual({ codec: rules.codec ?? 'h264', code: 0 });
  const wall = wallSeconds(film);
  expect(Math.abs(file.durationSeconds - wall)).toBeLessThan(Math.max(rules.slack ?? 0.3, wall / 100));
  expect(Math.abs(recording.durationSeconds - file.durationSeconds)).toBeLessThan(0.1);
  const times = reading.frames.map(({ seconds }) => seconds);
  expect(times.filter((time, i) => i > 0 && time <= (times[i - 1] as number))).toEqual([]);
  expectGapsAsInFile(film);
  if (rules.bars === false) return;
  // A torn, grey or smeared picture cannot be read.
  expect(reading.frames.filter(({ bars }) => bars === null)).toEqual([]);
  const { deviation = 0.35 } = rules;
  if (deviation !== null) expect(worst(deviations(film))).toBeLessThan(deviation);
}

function expectGapsAsInFile({ file, recording }: Film): void {
  const found = holes(file);
  const told = recording.gaps.map(({ startSeconds, endSeconds }) => ({ start: startSeconds, end: endSeconds }));
  if (!areTold(found, told, 0.25)) expect(placesOf(told)).toEqual(placesOf(found));
}

export function worst(errors: readonly number[]): number {
  return errors.reduce((max, error) => Math.max(max, Math.abs(error)), 0);
}

async function run(court: CourtInLab, script: (court: CourtInLab) => Promise<void>): Promise<RecordingFacts> {
  try {
    await script(court);
  } catch (error) {
    await court.finish();
    throw error;
  }
  return court.finish();
}
