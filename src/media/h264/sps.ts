import { BitReader, BitstreamError, removeEmulationPrevention } from './bit-reader';

/** What a sequence parameter set says, as far as anybody here asks (ITU-T H.264 §7.3.2.1.1). */
export interface Sps {
  readonly id: number;
  readonly profileIdc: number;
  /** The byte of `constraint_set*_flag`s between profile and level. */
  readonly constraints: number;
  readonly levelIdc: number;
  readonly chromaFormatIdc: number;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
  readonly picOrderCntType: number;
  readonly maxNumRefFrames: number;
  /** False where pictures may be fields (interlaced). */
  readonly frameMbsOnly: boolean;
  /** Size as coded, a multiple of 16. */
  readonly codedWidth: number;
  readonly codedHeight: number;
  /** Size as shown, cropping applied. */
  readonly width: number;
  readonly height: number;
  /** VUI `max_num_reorder_frames`, or what the profile implies; `null` where neither says. */
  readonly reorderDepth: number | null;
  /** VUI `time_scale / (2 * num_units_in_tick)`, `null` where absent or absurd. */
  readonly nominalFps: number | null;
  /** Where the VUI has `num_units_in_tick`, in bits of the payload behind the header byte; `null` where it has none. */
  readonly timingAt: number | null;
}

/** Profiles whose SPS carries chroma format, bit depth and scaling lists. */
const HIGH_PROFILES = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);
/** Profiles for which `constraint_set3_flag` means intra only (Annex A). */
const INTRA_PROFILES = new Set([44, 100, 110, 122, 244]);
const BASELINE = 66;
const EXTENDED_SAR = 255;
const MAX_DPB_FRAMES = 16;

/**
 * Reads a sequence parameter set NAL unit (header byte included). A VUI that is cut or absurd counts as absent, as every
 * decoder does: cameras get it wrong, and nothing in it is needed to decode.
 * @throws BitstreamError where the rest is truncated or out of the standard's range
 */
export function parseSps(nal: Buffer): Sps {
  if (nal.length < 4 || ((nal[0] as number) & 0x1f) !== 7) {
    throw new BitstreamError('not a sequence parameter set');
  }
  const reader = new BitReader(removeEmulationPrevention(nal.subarray(1)));
  const profileIdc = reader.bits(8);
  const constraints = reader.bits(8);
  const levelIdc = reader.bits(8);
  const id = reader.ueMax(31, 'seq_parameter_set_id');
  const format = HIGH_PROFILES.has(profileIdc)
    ? readFormat(reader)
    : { chromaFormatIdc: 1, separatePlanes: false, bitDepthLuma: 8, bitDepthChroma: 8 };
  reader.ueMax(12, 'log2_max_frame_num_minus4');
  const picOrderCntType = readPicOrderCnt(reader);
  const maxNumRefFrames = reader.ueMax(MAX_DPB_FRAMES, 'max_num_ref_frames');
  reader.flag(); // gaps_in_frame_num_value_allowed_flag
  // Far above any level's limit; only keeps the arithmetic sane. The product's own bound is the caller's.
  const widthInMbs = reader.ueMax(0xffff, 'pic_width_in_mbs_minus1') + 1;
  const heightInMapUnits = reader.ueMax(0xffff, 'pic_height_in_map_units_minus1') + 1;
  const frameMbsOnly = reader.flag();
  if (!frameMbsOnly) {
    reader.flag(); // mb_adaptive_frame_field_flag
  }
  reader.flag(); // direct_8x8_inference_flag
  const codedWidth = widthInMbs * 16;
  const codedHeight = heightInMapUnits * 16 * (frameMbsOnly ? 1 : 2);
  const [cropX, cropY] = reader.flag() ? readCropping(reader, format, frameMbsOnly) : [0, 0];
  if (cropX >= codedWidth || cropY >= codedHeight) {
    throw new BitstreamError('cropping leaves no picture');
  }
  const vui = readVui(reader);
  const intraOnly = INTRA_PROFILES.has(profileIdc) && (constraints & 0x10) !== 0;
  const noReordering = picOrderCntType === 2 || profileIdc === BASELINE || intraOnly;
  return {
    id,
    profileIdc,
    constraints,
    levelIdc,
    chromaFormatIdc: format.chromaFormatIdc,
    bitDepthLuma: format.bitDepthLuma,
    bitDepthChroma: format.bitDepthChroma,
    picOrderCntType,
    maxNumRefFrames,
    frameMbsOnly,
    codedWidth,
    codedHeight,
    width: codedWidth - cropX,
    height: codedHeight - cropY,
    reorderDepth: noReordering ? 0 : vui.reorderDepth,
    nominalFps: vui.nominalFps,
    timingAt: vui.timingAt,
  };
}

interface ColourFormat {
  readonly chromaFormatIdc: number;
  readonly separatePlanes: boolean;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
}

