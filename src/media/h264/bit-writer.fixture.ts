import { addEmulationPrevention } from './bit-reader';

/** Writes bit fields for specs: the counterpart of `BitReader`. */
export class BitWriter {
  private readonly bits: number[] = [];

  u(count: number, value: number): this {
    for (let i = count - 1; i >= 0; i--) {
      this.bits.push(Math.floor(value / 2 ** i) % 2);
    }
    return this;
  }

  ue(value: number): this {
    const length = Math.floor(Math.log2(value + 1));
    return this.u(length, 0).u(length + 1, value + 1);
  }

  se(value: number): this {
    return this.ue(value > 0 ? 2 * value - 1 : -2 * value);
  }

  /** With trailing bits and emulation prevention, behind `header` bytes. */
  nal(...header: number[]): Buffer {
    const bits = [...this.bits, 1];
    while (bits.length % 8 !== 0) {
      bits.push(0);
    }
    const payload = Buffer.alloc(bits.length / 8);
    bits.forEach((bit, i) => (payload[i >> 3] = ((payload[i >> 3] as number) << 1) | bit));
    return Buffer.concat([Buffer.from(header), addEmulationPrevention(payload)]);
  }
}

export interface SpsFields {
  readonly profile: number;
  readonly constraints: number;
  readonly level: number;
  readonly id: number;
  readonly chroma: number;
  readonly scaling: boolean;
  readonly poc: 0 | 1 | 2;
  readonly widthMbs: number;
  readonly heightMbs: number;
  readonly frameMbsOnly: boolean;
  readonly crop: readonly [number, number, number, number] | null;
  readonly vui: ((writer: BitWriter) => void) | null;
}

/** A sequence parameter set: 1080p High unless told otherwise. */
export function makeSps(fields: Partial<SpsFields> = {}): Buffer {
  const f: SpsFields = {
    profile: 100,
    constraints: 0,
    level: 40,
    id: 0,
    chroma: 1,
    scaling: false,
    poc: 0,
    widthMbs: 120,
    heightMbs: 68,
    frameMbsOnly: true,
    crop: [0, 0, 0, 4],
    vui: null,
    ...fields,
  };
  const w = new BitWriter().u(8, f.profile).u(8, f.constraints).u(8, f.level).ue(f.id);
  if ([100, 110, 122, 244].includes(f.profile)) {
    w.ue(f.chroma);
    if (f.chroma === 3) {
      w.u(1, 0);
    }
    w.ue(0)
      .ue(0)
      .u(1, 0)
      .u(1, f.scaling ? 1 : 0);
    for (let i = 0; f.scaling && i < (f.chroma === 3 ? 12 : 8); i++) {
      w.u(1, i % 2);
      // One list in full, one that ends at once.
      for (let j = 0; i % 2 === 1 && j < (i === 1 ? 16 : 1); j++) {
        w.se(i === 1 ? 1 : -8);
      }
    }
  }
  w.ue(4).ue(f.poc);
  if (f.poc === 0) {
    w.ue(4);
  } else if (f.poc === 1) {
    w.u(1, 0).se(-3).se(2).ue(2).se(1).se(-1);
  }
  w.ue(4)
    .u(1, 0)
    .ue(f.widthMbs - 1)
    .ue(f.heightMbs - 1)
    .u(1, f.frameMbsOnly ? 1 : 0);
  if (!f.frameMbsOnly) {
    w.u(1, 1);
  }
  w.u(1, 1).u(1, f.crop ? 1 : 0);
  f.crop?.forEach((value) => w.ue(value));
  w.u(1, f.vui ? 1 : 0);
  f.vui?.(w);
  return w.nal(0x67);
}

/** A VUI with everything in it: SAR, colours, timing, both HRDs, bitstream restriction. */
export function fullVui(fps: number, reorder: number): (writer: BitWriter) => void {
  const hrd = (w: BitWriter): BitWriter => w.ue(1).u(8, 0).ue(999).ue(999).u(1, 1).ue(7).ue(7).u(1, 0).u(20, 0x3def7);
  return (w) => {
    w.u(1, 1).u(8, 255).u(16, 4).u(16, 3).u(1, 1).u(1, 0).u(1, 1).u(4, 5).u(1, 1).u(24, 0x010101);
    w.u(1, 1)
      .ue(0)
      .ue(0)
      .u(1, 1)
      .u(32, 1)
      .u(32, 2 * fps)
      .u(1, 1);
    w.u(1, 1);
    hrd(w).u(1, 1);
    hrd(w).u(1, 0).u(1, 1);
    w.u(1, 1).u(1, 1).ue(0).ue(0).ue(11).ue(11).ue(reorder).ue(4);
  };
}

export const PPS = new BitWriter().ue(0).ue(0).u(1, 1).u(1, 0).ue(0).ue(0).ue(0).u(8, 0).nal(0x68);
