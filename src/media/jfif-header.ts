import { QuantiserTable, STANDARD_HUFFMAN_TABLES } from './jpeg-tables';

/** A baseline picture of three components, as RTP describes it (RFC 2435 §3.1). */
export interface JfifPicture {
  readonly width: number;
  readonly height: number;
  /** `4:2:2`: colour at half the width; `4:2:0`: at half the height too. */
  readonly sampling: '4:2:2' | '4:2:0';
  /** Luminance, and chrominance where that has one of its own. */
  readonly quantisers: readonly QuantiserTable[];
  /** Blocks (MCUs) between two restart markers; 0: there are none. */
  readonly restartInterval: number;
}

/**
 * Everything of a JPEG before its scan's data (ITU-T T.81 §B.2, JFIF 1.02): what RTP leaves out. The Huffman tables are the
 * standard ones, by RFC 2435 §4.
 */
export function jfifHeader({ width, height, sampling, quantisers, restartInterval }: JfifPicture): Buffer {
  const colour = quantisers.length > 1 ? 1 : 0;
  const wide = quantisers.some((table) => table.wide);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    // JFIF 1.02, pixels are square, no thumbnail.
    segment(0xe0, Buffer.from('4a46494600010200000100010000', 'hex')),
    ...quantisers.map((table, id) => segment(0xdb, Buffer.from([(table.wide ? 0x10 : 0) | id]), table.entries)),
    ...(restartInterval > 0 ? [segment(0xdd, uint16(restartInterval))] : []),
    // Tables of two bytes an entry are none of the baseline process (§F.1.1), whose frame header is SOF0.
    segment(
      wide ? 0xc1 : 0xc0,
      Buffer.from([8]),
      uint16(height),
      uint16(width),
      Buffer.from([3, 1, sampling === '4:2:0' ? 0x22 : 0x21, 0, 2, 0x11, colour, 3, 0x11, colour]),
    ),
    ...STANDARD_HUFFMAN_TABLES.map(({ id, lengths, symbols }) => segment(0xc4, Buffer.from([id]), lengths, symbols)),
    segment(0xda, Buffer.from([3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0])),
  ]);
}

function segment(marker: number, ...content: readonly Buffer[]): Buffer {
  const length = content.reduce((sum, part) => sum + part.length, 2);
  return Buffer.concat([Buffer.from([0xff, marker]), uint16(length), ...content]);
}

function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}
