/** Bytes in front of the media of a binary message. */
export const MEDIA_HEADER_BYTES = 16;

export const MEDIA_KIND = { init: 0, fragment: 1, jpeg: 2 } as const;

export interface MediaHeader {
  readonly stream: number;
  readonly kind: keyof typeof MEDIA_KIND;
  readonly keyframe: boolean;
  /** Something is missing before it. */
  readonly discontinuity: boolean;
  /** Counts the stream's binary messages from 0; taken modulo 2³². */
  readonly sequence: number;
  /** Epoch milliseconds at which the newest picture in it was there. */
  readonly at: number;
}

/** `u16 stream · u8 kind · u8 flags · u32 sequence · f64 at`, big-endian. */
export function mediaHeader({ stream, kind, keyframe, discontinuity, sequence, at }: MediaHeader): Buffer {
  const header = Buffer.allocUnsafe(MEDIA_HEADER_BYTES);
  header.writeUInt16BE(stream, 0);
  header.writeUInt8(MEDIA_KIND[kind], 2);
  header.writeUInt8((keyframe ? 1 : 0) | (discontinuity ? 2 : 0), 3);
  header.writeUInt32BE(sequence % 2 ** 32, 4);
  header.writeDoubleBE(at, 8);
  return header;
}
