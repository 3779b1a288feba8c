/** Writes bits, most significant first, with the Exp-Golomb codes of ITU-T H.264 §9.1. */
class BitWriter {
  private bits = '';

  u(value: number, length: number): this {
    this.bits += value.toString(2).padStart(length, '0');
    return this;
  }

  ue(value: number): this {
    const code = (value + 1).toString(2);
    this.bits += '0'.repeat(code.length - 1) + code;
    return this;
  }

  /** Ends with the RBSP stop bit. */
  bytes(): Buffer {
    const bits = `${this.bits}1`;
    const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0');
    return Buffer.from((padded.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  }
}

/** A Main profile SPS (ITU-T H.264 §7.3.2.1.1) that claims any picture size; rounded up to whole macroblocks. */
export function fakeSps(width: number, height: number): Buffer {
  const rbsp = new BitWriter()
    .u(77, 8)
    .u(0, 8)
    .u(52, 8)
    .ue(0) // seq_parameter_set_id
    .ue(0) // log2_max_frame_num_minus4
    .ue(2) // pic_order_cnt_type
    .ue(1) // max_num_ref_frames
    .u(0, 1) // gaps_in_frame_num_value_allowed_flag
    .ue(Math.ceil(width / 16) - 1)
    .ue(Math.ceil(height / 16) - 1)
    .u(1, 1) // frame_mbs_only_flag
    .u(1, 1) // direct_8x8_inference_flag
    .u(0, 1) // frame_cropping_flag
    .u(0, 1) // vui_parameters_present_flag
    .bytes();
  const escaped: number[] = [0x67];
  let zeros = 0;
  for (const byte of rbsp) {
    // emulation_prevention_three_byte (§7.4.1)
    if (zeros === 2 && byte <= 3) {
      escaped.push(3);
      zeros = 0;
    }
    escaped.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return Buffer.from(escaped);
}
