import { CameraError } from '../../proxy/camera-error';
import { H264Config } from '../access-unit';
import { checkedSps, fingerprintOf, MAX_PARAMETER_SET_BYTES } from '../parameter-sets';
import { parseSps, Sps } from './sps';

/**
 * Makes one codec configuration of parameter sets (NAL units with their header byte, without start code or length).
 * The first SPS gives size, profile and reorder depth; every SPS has to be sane.
 * @throws CameraError `camera_unsupported` where a set is missing, truncated or out of range, or the picture is larger
 * than `MAX_PICTURE_SIZE`: before anything decodes it
 */
export function parseH264Config(sps: readonly Buffer[], pps: readonly Buffer[]): H264Config {
  return configOf(sps, pps, sps.map(parseCheckedSps));
}

/**
 * One SPS, within the bounds of what we decode.
 * @throws CameraError `camera_unsupported`
 */
export function parseCheckedSps(nal: Buffer): Sps {
  return checkedSps(nal, parseSps, 'H.264');
}

function configOf(sps: readonly Buffer[], pps: readonly Buffer[], parsed: readonly Sps[]): H264Config {
  const first = parsed[0];
  if (first === undefined || pps.length === 0) {
    throw new CameraError('camera_unsupported', 'The camera sends no H.264 description (SPS and PPS).');
  }
  for (const set of pps) {
    if (set.length < 2 || set.length > MAX_PARAMETER_SET_BYTES || ((set[0] as number) & 0x1f) !== 8) {
      throw new CameraError('camera_unsupported', 'The camera sends a broken H.264 description (PPS).');
    }
  }
  const hex = (value: number): string => value.toString(16).padStart(2, '0');
  return {
    kind: 'h264',
    sps,
    pps,
    width: first.width,
    height: first.height,
    codec: `avc1.${hex(first.profileIdc)}${hex(first.constraints)}${hex(first.levelIdc)}`,
    reorderDepth: first.reorderDepth,
    nominalFps: first.nominalFps,
    fingerprint: fingerprintOf([...sps, ...pps]),
  };
}
