/** Takes the payloads of one RTP stream, in the order of their sequence numbers. Reads in place and keeps nothing. */
export interface Depacketizer {
  /**
   * One payload, `buffer[start…end)`, that follows the one before without a hole.
   * @param ticks presentation time, unwrapped, 90 kHz
   * @param marker RTP's marker bit
   * @throws CameraError `camera_unsupported` for what we cannot read, and pictures beyond bounds
   */
  push(buffer: Buffer, start: number, end: number, ticks: number, marker: boolean): void;
  /** Packets are missing before the next one. */
  lost(): void;
}
