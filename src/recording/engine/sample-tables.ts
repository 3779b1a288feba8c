import { endianness } from 'node:os';
import { BoxReader, bufferSource } from '../../media/fmp4/box-reader';
import { fullBox, u32 } from '../../media/fmp4/box-writer';
import { TICKS_PER_SECOND } from '../../media/access-unit';
import { movieBox } from '../../media/fmp4/movie-box';
import { soundOfInit, soundTrak } from '../../media/fmp4/sound-track';
import { restateRate } from '../../media/h264/restate-rate';
import { AAC_FRAME_SAMPLES } from '../../media/sound/sound-format';
import { DECODE_GRID, GRID_RATE, onGrid, spacePictures } from './picture-spacing';
import { SampleColumns, SampleIndex } from './sample-index';

/** A `moov` for the fragments of a part, and what it promises. */
export interface FinishedMovie {
  readonly moov: Buffer;
  /** Length of the track in ticks: from the first frame to the end of the recording. */
  readonly durationTicks: number;
  readonly samples: number;
  /** When each picture is shown, in ticks, ascending. */
  readonly shown: Float64Array;
}

/** `stsd` up to its first entry: size, type, version and flags, count. */
const STSD_HEADER_BYTES = 16;

/** How a file's times are made fit for players that count its pictures in steps. */
export interface Spacing {
  /** Pictures a second that players count in, where it is known: see {@link spacePictures}. */
  readonly rate?: number;
  /** Decode times go onto {@link DECODE_GRID}; presentation times stay. */
  readonly grid?: boolean;
  /** The parameter sets say {@link GRID_RATE}, where they say a rate. */
  readonly restated?: boolean;
}

/** The numbers big-endian, as they lie in a file; the array is theirs from now on. */
function bigEndian(numbers: Uint32Array): Buffer {
  const bytes = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  return endianness() === 'LE' ? bytes.swap32() : bytes;
}

/**
 * The complete `moov` of a part (ISO/IEC 14496-12 §8.6, §8.7): each fragment is a chunk, so the samples stay where they
 * are. Durations are distances of decode times, whatever the fragments said: a gap stretches the frame before it.
 * @param init the part's `ftyp` + `moov`, which has the sample description
 * @param endTicks end of the recording on the part's timeline; the last frame lasts until then
 * @param shown what players show of it, on the part's timeline; by default from its first picture to its end
 * @throws RangeError for an index without samples or an init without a track
 */
export async function finishedMovie(
  init: Buffer,
  index: SampleIndex,
  endTicks: number,
  spacing: Spacing = {},
  shown?: { readonly from: number; readonly to: number },
): Promise<FinishedMovie> {
  if (index.sampleCount === 0) throw new RangeError('the part has no frames');
  const durationTicks = Math.max(endTicks, index.lastDts + 1);
  const picture = await readPicture(init);
  const columns = index.columns();
  const times = timeTables(columns, durationTicks, spacing);
  const tables = [times.stts, ...(times.ctts ? [times.ctts] : []), ...placeTables(index, columns)];
  const timing = {
    mediaDuration: durationTicks,
    // What a player cuts off by the edit must not be a picture: the last one shown may come a reorder delay later.
    presentationDuration: shown ? shown.to - shown.from : Math.max(durationTicks, times.lastPts + 1 - times.firstPts),
    mediaStart: (shown?.from ?? times.firstPts) + times.lift,
  };
  const film = spacing.restated ? { ...picture, stsd: restated(picture.stsd) } : picture;
  const from = shown?.from ?? times.firstPts;
  return {
    moov: movieBox(film, timing, tables, { sound: soundTrakOf(init, index, from, timing.presentationDuration) }),
    durationTicks,
    samples: index.sampleCount,
    shown: times.shown,
  };
}

/**
 * The `trak` of a part's sound.
 * @param from when the film begins, on the part's timeline
 */
