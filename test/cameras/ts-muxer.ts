import { ContainerMuxer, MuxedPicture } from './container-muxer';

const PMT_PID = 0x1000;
const VIDEO_PID = 0x100;
const START_CODE = Buffer.from([0, 0, 0, 1]);
const DELIMITER = Buffer.from([0, 0, 0, 1, 9, 0xf0]);
/** The decoder's buffer: decode times lie this far behind the program clock. 90 kHz ticks. */
const DELAY = 18_000;

/** CRC-32/MPEG-2 (ISO/IEC 13818-1 annex A). */
function crc32(data: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte << 24;
    for (let i = 0; i < 8; i++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  }
  return crc >>> 0;
}

function section(pid: number, bytes: readonly number[], counter: number): Buffer {
  const body = Buffer.from(bytes);
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(crc32(body));
  const packet = Buffer.alloc(188, 0xff);
  packet.writeUInt8(0x47, 0);
  packet.writeUInt16BE(0x4000 | pid, 1);
  packet.writeUInt8(0x10 | (counter & 15), 3);
  packet.writeUInt8(0, 4);
  body.copy(packet, 5);
  crc.copy(packet, 5 + body.length);
  return packet;
}

/** A 33-bit time stamp in five bytes (ISO/IEC 13818-1 §2.4.3.7). */
function stamp(prefix: number, ticks: number): number[] {
  const high = Math.floor(ticks / 2 ** 30) & 7;
  const middle = Math.floor(ticks / 2 ** 15) & 0x7fff;
  const low = ticks % 2 ** 15;
  return [(prefix << 4) | (high << 1) | 1, middle >> 7, ((middle & 0x7f) << 1) | 1, low >> 7, ((low & 0x7f) << 1) | 1];
}

/** MPEG transport stream (ISO/IEC 13818-1) of one H.264 program; tables before every keyframe, PCR with every picture. */
export class TsMuxer implements ContainerMuxer {
  readonly contentType = 'video/mp2t';
  private tables = 0;
  private counter = 0;

  picture(picture: MuxedPicture): Buffer {
    const { unit, clip } = picture;
    const wrap = (ticks: number): number => ((ticks % 2 ** 33) + 2 ** 33) % 2 ** 33;
    const nals = [...(unit.keyframe ? [clip.sps, clip.pps] : []), ...unit.nals];
    const times = [...stamp(3, wrap(picture.pts + DELAY)), ...stamp(1, wrap(picture.dts + DELAY))];
    const pes = Buffer.concat([
      Buffer.from([0, 0, 1, 0xe0, 0, 0, 0x80, 0xc0, times.length, ...times]),
      DELIMITER,
      ...nals.flatMap((nal) => [START_CODE, nal]),
    ]);
    const packets = unit.keyframe ? this.programTables() : [];
    let at = 0;
    while (at < pes.length) {
      const packet = this.packet(pes, at, wrap(picture.dts), unit.keyframe);
      at += packet.taken;
      packets.push(packet.bytes);
    }
    return Buffer.concat(packets);
  }

  private programTables(): Buffer[] {
    const counter = this.tables++;
    const pat = [0, 0xb0, 13, 0, 1, 0xc1, 0, 0, 0, 1, 0xe0 | (PMT_PID >> 8), PMT_PID & 0xff];
    const video = [0x1b, 0xe0 | (VIDEO_PID >> 8), VIDEO_PID & 0xff, 0xf0, 0];
    const pmt = [2, 0xb0, 18, 0, 1, 0xc1, 0, 0, 0xe0 | (VIDEO_PID >> 8), VIDEO_PID & 0xff, 0xf0, 0, ...video];
    return [section(0, pat, counter), section(PMT_PID, pmt, counter)];
  }

  private packet(pes: Buffer, at: number, clock: number, keyframe: boolean): { bytes: Buffer; taken: number } {
    const bytes = Buffer.alloc(188, 0xff);
    const first = at === 0;
    bytes[0] = 0x47;
    bytes.writeUInt16BE((first ? 0x4000 : 0) | VIDEO_PID, 1);
    // Adaptation field: flags and PCR on a picture's first packet, stuffing on its last.
    let field = first ? 8 : 0;
    const room = 184 - field;
    const left = pes.length - at;
    if (left < room) field = 184 - left;
    bytes[3] = (field > 0 ? 0x30 : 0x10) | (this.counter++ & 15);
    if (field > 0) bytes[4] = field - 1;
    if (field > 1) bytes[5] = first ? 0x10 | (keyframe ? 0x40 : 0) : 0;
    if (first) {
      bytes.writeUInt32BE(Math.floor(clock / 2) >>> 0, 6);
      bytes[10] = ((clock % 2) << 7) | 0x7e;
      bytes[11] = 0;
    }
    const taken = 184 - field;
    pes.copy(bytes, 4 + field, at, at + taken);
    return { bytes, taken };
  }
}
