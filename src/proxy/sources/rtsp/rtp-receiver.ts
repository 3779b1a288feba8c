import { randomInt } from 'node:crypto';
import { TICKS_PER_SECOND } from '../../../media/access-unit';
import { Depacketizer } from './depacketizer';
import { parseRtcp, receiverReport, SenderReport } from './rtcp';

/** Consecutive packets that make a camera's new numbering believable (RFC 3550 §A.1, `MIN_SEQUENTIAL`). */
const NEW_NUMBERING_PACKETS = 2;

export interface RtpReceiverOptions {
  readonly depacketizer: Depacketizer;
  /** Ticks per second of the stream's RTP clock; H.264 has 90000, some cameras think otherwise. */
  readonly clockRate: number;
  /** Only packets of this payload type, or all where `null`. */
  readonly payloadType: number | null;
  readonly onSenderReport: (ntpMs: number, ticks: number) => void;
  readonly onBye: () => void;
}

/** One RTP stream: sequence numbers and timestamps unwrapped, holes noticed, reception counted (RFC 3550). */
export class RtpReceiver {
  private ssrc: number | null = null;
  private readonly reporter = randomInt(1, 0xffffffff);
  private sequence = -1;
  private cycles = 0;
  private strange = -1;
  private strangeCount = 0;
  /** The stream `strange` belongs to. */
  private strangeSsrc = -1;
  private stray: Buffer | null = null;
  /** Unwrapped RTP time of the last packet, in the stream's own ticks. */
  private time = 0;
  private firstTime = true;
  private received = 0;
  private missing = 0;
  private reportedReceived = 0;
  private reportedMissing = 0;
  private lastReport = 0;
  private lastReportAt = 0;
  /** Came before any packet, as many cameras' first one does: what it is about is known with the first packet. */
  private earlyReport: SenderReport | null = null;

  constructor(private readonly options: RtpReceiverOptions) {}

  /** Packets that never came, over the connection's life. */
  get packetsLost(): number {
    return this.missing;
  }

  get packetsReceived(): number {
    return this.received;
  }

  /** One RTP packet, `buffer[start…end)`, read in place (§5.1). What is no RTP is passed over. */
  packet(buffer: Buffer, start: number, end: number): void {
    if (end - start < 12) {
      return;
    }
    const first = buffer[start] as number;
    const second = buffer[start + 1] as number;
    if (first >> 6 !== 2 || (this.options.payloadType !== null && (second & 0x7f) !== this.options.payloadType)) {
      return;
    }
    let payload = start + 12 + (first & 0x0f) * 4;
    if (first & 0x10) {
      if (payload + 4 > end) {
        return;
      }
      payload += 4 + (((buffer[payload + 2] as number) << 8) | (buffer[payload + 3] as number)) * 4;
    }
    let last = end;
    if (first & 0x20) {
      last -= buffer[end - 1] as number;
    }
    if (payload > last || !this.admit(buffer, start, end)) {
      return;
    }
    this.received++;
    const ticks = this.unwrap(word(buffer, start + 4));
    this.options.depacketizer.push(buffer, payload, last, ticks, (second & 0x80) !== 0);
  }

  /** One RTCP packet, `buffer[start…end)`. `now` in monotonic milliseconds. */
  control(buffer: Buffer, start: number, end: number, now: number): void {
    const { senderReport, bye } = parseRtcp(buffer, start, end);
    if (senderReport !== null && (this.firstTime || senderReport.ssrc === this.ssrc)) {
      this.lastReport = senderReport.compactNtp;
      this.lastReportAt = now;
      if (this.firstTime) {
        this.earlyReport = senderReport;
      } else {
        this.tell(senderReport);
      }
    }
    if (bye !== null && bye === this.ssrc) {
      this.options.onBye();
    }
  }

