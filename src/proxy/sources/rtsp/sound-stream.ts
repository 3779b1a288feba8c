import { Clock } from '../../../common/clock';
import { TICKS_PER_SECOND } from '../../../media/access-unit';
import { SoundPiece } from '../stream-source';
import { AacDepacketizer } from './aac-depacketizer';
import { Depacketizer } from './depacketizer';
import { G711Depacketizer } from './g711-depacketizer';
import { RtpReceiver } from './rtp-receiver';
import { SoundTrack } from './sound-track';

const TICKS_PER_MS = TICKS_PER_SECOND / 1000;

/** A moment on the camera's wall clock, and on the clock of one of its streams in ticks of 1/90000 s. */
interface Report {
  readonly ntpMs: number;
  readonly ticks: number;
}

/**
 * The sound of a connection. Where the camera tells by sender reports of both its streams how their clocks belong together
 * (RFC 3550 §6.4.1), each piece says when that is on the pictures' clock. Nothing that the camera sends here throws.
 */
export class SoundStream {
  private readonly receiver: RtpReceiver;
  private own: Report | null = null;
  private pictures: Report | null = null;

  constructor(
    track: SoundTrack,
    private readonly channels: { readonly rtpChannel: number; readonly rtcpChannel: number },
    onPiece: (piece: SoundPiece, pictureStamp: number | null) => void,
  ) {
    this.receiver = new RtpReceiver({
      depacketizer: depacketizerOf(track, (piece) => onPiece(piece, this.pictureStamp(piece.stamp))),
      clockRate: track.clockRate,
      payloadType: track.payloadType,
      onSenderReport: (ntpMs, ticks) => (this.own = { ntpMs, ticks }),
      // Pictures go on without it.
      onBye: () => undefined,
    });
  }

  hasChannel(channel: number): boolean {
    return channel === this.channels.rtpChannel || channel === this.channels.rtcpChannel;
  }

  /** One interleaved packet, `buffer[start…end)`, of any channel. */
  take(channel: number, buffer: Buffer, start: number, end: number, clock: Clock): void {
    if (channel === this.channels.rtpChannel) this.receiver.packet(buffer, start, end);
    else if (channel === this.channels.rtcpChannel) this.receiver.control(buffer, start, end, clock.monotonic());
  }

  /** A sender report of the pictures. */
  pictureReport(ntpMs: number, ticks: number): void {
    this.pictures = { ntpMs, ticks };
  }

  /** A receiver report, `null` before the first packet. @param now monotonic milliseconds */
  report(now: number): Buffer | null {
    return this.receiver.report(this.channels.rtcpChannel, now);
  }

  private pictureStamp(stamp: number): number | null {
    const { own, pictures } = this;
    if (!own || !pictures) return null;
    return pictures.ticks + (own.ntpMs - pictures.ntpMs) * TICKS_PER_MS + (stamp - own.ticks);
  }
}

function depacketizerOf({ format, layout }: SoundTrack, onPiece: (piece: SoundPiece) => void): Depacketizer {
  return format.kind === 'aac' && layout
    ? new AacDepacketizer(format, layout, onPiece)
    : new G711Depacketizer(format, onPiece);
}
