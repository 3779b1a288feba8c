import { H265_HEADER_BYTES, H265_NAL, h265Type } from '../../../media/h265/nal';
import { CameraError } from '../../camera-error';
import { Depacketizer } from './depacketizer';
import { H265Assembler } from './h265-assembler';

/**
 * RTP payloads of H.265 to access units (RFC 7798): single NAL units, aggregation and fragmentation packets. Packets in
 * another order than decoding's (`sprop-max-don-diff` above 0) are refused before: here no packet has a DON field.
 */
export class H265Depacketizer implements Depacketizer {
  /** True between the first and the last fragment of a NAL unit. */
  private fragment = false;
  /** Some cameras never set the end bit; where it was seen, a missing one means a missing piece. */
  private endBitSeen = false;

  constructor(private readonly assembler: H265Assembler) {}

  /** @inheritdoc */
  push(buffer: Buffer, start: number, end: number, ticks: number, marker: boolean): void {
    if (end - start <= H265_HEADER_BYTES) {
      return;
    }
    const type = h265Type(buffer[start] as number);
    if (this.fragment && (type !== H265_NAL.FRAGMENT || (buffer[start + H265_HEADER_BYTES] as number) & 0x80)) {
      this.endFragment();
    }
    this.assembler.startPacket(ticks);
    if (type === H265_NAL.FRAGMENT) {
      this.fragmentUnit(buffer, start, end);
    } else if (type === H265_NAL.AGGREGATION) {
      this.assembler.aggregate(buffer, start + H265_HEADER_BYTES, end);
    } else if (type === H265_NAL.PACI) {
      throw new CameraError(
        'camera_unsupported',
        "The camera sends H.265 in packets of a kind (PACI) that nobody reads: set the video codec of this stream to H.264 in the camera's settings.",
      );
    } else {
      this.assembler.nal(buffer, start, end);
    }
    if (marker) {
      this.assembler.mark();
    }
  }

  /** @inheritdoc */
  lost(): void {
    this.fragment = false;
    this.assembler.lost();
  }

  /** RFC 7798 §4.4.3: two bytes as a NAL unit has them, then start bit, end bit, and the type of what is in pieces. */
  private fragmentUnit(buffer: Buffer, start: number, end: number): void {
    const header = buffer[start + H265_HEADER_BYTES] as number;
    if (header & 0x80) {
      const first = buffer[start] as number;
      this.assembler.openNal((first & 0x81) | ((header & 0x3f) << 1), buffer[start + 1] as number);
      this.fragment = true;
    } else if (!this.fragment) {
      this.assembler.damage();
      return;
    }
    this.assembler.append(buffer, start + H265_HEADER_BYTES + 1, end);
    if (header & 0x40) {
      this.endBitSeen = true;
      this.fragment = false;
      this.assembler.closeNal();
    }
  }

  /** A NAL unit in fragments is over because another one begins. */
  private endFragment(): void {
    this.fragment = false;
    if (this.endBitSeen) {
      this.assembler.abandonNal();
      this.assembler.damage();
    } else {
      this.assembler.closeNal();
    }
  }
}
