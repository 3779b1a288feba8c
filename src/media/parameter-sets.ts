import { createHash } from 'node:crypto';
import { CameraError } from '../proxy/camera-error';
import { BitstreamError } from './h264/bit-reader';

/** Longest side of a picture anybody here may be asked to decode, in pixels. */
export const MAX_PICTURE_SIZE = 8192;
/** Parameter sets are tens of bytes; the longest legal ones, with every scaling list, stay below this. */
export const MAX_PARAMETER_SET_BYTES = 4096;

/** What an SPS says of its pictures: as they are shown, and as they are decoded. */
interface PictureSizes {
  readonly width: number;
  readonly height: number;
  readonly codedWidth: number;
  readonly codedHeight: number;
}

/**
 * One SPS, within the bounds of what we decode.
 * @param name of the codec, for people
 * @throws CameraError `camera_unsupported`
 */
export function checkedSps<Sps extends PictureSizes>(nal: Buffer, parse: (nal: Buffer) => Sps, name: string): Sps {
  if (nal.length > MAX_PARAMETER_SET_BYTES) {
    throw new CameraError('camera_unsupported', `The camera sends an ${name} description that is too long.`);
  }
  const parsed = parseOrRefuse(nal, parse, name);
  if (parsed.codedWidth > MAX_PICTURE_SIZE || parsed.codedHeight > MAX_PICTURE_SIZE) {
    throw new CameraError(
      'camera_unsupported',
      `The camera's picture of ${parsed.width}x${parsed.height} is too large: at most ${MAX_PICTURE_SIZE} pixels a side.`,
    );
  }
  return parsed;
}

function parseOrRefuse<Sps>(nal: Buffer, parse: (nal: Buffer) => Sps, name: string): Sps {
  try {
    return parse(nal);
  } catch (error) {
    if (!(error instanceof BitstreamError)) throw error;
    throw new CameraError('camera_unsupported', `The camera sends a broken ${name} description (SPS).`, {
      cause: error,
    });
  }
}

/** Tells one set of parameter sets from another: each with its length, so that none can be taken for two. */
export function fingerprintOf(sets: readonly Buffer[]): string {
  const hash = createHash('sha256');
  for (const set of sets) {
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32BE(set.length);
    hash.update(length).update(set);
  }
  return hash.digest('hex');
}