function readFormat(reader: BitReader): ColourFormat {
  const chromaFormatIdc = reader.ueMax(3, 'chroma_format_idc');
  const separatePlanes = chromaFormatIdc === 3 && reader.flag();
  const bitDepthLuma = reader.ueMax(6, 'bit_depth_luma_minus8') + 8;
  const bitDepthChroma = reader.ueMax(6, 'bit_depth_chroma_minus8') + 8;
  reader.flag(); // qpprime_y_zero_transform_bypass_flag
  if (reader.flag()) {
    for (let i = 0; i < (chromaFormatIdc === 3 ? 12 : 8); i++) {
      if (reader.flag()) {
        skipScalingList(reader, i < 6 ? 16 : 64);
      }
    }
  }
  return { chromaFormatIdc, separatePlanes, bitDepthLuma, bitDepthChroma };
}

/** §7.3.2.1.1.1: a delta of zero total ends the list early. */
function skipScalingList(reader: BitReader, size: number): void {
  let last = 8;
  let next = 8;
  for (let i = 0; i < size; i++) {
    if (next !== 0) {
      next = (last + reader.se() + 256) & 255;
    }
    last = next === 0 ? last : next;
  }
}

function readPicOrderCnt(reader: BitReader): number {
  const type = reader.ueMax(2, 'pic_order_cnt_type');
  if (type === 0) {
    reader.ueMax(12, 'log2_max_pic_order_cnt_lsb_minus4');
  } else if (type === 1) {
    reader.flag(); // delta_pic_order_always_zero_flag
    reader.se(); // offset_for_non_ref_pic
    reader.se(); // offset_for_top_to_bottom_field
    const cycle = reader.ueMax(255, 'num_ref_frames_in_pic_order_cnt_cycle');
    for (let i = 0; i < cycle; i++) {
      reader.se();
    }
  }
  return type;
}

/** Pixels cut from width and height: crop units follow the chroma format (§7.4.2.1.1, Table 6-1). */
function readCropping(reader: BitReader, format: ColourFormat, frameMbsOnly: boolean): [number, number] {
  const left = reader.ue();
  const right = reader.ue();
  const top = reader.ue();
  const bottom = reader.ue();
  const arrayType = format.separatePlanes ? 0 : format.chromaFormatIdc;
  const unitX = arrayType === 1 || arrayType === 2 ? 2 : 1;
  const unitY = (arrayType === 1 ? 2 : 1) * (frameMbsOnly ? 1 : 2);
  return [(left + right) * unitX, (top + bottom) * unitY];
}

type Vui = Pick<Sps, 'reorderDepth' | 'nominalFps' | 'timingAt'>;

/** Annex E.1.1. What was read before a fault in it still counts. */
function readVui(reader: BitReader): Vui {
  let nominalFps: number | null = null;
  let timingAt: number | null = null;
  let reorderDepth: number | null = null;
  try {
    if (!reader.flag()) {
      return { reorderDepth, nominalFps, timingAt };
    }
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
    if (reader.flag()) {
      const { position } = reader;
      nominalFps = readTiming(reader);
      timingAt = position;
    }
    const nalHrd = reader.flag();
    if (nalHrd) {
      skipHrd(reader);
    }
    const vclHrd = reader.flag();
    if (vclHrd) {
      skipHrd(reader);
    }
    if (nalHrd || vclHrd) {
      reader.flag(); // low_delay_hrd_flag
    }
    reader.flag(); // pic_struct_present_flag
    if (reader.flag()) {
      reader.flag(); // motion_vectors_over_pic_boundaries_flag
      for (let i = 0; i < 4; i++) {
        reader.ue(); // max_bytes_per_pic_denom … log2_max_mv_length_vertical
      }
      reorderDepth = reader.ueMax(MAX_DPB_FRAMES, 'max_num_reorder_frames');
    }
  } catch (error) {
    if (!(error instanceof BitstreamError)) {
      throw error;
    }
  }
  return { reorderDepth, nominalFps, timingAt };
}

function readTiming(reader: BitReader): number | null {
  const unitsInTick = reader.bits(32);
  const timeScale = reader.bits(32);
  reader.flag(); // fixed_frame_rate_flag
  const fps = timeScale / (2 * unitsInTick);
  return Number.isFinite(fps) && fps >= 0.1 && fps <= 480 ? fps : null;
}

/** Annex E.1.2 */
function skipHrd(reader: BitReader): void {
  const count = reader.ueMax(31, 'cpb_cnt_minus1') + 1;
  reader.bits(8); // bit_rate_scale, cpb_size_scale
  for (let i = 0; i < count; i++) {
    reader.ue(); // bit_rate_value_minus1
    reader.ue(); // cpb_size_value_minus1
    reader.flag(); // cbr_flag
  }
  reader.bits(20); // lengths of delays and time offset
}
