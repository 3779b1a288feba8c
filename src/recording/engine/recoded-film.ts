import { TICKS_PER_SECOND } from '../../media/access-unit';
import { FileEnds } from '../../media/ffprobe';
import { BoxReader } from '../../media/fmp4/box-reader';
import { box, u32, u64 } from '../../media/fmp4/box-writer';
import { FilmSample } from '../../media/fmp4/film-sample';
import { readMovieStretch } from '../../media/fmp4/movie-stretch';
import { DiskFile, readFully, writeFully } from '../../storage/disk';
import { MOST_CHAPTERS } from './chapter-list';
import { SampleIndex } from './sample-index';
import { FinishedMovie, finishedMovie, Spacing } from './sample-tables';

const CHUNK_BYTES = 1024 * 1024;
const BOX_HEADER_BYTES = 8;
const MDAT_HEADER_BYTES = 16;
/** As many as a file may have, each as long as it may be (`chapterList`). */
const CHAPTERS_BYTES = 64 + MOST_CHAPTERS * (9 + 255);
/** A film coded anew may be off by what its old time scale was rounded by; both are rounded once. */
const TOLERANCE_TICKS = 2;
/** From a keyframe to the last picture that needs it. */
const MOST_GROUP_TICKS = 2 * TICKS_PER_SECOND;
/** Of a group, decoded by the gate. */
const MOST_FRAMES = 60;

/** A film that was coded anew is not the film it was made of, or not one to be sought in. Says why. */
export class NotTheFilmError extends Error {
  override readonly name = 'NotTheFilmError';
}

/** A finished film as its own index has it. */
export interface IndexedFilm {
  readonly ftyp: Buffer;
  /** A `moov` with the sample description. */
  readonly picture: Buffer;
  /** In decode order; ticks from the first picture shown. */
  readonly samples: readonly FilmSample[];
  /** When pictures are shown, ascending. */
  readonly shown: Float64Array;
  /** What it says of its chapters, as it stands there; empty where it says nothing. */
  readonly chapters: Buffer;
}

/** A film that was put together, and what the gate is to hold it against. */
export interface PlacedFilm extends Pick<FinishedMovie, 'moov' | 'shown'> {
  readonly bytes: number;
  readonly samples: number;
  readonly ends: FileEnds;
}

/** @throws FragmentError where it is no finished MP4 with a track of H.264, H.265 or AV1; what reading throws */
export async function indexFilm(file: DiskFile): Promise<IndexedFilm> {
  const bytes = await file.size();
  const { ftyp, picture, samples } = await readMovieStretch(file, bytes, 0, Number.MAX_SAFE_INTEGER);
  const reader = new BoxReader(file);
  const found = await reader.find(0, bytes, ['moov', 'udta']);
  const chapters = found ? await readFully(file, found.start, found.end - found.start) : Buffer.alloc(0);
  const shown = Float64Array.from(samples, ({ dts, cts }) => dts + cts).sort();
  return {
    ftyp,
    picture,
    samples,
    shown,
    chapters: chapters.includes('chpl', 0, 'latin1') ? chapters : Buffer.alloc(0),
  };
}

/**
 * Holds a film that was coded anew against the one it was made of: as many pictures, each at its time, and a keyframe every two
 * seconds.
 * @throws NotTheFilmError
 */
export function requireSameTimes(original: IndexedFilm, recoded: IndexedFilm): void {
  const [wanted, found] = [original.shown, recoded.shown];
  if (found.length !== wanted.length) {
    throw new NotTheFilmError(`it has ${found.length} pictures, not ${wanted.length}`);
  }
  const wrong = found.findIndex((ticks, i) => Math.abs(ticks - (wanted[i] as number)) > TOLERANCE_TICKS);
  if (wrong >= 0) throw new NotTheFilmError(`picture ${wrong + 1} is shown at another time`);
  let keyframe = 0;
  for (const sample of recoded.samples) {
    const ticks = sample.dts + sample.cts;
    if (sample.keyframe) keyframe = ticks;
    if (ticks - keyframe > MOST_GROUP_TICKS) throw new NotTheFilmError('its keyframes are too far apart');
  }
}

/**
 * Writes the pictures of a film that was coded anew behind an index with the original's times, laid out as a recording that was
 * finished in place ({@link ChapterWriter}), so that its chapters can be changed:
 *
 *     ftyp | free | moov | free (as much again, for the next one) | mdat …
 *
 * @param original of which it is; ends are the same to the tick
 * @param durationTicks how long it lasts
 */
