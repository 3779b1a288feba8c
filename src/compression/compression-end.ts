import { CompressionReason } from './dto/compression.dto';

/** A compression is over, without a smaller file, and another try would end the same way. */
export class CompressionEnd extends Error {
  override readonly name = 'CompressionEnd';

  constructor(
    readonly state: 'kept' | 'failed',
    readonly reason: CompressionReason,
  ) {
    super(`The compression ended: ${reason}`);
  }
}
