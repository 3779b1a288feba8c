import { CameraError } from '../../proxy/camera-error';
import { parseAv1Configuration } from '../av1/av1-configuration';
import { parseAvcDecoderConfigurationRecord } from '../h264/avc-configuration';
import { BitstreamError } from '../h264/bit-reader';
import { parseH264Config } from '../h264/h264-config';
import { parseH265Config } from '../h265/h265-config';
import { parseHevcConfiguration } from '../h265/hevc-configuration';
import { MAX_PICTURE_SIZE } from '../parameter-sets';
import { BoxReader, ByteSource } from './box-reader';
import { buildRun } from './fragment';
import { findBox, findVideoTrak, FragmentError, guarded, need, readVideoTrack, TrackHeader } from './fragment-boxes';
import { buildInitSegment } from './init-segment';

/** Of ten hours at 60 pictures a second some 50 MB. */
const MAX_MOOV_BYTES = 64 * 1024 * 1024;
const MAX_SAMPLES = 4_000_000;
/** As for pictures from a camera. */
const MAX_KEYFRAME_BYTES = 8 * 1024 * 1024;
/** How long the one picture of a made fragment lasts, in ticks; nobody plays it. */
const PICTURE_TICKS = 3_600;

/** The keyframes of a finished MP4, found through its own sample table: no more of it is read than that. */
export interface MovieKeyframes {
  /** Length of the track. */
  readonly durationSeconds: number;
  /** When each is decoded, in seconds from the first picture; ascending, at least one. */
  readonly seconds: readonly number[];
  /**
   * Reads one: `ftyp moov` and one `moof mdat`, as a decoder of single pictures takes it.
   * @throws FragmentError where it does not lie in the file
   */
  read(index: number): Promise<Buffer>;
}

/**
 * Nothing in the file is trusted: counts and offsets are held against what is there.
 * @param bytes length of the file
 * @throws FragmentError where it is no finished MP4 with a track of H.264, H.265 or AV1, or of pictures nobody should decode; what reading
 *   throws
 */
export async function readMovieKeyframes(source: ByteSource, bytes: number): Promise<MovieKeyframes> {
  const reader = new BoxReader(source);
  const box = await reader.find(0, bytes, ['moov']);
  if (!box || box.end - box.payload > MAX_MOOV_BYTES) throw new FragmentError('no movie header of reasonable length');
  const moov = await reader.bytes(box.payload, box.end - box.payload);
  if (!moov) throw new FragmentError('the file ends within its movie header');
  return guarded(() => {
    const track = readVideoTrack(moov);
    const trak = findVideoTrak(moov);
    if (!track || !trak) throw new FragmentError('no video track');
    const init = initOf(track);
    const table = new SampleTable(need(findBox(trak, ['mdia', 'minf', 'stbl']), 'stbl'));
    const samples = table.keyframes();
    const { starts, end } = table.decodeTimes(samples);
    return {
      durationSeconds: end / track.timescale,
      seconds: starts.map((ticks) => ticks / track.timescale),
      read: async (index) => {
        const { offset, size } = guarded(() => table.place(samples[index] as number));
        if (size === 0 || size > MAX_KEYFRAME_BYTES || offset + size > bytes)
          throw new FragmentError('a keyframe that does not lie in the file');
        const data = await reader.bytes(offset, size);
        if (!data) throw new FragmentError('the file ends within a keyframe');
        const frame = { data, dts: 0, cts: 0, keyframe: true };
        return Buffer.concat([init, ...buildRun([frame], PICTURE_TICKS, 0, 1)]);
      },
    };
  });
}

function initOf({ avcC, hvcC, av1C }: TrackHeader): Buffer {
  try {
    if (hvcC) return buildInitSegment(parseH265Config(parseHevcConfiguration(hvcC)));
    if (av1C) {
      const config = parseAv1Configuration(av1C);
      if (Math.max(config.width, config.height) > MAX_PICTURE_SIZE) throw new FragmentError('pictures too large');
      return buildInitSegment(config);
    }
    if (!avcC) throw new FragmentError('the track is none of H.264, H.265 and AV1');
    const { sps, pps, lengthSize } = parseAvcDecoderConfigurationRecord(avcC);
    if (lengthSize !== 4) throw new FragmentError(`NAL unit lengths of ${lengthSize} bytes`);
    return buildInitSegment(parseH264Config(sps, pps));
  } catch (error) {
    if (error instanceof CameraError || error instanceof BitstreamError)
      throw new FragmentError('the track cannot be decoded', { cause: error });
    throw error;
  }
}