export async function placeRecoded(
  source: DiskFile,
  target: DiskFile,
  { original, recoded, durationTicks }: { original: IndexedFilm; recoded: IndexedFilm; durationTicks: number },
  spacing: Spacing,
  signal: AbortSignal,
): Promise<PlacedFilm> {
  const samples = retimed(recoded, original.shown);
  const { ftyp } = recoded;
  const movie = async (at: number): Promise<FinishedMovie> => {
    const from = samples.reduce((least, { dts, cts }) => Math.min(least, dts + cts), Infinity);
    const shown = { from, to: from + durationTicks };
    const made = await finishedMovie(recoded.picture, placed(samples, at), from + durationTicks, spacing, shown);
    return { ...made, moov: withChapters(made.moov, original.chapters) };
  };
  // Offsets take eight bytes instead of four from 4 GiB on: then it is longer, and what follows lies further back.
  let length = (await movie(0)).moov.length;
  let room = roomFor(length);
  let made = await movie(dataAt(ftyp, room));
  if (made.moov.length !== length) {
    length = made.moov.length;
    room = roomFor(length);
    made = await movie(dataAt(ftyp, room));
  }
  const data = samples.reduce((sum, { size }) => sum + size, 0);
  const reserve = BOX_HEADER_BYTES + room + MDAT_HEADER_BYTES;
  const first = [ftyp, boxHeader(2 * BOX_HEADER_BYTES, 'free'), boxHeader(reserve, 'free'), made.moov];
  const padding = boxHeader(room - made.moov.length, 'free');
  await writeFully(target, [...first, padding], 0);
  const header = Buffer.concat([u32(1), Buffer.from('mdat', 'latin1'), u64(data + MDAT_HEADER_BYTES)]);
  await writeFully(target, [header], dataAt(ftyp, room) - MDAT_HEADER_BYTES);
  const end = await copy(source, target, samples, dataAt(ftyp, room), signal);
  return { ...made, bytes: end, samples: samples.length, ends: endsOf(samples) };
}

/** Two of them, with all chapters there may be, and what fills the rest. */
function roomFor(length: number): number {
  return 2 * (length + CHAPTERS_BYTES + BOX_HEADER_BYTES);
}

/** Where the first picture lies. */
function dataAt(ftyp: Buffer, room: number): number {
  return ftyp.length + 2 * BOX_HEADER_BYTES + room + MDAT_HEADER_BYTES;
}

function withChapters(moov: Buffer, chapters: Buffer): Buffer {
  return chapters.length === 0 ? moov : box('moov', moov.subarray(BOX_HEADER_BYTES), chapters);
}

function boxHeader(size: number, type: string): Buffer {
  return Buffer.concat([u32(size), Buffer.from(type, 'latin1')]);
}

/** The n-th picture that is shown has the time of the original's n-th; decode times begin at zero. */
function retimed({ samples, shown: own }: IndexedFilm, shown: Float64Array): FilmSample[] {
  const zero = samples[0]?.dts ?? 0;
  return samples.map((sample) => {
    const time = shown[rankOf(shownAt(sample), own)] as number;
    return { ...sample, dts: sample.dts - zero, cts: time - sample.dts };
  });
}

/** Where a time stands among all of them, which ascend. */
function rankOf(ticks: number, sorted: Float64Array): number {
  let low = 0;
  for (let high = sorted.length - 1; low < high;) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < ticks) low = middle + 1;
    else high = middle;
  }
  return low;
}

function shownAt(sample: FilmSample | undefined): number {
  return sample ? sample.dts + sample.cts : 0;
}

/** One behind the other from an offset on; a chunk for each group of pictures. */
function placed(samples: readonly FilmSample[], offset: number): SampleIndex {
  const index = new SampleIndex();
  let at = offset;
  samples.forEach(({ size, dts, cts, keyframe }, i) => {
    if (keyframe || i === 0) index.beginFragment(dts, at, 0);
    index.addSample(dts, (samples[i + 1]?.dts ?? dts + 1) - dts, size, cts, keyframe);
    at += size;
  });
  return index;
}

function endsOf(samples: readonly FilmSample[]): FileEnds {
  const last = samples.findLastIndex(({ keyframe }) => keyframe);
  const second = samples.findIndex(({ keyframe }, i) => i > 0 && keyframe);
  const seconds = Math.max(0, (shownAt(samples[last]) - shownAt(samples[0])) / TICKS_PER_SECOND);
  return {
    firstFrames: last > 0 ? Math.min(second, MOST_FRAMES) : 0,
    lastFrames: Math.min(samples.length - last, MOST_FRAMES),
    lastKeyframeSeconds: seconds,
  };
}

/** @returns where it ends */
async function copy(
  source: DiskFile,
  target: DiskFile,
  samples: readonly FilmSample[],
  from: number,
  signal: AbortSignal,
): Promise<number> {
  let at = from;
  for (let i = 0; i < samples.length;) {
    const { offset } = samples[i] as FilmSample;
    let end = offset;
    while (i < samples.length && samples[i]?.offset === end) end += samples[i++]?.size ?? 0;
    for (let place = offset; place < end;) {
      signal.throwIfAborted();
      const piece = await readFully(source, place, Math.min(CHUNK_BYTES, end - place));
      await writeFully(target, [piece], at);
      at += piece.length;
      place += piece.length;
    }
  }
  return at;
}
