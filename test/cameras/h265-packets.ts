import { ClipAccessUnit } from './clips';

const HEADER = 2;

/** RTP payloads of a picture (RFC 7798 §4.4): single NAL units, one aggregation packet for parameter sets, fragments. */
export function h265Payloads(
  unit: ClipAccessUnit,
  options: { readonly maxPayload: number; readonly stapA: boolean; readonly parameterSets: readonly Buffer[] },
): Buffer[] {
  const sets = unit.keyframe ? options.parameterSets : [];
  const first = options.stapA && sets.length > 1 ? [aggregate(sets)] : sets;
  return [...first, ...unit.nals.flatMap((nal) => pieces(nal, options.maxPayload))];
}

function aggregate(nals: readonly Buffer[]): Buffer {
  const parts = nals.flatMap((nal) => [Buffer.from([nal.length >> 8, nal.length & 255]), nal]);
  return Buffer.concat([Buffer.from([48 << 1, 1]), ...parts]);
}

function pieces(nal: Buffer, maxPayload: number): Buffer[] {
  if (nal.length <= maxPayload) return [nal];
  const [first = 0, second = 0] = nal;
  const size = maxPayload - HEADER - 1;
  const payloads: Buffer[] = [];
  for (let at = HEADER; at < nal.length; at += size) {
    const flags = (at === HEADER ? 0x80 : 0) | (at + size >= nal.length ? 0x40 : 0);
    const header = Buffer.from([(first & 0x81) | (49 << 1), second, flags | ((first >> 1) & 0x3f)]);
    payloads.push(Buffer.concat([header, nal.subarray(at, at + size)]));
  }
  return payloads;
}
