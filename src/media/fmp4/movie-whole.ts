import { BoxReader, ByteSource } from './box-reader';

/**
 * Why a file is no whole MP4.
 * - `not_mp4`: it does not begin as one.
 * - `truncated`: it ends within a box, or before its index or its pictures.
 * - `damaged`: what stands where a box should begin is none.
 */
export type MovieFault = 'not_mp4' | 'truncated' | 'damaged';

/** A day in fragments of one picture has four million; what another recorder wrote has some thousands. */
const MOST_BOXES = 500_000;
const HEADER_BYTES = 8;

/**
 * Looks whether the boxes of a file fill it exactly (ISO/IEC 14496-12 §4.2), without reading what is in them: a file that was
 * cut short still has its index where that stands in front, and every program takes it for whole until it comes to the end.
 * @param bytes length of the file
 * @returns `null` for a whole one
 */
export async function movieFault(source: ByteSource, bytes: number): Promise<MovieFault | null> {
  const reader = new BoxReader(source);
  const seen = new Set<string>();
  let at = 0;
  for (let boxes = 0; at < bytes; boxes++) {
    const head = await reader.bytes(at, Math.min(HEADER_BYTES, bytes - at));
    const type = head && head.length === HEADER_BYTES ? head.toString('latin1', 4) : null;
    if (boxes === 0 && type !== 'ftyp') return 'not_mp4';
    if (type === null) return 'truncated';
    if (!/^[\x20-\x7e\xa9]{4}$/.test(type) || boxes === MOST_BOXES) return 'damaged';
    const box = await reader.box(at, bytes);
    if (!box) return (await isTooLong(reader, at, bytes)) ? 'truncated' : 'damaged';
    seen.add(type);
    at = box.end;
  }
  return seen.has('moov') && seen.has('mdat') ? null : 'truncated';
}

/** Whether what is no box here says that it goes on behind the end, and not that it is shorter than its own header. */
async function isTooLong(reader: BoxReader, at: number, bytes: number): Promise<boolean> {
  const size = (await reader.bytes(at, HEADER_BYTES))?.readUInt32BE(0) ?? 0;
  if (size !== 1) return at + size > bytes;
  const long = await reader.bytes(at, 2 * HEADER_BYTES);
  return !long || at + long.readUInt32BE(8) * 0x1_0000_0000 + long.readUInt32BE(12) > bytes;
}
