/** The box of a movie's header (ISO/IEC 14496-12 §8.2.2), as text in a file. */
const MVHD = [0x6d, 0x76, 0x68, 0x64];

/**
 * Writes into an init segment how long the movie is. Chromium takes one that does not say so for a live stream, for whose sake
 * it decodes every picture on a single core as soon as it comes; of a recording it decodes several at once, and a seek into
 * the end of a group of pictures is there in little more than half the time.
 * @param init changed in place; left as it is where there is no movie header in it
 */
export function writeMovieDuration(init: Uint8Array, seconds: number): void {
  const at = init.findIndex((_byte, i) => MVHD.every((byte, j) => init[i + j] === byte));
  if (at < 0) return;
  // Name, version and flags, creation and modification time, timescale, duration: times are longer in version 1.
  const long = init[at + 4] === 1;
  const scaleAt = at + (long ? 24 : 16);
  if (scaleAt + (long ? 12 : 8) > init.length) return;
  const view = new DataView(init.buffer, init.byteOffset, init.byteLength);
  const duration = Math.max(1, Math.round(seconds * view.getUint32(scaleAt)));
  if (long) view.setBigUint64(scaleAt + 4, BigInt(duration));
  else view.setUint32(scaleAt + 4, Math.min(duration, 0xffff_fffe));
}
