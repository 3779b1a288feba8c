import { randomInt } from 'node:crypto';
import { senderReport } from './rtp-packets';
import { PlayedSound } from './sound-player';
import { AUDIO_PAYLOAD_TYPES } from './rtsp-sdp';
import { monotonic } from './pacer';
import { Wire } from './wire';

/** RTP time of a camera's first sample. */
const TIMESTAMP_START = 0x7fff_0000;

/** Sends one client the camera's sound (RFC 3640, RFC 3551): a unit a packet, and sender reports. */
export class SoundSender {
  /** Where the client wants it; `null` before SETUP. */
  channel: number | null = null;
  private sequence = randomInt(0x10000);
  private readonly ssrc = randomInt(1, 2 ** 32);
  private packets = 0;
  private bytes = 0;
  private reportAt = 0;

  constructor(private readonly wire: Wire) {}

  /** @param now samples since the first one, now; `reportMs`: between sender reports, 0 for none */
  push({ clip, data, sample }: PlayedSound, now: number, reportMs: number): void {
    if (this.channel === null || this.wire.closed) return;
    const payload = clip.codec === 'aac' ? Buffer.concat([auHeader(data.length), data]) : data;
    const packet = Buffer.alloc(16 + payload.length);
    packet[0] = 0x24;
    packet[1] = this.channel;
    packet.writeUInt16BE(12 + payload.length, 2);
    packet[4] = 0x80;
    packet[5] = AUDIO_PAYLOAD_TYPES[clip.codec] | 0x80;
    packet.writeUInt16BE(this.sequence, 6);
    packet.writeUInt32BE(timestamp(sample), 8);
    packet.writeUInt32BE(this.ssrc, 12);
    payload.copy(packet, 16);
    this.sequence = (this.sequence + 1) & 0xffff;
    this.packets++;
    this.bytes += payload.length;
    this.wire.send(packet);
    if (reportMs === 0 || monotonic() < this.reportAt) return;
    this.reportAt = monotonic() + reportMs;
    const sent = { packets: this.packets, bytes: this.bytes };
    this.wire.send(senderReport(this.channel + 1, this.ssrc, Date.now(), timestamp(now), sent));
  }
}

function timestamp(sample: number): number {
  return (TIMESTAMP_START + sample) % 2 ** 32;
}

/** One access unit header of 13 bits of size and 3 of index, behind the headers' length in bits. */
function auHeader(size: number): Buffer {
  return Buffer.from([0, 16, (size << 3) >> 8, (size << 3) & 0xff]);
}
