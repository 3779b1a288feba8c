import { TICKS_PER_SECOND } from '../../../media/access-unit';
import { AAC_FRAME_SAMPLES, MAX_AAC_FRAME_BYTES } from '../../../media/sound/sound-format';
import { SoundPiece } from '../stream-source';
import { Depacketizer } from './depacketizer';
import { AacLayout } from './sound-track';

/** Access units in one packet: of the smallest there are, more than fit. */
const MOST_UNITS = 64;

/**
 * Frames of AAC out of `MPEG4-GENERIC` packets (RFC 3640): several whole ones behind their headers, or a piece of one that is
 * too long for a packet. What is interleaved, cut or garbage is passed over; nothing of it ends the connection. Keeps at most one
 * frame.
 */
export class AacDepacketizer implements Depacketizer {
  private readonly frameTicks: number;
  /** Of a frame in pieces: what came so far, and how long it is going to be. */
  private pieces: Buffer[] = [];
  private filled = 0;
  private whole = 0;
  private pieceStamp = 0;

  constructor(
    { rate }: { readonly rate: number },
    private readonly layout: AacLayout,
    private readonly onPiece: (piece: SoundPiece) => void,
  ) {
    this.frameTicks = (AAC_FRAME_SAMPLES * TICKS_PER_SECOND) / rate;
  }

  /** @inheritdoc */
  push(buffer: Buffer, start: number, end: number, ticks: number, _marker: boolean): void {
    const sizes = this.sizes(buffer, start, end);
    if (!sizes) return this.lost();
    const { units, at: begin } = sizes;
    const [first = 0] = units;
    if (units.length === 1 && first > end - begin) return this.piece(buffer, begin, end, first, ticks);
    this.lost();
    let at = begin;
    units.forEach((size, i) => {
      if (size === 0 || at + size > end) return;
      this.give(Buffer.from(buffer.subarray(at, at + size)), ticks + i * this.frameTicks);
      at += size;
    });
  }

  /** @inheritdoc */
  lost(): void {
    this.pieces = [];
    this.filled = 0;
  }

  /** @returns the units' sizes and where the first one begins; `null` for what is no packet of ours */
  private sizes(buffer: Buffer, start: number, end: number): { units: number[]; at: number } | null {
    if (end - start < 2) return null;
    const bits = buffer.readUInt16BE(start);
    const { sizeBits, indexBits, indexDeltaBits } = this.layout;
    const headers = start + 2;
    const at = headers + Math.ceil(bits / 8);
    if (bits === 0 || at > end) return null;
    const units: number[] = [];
    for (let bit = 0; bit < bits && units.length < MOST_UNITS;) {
      const index = units.length === 0 ? indexBits : indexDeltaBits;
      if (bit + sizeBits + index > bits) return null;
      const size = readBits(buffer, headers, bit, sizeBits);
      // Interleaved, or more than a frame can have.
      if (size > MAX_AAC_FRAME_BYTES || readBits(buffer, headers, bit + sizeBits, index) !== 0) return null;
      units.push(size);
      bit += sizeBits + index;
    }
    return { units, at };
  }

  /** Pieces of one frame have its whole length in their headers, and the same time (§3.2.3.2). */
  private piece(buffer: Buffer, start: number, end: number, whole: number, ticks: number): void {
    if (this.filled > 0 && (this.whole !== whole || this.pieceStamp !== ticks)) this.lost();
    if (this.filled === 0) {
      this.whole = whole;
      this.pieceStamp = ticks;
    }
    const data = Buffer.from(buffer.subarray(start, Math.min(end, start + whole - this.filled)));
    if (data.length === 0) return;
    this.pieces.push(data);
    this.filled += data.length;
    if (this.filled < whole) return;
    const frame = Buffer.concat(this.pieces);
    this.lost();
    this.give(frame, ticks);
  }

  private give(data: Buffer, stamp: number): void {
    this.onPiece({ data, stamp, duration: this.frameTicks });
  }
}

/** Up to 16 bits, from a bit's place behind `from` on. */
function readBits(buffer: Buffer, from: number, bit: number, count: number): number {
  let value = 0;
  for (let i = bit; i < bit + count; i++) {
    value = (value << 1) | (((buffer[from + (i >> 3)] ?? 0) >> (7 - (i & 7))) & 1);
  }
  return value;
}
