/** A read past the end of what was sent, or a code that no encoder writes. */
export class BitstreamError extends Error {}

/** Reads the bit fields of a raw byte sequence payload (ITU-T H.264 §7.2, §9.1), most significant bit first. */
export class BitReader {
  private at = 0;
  private readonly end: number;

  constructor(private readonly bytes: Buffer) {
    this.end = bytes.length * 8;
  }

  /** Bits read so far. */
  get position(): number {
    return this.at;
  }

  /** `u(1)` */
  bit(): number {
    if (this.at >= this.end) {
      throw new BitstreamError('truncated');
    }
    const byte = this.bytes[this.at >> 3] as number;
    const value = (byte >> (7 - (this.at & 7))) & 1;
    this.at++;
    return value;
  }

  /** `u(1)` as a flag */
  flag(): boolean {
    return this.bit() === 1;
  }

  /** `u(n)`, n up to 32 */
  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) {
      value = value * 2 + this.bit();
    }
    return value;
  }

  /** `ue(v)`; refuses what does not fit 32 bits. */
  ue(): number {
    let zeros = 0;
    while (this.bit() === 0) {
      if (++zeros > 32) {
        throw new BitstreamError('Exp-Golomb code too long');
      }
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** `se(v)` */
  se(): number {
    const code = this.ue();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }

  /** `ue(v)` that has to be at most `max`. */
  ueMax(max: number, what: string): number {
    const value = this.ue();
    if (value > max) {
      throw new BitstreamError(`${what} is ${value}`);
    }
    return value;
  }
}

/** Takes the emulation prevention bytes (00 00 **03**) out of a NAL unit (ITU-T H.264 §7.4.1). */
export function removeEmulationPrevention(nal: Buffer): Buffer {
  const out = Buffer.allocUnsafe(nal.length);
  let length = 0;
  let zeros = 0;
  for (const byte of nal) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    out[length++] = byte;
  }
  return out.subarray(0, length);
}

/** Puts them in: the counterpart of {@link removeEmulationPrevention}. */
export function addEmulationPrevention(payload: Buffer): Buffer {
  const out: number[] = [];
  let zeros = 0;
  for (const byte of payload) {
    if (zeros >= 2 && byte <= 3) {
      out.push(3);
      zeros = 0;
    }
    out.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return Buffer.from(out);
}
