import { QUANTISERS, QuantiserTable } from '../../../media/jpeg-tables';

const MAIN_HEADER_BYTES = 8;
const RESTART_HEADER_BYTES = 4;
const TABLE_HEADER_BYTES = 4;
/** From here on a restart marker header follows (RFC 2435 §3.1.3). */
const FIRST_RESTART_TYPE = 64;
/** From here on a picture's first packet has a table header (§3.1.8). */
export const FIRST_TABLE_QUALITY = 128;

/** What stands before the scan's data in a packet (RFC 2435 §3.1). */
export interface JpegPayload {
  /** 0: a whole frame; 1 and 2: the fields of one (§3.1.1, for types 0 and 1). */
  readonly typeSpecific: number;
  /** Where this packet's data belongs in the scan, in bytes. */
  readonly offset: number;
  /** 0: 4:2:2, 1: 4:2:0; those with restart markers 64 more. */
  readonly type: number;
  readonly quality: number;
  /** In pixels; 0 where the picture is larger than 2040. */
  readonly width: number;
  readonly height: number;
  /** Blocks between two restart markers, 0 where there are none. */
  readonly restartInterval: number;
  /** Quantiser tables in this packet; `null` where it has no table header, empty where that is empty. */
  readonly tables: readonly QuantiserTable[] | null;
  /** Where the scan's data begins in the buffer. */
  readonly dataAt: number;
}

/** Reads a packet's headers, `buffer[start…end)`; tables are copies. `null` where they are cut. */
export function readJpegPayload(buffer: Buffer, start: number, end: number): JpegPayload | null {
  let at = start + MAIN_HEADER_BYTES;
  if (at > end) {
    return null;
  }
  const offset = buffer.readUIntBE(start + 1, 3);
  const type = buffer[start + 4] as number;
  const quality = buffer[start + 5] as number;
  let restartInterval = 0;
  if (type >= FIRST_RESTART_TYPE && type < 2 * FIRST_RESTART_TYPE) {
    if (at + RESTART_HEADER_BYTES > end) {
      return null;
    }
    restartInterval = buffer.readUInt16BE(at);
    at += RESTART_HEADER_BYTES;
  }
  let tables: readonly QuantiserTable[] | null = null;
  if (offset === 0 && quality >= FIRST_TABLE_QUALITY) {
    if (at + TABLE_HEADER_BYTES > end) {
      return null;
    }
    const from = at + TABLE_HEADER_BYTES;
    at = from + buffer.readUInt16BE(at + 2);
    if (at > end) {
      return null;
    }
    tables = readTables(buffer, from, at, buffer[from - 3] as number);
    if (tables === null) {
      return null;
    }
  }
  return {
    typeSpecific: buffer[start] as number,
    offset,
    type,
    quality,
    width: (buffer[start + 6] as number) * 8,
    height: (buffer[start + 7] as number) * 8,
    restartInterval,
    tables,
    dataAt: at,
  };
}

/** Tables of a table header; bit n of `precision` says that table n has two bytes an entry. Types 0 and 1 use two of them. */
function readTables(buffer: Buffer, start: number, end: number, precision: number): QuantiserTable[] | null {
  const tables: QuantiserTable[] = [];
  let at = start;
  while (at < end && tables.length < 2) {
    const wide = ((precision >> tables.length) & 1) === 1;
    const next = at + QUANTISERS * (wide ? 2 : 1);
    if (next > end) {
      return null;
    }
    tables.push({ wide, entries: Buffer.from(buffer.subarray(at, next)) });
    at = next;
  }
  return tables;
}
