/** How a high-profile stream stores its colours; an `avcC` repeats it. */
export interface ChromaFormat {
  /** 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  readonly chromaFormat: number;
  readonly lumaBits: number;
  readonly chromaBits: number;
}

const COMMON: ChromaFormat = { chromaFormat: 1, lumaBits: 8, chromaBits: 8 };

/**
 * The first fields of a high-profile SPS (ITU-T H.264 §7.3.2.1.1): they lie before everything that varies. An SPS too short
 * or with values out of range gives 4:2:0 with 8 bits, which is what every camera sends.
 */
export function readChromaFormat(sps: Buffer): ChromaFormat {
  const bits = new ExpGolombBits(unescape(sps.subarray(4, 4 + 32)));
  bits.ue(); // seq_parameter_set_id
  const chromaFormat = bits.ue();
  if (chromaFormat === 3) bits.bit();
  const lumaBits = bits.ue() + 8;
  const chromaBits = bits.ue() + 8;
  return chromaFormat <= 3 && lumaBits <= 14 && chromaBits <= 14 ? { chromaFormat, lumaBits, chromaBits } : COMMON;
}

/** The number of a sequence or picture parameter set: `seq_parameter_set_id` (§7.3.2.1.1), `pic_parameter_set_id` (§7.3.2.2). */
export function parameterSetId(set: Buffer): number {
  const sequence = (set.readUInt8(0) & 31) === 7;
  return new ExpGolombBits(unescape(set.subarray(sequence ? 4 : 1, 32))).ue();
}

/** Takes out emulation prevention bytes (§7.4.1). */
function unescape(data: Buffer): number[] {
  const out: number[] = [];
  let zeros = 0;
  for (const byte of data) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    out.push(byte);
  }
  return out;
}

class ExpGolombBits {
  private at = 0;

  constructor(private readonly bytes: readonly number[]) {}

  /** Past the end: 0. */
  bit(): number {
    const byte = this.bytes[this.at >> 3] ?? 0;
    return (byte >> (7 - (this.at++ & 7))) & 1;
  }

  /** §9.1; a code too long to be one gives a value that is out of every range. */
  ue(): number {
    let zeros = 0;
    while (this.bit() === 0) {
      if (++zeros > 16) return 0xffff;
    }
    let value = 1;
    for (let i = 0; i < zeros; i++) value = value * 2 + this.bit();
    return value - 1;
  }
}
