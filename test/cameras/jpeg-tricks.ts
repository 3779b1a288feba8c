/** Start of the frame header (SOF0…SOF2) of a JPEG (ITU-T T.81 §B.2.2), walking the marker segments. */
function frameHeaderAt(jpeg: Buffer): number {
  let at = 2;
  while (at + 4 < jpeg.length && jpeg[at] === 0xff) {
    const marker = jpeg[at + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xc2) return at;
    at += 2 + jpeg.readUInt16BE(at + 2);
  }
  throw new Error('a JPEG without a frame header');
}

/** The same JPEG, claiming to be a square picture of `size` pixels a side. */
export function claimJpegSize(jpeg: Buffer, size: number): Buffer {
  const copy = Buffer.from(jpeg);
  const at = frameHeaderAt(copy);
  copy.writeUInt16BE(size, at + 5);
  copy.writeUInt16BE(size, at + 7);
  return copy;
}

/**
 * The same JPEG with a thumbnail in an APP1 segment: a whole JPEG inside, whose end-of-image marker is not the end of
 * the picture.
 */
export function withThumbnail(jpeg: Buffer): Buffer {
  const thumbnail = Buffer.from('ffd8ffdb000a00ffffffffffffffffd9', 'hex');
  const content = Buffer.concat([Buffer.from('Exif\0\0'), thumbnail]);
  const segment = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 2 + content.length]), content]);
  return Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]);
}
