import { MAX_AAC_FRAME_BYTES } from './sound-format';

const HEADER_BYTES = 7;

/** The bytes are no ADTS stream. */
export class AdtsError extends Error {
  override readonly name = 'AdtsError';
}

/**
 * Takes an ADTS stream (ISO/IEC 14496-3 §1.A.2; FFmpeg's stdout) apart into frames of AAC, whatever the sizes of the chunks it
 * comes in. Memory is bounded by one frame and one chunk.
 */
export class AdtsSplitter {
  private rest: Buffer = Buffer.alloc(0);

  /** @param onFrame one `raw_data_block`, without its header; its bytes are the listener's */
  constructor(private readonly onFrame: (frame: Buffer) => void) {}

  /** @throws AdtsError where a frame does not begin as one */
  push(chunk: Buffer): void {
    const bytes = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    let at = 0;
    while (at + HEADER_BYTES <= bytes.length) {
      const sync = bytes.readUInt16BE(at);
      const length = (bytes.readUIntBE(at + 3, 3) >> 5) & MAX_AAC_FRAME_BYTES;
      // Layer 0; a check sum, which FFmpeg does not write, would make the header longer.
      const header = (sync & 1) === 1 ? HEADER_BYTES : HEADER_BYTES + 2;
      if ((sync & 0xfff6) !== 0xfff0 || length <= header) throw new AdtsError('no ADTS frame');
      if (at + length > bytes.length) break;
      this.onFrame(Buffer.from(bytes.subarray(at + header, at + length)));
      at += length;
    }
    this.rest = Buffer.from(bytes.subarray(at));
  }
}
