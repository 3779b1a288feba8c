/** Length of the header in front of the media of a binary message, in bytes. */
export const MEDIA_HEADER_BYTES = 16;

const KINDS = ['init', 'fragment', 'jpeg'] as const;
const KEYFRAME = 1;
const DISCONTINUITY = 2;

/** A binary message of the live protocol. */
export interface MediaMessage {
  readonly stream: number;
  readonly kind: (typeof KINDS)[number];
  readonly keyframe: boolean;
  /** Something is missing before it. */
  readonly discontinuity: boolean;
  /** Of this stream's media, from 0; wraps at 2³². */
  readonly sequence: number;
  /** When the newest picture in it reached the service: epoch milliseconds of the service's clock. */
  readonly at: number;
  /** A view into the message; nothing is copied. */
  readonly data: Uint8Array<ArrayBuffer>;
}

/** Reads a binary message, all big-endian; `null` for one that is too short or of a kind unknown to this version. */
export function readMediaMessage(message: ArrayBuffer): MediaMessage | null {
  if (message.byteLength < MEDIA_HEADER_BYTES) return null;
  const header = new DataView(message, 0, MEDIA_HEADER_BYTES);
  const kind = KINDS[header.getUint8(2)];
  if (kind === undefined) return null;
  const flags = header.getUint8(3);
  return {
    stream: header.getUint16(0),
    kind,
    keyframe: (flags & KEYFRAME) !== 0,
    discontinuity: (flags & DISCONTINUITY) !== 0,
    sequence: header.getUint32(4),
    at: header.getFloat64(8),
    data: new Uint8Array(message, MEDIA_HEADER_BYTES),
  };
}
