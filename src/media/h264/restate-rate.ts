import { addEmulationPrevention, removeEmulationPrevention } from './bit-reader';
import { parseSps } from './sps';

const LEAST_BYTES = 6;

/**
 * A sequence parameter set that says another rate (ITU-T H.264 §E.2.1: `num_units_in_tick`, `time_scale`,
 * `fixed_frame_rate_flag`). No decoder needs to know it; one without a rate stays as it is.
 * @param fps pictures a second, a whole number
 */
export function withRate(sps: Buffer, fps: number): Buffer {
  const { timingAt } = parseSps(sps);
  if (timingAt === null) return sps;
  const payload = Buffer.from(removeEmulationPrevention(sps.subarray(1)));
  writeBits(payload, timingAt, 32, 1);
  writeBits(payload, timingAt + 32, 32, 2 * fps);
  writeBits(payload, timingAt + 64, 1, 0);
  return Buffer.concat([sps.subarray(0, 1), addEmulationPrevention(payload)]);
}

/**
 * The same AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1.2) with sequence parameter sets that say another rate.
 * @throws BitstreamError where a set cannot be read
 */
export function restateRate(record: Buffer, fps: number): Buffer {
  const count = record.readUInt8(LEAST_BYTES - 1) & 0x1f;
  const pieces = [record.subarray(0, LEAST_BYTES)];
  let at = LEAST_BYTES;
  for (let i = 0; i < count; i++) {
    const length = record.readUInt16BE(at);
    const set = withRate(record.subarray(at + 2, at + 2 + length), fps);
    const head = Buffer.alloc(2);
    head.writeUInt16BE(set.length);
    pieces.push(head, set);
    at += 2 + length;
  }
  return Buffer.concat([...pieces, record.subarray(at)]);
}

function writeBits(bytes: Buffer, at: number, count: number, value: number): void {
  for (let i = 0; i < count; i++) {
    const bit = Math.floor(value / 2 ** (count - 1 - i)) % 2;
    const byte = (at + i) >> 3;
    const mask = 0x80 >> ((at + i) & 7);
    bytes[byte] = bit === 1 ? (bytes[byte] as number) | mask : (bytes[byte] as number) & ~mask;
  }
}
