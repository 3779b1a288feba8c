import { withoutSound } from '../../media/fmp4/sound-track';
import { DiskFile, readFully } from '../../storage/disk';
import { ByteRange } from '../../common/byte-range';
import { ReviewPart } from './review-recording';

const CHUNK_BYTES = 256 * 1024;
const BOX_HEADER_BYTES = 8;
/** `free` */
const FREE = 0x66726565;

/** Offset of a part's first fragment. */
export function mediaBegins({ init, reserveBytes }: ReviewPart): number {
  return init.length + reserveBytes;
}

/**
 * Bytes of a part as the journal first wrote it: init, empty reserve, fragments. What lies before the fragments changes in the
 * file when it is finished, so it is made here and never read: a byte once given out is the same for good. A frame that the
 * file stretches through a gap has its usual duration: else players, which go by the media and not by the playlist, would
 * take the gap for pictures and place all behind it that much later. Sound is free space: where some of it is missing players
 * would wait for it, and a review is there to be looked at.
 */
export async function* readMedia(file: DiskFile, part: ReviewPart, { from, to }: ByteRange): AsyncGenerator<Buffer> {
  const begins = mediaBegins(part);
  for (let at = from; at < to;) {
    const end = Math.min(at < begins ? begins : to, to, at + CHUNK_BYTES);
    const piece = at < begins ? beginning(part, at, end) : await readFully(file, at, end - at);
    for (const { at: place, duration } of part.stretched) overlay(piece, at, place, duration);
    silence(piece, at, part.silenced);
    yield piece;
    at = end;
  }
}

function beginning({ init, reserveBytes }: ReviewPart, from: number, to: number): Buffer {
  const piece = Buffer.alloc(to - from);
  if (from < init.length) withoutSound(init).copy(piece, 0, from);
  const free = Buffer.alloc(BOX_HEADER_BYTES);
  free.writeUInt32BE(reserveBytes, 0);
  free.write('free', 4, 'latin1');
  for (let i = Math.max(0, from - init.length); i < free.length && init.length + i < to; i++) {
    piece[init.length + i - from] = free[i]!;
  }
  return piece;
}

/** @param places ascending */
function silence(piece: Buffer, start: number, places: readonly number[]): void {
  let low = 0;
  for (let high = places.length; low < high;) {
    const middle = (low + high) >> 1;
    if ((places[middle] as number) + 4 <= start) low = middle + 1;
    else high = middle;
  }
  for (let i = low; i < places.length && (places[i] as number) < start + piece.length; i++) {
    overlay(piece, start, places[i] as number, FREE);
  }
}

/** Writes the part of a 32-bit number that lies in a piece which begins at `start`. */
function overlay(piece: Buffer, start: number, place: number, value: number): void {
  for (let i = 0; i < 4; i++) {
    const at = place + i - start;
    if (at >= 0 && at < piece.length) piece[at] = (value >>> (24 - 8 * i)) & 0xff;
  }
}
