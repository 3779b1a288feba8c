import { CameraError } from '../../proxy/camera-error';
import { u16, u8 } from '../fmp4/box-writer';
import { H265Sets } from './h265-config';
import { parseH265Sps } from './h265-sps';
import { H265_NAL } from './nal';

/** Where the arrays of parameter sets begin. */
const ARRAYS_AT = 22;
/** Where profile, tier and level stand: twelve bytes. */
export const PROFILE_AT = 1;

/** HEVCDecoderConfigurationRecord (ISO/IEC 14496-15 §8.3.3.1.2), NAL lengths of 4 bytes. @throws RangeError without an SPS */
export function hevcConfiguration({ vps, sps, pps }: H265Sets): Buffer {
  const first = sps[0];
  if (!first || vps.length === 0 || pps.length === 0) throw new RangeError('an hvcC needs a VPS, an SPS and a PPS');
  const { profileTierLevel, chromaFormatIdc, bitDepthLuma, bitDepthChroma, temporalLayers, temporalIdNested } =
    parseH265Sps(first);
  const arrays = [
    [H265_NAL.VPS, vps],
    [H265_NAL.SPS, sps],
    [H265_NAL.PPS, pps],
  ] as const;
  return Buffer.concat([
    u8(1),
    profileTierLevel,
    // Nothing is said of segmentation and parallelism.
    u16(0xf000),
    u8(0xfc, 0xfc | chromaFormatIdc, 0xf8 | (bitDepthLuma - 8), 0xf8 | (bitDepthChroma - 8)),
    u16(0), // no average frame rate
    u8((temporalLayers << 3) | (temporalIdNested ? 4 : 0) | 3, arrays.length),
    ...arrays.flatMap(([type, sets]) => [
      // Complete: `hvc1` has none in its samples.
      u8(0x80 | type),
      u16(sets.length),
      ...sets.flatMap((set) => [u16(set.length), set]),
    ]),
  ]);
}

/**
 * Reads an HEVCDecoderConfigurationRecord whose NAL lengths have 4 bytes; sets are copies.
 * @throws CameraError `camera_unsupported` where it is truncated or of another form
 */
export function parseHevcConfiguration(record: Buffer): H265Sets {
  const broken = (): CameraError =>
    new CameraError('camera_unsupported', 'The camera sends a broken H.265 description (hvcC).');
  let at = ARRAYS_AT;
  const byte = (): number => {
    const value = record[at++];
    if (value === undefined) throw broken();
    return value;
  };
  if (record[0] !== 1 || ((record[ARRAYS_AT - 1] ?? 0) & 3) !== 3) throw broken();
  const found = new Map<number, Buffer[]>();
  for (let arrays = byte(); arrays > 0; arrays--) {
    const type = byte() & 0x3f;
    const sets = found.get(type) ?? [];
    found.set(type, sets);
    for (let count = byte() * 256 + byte(); count > 0; count--) {
      const length = byte() * 256 + byte();
      if (at + length > record.length) throw broken();
      sets.push(Buffer.from(record.subarray(at, at + length)));
      at += length;
    }
  }
  return {
    vps: found.get(H265_NAL.VPS) ?? [],
    sps: found.get(H265_NAL.SPS) ?? [],
    pps: found.get(H265_NAL.PPS) ?? [],
  };
}
