/** One sample as its fragment's `trun` states it; ticks of 1/90000 s. */
export interface FragmentEntry {
  readonly duration: number;
  readonly size: number;
  readonly keyframe: boolean;
  readonly cts: number;
}

/** What the `moof` of {@link buildFragment} says. */
export interface FragmentHeader {
  readonly decodeTime: number;
  readonly entries: readonly FragmentEntry[];
  /** Sum of the samples' sizes. */
  readonly dataBytes: number;
}

const MARKS: readonly (readonly [at: number, hex: string])[] = [
  [4, '6d6f6f66' + '00000010' + '6d666864'],
  [28, '74726166' + '00000010' + '74666864' + '00020000' + '00000001' + '00000014' + '74666474' + '01000000'],
  [72, '7472756e' + '01000f01'],
];
const MARK_BYTES = MARKS.map(([at, hex]) => [at, Buffer.from(hex, 'hex')] as const);

/**
 * Reads a `moof` that {@link buildFragment} wrote, and no other: after a power cut anything may stand in a file, so every field
 * that has one right value is compared with it.
 * @param moof the whole box
 * @returns `null` where it is not exactly ours
 */
export function readFragmentHeader(moof: Buffer): FragmentHeader | null {
  if (moof.length < 104 || moof.readUInt32BE(0) !== moof.length) return null;
  for (const [at, mark] of MARK_BYTES) {
    if (moof.compare(mark, 0, mark.length, at, at + mark.length) !== 0) return null;
  }
  const count = moof.readUInt32BE(80);
  if (88 + count * 16 !== moof.length || moof.readInt32BE(84) !== moof.length + 8) return null;
  const entries: FragmentEntry[] = [];
  let dataBytes = 0;
  for (let at = 88; at < moof.length; at += 16) {
    const size = moof.readUInt32BE(at + 4);
    const keyframe = moof.readUInt32BE(at + 8) === 0x02000000;
    entries.push({ duration: moof.readUInt32BE(at), size, keyframe, cts: moof.readInt32BE(at + 12) });
    dataBytes += size;
  }
  const decodeTime = moof.readUInt32BE(60) * 0x1_0000_0000 + moof.readUInt32BE(64);
  return { decodeTime, entries, dataBytes };
}
