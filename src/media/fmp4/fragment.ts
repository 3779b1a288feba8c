import { VideoFrame } from '../access-unit';
import { writeUInt64 } from './box-writer';

/** One sample of a fragment; times in ticks of 1/90000 s on the file's timeline. */
export interface FragmentSample {
  readonly data: Buffer;
  readonly dts: number;
  /** Presentation time minus decode time; may be negative. */
  readonly cts: number;
  readonly duration: number;
  readonly keyframe: boolean;
}

/** What a decode-ordered run of frames must have; {@link VideoFrame} does. */
export type RunFrame = Pick<VideoFrame, 'data' | 'dts' | 'cts' | 'keyframe'>;

/** Bytes of a fragment's header, `moof` and the header of its `mdat`, without its samples' entries. */
const FIXED_BYTES = 8 + 16 + 8 + 16 + 20 + 20 + 8;
const ENTRY_BYTES = 16;
const ENTRIES_AT = FIXED_BYTES - 8;
const MOOF = 0x6d6f6f66;
const MFHD = 0x6d666864;
const TRAF = 0x74726166;
const TFHD = 0x74666864;
const TFDT = 0x74666474;
const TRUN = 0x7472756e;
const MDAT = 0x6d646174;
const DEFAULT_BASE_IS_MOOF = 0x020000;
/** Data offset, and of each sample: duration, size, flags, composition offset (ISO/IEC 14496-12 §8.8.8). */
const TRUN_FIELDS = 0x000f01;
/** Depends on no other / on others and is no sync sample (§8.8.3.1). */
const KEYFRAME_FLAGS = 0x02000000;
const DELTA_FLAGS = 0x01010000;

/** Length of a fragment's `moof` and `mdat` header, for `count` samples. */
export function fragmentHeaderBytes(count: number): number {
  return FIXED_BYTES + count * ENTRY_BYTES;
}

/** Where the duration of a fragment's n-th sample stands, counted from its `moof`; the first sample is 0. */
export function durationOffset(sample: number): number {
  return ENTRIES_AT + sample * ENTRY_BYTES;
}

/**
 * One `moof` + `mdat` of track 1, for one `writev`: its header, then the samples' own buffers; nothing is copied.
 * @param samples at least one, in decode order
 * @param sequence `mfhd` sequence number, taken modulo 2³²
 * @throws RangeError for no samples, a negative time, or a duration of 13 hours
 */
export function buildFragment(samples: readonly FragmentSample[], sequence: number): Buffer[] {
  const first = samples[0];
  if (!first) throw new RangeError('a fragment needs a sample');
  let bytes = 0;
  for (const sample of samples) bytes += sample.data.length;
  const header = startHeader(samples.length, sequence, first.dts, bytes);
  const out: Buffer[] = [header];
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i]!;
    putEntry(header, i, sample.duration, sample.data.length, sample.keyframe, sample.cts);
    out.push(sample.data);
  }
  return out;
}

/**
 * {@link buildFragment} for frames in a row, without an object a frame: a frame's duration is the distance to the next one.
 * @param end decode time of the frame after the last
 * @param zero session time of the file's zero, taken off every decode time
 */
export function buildRun(frames: readonly RunFrame[], end: number, zero: number, sequence: number): Buffer[] {
  const count = frames.length;
  const first = frames[0];
  if (!first) throw new RangeError('a fragment needs a sample');
  let bytes = 0;
  for (let i = 0; i < count; i++) bytes += frames[i]!.data.length;
  const header = startHeader(count, sequence, first.dts - zero, bytes);
  const out = new Array<Buffer>(count + 1);
  out[0] = header;
  for (let i = 0; i < count; i++) {
    const frame = frames[i]!;
    const next = i + 1 < count ? frames[i + 1]!.dts : end;
    putEntry(header, i, next - frame.dts, frame.data.length, frame.keyframe, frame.cts);
    out[i + 1] = frame.data;
  }
  return out;
}

const fragments = new WeakMap<VideoFrame, Buffer>();

/**
 * The fragment of one frame, at its session time, for live viewers. Made once a frame, whoever asks: everybody gets the same
 * Buffer, with the duration of whoever asked first (the next fragment's own time is what counts to a player).
 * @param duration expected ticks to the next frame
 */
export function frameFragment(frame: VideoFrame, duration: number): Buffer {
  let fragment = fragments.get(frame);
  if (!fragment) {
    const header = startHeader(1, Math.floor(frame.dts / 90), frame.dts, frame.data.length);
    putEntry(header, 0, duration, frame.data.length, frame.keyframe, frame.cts);
    fragment = Buffer.concat([header, frame.data]);
    fragments.set(frame, fragment);
  }
  return fragment;
}

function startHeader(count: number, sequence: number, decodeTime: number, dataBytes: number): Buffer {
  const size = fragmentHeaderBytes(count);
  const out = Buffer.allocUnsafe(size);
  out.writeUInt32BE(size - 8, 0);
  out.writeUInt32BE(MOOF, 4);
  out.writeUInt32BE(16, 8);
  out.writeUInt32BE(MFHD, 12);
  out.writeUInt32BE(0, 16);
  out.writeUInt32BE(sequence % 0x1_0000_0000, 20);
  out.writeUInt32BE(size - 32, 24);
  out.writeUInt32BE(TRAF, 28);
  out.writeUInt32BE(16, 32);
  out.writeUInt32BE(TFHD, 36);
  out.writeUInt32BE(DEFAULT_BASE_IS_MOOF, 40);
  out.writeUInt32BE(1, 44);
  out.writeUInt32BE(20, 48);
  out.writeUInt32BE(TFDT, 52);
  out.writeUInt32BE(0x01000000, 56);
  writeUInt64(out, decodeTime, 60);
  out.writeUInt32BE(20 + count * ENTRY_BYTES, 68);
  out.writeUInt32BE(TRUN, 72);
  out.writeUInt32BE((0x01000000 | TRUN_FIELDS) >>> 0, 76);
  out.writeUInt32BE(count, 80);
  out.writeInt32BE(size, 84);
  out.writeUInt32BE(dataBytes + 8, size - 8);
  out.writeUInt32BE(MDAT, size - 4);
  return out;
}

function putEntry(out: Buffer, i: number, duration: number, size: number, keyframe: boolean, cts: number): void {
  const at = durationOffset(i);
  out.writeUInt32BE(duration, at);
  out.writeUInt32BE(size, at + 4);
  out.writeUInt32BE(keyframe ? KEYFRAME_FLAGS : DELTA_FLAGS, at + 8);
  out.writeInt32BE(cts, at + 12);
}
