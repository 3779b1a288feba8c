/** Where boxes are read from: a file, or a Buffer in specs. */
export interface ByteSource {
  /** Fills `target` from `position` on as far as there are bytes; the number of bytes read, 0 at the end. */
  read(target: Buffer, position: number): Promise<number>;
}

/** Where a box lies. */
export interface BoxHeader {
  readonly type: string;
  /** Offset of its first header byte. */
  readonly start: number;
  /** Offset of its payload: 8 bytes on, or 16 with a 64-bit size. */
  readonly payload: number;
  /** Offset of the byte after it. */
  readonly end: number;
}

/** Larger than any `moof` of one second, so that a fragment's `moof` and `mdat` header cost one read. */
const WINDOW_BYTES = 4096;

/** Reads boxes of a source by offset. Nothing in the source is trusted: a box that leaves its container is no box. */
export class BoxReader {
  private window = Buffer.alloc(0);
  private windowStart = 0;

  constructor(private readonly source: ByteSource) {}

  /** `length` bytes at `position`, or `null` where the source ends before. The result is valid until the next call. */
  async bytes(position: number, length: number): Promise<Buffer | null> {
    const from = position - this.windowStart;
    if (from < 0 || from + length > this.window.length) {
      const window = Buffer.allocUnsafe(Math.max(length, WINDOW_BYTES));
      let filled = 0;
      while (filled < length) {
        const read = await this.source.read(window.subarray(filled), position + filled);
        if (read === 0) break;
        filled += read;
      }
      this.window = window.subarray(0, filled);
      this.windowStart = position;
      return filled < length ? null : this.window.subarray(0, length);
    }
    return this.window.subarray(from, from + length);
  }

  /**
   * The box at `position`, which must end at or before `limit` (ISO/IEC 14496-12 §4.2: size 1 is a 64-bit size, size 0
   * reaches to the limit). `null` where there is no whole box: cut short, a size below its header's, or one past the limit.
   */
  async box(position: number, limit: number): Promise<BoxHeader | null> {
    if (position + 8 > limit) return null;
    const short = await this.bytes(position, 8);
    if (!short) return null;
    const type = short.toString('latin1', 4, 8);
    let size = short.readUInt32BE(0);
    let payload = position + 8;
    if (size === 1) {
      const long = position + 16 <= limit ? await this.bytes(position, 16) : null;
      if (!long) return null;
      size = long.readUInt32BE(8) * 0x1_0000_0000 + long.readUInt32BE(12);
      payload = position + 16;
    } else if (size === 0) {
      size = limit - position;
    }
    const end = position + size;
    return end < payload || end > limit ? null : { type, start: position, payload, end };
  }

  /** The boxes from `position` to `limit`, up to the first that is not whole. */
  async *walk(position: number, limit: number): AsyncGenerator<BoxHeader> {
    let at = position;
    for (let found = await this.box(at, limit); found; found = await this.box(at, limit)) {
      yield found;
      at = found.end;
    }
  }

  /** The first box of a type inside another box, by path: `['trak', 'mdia']` goes down two levels. */
  async find(from: number, to: number, path: readonly string[]): Promise<BoxHeader | null> {
    const [type, ...rest] = path;
    for await (const found of this.walk(from, to)) {
      if (found.type === type) return rest.length === 0 ? found : this.find(found.payload, found.end, rest);
    }
    return null;
  }
}

/** A Buffer as a source of boxes. */
export function bufferSource(buffer: Buffer): ByteSource {
  return {
    read: (target, position) => Promise.resolve(position < buffer.length ? buffer.copy(target, 0, position) : 0),
  };
}
