import { TICKS_PER_SECOND } from '../access-unit';
import { BoxReader, ByteSource } from './box-reader';
import { box } from './box-writer';
import { findBox, findVideoTrak, FragmentError, guarded, need, readVideoTrack } from './fragment-boxes';
import { FilmSample } from './film-sample';

/** Of ten hours at 60 pictures a second some 50 MB. */
const MAX_MOOV_BYTES = 64 * 1024 * 1024;
const MAX_SAMPLES = 4_000_000;

/** A part of a finished MP4, as it lies in the file. */
export interface MovieStretch {
  /** `ftyp` of the file. */
  readonly ftyp: Buffer;
  /** A `moov` with the video track alone, as the file has it. */
  readonly picture: Buffer;
  /** In decode order, from the keyframe at or before the beginning on; times in ticks from the first picture shown. */
  readonly samples: readonly FilmSample[];
  /** Length of the film. */
  readonly endTicks: number;
}

/**
 * Finds the samples of a stretch of a finished MP4 through its own sample table. Nothing in the file is trusted: counts and
 * offsets are held against what is there.
 * @param bytes length of the file
 * @param from of the presentation, in ticks of 1/90000 s; `to` is not part of it
 * @throws FragmentError where it is no finished MP4 with a track of H.264, H.265 or AV1; what reading throws
 */
export async function readMovieStretch(
  source: ByteSource,
  bytes: number,
  from: number,
  to: number,
): Promise<MovieStretch> {
  const reader = new BoxReader(source);
  const head = await reader.find(0, bytes, ['ftyp']);
  const ftyp = head && head.start === 0 && head.end < 4096 ? await reader.bytes(0, head.end) : null;
  if (!ftyp) throw new FragmentError('it does not begin with ftyp');
  const kept = Buffer.from(ftyp);
  const found = await reader.find(0, bytes, ['moov']);
  if (!found || found.end - found.payload > MAX_MOOV_BYTES)
    throw new FragmentError('no movie header of reasonable length');
  const moov = await reader.bytes(found.payload, found.end - found.payload);
  if (!moov) throw new FragmentError('the file ends within its movie header');
  return guarded(() => {
    const track = readVideoTrack(moov);
    const trak = findVideoTrak(moov);
    if (!(track?.avcC ?? track?.hvcC ?? track?.av1C) || !track || !trak)
      throw new FragmentError('no track of H.264, H.265 or AV1');
    const table = new Table(need(findBox(trak, ['mdia', 'minf', 'stbl']), 'stbl'), track.timescale, editStart(trak));
    const stretch = table.between(from, to);
    for (const { offset, size } of stretch) {
      if (size === 0 || offset + size > bytes) throw new FragmentError('a picture that does not lie in the file');
    }
    return { ftyp: kept, picture: box('moov', box('trak', trak)), samples: stretch, endTicks: table.endTicks };
  });
}

/** Where on the media's timeline the presentation begins (ISO/IEC 14496-12 §8.6.6); in the track's timescale. */
function editStart(trak: Buffer): number {
  const elst = findBox(trak, ['edts', 'elst']);
  if (!elst || elst.readUInt32BE(4) === 0) return 0;
  const start = elst[0] === 1 ? Number(elst.readBigInt64BE(16)) : elst.readInt32BE(12);
  return Math.max(0, start);
}

/** The sample table of a track (ISO/IEC 14496-12 §8.6, §8.7), its times as ticks of the presentation. */
class Table {
  private readonly count: number;
  private readonly dts: Float64Array;
  private readonly pts: Float64Array;
  private readonly sizes: Buffer;
  private readonly stss: Buffer | null;
  readonly endTicks: number;

  constructor(
    private readonly stbl: Buffer,
    timescale: number,
    start: number,
  ) {
    this.sizes = need(findBox(stbl, ['stsz']), 'stsz');
    this.stss = findBox(stbl, ['stss']);
    this.count = this.sizes.readUInt32BE(8);
    if (this.count === 0 || this.count > MAX_SAMPLES) throw new FragmentError(`a table of ${this.count} samples`);
    const ticks = (value: number): number => Math.round(((value - start) * TICKS_PER_SECOND) / timescale);
    const steps = this.runs(need(findBox(stbl, ['stts']), 'stts'), (table, at) => table.readUInt32BE(at));
    const ctts = findBox(stbl, ['ctts']);
    // Version 0 has them unsigned; what is written as signed by mistake is so small in neither.
    const offsets = ctts && this.runs(ctts, (table, at) => table.readInt32BE(at));
    this.dts = new Float64Array(this.count);
    this.pts = new Float64Array(this.count);
    let at = 0;
    for (let i = 0; i < this.count; i++) {
      this.dts[i] = ticks(at);
      this.pts[i] = ticks(at + (offsets?.[i] ?? 0));
      at += steps[i] as number;
    }
    this.endTicks = ticks(at);
  }

