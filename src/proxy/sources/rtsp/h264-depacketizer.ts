import { NAL, splitAnnexB } from '../../../media/h264/nal';
import { CameraError } from '../../camera-error';
import { AccessUnitAssembler } from './access-unit-assembler';
import { Depacketizer } from './depacketizer';

/**
 * RTP payloads of H.264 to access units (RFC 6184): single NAL units, STAP-A and FU-A, that is packetization modes 0
 * and 1. Payloads are read in place; nothing is kept of the buffer they stand in.
 */
export class H264Depacketizer implements Depacketizer {
  /** True between the first and the last fragment of a NAL unit. */
  private fragment = false;
  /** Some cameras never set the end bit; where it was seen, a missing one means a missing piece. */
  private endBitSeen = false;

  constructor(private readonly assembler: AccessUnitAssembler) {}

  /**
   * One payload, `buffer[start…end)`, in the order of sequence numbers without a hole.
   * @param ticks presentation time, unwrapped, 90 kHz
   * @throws CameraError `camera_unsupported` for interleaved packetization and pictures beyond bounds
   */
  push(buffer: Buffer, start: number, end: number, ticks: number, marker: boolean): void {
    if (end <= start) {
      return;
    }
    const type = (buffer[start] as number) & 0x1f;
    if (this.fragment && (type !== NAL.FU_A || end - start < 2 || (buffer[start + 1] as number) & 0x80)) {
      this.endFragment();
    }
    this.assembler.startPacket(ticks);
    if (type === NAL.FU_A) {
      this.fragmentUnit(buffer, start, end);
    } else if (type >= 1 && type <= 23) {
      this.assembler.nal(buffer, start, end);
    } else {
      this.other(type, buffer, start, end);
    }
    if (marker) {
      this.assembler.mark();
    }
  }

  /** Packets are missing before the next one. */
  lost(): void {
    this.fragment = false;
    this.assembler.lost();
  }

  /** RFC 6184 §5.8 */
  private fragmentUnit(buffer: Buffer, start: number, end: number): void {
    if (end - start < 2) {
      this.assembler.damage();
      return;
    }
    const header = buffer[start + 1] as number;
    if (header & 0x80) {
      this.assembler.openNal(((buffer[start] as number) & 0xe0) | (header & 0x1f));
      this.fragment = true;
    } else if (!this.fragment) {
      this.assembler.damage();
      return;
    }
    this.assembler.append(buffer, start + 2, end);
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

  private other(type: number, buffer: Buffer, start: number, end: number): void {
    if (type === NAL.STAP_A) {
      this.assembler.aggregate(buffer, start + 1, end);
    } else if (type >= NAL.STAP_B && type <= NAL.FU_B) {
      throw new CameraError(
        'camera_unsupported',
        'The camera sends H.264 in interleaved packets (packetization mode 2): set it to mode 1, "non-interleaved".',
      );
    } else if (type === 0) {
      // Against the RFC some cameras put Annex B into packets, start codes and all.
      for (const nal of splitAnnexB(buffer.subarray(start, end))) {
        this.assembler.nal(nal, 0, nal.length);
      }
    }
  }
}
