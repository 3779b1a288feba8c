import { TICKS_PER_SECOND } from '../../media/access-unit';

/**
 * JPEGs with their times as a Matroska stream (RFC 9559), the way FFmpeg's stdin gets them. Matroska and not fragmented
 * MOV, because FFmpeg's demuxer keeps an index entry of every MOV fragment it ever read, and memory has to stay flat for
 * hours; bare multipart has no times at all.
 */

/** Nanoseconds of a Matroska tick: 10 µs, so that 90 kHz times survive the way through within one tick. */
const TIMESTAMP_SCALE_NS = 10_000;
const MATROSKA_TICKS_PER_SECOND = 1e9 / TIMESTAMP_SCALE_NS;

/** Element identifiers (RFC 8794 §17.1, RFC 9559 §5). */
const ID = {
  EBML: 0x1a45dfa3,
  DOC_TYPE: 0x4282,
  DOC_TYPE_VERSION: 0x4287,
  DOC_TYPE_READ_VERSION: 0x4285,
  SEGMENT: 0x18538067,
  INFO: 0x1549a966,
  TIMESTAMP_SCALE: 0x2ad7b1,
  MUXING_APP: 0x4d80,
  WRITING_APP: 0x5741,
  TRACKS: 0x1654ae6b,
  TRACK_ENTRY: 0xae,
  TRACK_NUMBER: 0xd7,
  TRACK_UID: 0x73c5,
  TRACK_TYPE: 0x83,
  FLAG_LACING: 0x9c,
  DEFAULT_DURATION: 0x23e383,
  CODEC_ID: 0x86,
  VIDEO: 0xe0,
  PIXEL_WIDTH: 0xb0,
  PIXEL_HEIGHT: 0xba,
  CLUSTER: 0x1f43b675,
  TIMESTAMP: 0xe7,
  SIMPLE_BLOCK: 0xa3,
} as const;

const TRACK_TYPE_VIDEO = 1;
/** Eight bytes of "size unknown": the stream has no end (RFC 8794 §6.2). */
const UNKNOWN_SIZE = Buffer.from('01ffffffffffffff', 'hex');
/** Track 1 as a one-byte number, time relative to its cluster 0, flag keyframe. */
const BLOCK_START = Buffer.from([0x81, 0, 0, 0x80]);
const TIMESTAMP_ELEMENT_BYTES = 1 + 8 + 8;
const BLOCK_HEAD_BYTES = 1 + 8 + BLOCK_START.length;
const CLUSTER_HEAD_BYTES = 4 + 8 + TIMESTAMP_ELEMENT_BYTES + BLOCK_HEAD_BYTES;

export interface JpegTrack {
  /** Size of the first picture in pixels; later ones may differ. */
  readonly width: number;
  readonly height: number;
  /** Nominal, a hint for the encoder's level; times come with each picture. */
  readonly fps: number;
}

/** What stands before the first picture. */
export function jpegTrackHeader({ width, height, fps }: JpegTrack): Buffer {
  return Buffer.concat([
    element(
      ID.EBML,
      element(ID.DOC_TYPE, Buffer.from('matroska')),
      element(ID.DOC_TYPE_VERSION, uint(4)),
      element(ID.DOC_TYPE_READ_VERSION, uint(2)),
    ),
    idBytes(ID.SEGMENT),
    UNKNOWN_SIZE,
    element(
      ID.INFO,
      element(ID.TIMESTAMP_SCALE, uint(TIMESTAMP_SCALE_NS)),
      element(ID.MUXING_APP, Buffer.from('padelvar')),
      element(ID.WRITING_APP, Buffer.from('padelvar')),
    ),
    element(
      ID.TRACKS,
      element(
        ID.TRACK_ENTRY,
        element(ID.TRACK_NUMBER, uint(1)),
        element(ID.TRACK_UID, uint(1)),
        element(ID.TRACK_TYPE, uint(TRACK_TYPE_VIDEO)),
        element(ID.FLAG_LACING, uint(0)),
        element(ID.CODEC_ID, Buffer.from('V_MJPEG')),
        element(ID.DEFAULT_DURATION, uint(Math.round(1e9 / fps))),
        element(ID.VIDEO, element(ID.PIXEL_WIDTH, uint(width)), element(ID.PIXEL_HEIGHT, uint(height))),
      ),
    ),
  ]);
}

/**
 * What stands before one picture: a cluster of its own, so that its time can be any; the JPEG's bytes follow it.
 * @param dts session time in 90 kHz ticks, not negative.
 */
export function jpegBlockHead(dts: number, jpegBytes: number): Buffer {
  const out = Buffer.allocUnsafe(CLUSTER_HEAD_BYTES);
  const blockBytes = BLOCK_START.length + jpegBytes;
  let at = out.writeUInt32BE(ID.CLUSTER, 0);
  at = writeSize(out, TIMESTAMP_ELEMENT_BYTES + 1 + 8 + blockBytes, at);
  at = out.writeUInt8(ID.TIMESTAMP, at);
  at = writeSize(out, 8, at);
  at = writeUint64(out, Math.round((dts * MATROSKA_TICKS_PER_SECOND) / TICKS_PER_SECOND), at);
  at = out.writeUInt8(ID.SIMPLE_BLOCK, at);
  at = writeSize(out, blockBytes, at);
  BLOCK_START.copy(out, at);
  return out;
}

function element(id: number, ...payload: readonly Buffer[]): Buffer {
  const body = Buffer.concat(payload);
  const size = Buffer.allocUnsafe(8);
  writeSize(size, body.length, 0);
  return Buffer.concat([idBytes(id), size, body]);
}

function idBytes(id: number): Buffer {
  const hex = id.toString(16);
  return Buffer.from(hex, 'hex');
}

function uint(value: number): Buffer {
  const out = Buffer.allocUnsafe(8);
  writeUint64(out, value, 0);
  return out;
}

/** A size in its eight-byte form: one marker bit, then 56 bits. */
function writeSize(out: Buffer, size: number, at: number): number {
  out.writeUInt32BE((0x01000000 | Math.floor(size / 0x1_0000_0000)) >>> 0, at);
  return out.writeUInt32BE(size % 0x1_0000_0000, at + 4);
}

function writeUint64(out: Buffer, value: number, at: number): number {
  out.writeUInt32BE(Math.floor(value / 0x1_0000_0000), at);
  return out.writeUInt32BE(value % 0x1_0000_0000, at + 4);
}
