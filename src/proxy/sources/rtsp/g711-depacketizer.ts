import { TICKS_PER_SECOND } from '../../../media/access-unit';
import { SoundPiece } from '../stream-source';
import { Depacketizer } from './depacketizer';

/** Samples out of PCMU and PCMA packets (RFC 3551 §4.5.14): a byte each, nothing else. */
export class G711Depacketizer implements Depacketizer {
  constructor(
    private readonly format: { readonly rate: number },
    private readonly onPiece: (piece: SoundPiece) => void,
  ) {}

  /** @inheritdoc */
  push(buffer: Buffer, start: number, end: number, ticks: number, _marker: boolean): void {
    if (end <= start) return;
    const duration = ((end - start) * TICKS_PER_SECOND) / this.format.rate;
    this.onPiece({ data: Buffer.from(buffer.subarray(start, end)), stamp: ticks, duration });
  }

  /** @inheritdoc */
  lost(): void {
    // Samples know their time: what is missing is a hole.
  }
}
