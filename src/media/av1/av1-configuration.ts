import { BitReader, BitstreamError } from '../h264/bit-reader';

/** What a film of AV1 says of itself: its `av1C`, and of the sequence header in that what we need. */
export interface Av1Configuration {
  readonly kind: 'av1';
  /** The body of `av1C`. */
  readonly record: Buffer;
  /** Of the largest picture. */
  readonly width: number;
  readonly height: number;
  /** Pictures a second, `null` where it does not say. */
  readonly nominalFps: number | null;
}

/** AV1CodecConfigurationRecord up to its OBUs (AV1 Codec ISO Media File Format Binding v1.2 §2.3.3). */
const OBUS_AT = 4;
/** `obu_type` (AV1 Bitstream & Decoding Process Specification §6.2.2). */
const SEQUENCE_HEADER = 1;
/** From this level on there are two tiers (§5.5.1). */
const LAST_LEVEL_OF_ONE_TIER = 7;

/**
 * RFC 6381 codec string (AV1 Codec ISO Media File Format Binding v1.2 §5), for instance `av01.0.08M.08`. What may follow says
 * of colours what everybody assumes.
 * @param record the body of an `av1C`
 * @throws RangeError where it is too short
 */
export function av1Codec(record: Buffer): string {
  const [first, second] = [record.readUInt8(1), record.readUInt8(2)];
  const profile = first >> 5;
  const [tier, high, twelve] = [second & 0x80, second & 0x40, second & 0x20];
  const depth = high === 0 ? 8 : profile === 2 && twelve !== 0 ? 12 : 10;
  return `av01.${profile}.${two(first & 0x1f)}${tier === 0 ? 'M' : 'H'}.${two(depth)}`;
}

/**
 * Reads an `av1C`, which has the sequence header as its first OBU.
 * @throws BitstreamError where it has none, or a broken one
 */
export function parseAv1Configuration(record: Buffer): Av1Configuration {
  const [marker] = record;
  if (marker !== 0x81 || record.length <= OBUS_AT) throw new BitstreamError('an av1C without a sequence header');
  return { kind: 'av1', record, ...sequenceHeader(firstObu(record.subarray(OBUS_AT))) };
}

/** AV1 §5.3. @returns what is in it */
function firstObu(bytes: Buffer): BitReader {
  const reader = new BitReader(bytes);
  const forbidden = reader.flag();
  const type = reader.bits(4);
  const extended = reader.flag();
  const sized = reader.flag();
  reader.bits(extended ? 9 : 1);
  if (forbidden || !sized || type !== SEQUENCE_HEADER) throw new BitstreamError('no sequence header');
  let size = 0;
  let more = true;
  for (let i = 0; more && i < 4; i++) {
    more = reader.flag();
    size += reader.bits(7) * 2 ** (7 * i);
  }
  const from = reader.position / 8;
  if (more || from + size > bytes.length) throw new BitstreamError('truncated');
  return new BitReader(bytes.subarray(from, from + size));
}

/** AV1 §5.5.1, up to the size of its pictures. */
function sequenceHeader(reader: BitReader): Pick<Av1Configuration, 'width' | 'height' | 'nominalFps'> {
  reader.bits(4); // profile, still picture
  const reduced = reader.flag();
  let nominalFps: number | null = null;
  if (reduced) reader.bits(5);
  else nominalFps = timesAndPoints(reader);
  const [widthBits, heightBits] = [reader.bits(4) + 1, reader.bits(4) + 1];
  return { width: reader.bits(widthBits) + 1, height: reader.bits(heightBits) + 1, nominalFps };
}

/** @returns pictures a second, as `timing_info` (§5.5.3) says them */
function timesAndPoints(reader: BitReader): number | null {
  let fps: number | null = null;
  let delayBits = 0;
  if (reader.flag()) {
    const [units, scale] = [reader.bits(32), reader.bits(32)];
    const ticks = reader.flag() ? reader.ue() + 1 : 1;
    if (units > 0 && scale > 0) fps = scale / (units * ticks);
    if (reader.flag()) {
      delayBits = reader.bits(5) + 1;
      reader.bits(42);
    }
  }
  const displayDelays = reader.flag();
  for (let points = reader.bits(5) + 1; points > 0; points--) {
    reader.bits(12);
    if (reader.bits(5) > LAST_LEVEL_OF_ONE_TIER) reader.bit();
    if (delayBits > 0 && reader.flag()) reader.bits(2 * delayBits + 1);
    if (displayDelays && reader.flag()) reader.bits(4);
  }
  return fps;
}

function two(value: number): string {
  return `${value}`.padStart(2, '0');
}
