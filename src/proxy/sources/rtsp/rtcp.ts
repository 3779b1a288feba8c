/** RTCP as far as a receiver needs it (RFC 3550 §6). */

const SENDER_REPORT = 200;
const BYE = 203;
/** Seconds between 1900 (NTP) and 1970 (Unix). */
const NTP_OFFSET_SECONDS = 2_208_988_800;

/** What a sender report says of the camera's clocks. */
export interface SenderReport {
  readonly ssrc: number;
  /** Camera's wall clock, milliseconds since the Unix epoch. */
  readonly ntpMs: number;
  /** The same moment on the stream's 32-bit RTP clock. */
  readonly rtpTime: number;
  /** The middle 32 bits of the NTP time, to be echoed in receiver reports. */
  readonly compactNtp: number;
}

export interface RtcpFindings {
  readonly senderReport: SenderReport | null;
  /** The source that says goodbye, `null` where none does. */
  readonly bye: number | null;
}

/** Reads a compound packet, `buffer[start…end)`; whatever is cut or unknown is passed over. */
export function parseRtcp(buffer: Buffer, start: number, end: number): RtcpFindings {
  let senderReport: SenderReport | null = null;
  let bye: number | null = null;
  let at = start;
  while (at + 8 <= end && (buffer[at] as number) >> 6 === 2) {
    const type = buffer[at + 1];
    const next = at + 4 + buffer.readUInt16BE(at + 2) * 4;
    if (next > end) {
      break;
    }
    if (type === SENDER_REPORT && next - at >= 28) {
      const seconds = buffer.readUInt32BE(at + 8);
      const fraction = buffer.readUInt32BE(at + 12);
      if (seconds !== 0) {
        senderReport = {
          ssrc: buffer.readUInt32BE(at + 4),
          ntpMs: (seconds - NTP_OFFSET_SECONDS) * 1000 + (fraction / 2 ** 32) * 1000,
          rtpTime: buffer.readUInt32BE(at + 16),
          compactNtp: ((seconds & 0xffff) * 65536 + (fraction >>> 16)) >>> 0,
        };
      }
    } else if (type === BYE && ((buffer[at] as number) & 0x1f) > 0) {
      bye = buffer.readUInt32BE(at + 4);
    }
    at = next;
  }
  return { senderReport, bye };
}

/** One source's reception, for a report block (RFC 3550 §6.4.1). */
export interface ReceptionReport {
  /** Our own synchronisation source. */
  readonly reporter: number;
  readonly ssrc: number;
  /** Of the packets since the last report, in 1/256. */
  readonly fractionLost: number;
  readonly cumulativeLost: number;
  readonly extendedSequence: number;
  /** In RTP ticks. */
  readonly jitter: number;
  /** `compactNtp` of the last sender report, 0 if none. */
  readonly lastReport: number;
  /** Since that report, in 1/65536 s. */
  readonly delaySinceLastReport: number;
}

/** A receiver report and an SDES CNAME, the least a compound packet must hold (§6.1), behind an interleaved header. */
export function receiverReport(channel: number, report: ReceptionReport): Buffer {
  const name = Buffer.from('padelvar');
  // CNAME item (2 bytes and the name), then at least one zero, up to a multiple of four.
  const items = Math.ceil((2 + name.length + 1) / 4) * 4;
  const packet = Buffer.alloc(4 + 32 + 8 + items);
  packet[0] = 0x24;
  packet[1] = channel;
  packet.writeUInt16BE(packet.length - 4, 2);
  packet[4] = 0x81;
  packet[5] = 201;
  packet.writeUInt16BE(7, 6);
  packet.writeUInt32BE(report.reporter, 8);
  packet.writeUInt32BE(report.ssrc, 12);
  packet[16] = report.fractionLost;
  packet.writeUIntBE(Math.min(report.cumulativeLost, 0x7fffff), 17, 3);
  packet.writeUInt32BE(report.extendedSequence >>> 0, 20);
  packet.writeUInt32BE(Math.min(report.jitter, 0xffffffff) >>> 0, 24);
  packet.writeUInt32BE(report.lastReport, 28);
  packet.writeUInt32BE(Math.min(report.delaySinceLastReport, 0xffffffff) >>> 0, 32);
  packet[36] = 0x81;
  packet[37] = 202;
  packet.writeUInt16BE((8 + items) / 4 - 1, 38);
  packet.writeUInt32BE(report.reporter, 40);
  packet[44] = 1;
  packet[45] = name.length;
  name.copy(packet, 46);
  return packet;
}