function soundTrakOf(init: Buffer, index: SampleIndex, from: number, filmTicks: number): Buffer | undefined {
  const { sound } = index;
  const config = sound.frameCount > 0 ? soundOfInit(init) : null;
  if (!config) return undefined;
  const startTicks = Math.round((sound.start * TICKS_PER_SECOND) / config.rate) - from;
  const sizes = new Uint32Array(sound.frameCount);
  for (let i = 0; i < sizes.length; i++) sizes[i] = sound.size(i);
  const chunks = Array.from({ length: sound.chunkCount }, (_, i) => sound.chunk(i));
  const places = chunks.map(({ offset, firstFrame, endFrame }) => ({ offset, samples: endFrame - firstFrame }));
  const stts = fullBox('stts', 0, 0, u32(1, sizes.length, AAC_FRAME_SAMPLES));
  const stsz = fullBox('stsz', 0, 0, u32(0, sizes.length), bigEndian(sizes));
  return soundTrak(config, { frames: sizes.length, startTicks, filmTicks }, [
    stts,
    ...chunkTables(places, index.endOffset),
    stsz,
  ]);
}

async function readPicture(init: Buffer): Promise<{ width: number; height: number; stsd: Buffer }> {
  const reader = new BoxReader(bufferSource(init));
  const tkhd = await reader.find(0, init.length, ['moov', 'trak', 'tkhd']);
  const stsd = await reader.find(0, init.length, ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd']);
  if (!tkhd || !stsd) throw new RangeError('the init has no video track');
  const width = init.readUInt32BE(tkhd.end - 8) >>> 16;
  const height = init.readUInt32BE(tkhd.end - 4) >>> 16;
  return { width, height, stsd: init.subarray(stsd.start, stsd.end) };
}

/** The sample description with {@link GRID_RATE} in its decoder configuration; its boxes grow or shrink by a few bytes. */
function restated(stsd: Buffer): Buffer {
  const at = stsd.indexOf('avcC', 0, 'latin1') - 4;
  const end = at + stsd.readUInt32BE(at);
  const record = restateRate(stsd.subarray(at + 8, end), GRID_RATE);
  const grown = record.length + 8 - (end - at);
  const boxes = Buffer.concat([stsd.subarray(0, at + 8), record, stsd.subarray(end)]);
  // `stsd` itself, its one sample entry, and `avcC` in that.
  for (const box of [0, STSD_HEADER_BYTES, at]) boxes.writeUInt32BE(boxes.readUInt32BE(box) + grown, box);
  return boxes;
}

interface TimeTables {
  readonly stts: Buffer;
  readonly ctts: Buffer | null;
  readonly firstPts: number;
  readonly lastPts: number;
  /**
   * Added to every composition offset, so that none is below zero and no edit begins before 0: on the grid a picture may be
   * decoded up to half a step after it is shown, and FFmpeg makes up for that itself but for a file's last two (`mov_read_ctts`),
   * which it calls faulty ("pts < dts"). The edit takes it off again.
   */
  readonly lift: number;
  readonly shown: Float64Array;
}

/** The times of pictures in decode order, fit for players that count them in steps. */
export interface SpacedTimes {
  readonly dts: Float64Array;
  /** When each is shown, were it not for `moves`. */
  readonly shown: Float64Array;
  /** The same, ascending. */
  readonly sorted: Float64Array;
  /** By how much what is shown then is shown later. */
  readonly moves: Map<number, number>;
  /** When pictures are shown in the end, ascending. */
  readonly placed: Float64Array;
}

/**
 * @param own decode times in ticks
 * @param cts by how much later each is shown; `null`: at once
 */
export function spacedTimes(own: Float64Array, cts: Int32Array | null, spacing: Spacing): SpacedTimes {
  const shown = cts ? sum(own, cts) : own;
  const sorted = cts ? shown.slice().sort() : shown;
  const moves = spacePictures(sorted, spacing.rate);
  const placed = moves.size === 0 ? sorted : sorted.map((pts) => pts + (moves.get(pts) ?? 0));
  return { dts: spacing.grid ? gridded(own, spacing.restated === true) : own, shown, sorted, moves, placed };
}

function timeTables({ dts: own, cts }: SampleColumns, end: number, spacing: Spacing): TimeTables {
  const count = own.length;
  const { dts, shown, sorted, moves, placed } = spacedTimes(own, cts, spacing);
  const steps = new Uint32Array(count);
  for (let i = 1; i < count; i++) steps[i - 1] = (dts[i] as number) - (dts[i - 1] as number);
  steps[count - 1] = Math.max(end - (dts[count - 1] as number), 1);
  const firstPts = sorted[0] as number;
  const lastShown = sorted[count - 1] as number;
  const lastPts = lastShown + (moves.get(lastShown) ?? 0);
  let lift = 0;
  let ctts: Buffer | null = null;
  if (cts || spacing.grid || moves.size > 0) {
    const late = shown.map((pts, i) => pts + (moves.get(pts) ?? 0) - (dts[i] as number));
    lift = late.reduce((most, offset) => Math.max(most, -offset), 0);
    ctts = runLengths(
      'ctts',
      1,
      Uint32Array.from(late, (offset) => offset + lift),
    );
  }
  return { stts: runLengths('stts', 0, steps), ctts, firstPts, lastPts, lift, shown: placed };
}

function sum(left: Float64Array, right: Int32Array): Float64Array {
  const sums = new Float64Array(left.length);
  for (let i = 0; i < left.length; i++) sums[i] = (left[i] as number) + (right[i] as number);
  return sums;
}

/** Of what lies before, libavformat makes no use; it looks at twenty and some. */
const MARKED = 8;

/**
 * @param marked one early picture is decoded a step sooner: libavformat takes the greatest common divisor of the first decode
 *   times' distances for a file's rate (`ff_rfps_add_frame`), and where all of those are regular it would not see the grid
 */
function gridded(own: Float64Array, marked: boolean): Float64Array {
  const dts = new Float64Array(own.length);
  for (let i = 0, previous = -1; i < own.length; i++) dts[i] = previous = onGrid(own[i] as number, previous);
  const [before = 0, mark = 0] = dts.subarray(MARKED - 1, MARKED + 1);
  if (marked && mark - before > DECODE_GRID) dts[MARKED] = mark - DECODE_GRID;
  return dts;
}

/** A table of (count, value) pairs. */
function runLengths(type: string, version: number, values: Uint32Array): Buffer {
  const pairs = new Uint32Array(2 * values.length);
  let length = 0;
  for (let i = 0, begin = 0; i < values.length; i++) {
    if (i + 1 < values.length && values[i + 1] === values[i]) continue;
    pairs[length++] = i + 1 - begin;
    pairs[length++] = values[i] as number;
    begin = i + 1;
  }
  return fullBox(type, version, 0, u32(length / 2), bigEndian(pairs.slice(0, length)));
}

function placeTables(index: SampleIndex, { sizes, keyframes }: SampleColumns): Buffer[] {
  const places = Array.from({ length: index.fragmentCount }, (_, f) => {
    const { dataOffset, firstSample, endSample } = index.fragment(f);
    return { offset: dataOffset, samples: endSample - firstSample };
  });
  const fromOne = keyframes.map((i) => i + 1);
  const [stsc, chunks] = chunkTables(places, index.endOffset) as [Buffer, Buffer];
  return [
    fullBox('stss', 0, 0, u32(fromOne.length), bigEndian(fromOne)),
    stsc,
    fullBox('stsz', 0, 0, u32(0, sizes.length), bigEndian(sizes)),
    chunks,
  ];
}

/** `stsc` and `stco`, or `co64` where the file is longer than 32 bits say. */
function chunkTables(
  places: readonly { readonly offset: number; readonly samples: number }[],
  bytes: number,
): Buffer[] {
  const long = bytes > 0xffff_ffff;
  const chunks = new Uint32Array(long ? 2 * places.length : places.length);
  const stsc = new Uint32Array(3 * places.length);
  let runs = 0;
  let before = 0;
  places.forEach(({ offset, samples }, f) => {
    if (long) chunks[2 * f] = Math.floor(offset / 0x1_0000_0000);
    chunks[long ? 2 * f + 1 : f] = offset % 0x1_0000_0000;
    if (samples === before) return;
    before = samples;
    stsc.set([f + 1, before, 1], 3 * runs++);
  });
  return [
    fullBox('stsc', 0, 0, u32(runs), bigEndian(stsc.slice(0, 3 * runs))),
    fullBox(long ? 'co64' : 'stco', 0, 0, u32(places.length), bigEndian(chunks)),
  ];
}
