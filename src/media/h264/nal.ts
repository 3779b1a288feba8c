import { BitReader, BitstreamError, removeEmulationPrevention } from './bit-reader';

/** `nal_unit_type` (ITU-T H.264 Table 7-1) and the packet types RFC 6184 §5.2 adds. */
export const NAL = {
  SLICE: 1,
  PARTITION_A: 2,
  PARTITION_C: 4,
  IDR: 5,
  SEI: 6,
  SPS: 7,
  PPS: 8,
  AUD: 9,
  STAP_A: 24,
  STAP_B: 25,
  MTAP16: 26,
  MTAP24: 27,
  FU_A: 28,
  FU_B: 29,
} as const;

/** SEI `recovery_point` (§D.1.8). */
const SEI_RECOVERY_POINT = 6;
/** A slice header's first two fields need at most 2 × 33 bits. */
const SLICE_HEADER_BYTES = 12;

/** `nal_unit_type` of a NAL unit, -1 for an empty one. */
export function nalType(nal: Buffer): number {
  return nal.length === 0 ? -1 : (nal[0] as number) & 0x1f;
}

/** Whether a NAL unit of this type is a piece of the picture itself. */
export function isSlice(type: number): boolean {
  return type >= NAL.SLICE && type <= NAL.IDR;
}

/**
 * Whether a NAL unit of this type may stand in a sample: pieces of the picture and SEI. Parameter sets live in the
 * configuration; delimiters, padding, and the layers of scalable and multiview streams say nothing to an AVC decoder.
 */
export function belongsInSample(type: number): boolean {
  return isSlice(type) || type === NAL.SEI;
}

/** What a slice's header begins with (§7.3.3). */
export interface SliceStart {
  /** 0 in the first slice of a picture or field. */
  readonly firstMb: number;
  /** True where every macroblock of the slice is intra coded. */
  readonly intra: boolean;
}

/** Reads the beginning of a slice NAL unit (header byte included); `null` where it is cut or absurd. */
export function parseSliceStart(nal: Buffer): SliceStart | null {
  try {
    const reader = new BitReader(removeEmulationPrevention(nal.subarray(1, 1 + SLICE_HEADER_BYTES)));
    const firstMb = reader.ue();
    const sliceType = reader.ueMax(9, 'slice_type') % 5;
    return { firstMb, intra: sliceType === 2 || sliceType === 4 };
  } catch (error) {
    if (error instanceof BitstreamError) {
      return null;
    }
    throw error;
  }
}

/**
 * `recovery_frame_cnt` of a recovery point message in this SEI NAL unit, `null` where there is none. 0 says: from this
 * picture on, in output order, everything is whole (§D.2.8).
 */
export function recoveryFrameCount(nal: Buffer): number | null {
  const payload = removeEmulationPrevention(nal.subarray(1));
  let at = 0;
  const number = (): number => {
    let value = 0;
    while (payload[at] === 0xff) {
      value += 255;
      at++;
    }
    return value + (payload[at++] ?? 0);
  };
  // The last byte holds the trailing bits.
  while (at + 2 < payload.length) {
    const type = number();
    const size = number();
    if (type === SEI_RECOVERY_POINT) {
      try {
        return new BitReader(payload.subarray(at, at + size)).ue();
      } catch {
        return null;
      }
    }
    at += size;
  }
  return null;
}

/**
 * Cuts an Annex B byte stream at its start codes. The NAL units are views of `stream`, without start codes and trailing
 * zero bytes (Annex B.1). What stands before the first start code is left out.
 */
export function splitAnnexB(stream: Buffer): Buffer[] {
  const nals: Buffer[] = [];
  let from = -1;
  let at = 0;
  for (;;) {
    const code = stream.indexOf(START_CODE, at);
    if (from >= 0) {
      let end = code < 0 ? stream.length : code;
      while (end > from && stream[end - 1] === 0) {
        end--;
      }
      if (end > from) {
        nals.push(stream.subarray(from, end));
      }
    }
    if (code < 0) {
      return nals;
    }
    from = code + 3;
    at = from;
  }
}

const START_CODE = Buffer.from([0, 0, 1]);

/**
 * Cuts a sample (NAL units behind big-endian lengths, ISO/IEC 14496-15 §5.3.3) into views of its NAL units.
 * @throws BitstreamError where a length points past the end
 */
export function splitSample(sample: Buffer, lengthSize: 1 | 2 | 3 | 4 = 4): Buffer[] {
  const nals: Buffer[] = [];
  let at = 0;
  while (at < sample.length) {
    if (at + lengthSize > sample.length) {
      throw new BitstreamError('a sample ends inside a length');
    }
    const length = sample.readUIntBE(at, lengthSize);
    at += lengthSize;
    if (at + length > sample.length) {
      throw new BitstreamError('a NAL unit is longer than its sample');
    }
    nals.push(sample.subarray(at, at + length));
    at += length;
  }
  return nals;
}
