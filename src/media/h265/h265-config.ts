import { CameraError } from '../../proxy/camera-error';
import { H265Config } from '../access-unit';
import { checkedSps, fingerprintOf, MAX_PARAMETER_SET_BYTES } from '../parameter-sets';
import { H265Sps, parseH265Sps } from './h265-sps';
import { H265_NAL, h265Type } from './nal';

/** Parameter sets as NAL units, without start code or length. */
export interface H265Sets {
  readonly vps: readonly Buffer[];
  readonly sps: readonly Buffer[];
  readonly pps: readonly Buffer[];
}

/**
 * Makes one codec configuration of parameter sets. The first SPS gives size, profile and reorder depth; every SPS has to be
 * sane.
 * @throws CameraError `camera_unsupported` where a set is missing, truncated or out of range, or the picture is too large:
 * before anything decodes it
 */
export function parseH265Config({ vps, sps, pps }: H265Sets): H265Config {
  const [first] = sps.map(parseCheckedH265Sps);
  if (first === undefined || vps.length === 0 || pps.length === 0) {
    throw new CameraError('camera_unsupported', 'The camera sends no H.265 description (VPS, SPS and PPS).');
  }
  for (const [sets, type] of [
    [vps, H265_NAL.VPS],
    [pps, H265_NAL.PPS],
  ] as const) {
    for (const set of sets) {
      if (set.length < 3 || set.length > MAX_PARAMETER_SET_BYTES || h265Type(set[0] as number) !== type) {
        throw new CameraError('camera_unsupported', 'The camera sends a broken H.265 description (VPS or PPS).');
      }
    }
  }
  return {
    kind: 'h265',
    vps,
    sps,
    pps,
    width: first.width,
    height: first.height,
    codec: h265Codec(first.profileTierLevel),
    reorderDepth: first.reorderDepth,
    nominalFps: first.nominalFps,
    fingerprint: fingerprintOf([...vps, ...sps, ...pps]),
  };
}

/** One SPS, within the bounds of what we decode. @throws CameraError `camera_unsupported` */
export function parseCheckedH265Sps(nal: Buffer): H265Sps {
  return checkedSps(nal, parseH265Sps, 'H.265');
}

/**
 * RFC 6381 codec string (ISO/IEC 14496-15 Annex E.3), for instance `hvc1.1.6.L120.B0`.
 * @param profileTierLevel the twelve bytes that an SPS and an `hvcC` have of it
 */
export function h265Codec(profileTierLevel: Buffer): string {
  const first = profileTierLevel.readUInt8(0);
  const space = ['', 'A', 'B', 'C'][first >> 6] ?? '';
  const compatibility = reversed(profileTierLevel.readUInt32BE(1)).toString(16).toUpperCase();
  const level = `${(first & 0x20) === 0 ? 'L' : 'H'}${profileTierLevel.readUInt8(11)}`;
  const constraints = [...profileTierLevel.subarray(5, 11)];
  while (constraints.at(-1) === 0) {
    constraints.pop();
  }
  const hex = constraints.map((byte) => byte.toString(16).toUpperCase());
  return ['hvc1', `${space}${first & 0x1f}`, compatibility, level, ...hex].join('.');
}

/** 32 bits, the last one first. */
function reversed(value: number): number {
  let out = 0;
  for (let i = 0; i < 32; i++) {
    out = out * 2 + ((value >>> i) & 1);
  }
  return out;
}
