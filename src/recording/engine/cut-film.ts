import { movieConfiguration } from '../../media/fmp4/codec-of-init';
import { u32 } from '../../media/fmp4/box-writer';
import { FilmSample } from '../../media/fmp4/film-sample';
import { DiskFile, readFully, writeFully } from '../../storage/disk';
import { collide, GRID_RATE, usualRate } from './picture-spacing';
import { SampleIndex } from './sample-index';
import { FinishedMovie, finishedMovie, Spacing } from './sample-tables';

const CHUNK_BYTES = 1024 * 1024;
const MDAT_HEADER_BYTES = 8;
/** What an `mdat` of 32 bits holds, with room for the rest. */
const MOST_BYTES = 0xf000_0000;

/** A stretch of a film to be made a file of its own. */
export interface FilmCut {
  readonly ftyp: Buffer;
  /** A `moov` with the sample description of the samples. */
  readonly picture: Buffer;
  /** In decode order, from a keyframe on. */
  readonly samples: readonly FilmSample[];
  /** Ticks on the timeline of the samples. The last picture lasts to the end. */
  readonly from: number;
  readonly to: number;
  /**
   * Whether players begin at `from` itself: an edit list tells them not to show what lies before it and is needed to decode.
   * Else they begin at the first picture.
   */
  readonly exact: boolean;
}

/** What was made; ticks on the timeline of the samples. */
export interface CutFilm {
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
}

export interface CutOptions {
  readonly signal?: AbortSignal;
  /** Told how much of the film is written, 0 to 1. */
  readonly progress?: (share: number) => void;
}

/**
 * Writes a stretch of a film as a faststart MP4: `ftyp | moov | mdat`. The pictures are copied as they were coded, so it costs
 * reading and writing them, and loses nothing. Gaps keep their length, for times are those of the source.
 * @throws RangeError where there is nothing to be cut, or too much; what reading and writing throw; the reason of the signal
 */
export async function cutFilm(
  source: DiskFile,
  target: DiskFile,
  cut: FilmCut,
  { signal, progress }: CutOptions = {},
): Promise<CutFilm> {
  const { ftyp, picture, exact } = cut;
  const samples = withoutLeading(cut.samples);
  const to = Math.round(cut.to);
  const [first] = samples;
  if (!first) throw new RangeError('there are no pictures in the stretch');
  const shownFrom = samples.reduce((least, { dts, cts }) => Math.min(least, dts + cts), Infinity);
  const from = exact ? Math.max(Math.round(cut.from), shownFrom) : shownFrom;
  const data = samples.reduce((sum, { size }) => sum + size, 0);
  if (data > MOST_BYTES || to <= from) throw new RangeError('the stretch is too long, or empty');
  const edit = { from: from - first.dts, to: to - first.dts };
  const movie = (at: number, spacing: Spacing): Promise<FinishedMovie> =>
    finishedMovie(picture, placed(samples, at), to - first.dts, spacing, edit);
  const spacing = spacingOf(picture, (await movie(0, {})).shown);
  // Its length does not depend on where the pictures lie.
  const { length } = (await movie(0, spacing)).moov;
  const { moov } = await movie(ftyp.length + length + MDAT_HEADER_BYTES, spacing);
  const header = Buffer.concat([u32(data + MDAT_HEADER_BYTES), Buffer.from('mdat', 'latin1')]);
  await writeFully(target, [ftyp, moov, header], 0);
  let at = ftyp.length + moov.length + MDAT_HEADER_BYTES;
  let written = 0;
  for (const run of runs(samples)) {
    for (let offset = run.offset; offset < run.end;) {
      signal?.throwIfAborted();
      const piece = await readFully(source, offset, Math.min(CHUNK_BYTES, run.end - offset));
      await writeFully(target, [piece], at);
      at += piece.length;
      offset += piece.length;
      written += piece.length;
      progress?.(written / data);
    }
  }
  return { bytes: at, from, to };
}

/** As the finaliser's last resort: where players would count two pictures as one, all of them are put onto a grid. */
function spacingOf(picture: Buffer, shown: Float64Array): Spacing {
  const rate = usualRate(shown);
  if (rate === null || !collide(shown, rate)) return {};
  return movieConfiguration(picture).kind === 'h264' ? { grid: true, rate: GRID_RATE, restated: true } : { grid: true };
}

/**
 * Without the pictures that are decoded behind the first keyframe and shown before it: where a group is open they refer to the
 * one before (Rec. ITU-T H.265 3.79, "leading picture"), which is not there.
 */
function withoutLeading(samples: readonly FilmSample[]): readonly FilmSample[] {
  const shown = ({ dts, cts }: FilmSample): number => dts + cts;
  const opening = samples[0] ? shown(samples[0]) : 0;
  return samples.filter((sample) => shown(sample) >= opening);
}

/** Stretches of the source without anything between; each is a chunk. */
function runs(samples: readonly FilmSample[]): { offset: number; end: number }[] {
  const found: { offset: number; end: number }[] = [];
  for (const { offset, size } of samples) {
    const last = found[found.length - 1];
    if (last?.end === offset) last.end += size;
    else found.push({ offset, end: offset + size });
  }
  return found;
}

/** The samples one behind the other from an offset on, on a timeline that begins with the first one. */
function placed(samples: readonly FilmSample[], at: number): SampleIndex {
  const index = new SampleIndex();
  const zero = samples[0]!.dts;
  let end = -1;
  samples.forEach(({ offset, size, dts, cts, keyframe }, i) => {
    if (offset !== end) index.beginFragment(dts - zero, at, 0);
    const next = samples[i + 1]?.dts ?? dts + 1;
    index.addSample(dts - zero, next - dts, size, cts, keyframe);
    at += size;
    end = offset + size;
  });
  return index;
}