  between(from: number, to: number): FilmSample[] {
    const first = this.keyframeBefore(from);
    let last = first;
    // What is shown before the end may be decoded after something that is not; reordering is never so deep as a second.
    for (let i = first; i < this.count && (this.dts[i] as number) < to + TICKS_PER_SECOND; i++) {
      if ((this.pts[i] as number) < to) last = i;
    }
    const offsets = this.offsets(first, last);
    const keyframes = new Set(this.keyframes());
    return Array.from({ length: last - first + 1 }, (_, i) => {
      const sample = first + i;
      const dts = this.dts[sample] as number;
      const cts = (this.pts[sample] as number) - dts;
      return { offset: offsets[i] as number, size: this.size(sample), dts, cts, keyframe: keyframes.has(sample) };
    });
  }

  private keyframeBefore(from: number): number {
    let first: number | null = null;
    for (const sample of this.keyframes()) {
      if (first !== null && (this.pts[sample] as number) > from) break;
      first = sample;
    }
    if (first === null) throw new FragmentError('no keyframe');
    return first;
  }

  private *keyframes(): Generator<number> {
    const { stss, count } = this;
    const entries = stss ? stss.readUInt32BE(4) : count;
    if (entries > count) throw new FragmentError('more keyframes than samples');
    for (let i = 0; i < entries; i++) {
      const sample = stss ? stss.readUInt32BE(8 + 4 * i) - 1 : i;
      if (sample < 0 || sample >= count) throw new FragmentError('a keyframe that is no sample');
      yield sample;
    }
  }

  private offsets(first: number, last: number): number[] {
    const stsc = need(findBox(this.stbl, ['stsc']), 'stsc');
    const wide = findBox(this.stbl, ['co64']);
    const chunks = wide ?? need(findBox(this.stbl, ['stco']), 'stco');
    const chunkCount = chunks.readUInt32BE(4);
    const offsets: number[] = [];
    let sample = 0;
    for (let i = 0, runs = stsc.readUInt32BE(4); i < runs && sample <= last; i++) {
      const begin = stsc.readUInt32BE(8 + 12 * i) - 1;
      const perChunk = stsc.readUInt32BE(12 + 12 * i);
      const end = i + 1 < runs ? stsc.readUInt32BE(20 + 12 * i) - 1 : chunkCount;
      if (begin < 0 || end < begin || end > chunkCount) throw new FragmentError('chunks out of order');
      for (let chunk = begin; chunk < end && sample <= last; chunk++) {
        if (sample + perChunk <= first) {
          sample += perChunk;
          continue;
        }
        let offset = wide ? Number(wide.readBigUInt64BE(8 + 8 * chunk)) : chunks.readUInt32BE(8 + 4 * chunk);
        for (let n = 0; n < perChunk && sample <= last; n++, sample++) {
          if (sample >= first) offsets.push(offset);
          offset += this.size(sample);
        }
      }
    }
    if (offsets.length !== last - first + 1) throw new FragmentError('a sample in no chunk');
    return offsets;
  }

  private size(sample: number): number {
    const same = this.sizes.readUInt32BE(4);
    return same === 0 ? this.sizes.readUInt32BE(12 + 4 * sample) : same;
  }

  /** A table of (count, value) pairs, sample by sample. */
  private runs(table: Buffer, value: (table: Buffer, at: number) => number): Float64Array {
    const values = new Float64Array(this.count);
    let sample = 0;
    for (let i = 0, runs = table.readUInt32BE(4); i < runs && sample < this.count; i++) {
      const end = Math.min(this.count, sample + table.readUInt32BE(8 + 8 * i));
      values.fill(value(table, 12 + 8 * i), sample, end);
      sample = end;
    }
    if (sample < this.count) throw new FragmentError('samples without a time');
    return values;
  }
}
