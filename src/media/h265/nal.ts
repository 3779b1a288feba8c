/** `nal_unit_type` (ITU-T H.265 Table 7-1) and the packet types RFC 7798 §4.4 adds. */
export const H265_NAL = {
  RASL_N: 8,
  RASL_R: 9,
  /** First of the broken link access pictures. */
  BLA_W_LP: 16,
  BLA_N_LP: 18,
  IDR_W_RADL: 19,
  IDR_N_LP: 20,
  CRA: 21,
  /** Last of the numbers that intra random access pictures have. */
  LAST_IRAP: 23,
  /** Last of the numbers that pieces of pictures have. */
  LAST_SLICE: 31,
  VPS: 32,
  SPS: 33,
  PPS: 34,
  PREFIX_SEI: 39,
  SUFFIX_SEI: 40,
  AGGREGATION: 48,
  FRAGMENT: 49,
  PACI: 50,
} as const;

/** Bytes before a NAL unit's payload (§7.3.1.2). */
export const H265_HEADER_BYTES = 2;

/** `nal_unit_type` by a NAL unit's first byte. */
export function h265Type(first: number): number {
  return (first >> 1) & 0x3f;
}

/** `nuh_layer_id` by a NAL unit's first two bytes; all but 0 belong to layers that our decoders do not know. */
export function h265Layer(first: number, second: number): number {
  return ((first & 1) << 5) | (second >> 3);
}

/** Whether a NAL unit of this type is a piece of the picture itself. */
export function isH265Slice(type: number): boolean {
  return type <= H265_NAL.LAST_SLICE;
}

/** Whether decoding can begin with a picture of this type. */
export function isIrap(type: number): boolean {
  return type >= H265_NAL.BLA_W_LP && type <= H265_NAL.LAST_IRAP;
}

/** Whether a picture of this type cannot be decoded by who began at the IRAP picture before it (§8.1.3). */
export function isRasl(type: number): boolean {
  return type === H265_NAL.RASL_N || type === H265_NAL.RASL_R;
}

/** Whether a NAL unit of this type is a parameter set. */
export function isH265ParameterSet(type: number): boolean {
  return type >= H265_NAL.VPS && type <= H265_NAL.PPS;
}

/** Whether a NAL unit of this type may stand in a sample of `hvc1`: parameter sets live in the configuration. */
export function belongsInH265Sample(type: number): boolean {
  return isH265Slice(type) || type === H265_NAL.PREFIX_SEI || type === H265_NAL.SUFFIX_SEI;
}
