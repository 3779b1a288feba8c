import { AAC_FRAME_SAMPLES, MAX_AAC_FRAME_BYTES } from '../sound/sound-format';
import { writeUInt64 } from './box-writer';
import { SOUND_TRACK_ID } from './sound-track';

/** Frames of sound in a row, without a hole; times in samples on the part's timeline. */
export interface SoundRun {
  /** Of the first frame. Each lasts 1024. */
  readonly position: number;
  readonly frames: readonly Buffer[];
}

/** What the `moof` of {@link buildSoundFragment} says. */
export interface SoundHeader {
  readonly position: number;
  readonly sizes: readonly number[];
  /** Sum of the sizes. */
  readonly dataBytes: number;
}

/** Frames in one fragment: its header stays small, whatever silence is made up for. */
export const MOST_SOUND_FRAMES = 4096;

/** `moof` without its samples' entries; an entry is a size. */
const FIXED_BYTES = 8 + 16 + 8 + 24 + 20 + 20;
const ENTRY_BYTES = 4;
/** `mfhd`, `traf`, `tfhd` of track 2 with the one duration and the flags of a sample that depends on no other, `tfdt`; `trun`. */
const MARKS: readonly (readonly [at: number, hex: string])[] = [
  [4, '6d6f6f66' + '00000010' + '6d666864' + '00000000'],
  [28, '74726166' + '00000018' + '74666864' + '00020028' + hex(SOUND_TRACK_ID) + hex(AAC_FRAME_SAMPLES) + '02000000'],
  [56, '00000014' + '74666474' + '01000000'],
  [80, '7472756e' + '00000201'],
];
const MARK_BYTES = MARKS.map(([at, bytes]) => [at, Buffer.from(bytes, 'hex')] as const);

/** Length of a fragment's `moof` and `mdat` header, for `count` frames. */
export function soundHeaderBytes(count: number): number {
  return FIXED_BYTES + count * ENTRY_BYTES + 8;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}

/**
 * One `moof` + `mdat` of the sound track, as one Buffer: frames of sound are small, so they are copied.
 * @throws RangeError for no frames, too many, or a negative time
 */
export function buildSoundFragment({ position, frames }: SoundRun, sequence: number): Buffer {
  const count = frames.length;
  if (count === 0 || count > MOST_SOUND_FRAMES) throw new RangeError(`a fragment of ${count} frames of sound`);
  const data = frames.reduce((sum, { length }) => sum + length, 0);
  const moof = FIXED_BYTES + count * ENTRY_BYTES;
  const out = Buffer.alloc(moof + 8 + data);
  for (const [at, mark] of MARK_BYTES) mark.copy(out, at);
  out.writeUInt32BE(moof, 0);
  out.writeUInt32BE(sequence % 0x1_0000_0000, 20);
  out.writeUInt32BE(moof - 24, 24);
  writeUInt64(out, position, 68);
  out.writeUInt32BE(20 + count * ENTRY_BYTES, 76);
  out.writeUInt32BE(count, 88);
  out.writeInt32BE(moof + 8, 92);
  out.writeUInt32BE(data + 8, moof);
  out.write('mdat', moof + 4, 'latin1');
  let at = moof + 8;
  frames.forEach((frame, i) => {
    out.writeUInt32BE(frame.length, FIXED_BYTES + i * ENTRY_BYTES);
    at += frame.copy(out, at);
  });
  return out;
}

/**
 * Reads a `moof` that {@link buildSoundFragment} wrote, and no other: every field that has one right value is compared with it.
 * @param moof the whole box
 * @returns `null` where it is not exactly ours
 */
export function readSoundHeader(moof: Buffer): SoundHeader | null {
  if (moof.length < FIXED_BYTES + ENTRY_BYTES || moof.readUInt32BE(0) !== moof.length) return null;
  for (const [at, mark] of MARK_BYTES) {
    if (moof.compare(mark, 0, mark.length, at, at + mark.length) !== 0) return null;
  }
  const count = moof.readUInt32BE(88);
  if (FIXED_BYTES + count * ENTRY_BYTES !== moof.length || moof.readInt32BE(92) !== moof.length + 8) return null;
  if (count > MOST_SOUND_FRAMES || moof.readUInt32BE(24) !== moof.length - 24) return null;
  const sizes: number[] = [];
  let dataBytes = 0;
  for (let at = FIXED_BYTES; at < moof.length; at += ENTRY_BYTES) {
    const size = moof.readUInt32BE(at);
    if (size === 0 || size > MAX_AAC_FRAME_BYTES) return null;
    sizes.push(size);
    dataBytes += size;
  }
  return { position: moof.readUInt32BE(68) * 0x1_0000_0000 + moof.readUInt32BE(72), sizes, dataBytes };
}
