/** Builders of ISO base media boxes (ISO/IEC 14496-12 §4.2). They copy their payloads: for small boxes, never for frames. */

/** A box: 32-bit size, four-character type, payload. */
export function box(type: string, ...payload: readonly Buffer[]): Buffer {
  let size = 8;
  for (const part of payload) size += part.length;
  if (size > 0xffffffff) throw new RangeError(`a ${type} box of ${size} bytes needs a 64-bit size`);
  const out = Buffer.allocUnsafe(size);
  out.writeUInt32BE(size, 0);
  out.write(type, 4, 4, 'latin1');
  let at = 8;
  for (const part of payload) at += part.copy(out, at);
  return out;
}

/** A box that begins with a version and 24 bits of flags. */
export function fullBox(type: string, version: number, flags: number, ...payload: readonly Buffer[]): Buffer {
  return box(type, u32(((version << 24) | flags) >>> 0), ...payload);
}

/** Unsigned 8-bit numbers in a row. */
export function u8(...values: readonly number[]): Buffer {
  return Buffer.from(values);
}

/** Unsigned 16-bit big-endian numbers in a row. */
export function u16(...values: readonly number[]): Buffer {
  const out = Buffer.allocUnsafe(values.length * 2);
  values.forEach((value, i) => out.writeUInt16BE(value, i * 2));
  return out;
}

/** Unsigned 32-bit big-endian numbers in a row. */
export function u32(...values: readonly number[]): Buffer {
  const out = Buffer.allocUnsafe(values.length * 4);
  values.forEach((value, i) => out.writeUInt32BE(value, i * 4));
  return out;
}

/** One unsigned 64-bit big-endian number (a safe integer). */
export function u64(value: number): Buffer {
  const out = Buffer.allocUnsafe(8);
  writeUInt64(out, value, 0);
  return out;
}

/** Writes a non-negative safe integer as 64 bits, without the BigInt a `writeBigUInt64BE` would make. */
export function writeUInt64(out: Buffer, value: number, at: number): void {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`${value} is not an unsigned 64-bit time or size`);
  out.writeUInt32BE(Math.floor(value / 0x1_0000_0000), at);
  out.writeUInt32BE(value % 0x1_0000_0000, at + 4);
}

/** Latin-1 text without terminator. */
export function text(value: string): Buffer {
  return Buffer.from(value, 'latin1');
}