  /** A receiver report for an interleaved channel, `null` before the first packet. */
  report(channel: number, now: number): Buffer | null {
    if (this.ssrc === null) {
      return null;
    }
    const missing = this.missing - this.reportedMissing;
    const expected = this.received - this.reportedReceived + missing;
    this.reportedMissing = this.missing;
    this.reportedReceived = this.received;
    return receiverReport(channel, {
      reporter: this.reporter,
      ssrc: this.ssrc,
      fractionLost: expected > 0 ? Math.min(255, Math.floor((missing * 256) / expected)) : 0,
      cumulativeLost: this.missing,
      extendedSequence: this.cycles * 65536 + this.sequence,
      jitter: 0,
      lastReport: this.lastReport,
      delaySinceLastReport: this.lastReport === 0 ? 0 : Math.round(((now - this.lastReportAt) / 1000) * 65536),
    });
  }

  /** Whether a packet continues the stream; tells the depacketizer of holes. */
  private admit(buffer: Buffer, start: number, end: number): boolean {
    const sequence = ((buffer[start + 2] as number) << 8) | (buffer[start + 3] as number);
    const ssrc = word(buffer, start + 8);
    if (this.ssrc === null) {
      this.ssrc = ssrc;
      this.sequence = sequence;
      return true;
    }
    if (ssrc !== this.ssrc) {
      return this.changesStream(buffer, start, end);
    }
    const step = (sequence - this.sequence) & 0xffff;
    if (step === 1) {
      if (sequence === 0) {
        this.cycles++;
      }
      this.sequence = sequence;
      this.strangeCount = 0;
      return true;
    }
    if (step === 0 || step >= 0x8000) {
      return this.startsAnew(sequence, ssrc);
    }
    this.missing += step - 1;
    if (sequence < this.sequence) {
      this.cycles++;
    }
    this.sequence = sequence;
    this.options.depacketizer.lost();
    return true;
  }

  /**
   * Garbage between packets may look like one of another stream; a camera that really changed sends more (RFC 3550 §A.1).
   * Its first packet may hold parameter sets: it is kept until the second one proves it right.
   */
  private changesStream(buffer: Buffer, start: number, end: number): boolean {
    const { stray } = this;
    const ssrc = word(buffer, start + 8);
    const sequence = ((buffer[start + 2] as number) << 8) | (buffer[start + 3] as number);
    const believable = this.startsAnew(sequence, ssrc);
    this.stray = believable ? null : Buffer.from(buffer.subarray(start, end));
    if (!believable) {
      return false;
    }
    this.ssrc = ssrc;
    this.cycles = 0;
    if (stray !== null) {
      this.sequence = (sequence - 2) & 0xffff;
      this.packet(stray, 0, stray.length);
    }
    this.sequence = sequence;
    return true;
  }

  /**
   * A packet out of the past, or of another stream: a repetition, a straggler or a stray is dropped (its picture is lost
   * already), but a camera that began its numbering anew goes on counting from there.
   */
  private startsAnew(sequence: number, ssrc: number): boolean {
    const follows = ssrc === this.strangeSsrc && sequence === ((this.strange + 1) & 0xffff);
    this.strangeCount = follows ? this.strangeCount + 1 : 1;
    this.strange = sequence;
    this.strangeSsrc = ssrc;
    if (this.strangeCount < NEW_NUMBERING_PACKETS) {
      return false;
    }
    this.strangeCount = 0;
    this.sequence = sequence;
    this.options.depacketizer.lost();
    return true;
  }

  private tell({ ntpMs, rtpTime }: SenderReport): void {
    this.options.onSenderReport(ntpMs, this.scale(this.time + ((rtpTime - this.time) | 0)));
  }

  private unwrap(time: number): number {
    if (this.firstTime) {
      this.firstTime = false;
      this.time = time;
      if (this.earlyReport?.ssrc === this.ssrc) {
        this.tell(this.earlyReport);
      }
    } else {
      this.time += (time - this.time) | 0;
    }
    return this.scale(this.time);
  }

  private scale(time: number): number {
    const { clockRate } = this.options;
    return clockRate === TICKS_PER_SECOND ? time : Math.round((time * TICKS_PER_SECOND) / clockRate);
  }
}

/** A big-endian 32-bit number, without the checks of `readUInt32BE`. */
function word(buffer: Buffer, at: number): number {
  return (
    (((buffer[at] as number) << 24) |
      ((buffer[at + 1] as number) << 16) |
      ((buffer[at + 2] as number) << 8) |
      (buffer[at + 3] as number)) >>>
    0
  );
}
