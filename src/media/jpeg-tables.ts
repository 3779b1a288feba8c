/** The tables of ITU-T T.81 Annex K, which RFC 2435 takes for granted: they are not sent with the pictures. */

/** Table K.1 in zigzag order. */
const LUMINANCE = [
  16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61,
  60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103, 104, 103, 62, 77, 113, 121,
  112, 100, 120, 92, 101, 103, 99,
] as const;
/** Table K.2 in zigzag order; from the eleventh on all are 99, but for two. */
const CHROMINANCE = [
  17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99,
] as const;

/** Entries of one quantiser table. */
export const QUANTISERS = 64;

/** A quantiser table as a DQT segment holds it: 64 entries in zigzag order, of two bytes each where it is `wide`. */
export interface QuantiserTable {
  readonly wide: boolean;
  readonly entries: Buffer;
}

/**
 * The two tables that a quality stands for (RFC 2435 §4.2, appendix A): the Independent JPEG Group's.
 * @param quality 1 to 99
 */
export function quantisersOf(quality: number): readonly [QuantiserTable, QuantiserTable] {
  const scale = quality < 50 ? Math.floor(5000 / quality) : 200 - quality * 2;
  const scaled = (table: readonly number[]): QuantiserTable => ({
    wide: false,
    entries: Buffer.from(table.map((entry) => Math.min(255, Math.max(1, Math.floor((entry * scale + 50) / 100))))),
  });
  return [scaled(LUMINANCE), scaled(CHROMINANCE)];
}

/** One Huffman table: class and id as in a DHT segment, codes of each length (1 to 16 bits), and their symbols. */
export interface HuffmanTable {
  readonly id: number;
  readonly lengths: Buffer;
  readonly symbols: Buffer;
}

const DC_SYMBOLS = Buffer.from('000102030405060708090a0b', 'hex');

/** Tables K.3 to K.6: DC and AC of luminance (0x00, 0x10) and chrominance (0x01, 0x11). */
export const STANDARD_HUFFMAN_TABLES: readonly HuffmanTable[] = [
  { id: 0x00, lengths: Buffer.from('00010501010101010100000000000000', 'hex'), symbols: DC_SYMBOLS },
  {
    id: 0x10,
    lengths: Buffer.from('0002010303020403050504040000017d', 'hex'),
    symbols: Buffer.from(
      '0102030004110512213141061351610722711432' +
        '8191a1082342b1c11552d1f02433627282090a16' +
        '1718191a25262728292a3435363738393a434445' +
        '464748494a535455565758595a63646566676869' +
        '6a737475767778797a838485868788898a929394' +
        '95969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6' +
        'b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8' +
        'd9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8' +
        'f9fa',
      'hex',
    ),
  },
  { id: 0x01, lengths: Buffer.from('00030101010101010101010000000000', 'hex'), symbols: DC_SYMBOLS },
  {
    id: 0x11,
    lengths: Buffer.from('00020102040403040705040400010277', 'hex'),
    symbols: Buffer.from(
      '0001020311040521310612415107617113223281' +
        '08144291a1b1c109233352f0156272d10a162434' +
        'e125f11718191a262728292a35363738393a4344' +
        '45464748494a535455565758595a636465666768' +
        '696a737475767778797a82838485868788898a92' +
        '939495969798999aa2a3a4a5a6a7a8a9aab2b3b4' +
        'b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6' +
        'd7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8' +
        'f9fa',
      'hex',
    ),
  },
];
