import { BitReader, BitstreamError, removeEmulationPrevention } from '../h264/bit-reader';
import { H265_HEADER_BYTES, H265_NAL, h265Type } from './nal';

/** What a sequence parameter set says, as far as anybody here asks (ITU-T H.265 §7.3.2.2.1). */
export interface H265Sps {
  readonly id: number;
  /** The twelve bytes of profile, tier and level as `hvcC` repeats them. */
  readonly profileTierLevel: Buffer;
  readonly temporalLayers: number;
  readonly temporalIdNested: boolean;
  readonly chromaFormatIdc: number;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
  readonly codedWidth: number;
  readonly codedHeight: number;
  /** Size as shown, the conformance window applied. */
  readonly width: number;
  readonly height: number;
  /** `sps_max_num_reorder_pics` of the highest layer. */
  readonly reorderDepth: number;
  /** VUI `vui_time_scale / vui_num_units_in_tick`, `null` where absent or absurd. */
  readonly nominalFps: number | null;
}

const PROFILE_BYTES = 12;
const MAX_SUB_LAYERS = 7;
const MAX_DPB = 16;
const EXTENDED_SAR = 255;

/**
 * Reads a sequence parameter set NAL unit (header included). What stands in a VUI that is cut or absurd counts as absent.
 * @throws BitstreamError where the rest is truncated or out of the standard's range
 */
export function parseH265Sps(nal: Buffer): H265Sps {
  if (nal.length < H265_HEADER_BYTES + 1 + PROFILE_BYTES || h265Type(nal[0] as number) !== H265_NAL.SPS) {
    throw new BitstreamError('not a sequence parameter set');
  }
  const payload = removeEmulationPrevention(nal.subarray(H265_HEADER_BYTES));
  const reader = new BitReader(payload);
  reader.bits(4); // sps_video_parameter_set_id
  const subLayers = reader.bits(3);
  if (subLayers >= MAX_SUB_LAYERS) {
    throw new BitstreamError(`sps_max_sub_layers_minus1 is ${subLayers}`);
  }
  const temporalIdNested = reader.flag();
  skipProfileTierLevel(reader, subLayers);
  const id = reader.ueMax(15, 'sps_seq_parameter_set_id');
  const chromaFormatIdc = reader.ueMax(3, 'chroma_format_idc');
  const separatePlanes = chromaFormatIdc === 3 && reader.flag();
  // Far above any level's limit; only keeps the arithmetic sane. The product's own bound is the caller's.
  const codedWidth = reader.ueMax(0xfffff, 'pic_width_in_luma_samples');
  const codedHeight = reader.ueMax(0xfffff, 'pic_height_in_luma_samples');
  const [cropX, cropY] = reader.flag() ? readWindow(reader, separatePlanes ? 0 : chromaFormatIdc) : [0, 0];
  if (cropX >= codedWidth || cropY >= codedHeight) {
    throw new BitstreamError('the conformance window leaves no picture');
  }
  const bitDepthLuma = reader.ueMax(8, 'bit_depth_luma_minus8') + 8;
  const bitDepthChroma = reader.ueMax(8, 'bit_depth_chroma_minus8') + 8;
  const pocBits = reader.ueMax(12, 'log2_max_pic_order_cnt_lsb_minus4') + 4;
  let reorderDepth = 0;
  for (let i = reader.flag() ? 0 : subLayers; i <= subLayers; i++) {
    reader.ueMax(MAX_DPB - 1, 'sps_max_dec_pic_buffering_minus1');
    reorderDepth = reader.ueMax(MAX_DPB - 1, 'sps_max_num_reorder_pics');
    reader.ue(); // sps_max_latency_increase_plus1
  }
  return {
    id,
    profileTierLevel: Buffer.from(payload.subarray(1, 1 + PROFILE_BYTES)),
    temporalLayers: subLayers + 1,
    temporalIdNested,
    chromaFormatIdc,
    bitDepthLuma,
    bitDepthChroma,
    codedWidth,
    codedHeight,
    width: codedWidth - cropX,
    height: codedHeight - cropY,
    reorderDepth,
    nominalFps: readRate(reader, pocBits),
  };
}

/** §7.3.3 */
function skipProfileTierLevel(reader: BitReader, subLayers: number): void {
  skip(reader, PROFILE_BYTES * 8);
  const present: (readonly [boolean, boolean])[] = [];
  for (let i = 0; i < subLayers; i++) {
    present.push([reader.flag(), reader.flag()]);
  }
  if (subLayers > 0) {
    skip(reader, 2 * (8 - subLayers));
  }
  for (const [profile, level] of present) {
    skip(reader, (profile ? 88 : 0) + (level ? 8 : 0));
  }
}

