/**
 * Bytes that came and are not used up yet, in one piece. Amortised linear however small the chunks are: it is moved or
 * grown only when half of it is free or it has doubled. An empty window borrows the next chunk instead of copying it.
 */
export class ByteWindow {
  bytes: Buffer = EMPTY;
  start = 0;
  end = 0;
  private owned = false;

  get length(): number {
    return this.end - this.start;
  }

  /**
   * Positions held by the caller stay true only relative to `start`.
   * @returns by how much every position moved towards the front.
   */
  append(chunk: Buffer): number {
    const before = this.start;
    if (this.start === this.end) {
      // A window that grew for one large picture is not kept for ever.
      this.bytes = chunk;
      this.owned = false;
      this.start = 0;
      this.end = chunk.length;
      return before;
    }
    const free = this.owned ? this.bytes.length - this.end : 0;
    if (free >= chunk.length) {
      this.end += chunk.copy(this.bytes, this.end);
      return 0;
    }
    const needed = this.length + chunk.length;
    if (this.owned && this.start >= this.bytes.length / 2 && needed <= this.bytes.length) {
      this.bytes.copyWithin(0, this.start, this.end);
    } else {
      const grown = Buffer.allocUnsafeSlow(Math.max(4096, 2 ** Math.ceil(Math.log2(needed * 1.5))));
      this.bytes.copy(grown, 0, this.start, this.end);
      this.bytes = grown;
      this.owned = true;
    }
    this.end = this.length;
    this.start = 0;
    this.end += chunk.copy(this.bytes, this.end);
    return before;
  }

  /** Bytes from `from` to `to` as a Buffer of exactly that size that shares nothing with the window. */
  cut(from: number, to: number): Buffer {
    const out = Buffer.allocUnsafeSlow(to - from);
    this.bytes.copy(out, 0, from, to);
    return out;
  }

  /** {@link Buffer.indexOf} that looks no further than the window's end; -1 where it is not there. */
  indexOf(what: Buffer, from: number, to = this.end): number {
    return this.bytes.subarray(0, to).indexOf(what, Math.max(from, this.start));
  }
}

const EMPTY = Buffer.alloc(0);
