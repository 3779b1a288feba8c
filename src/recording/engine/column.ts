/** Numbers of one kind in blocks: grows without copying what is there, and without a spare half. */
export class Column<T extends Uint16Array | Uint32Array | Int32Array | Float64Array> {
  private readonly blocks: T[] = [];
  private readonly mask: number;

  constructor(
    private readonly make: (length: number) => T,
    /** A block has 2^bits numbers. */
    private readonly bits: number,
  ) {
    this.mask = (1 << bits) - 1;
  }

  set(i: number, value: number): void {
    const block = i >>> this.bits;
    const target = (this.blocks[block] ??= this.make(this.mask + 1));
    target[i & this.mask] = value;
  }

  /** The first numbers, 0 where nothing was set. */
  flat(length: number): T {
    const all = this.make(length);
    this.blocks.forEach((block, i) => {
      const at = i << this.bits;
      if (at < length) all.set(length - at < block.length ? block.subarray(0, length - at) : block, at);
    });
    return all;
  }

  /** 0 where nothing was set. */
  get(i: number): number {
    return this.blocks[i >>> this.bits]?.[i & this.mask] ?? 0;
  }

  get bytes(): number {
    return this.blocks.reduce((sum, block) => sum + block.byteLength, 0);
  }
}
