import { CameraError } from '../../proxy/camera-error';

/** What an `avcC` box holds (ISO/IEC 14496-15 §5.3.3.1.2). */
export interface AvcDecoderConfiguration {
  /** Bytes of the length before each NAL unit of a sample. */
  readonly lengthSize: 1 | 2 | 4;
  /** Copies, so that the box's buffer is not kept alive. */
  readonly sps: Buffer[];
  readonly pps: Buffer[];
}

/**
 * Reads an AVCDecoderConfigurationRecord: the body of an `avcC` box, or FLV's AVC sequence header.
 * @throws CameraError `camera_unsupported` where it is truncated or of another version
 */
export function parseAvcDecoderConfigurationRecord(record: Buffer): AvcDecoderConfiguration {
  const broken = (): CameraError =>
    new CameraError('camera_unsupported', 'The camera sends a broken H.264 description (avcC).');
  let at = 5;
  const byte = (): number => {
    const value = record[at++];
    if (value === undefined) {
      throw broken();
    }
    return value;
  };
  const sets = (count: number): Buffer[] => {
    const list: Buffer[] = [];
    for (let i = 0; i < count; i++) {
      const length = byte() * 256 + byte();
      if (at + length > record.length) {
        throw broken();
      }
      list.push(Buffer.from(record.subarray(at, at + length)));
      at += length;
    }
    return list;
  };
  const lengthSize = ((record[4] ?? 0) & 3) + 1;
  if (record[0] !== 1 || record.length < 7 || lengthSize === 3) {
    throw broken();
  }
  const sps = sets(byte() & 0x1f);
  const pps = sets(byte());
  return { lengthSize: lengthSize as 1 | 2 | 4, sps, pps };
}