/** The sample table of a track (ISO/IEC 14496-12 §8.6, §8.7). Samples are numbered from 0. */
class SampleTable {
  private readonly stts: Buffer;
  private readonly stss: Buffer | null;
  private readonly stsc: Buffer;
  private readonly stsz: Buffer;
  private readonly chunks: Buffer;
  private readonly wide: boolean;

  constructor(stbl: Buffer) {
    this.stts = need(findBox(stbl, ['stts']), 'stts');
    this.stss = findBox(stbl, ['stss']);
    this.stsc = need(findBox(stbl, ['stsc']), 'stsc');
    this.stsz = need(findBox(stbl, ['stsz']), 'stsz');
    const co64 = findBox(stbl, ['co64']);
    this.wide = co64 !== null;
    this.chunks = co64 ?? need(findBox(stbl, ['stco']), 'stco');
  }

  private get count(): number {
    const count = this.stsz.readUInt32BE(8);
    if (count > MAX_SAMPLES) throw new FragmentError(`a table of ${count} samples`);
    return count;
  }

  /** Samples that are keyframes, ascending; without an `stss` all are. @throws FragmentError where there is none */
  keyframes(): number[] {
    const { count, stss } = this;
    const samples: number[] = [];
    const entries = stss ? stss.readUInt32BE(4) : count;
    if (entries > count) throw new FragmentError('more keyframes than samples');
    for (let i = 0; i < entries; i++) {
      const sample = stss ? stss.readUInt32BE(8 + 4 * i) - 1 : i;
      if (sample <= (samples[i - 1] ?? -1) || sample >= count) throw new FragmentError('keyframes out of order');
      samples.push(sample);
    }
    if (samples.length === 0) throw new FragmentError('no keyframe');
    return samples;
  }

  /** Decode times of some samples, ascending, and the end of the last one of all; in the track's timescale. */
  decodeTimes(samples: readonly number[]): { starts: number[]; end: number } {
    const starts: number[] = [];
    let first = 0;
    let ticks = 0;
    for (let i = 0, runs = this.stts.readUInt32BE(4); i < runs; i++) {
      const length = this.stts.readUInt32BE(8 + 8 * i);
      const step = this.stts.readUInt32BE(12 + 8 * i);
      for (
        let next = samples[starts.length];
        next !== undefined && next < first + length;
        next = samples[starts.length]
      )
        starts.push(ticks + (next - first) * step);
      first += length;
      ticks += length * step;
    }
    if (starts.length < samples.length) throw new FragmentError('samples without a time');
    return { starts, end: ticks };
  }

  place(sample: number): { offset: number; size: number } {
    const chunkCount = this.chunks.readUInt32BE(4);
    let before = 0;
    for (let i = 0, runs = this.stsc.readUInt32BE(4); i < runs; i++) {
      const first = this.stsc.readUInt32BE(8 + 12 * i) - 1;
      const perChunk = this.stsc.readUInt32BE(12 + 12 * i);
      const end = i + 1 < runs ? this.stsc.readUInt32BE(20 + 12 * i) - 1 : chunkCount;
      if (first < 0 || end < first || end > chunkCount) throw new FragmentError('chunks out of order');
      const inRun = (end - first) * perChunk;
      if (sample < before + inRun) {
        const chunk = first + Math.floor((sample - before) / perChunk);
        let offset = this.chunkOffset(chunk);
        for (let at = before + (chunk - first) * perChunk; at < sample; at++) offset += this.size(at);
        return { offset, size: this.size(sample) };
      }
      before += inRun;
    }
    throw new FragmentError('a sample in no chunk');
  }

  private chunkOffset(chunk: number): number {
    return this.wide ? Number(this.chunks.readBigUInt64BE(8 + 8 * chunk)) : this.chunks.readUInt32BE(8 + 4 * chunk);
  }

  private size(sample: number): number {
    const same = this.stsz.readUInt32BE(4);
    return same === 0 ? this.stsz.readUInt32BE(12 + 4 * sample) : same;
  }
}
