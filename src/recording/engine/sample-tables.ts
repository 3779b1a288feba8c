import { endianness } from 'node:os';
import { BoxReader, bufferSource } from '../../media/fmp4/box-reader';
import { fullBox, u32 } from '../../media/fmp4/box-writer';
import { movieBox } from '../../media/fmp4/movie-box';
import { onGrid, spacePictures } from './picture-spacing';
import { SampleIndex } from './sample-index';

/** A `moov` for the fragments of a part, and what it promises. */
export interface FinishedMovie {
  readonly moov: Buffer;
  /** Length of the track in ticks: from the first frame to the end of the recording. */
  readonly durationTicks: number;
  readonly samples: number;
  /** When each picture is shown, in ticks, ascending. */
  readonly shown: Float64Array;
}

/** How a file's times are made fit for players that count its pictures in steps. */
export interface Spacing {
  /** Pictures a second that players count in, where it is known: see {@link spacePictures}. */
  readonly rate?: number;
  /** Decode times go onto {@link DECODE_GRID}; presentation times stay. */
  readonly grid?: boolean;
}

/** Rows of 32-bit numbers that are not known in number before. */
class Rows {
  private numbers = new Uint32Array(1024);
  private length = 0;

  add(value: number): void {
    if (this.length === this.numbers.length) {
      const wider = new Uint32Array(this.length * 2);
      wider.set(this.numbers);
      this.numbers = wider;
    }
    this.numbers[this.length++] = value;
  }

  /** Big-endian. */
  done(): Buffer {
    const bytes = Buffer.from(this.numbers.buffer, 0, this.length * 4);
    return endianness() === 'LE' ? bytes.swap32() : bytes;
  }
}

/**
 * The complete `moov` of a part (ISO/IEC 14496-12 §8.6, §8.7): each fragment is a chunk, so the samples stay where they
 * are. Durations are distances of decode times, whatever the fragments said: a gap stretches the frame before it.
 * @param init the part's `ftyp` + `moov`, which has the sample description
 * @param endTicks end of the recording on the part's timeline; the last frame lasts until then
 * @throws RangeError for an index without samples or an init without a track
 */
export async function finishedMovie(
  init: Buffer,
  index: SampleIndex,
  endTicks: number,
  spacing: Spacing = {},
): Promise<FinishedMovie> {
  if (index.sampleCount === 0) throw new RangeError('the part has no frames');
  const durationTicks = Math.max(endTicks, index.lastDts + 1);
  const times = timeTables(index, durationTicks, spacing);
  const tables = [times.stts, ...(times.ctts ? [times.ctts] : []), ...placeTables(index)];
  const timing = {
    mediaDuration: durationTicks,
    // What a player cuts off by the edit must not be a picture: the last one shown may come a reorder delay later.
    presentationDuration: Math.max(durationTicks, times.lastPts + 1 - times.firstPts),
    mediaStart: times.firstPts + times.lift,
  };
  return {
    moov: movieBox(await readPicture(init), timing, tables),
    durationTicks,
    samples: index.sampleCount,
    shown: times.shown,
  };
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

interface TimeTables {
  readonly stts: Buffer;
  readonly ctts: Buffer | null;
  readonly firstPts: number;
  readonly lastPts: number;
  /** Added to every composition offset: an edit cannot begin before 0. */
  readonly lift: number;
  readonly shown: Float64Array;
}

function timeTables(index: SampleIndex, end: number, { rate, grid = false }: Spacing): TimeTables {
  const stts = new RunLengths();
  const shown = new Float64Array(index.sampleCount);
  const shifts = grid ? new Int32Array(index.sampleCount) : null;
  let previous = -1;
  for (let f = 0; f < index.fragmentCount; f++) {
    const fragment = index.fragment(f);
    for (let i = fragment.firstSample; i < fragment.endSample; i++) {
      const own = index.dts(fragment, i);
      const dts = shifts ? onGrid(own, previous) : own;
      if (shifts) shifts[i] = own - dts;
      shown[i] = own + index.cts(i);
      if (previous >= 0) stts.add(dts - previous);
      previous = dts;
    }
  }
  stts.add(Math.max(end - previous, 1));
  const sorted = index.reordered ? shown.slice().sort() : shown;
  const moves = spacePictures(sorted, rate);
  const firstPts = sorted[0] as number;
  const lastShown = sorted[sorted.length - 1] as number;
  const lastPts = lastShown + (moves.get(lastShown) ?? 0);
  const lift = Math.max(0, -firstPts);
  const plain = !index.reordered && moves.size === 0 && !shifts;
  let ctts: Buffer | null = null;
  if (!plain) {
    const offsets = new RunLengths();
    for (let i = 0; i < index.sampleCount; i++) {
      const shift = shifts?.[i] ?? 0;
      offsets.add(index.cts(i) + shift + lift + (moves.get(shown[i] as number) ?? 0));
    }
    ctts = fullBox('ctts', 1, 0, ...offsets.done());
  }
  const placed = moves.size === 0 ? sorted : sorted.map((pts) => pts + (moves.get(pts) ?? 0));
  return { stts: fullBox('stts', 0, 0, ...stts.done()), ctts, firstPts, lastPts, lift, shown: placed };
}

/** (count, value) pairs. */
class RunLengths {
  private readonly rows = new Rows();
  private pairs = 0;
  private value = 0;
  private count = 0;

  add(value: number): void {
    if (this.count > 0 && value === this.value) {
      this.count++;
      return;
    }
    this.flush();
    this.value = value;
    this.count = 1;
  }

  done(): Buffer[] {
    this.flush();
    return [u32(this.pairs), this.rows.done()];
  }

  private flush(): void {
    if (this.count === 0) return;
    this.rows.add(this.count);
    this.rows.add(this.value);
    this.pairs++;
    this.count = 0;
  }
}

function placeTables(index: SampleIndex): Buffer[] {
  const sizes = new Rows();
  const keyframes = new Rows();
  let keyframeCount = 0;
  for (let i = 0; i < index.sampleCount; i++) {
    sizes.add(index.size(i));
    if (index.isKeyframe(i)) {
      keyframes.add(i + 1);
      keyframeCount++;
    }
  }
  const long = index.endOffset > 0xffff_ffff;
  const chunks = new Rows();
  const stsc = new Rows();
  let runs = 0;
  let before = 0;
  for (let f = 0; f < index.fragmentCount; f++) {
    const { dataOffset, firstSample, endSample } = index.fragment(f);
    if (long) chunks.add(Math.floor(dataOffset / 0x1_0000_0000));
    chunks.add(dataOffset % 0x1_0000_0000);
    if (endSample - firstSample !== before) {
      before = endSample - firstSample;
      stsc.add(f + 1);
      stsc.add(before);
      stsc.add(1);
      runs++;
    }
  }
  return [
    fullBox('stss', 0, 0, u32(keyframeCount), keyframes.done()),
    fullBox('stsc', 0, 0, u32(runs), stsc.done()),
    fullBox('stsz', 0, 0, u32(0, index.sampleCount), sizes.done()),
    fullBox(long ? 'co64' : 'stco', 0, 0, u32(index.fragmentCount), chunks.done()),
  ];
}