/** Pixels cut from width and height, in units of the chroma format (§7.4.3.2.1, Table 6-1). */
function readWindow(reader: BitReader, arrayType: number): [number, number] {
  const [left, right, top, bottom] = [reader.ue(), reader.ue(), reader.ue(), reader.ue()];
  const unitX = arrayType === 1 || arrayType === 2 ? 2 : 1;
  return [(left + right) * unitX, (top + bottom) * (arrayType === 1 ? 2 : 1)];
}

/** Everything between the reorder depth and the VUI's rate; a fault in it costs the rate only. */
function readRate(reader: BitReader, pocBits: number): number | null {
  try {
    for (let i = 0; i < 6; i++) {
      reader.ue(); // block sizes and depths
    }
    if (reader.flag() && reader.flag()) {
      skipScalingLists(reader);
    }
    reader.bits(2); // amp_enabled_flag, sample_adaptive_offset_enabled_flag
    if (reader.flag()) {
      reader.bits(8); // PCM bit depths
      reader.ue();
      reader.ue();
      reader.flag();
    }
    skipReferenceSets(reader);
    if (reader.flag()) {
      const count = reader.ueMax(32, 'num_long_term_ref_pics_sps');
      skip(reader, count * (pocBits + 1));
    }
    reader.bits(2); // sps_temporal_mvp_enabled_flag, strong_intra_smoothing_enabled_flag
    return reader.flag() ? readVuiRate(reader) : null;
  } catch (error) {
    if (error instanceof BitstreamError) {
      return null;
    }
    throw error;
  }
}

/** §7.3.4 */
function skipScalingLists(reader: BitReader): void {
  for (let size = 0; size < 4; size++) {
    for (let matrix = 0; matrix < 6; matrix += size === 3 ? 3 : 1) {
      if (!reader.flag()) {
        reader.ue(); // scaling_list_pred_matrix_id_delta
        continue;
      }
      const coefficients = Math.min(64, 1 << (4 + (size << 1)));
      for (let i = size > 1 ? -1 : 0; i < coefficients; i++) {
        reader.se();
      }
    }
  }
}

/** §7.3.7: each set may be told by its difference from the one before. */
function skipReferenceSets(reader: BitReader): void {
  const count = reader.ueMax(64, 'num_short_term_ref_pic_sets');
  let pictures = 0;
  for (let i = 0; i < count; i++) {
    if (i > 0 && reader.flag()) {
      reader.flag(); // delta_rps_sign
      reader.ue(); // abs_delta_rps_minus1
      let kept = 0;
      for (let j = 0; j <= pictures; j++) {
        const used = reader.flag();
        if (used || reader.flag()) {
          kept++;
        }
      }
      pictures = kept;
    } else {
      pictures = reader.ueMax(MAX_DPB, 'num_negative_pics') + reader.ueMax(MAX_DPB, 'num_positive_pics');
      for (let j = 0; j < pictures; j++) {
        reader.ue(); // delta_poc_minus1
        reader.flag(); // used_by_curr_pic_flag
      }
    }
  }
}

/** Annex E.2.1, up to the rate. */
function readVuiRate(reader: BitReader): number | null {
  if (reader.flag() && reader.bits(8) === EXTENDED_SAR) {
    reader.bits(32);
  }
  if (reader.flag()) {
    reader.flag(); // overscan_appropriate_flag
  }
  if (reader.flag()) {
    reader.bits(4); // video_format, video_full_range_flag
    if (reader.flag()) {
      reader.bits(24); // colour primaries, transfer, matrix
    }
  }
  if (reader.flag()) {
    reader.ue(); // chroma_sample_loc_type_top_field
    reader.ue(); // chroma_sample_loc_type_bottom_field
  }
  reader.bits(3); // neutral_chroma_indication_flag, field_seq_flag, frame_field_info_present_flag
  if (reader.flag()) {
    for (let i = 0; i < 4; i++) {
      reader.ue(); // default display window
    }
  }
  if (!reader.flag()) {
    return null;
  }
  const unitsInTick = reader.bits(32);
  const fps = reader.bits(32) / unitsInTick;
  return Number.isFinite(fps) && fps >= 0.1 && fps <= 480 ? fps : null;
}

function skip(reader: BitReader, bits: number): void {
  for (let left = bits; left > 0; left -= 32) {
    reader.bits(Math.min(32, left));
  }
}
