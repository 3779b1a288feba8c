/** NAL unit types the cameras know (ITU-T H.264 table 7-1). */
export const NalType = { slice: 1, idr: 5, sei: 6, sps: 7, pps: 8, delimiter: 9 } as const;

/** Type of a NAL unit given without its start code. */
export function nalType(nal: Uint8Array): number {
  return (nal[0] ?? 0) & 0x1f;
}

/** The same of H.265 (ITU-T H.265 table 7-1). */
export const H265NalType = { firstIrap: 16, lastIrap: 23, vps: 32, sps: 33, pps: 34, delimiter: 35 } as const;

/** Type of an H.265 NAL unit given without its start code. */
export function h265NalType(nal: Uint8Array): number {
  return ((nal[0] ?? 0) >> 1) & 0x3f;
}

/** Cuts an Annex B byte stream (ITU-T H.264 annex B) into NAL units without start codes; views, not copies. */
export function splitAnnexB(stream: Buffer): Buffer[] {
  const nals: Buffer[] = [];
  const startCode = Buffer.from([0, 0, 1]);
  let start = stream.indexOf(startCode);
  while (start >= 0) {
    const next = stream.indexOf(startCode, start + 3);
    let end = next < 0 ? stream.length : next;
    // The zero of a four-byte start code, and trailing_zero_8bits, belong to no NAL unit.
    while (end > start + 3 && stream[end - 1] === 0) end--;
    if (end > start + 3) nals.push(stream.subarray(start + 3, end));
    start = next;
  }
  return nals;
}
