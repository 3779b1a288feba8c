import { Clip, ClipAccessUnit } from './clips';
import { h265Payloads } from './h265-packets';
import { JpegPacketiserOptions, jpegPayloads } from './jpeg-packets';

/** Payload type of H.264 in every SDP of ours. */
export const VIDEO_PAYLOAD_TYPE = 96;
/** Of H.265. */
export const H265_PAYLOAD_TYPE = 98;
/** Of motion JPEG, by RFC 3551 §5.2. */
export const JPEG_PAYLOAD_TYPE = 26;
/** `$`, channel, length (RFC 2326 §10.12), then the RTP header (RFC 3550 §5.1). */
const PREFIX = 4 + 12;

/** All packets of one picture, framed for a TCP connection, in one buffer; headers are patched for each sending. */
export interface PictureTemplate {
  buffer: Buffer;
  /** Start of each packet's `$` in the buffer. */
  readonly offsets: readonly number[];
}

export interface PacketiserOptions {
  /** Largest RTP payload in bytes. */
  readonly maxPayload: number;
  /** Parameter sets in one aggregation packet (RFC 6184 §5.7.1) rather than in packets of their own. */
  readonly stapA: boolean;
  /** Parameter sets before every keyframe; they may be others than the clip's. */
  readonly parameterSets: readonly Buffer[];
  /** Of motion JPEG. */
  readonly jpeg: Omit<JpegPacketiserOptions, 'maxPayload'>;
}

const templates = new WeakMap<Clip, Map<string, PictureTemplate[]>>();

/** The packets of a clip's picture: cut once, shared by all cameras that play the clip in the same manner. */
export function pictureTemplate(clip: Clip, index: number, options: PacketiserOptions): PictureTemplate {
  const { tables, sizeless } = options.jpeg;
  const manner = `${options.maxPayload} ${options.stapA} ${tables} ${sizeless} ${options.parameterSets.map((set) => set.toString('hex')).join()}`;
  const manners = templates.get(clip) ?? new Map<string, PictureTemplate[]>();
  templates.set(clip, manners);
  const pictures = manners.get(manner) ?? [];
  manners.set(manner, pictures);
  return (pictures[index] ??= build(clip, index, options));
}

function build(clip: Clip, index: number, options: PacketiserOptions): PictureTemplate {
  if (clip.codec === 'mjpeg') {
    const { maxPayload, jpeg } = options;
    return framed(jpegPayloads(clip, index, { maxPayload, ...jpeg }), JPEG_PAYLOAD_TYPE);
  }
  const unit = clip.units[index];
  if (unit === undefined) throw new Error('no such picture');
  return clip.codec === 'h265'
    ? framed(h265Payloads(unit, options), H265_PAYLOAD_TYPE)
    : framed(h264Payloads(unit, options), VIDEO_PAYLOAD_TYPE);
}

function h264Payloads(unit: ClipAccessUnit, options: PacketiserOptions): Buffer[] {
  const payloads: Buffer[] = [];
  const sets = unit.keyframe ? options.parameterSets : [];
  if (options.stapA && sets.length > 0) payloads.push(stapA(sets));
  else payloads.push(...sets.flatMap((set) => payloadsOf(set, options.maxPayload)));
  for (const nal of unit.nals) payloads.push(...payloadsOf(nal, options.maxPayload));
  return payloads;
}

function framed(payloads: readonly Buffer[], payloadType: number): PictureTemplate {
  const buffer = Buffer.alloc(payloads.reduce((sum, payload) => sum + PREFIX + payload.length, 0));
  const offsets: number[] = [];
  let offset = 0;
  payloads.forEach((payload, i) => {
    offsets.push(offset);
    buffer[offset] = 0x24;
    buffer.writeUInt16BE(12 + payload.length, offset + 2);
    buffer[offset + 4] = 0x80;
    // The marker bit ends the picture (RFC 6184 §5.1, RFC 2435 §3).
    buffer[offset + 5] = payloadType | (i === payloads.length - 1 ? 0x80 : 0);
    payload.copy(buffer, offset + PREFIX);
    offset += PREFIX + payload.length;
  });
  return { buffer, offsets };
}

function stapA(nals: readonly Buffer[]): Buffer {
  const importance = Math.max(...nals.map((nal) => (nal[0] ?? 0) & 0x60));
  const parts = nals.flatMap((nal) => [Buffer.from([nal.length >> 8, nal.length & 0xff]), nal]);
  return Buffer.concat([Buffer.from([importance | 24]), ...parts]);
}

/** A single NAL unit packet, or fragmentation units FU-A (RFC 6184 §5.8). */
function payloadsOf(nal: Buffer, maxPayload: number): Buffer[] {
  if (nal.length <= maxPayload) return [nal];
  const header = nal[0] ?? 0;
  const size = maxPayload - 2;
  const pieces: Buffer[] = [];
  for (let at = 1; at < nal.length; at += size) {
    const flags = (at === 1 ? 0x80 : 0) | (at + size >= nal.length ? 0x40 : 0);
    const indicator = Buffer.from([(header & 0xe0) | 28, flags | (header & 0x1f)]);
    pieces.push(Buffer.concat([indicator, nal.subarray(at, at + size)]));
  }
  return pieces;
}

/** Writes one client's channel, sequence numbers, time stamp and SSRC into a template; returns the next sequence number. */
export function patchTemplate(
  template: PictureTemplate,
  client: { channel: number; sequence: number; ssrc: number },
  timestamp: number,
): number {
  const { buffer, offsets } = template;
  let sequence = client.sequence;
  for (const offset of offsets) {
    buffer[offset + 1] = client.channel;
    buffer.writeUInt16BE(sequence, offset + 6);
    buffer.writeUInt32BE(timestamp, offset + 8);
    buffer.writeUInt32BE(client.ssrc, offset + 12);
    sequence = (sequence + 1) & 0xffff;
  }
  return sequence;
}

/** An RTCP sender report with a source description (RFC 3550 §6.4.1, §6.5), framed for a TCP connection. */
export function senderReport(
  channel: number,
  ssrc: number,
  wallMs: number,
  timestamp: number,
  sent: { packets: number; bytes: number },
): Buffer {
  const name = Buffer.from('camera');
  const description = 4 + 4 + 2 + name.length + 1;
  const padded = Math.ceil(description / 4) * 4;
  const packet = Buffer.alloc(4 + 28 + padded);
  packet[0] = 0x24;
  packet[1] = channel;
  packet.writeUInt16BE(28 + padded, 2);
  packet.writeUInt16BE(0x80c8, 4);
  packet.writeUInt16BE(6, 6);
  packet.writeUInt32BE(ssrc, 8);
  // Seconds since 1900 (RFC 3550 §4) and their binary fraction.
  const seconds = wallMs / 1000 + 2_208_988_800;
  packet.writeUInt32BE(Math.floor(seconds) >>> 0, 12);
  packet.writeUInt32BE(Math.floor((seconds % 1) * 2 ** 32) >>> 0, 16);
  packet.writeUInt32BE(timestamp, 20);
  packet.writeUInt32BE(sent.packets >>> 0, 24);
  packet.writeUInt32BE(sent.bytes >>> 0, 28);
  packet.writeUInt16BE(0x81ca, 32);
  packet.writeUInt16BE(padded / 4 - 1, 34);
  packet.writeUInt32BE(ssrc, 36);
  packet[40] = 1;
  packet[41] = name.length;
  name.copy(packet, 42);
  return packet;
}
