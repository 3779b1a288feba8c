/** Reading JPEG headers (ITU-T T.81 Annex B) without decoding anything. */

/** The largest side the format could carry and we look at, in pixels; sources set tighter bounds of their own. */
export const MAX_JPEG_SIDE = 16_383;

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;

export interface JpegSize {
  readonly width: number;
  readonly height: number;
}

/**
 * The picture's size from its frame header (SOFn).
 * Segments are skipped by their lengths, so a thumbnail inside an APPn is not mistaken for the picture.
 * @returns `null` where it is no JPEG, is truncated before its first scan, or is 16384 pixels or more on a side.
 */
export function readJpegSize(jpeg: Buffer): JpegSize | null {
  const size = readClaimedSize(jpeg);
  return size && size.width <= MAX_JPEG_SIDE && size.height <= MAX_JPEG_SIDE ? size : null;
}

/** {@link readJpegSize} without the bound, for whoever tells a picture that is too large from one that is none. */
export function readClaimedSize(jpeg: Buffer): JpegSize | null {
  let size: JpegSize | null = null;
  if (!startsJpeg(jpeg)) return null;
  const walk = walkJpegHeader(jpeg, 2, (marker, at) => {
    if (isFrameHeader(marker) && jpeg.length >= at + 9 && !size) {
      size = { height: jpeg.readUInt16BE(at + 5), width: jpeg.readUInt16BE(at + 7) };
    }
  });
  const found = size as JpegSize | null;
  if (walk.state !== 'scan' || !found) return null;
  return found.width > 0 && found.height > 0 ? found : null;
}

/** Whether the bytes are one JPEG from SOI to EOI (padding after it allowed), with no second picture begun inside. */
export function isWholeJpeg(jpeg: Buffer): boolean {
  if (!startsJpeg(jpeg)) return false;
  const walk = walkJpegHeader(jpeg, 2);
  if (walk.state !== 'scan') return false;
  const end = jpeg.indexOf(END_OF_IMAGE, walk.at);
  return end >= 0 && !startsWithin(jpeg, walk.at, end);
}

/** Whether the bytes begin with SOI. */
function startsJpeg(bytes: Buffer): boolean {
  return bytes.length >= 2 && bytes[0] === 0xff && bytes[1] === SOI;
}

/** Where a walk through a JPEG's segments got to. */
export interface HeaderWalk {
  /** `scan`: at the entropy-coded data. `more`: the bytes end before it. `broken`: no JPEG. */
  readonly state: 'scan' | 'more' | 'broken';
  /** First byte of the scan's data; of the segment that is not whole yet; or of what should have been a marker. */
  readonly at: number;
  /** For `broken`: start of the last segment that was skipped. */
  readonly last: number;
}

/**
 * Walks from `from` (right after an SOI, or where an earlier walk said `more`) to the first scan.
 * @param onSegment gets each whole segment: its marker's second byte and where the 0xFF before that stands.
 * @param last what an earlier walk that said `more` gave as its last segment.
 */
export function walkJpegHeader(
  bytes: Buffer,
  from: number,
  onSegment?: (marker: number, at: number) => void,
  to = bytes.length,
  last = from,
): HeaderWalk {
  let at = from;
  for (;;) {
    if (at + 1 >= to) return { state: 'more', at, last };
    if (bytes[at] !== 0xff) return { state: 'broken', at, last };
    const marker = bytes[at + 1] as number;
    if (marker === 0xff) {
      // Fill bytes may stand before a marker (B.1.1.2).
      at++;
      continue;
    }
    // Markers without a length have no place here: the picture was cut before this one.
    if (marker === SOI || marker === EOI || marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd7)) {
      return { state: 'broken', at, last };
    }
    if (at + 3 >= to) return { state: 'more', at, last };
    const length = bytes.readUInt16BE(at + 2);
    if (length < 2) return { state: 'broken', at, last };
    if (at + 2 + length > to) return { state: 'more', at, last };
    onSegment?.(marker, at);
    last = at;
    at += 2 + length;
    if (marker === SOS) return { state: 'scan', at, last };
  }
}

/** SOF0 to SOF15 without DHT, JPG and DAC, which share the range (Table B.1). */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** EOI; inside a scan every 0xFF of data is followed by a zero (byte stuffing), so this is always the end. */
export const END_OF_IMAGE = Buffer.from([0xff, EOI]);
/** SOI and the 0xFF of the marker that has to follow it. */
export const START_OF_IMAGE = Buffer.from([0xff, SOI, 0xff]);

/** Whether a picture begins between `from` and `to`: then the one before it was cut. */
function startsWithin(bytes: Buffer, from: number, to: number): boolean {
  const start = bytes.indexOf(START_OF_IMAGE, from);
  return start >= 0 && start < to;
}
