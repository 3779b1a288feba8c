import { RTP_JPEG_QUALITY } from './clip-drawing';
import { MjpegClip } from './clips';

/** How a camera sends the quantiser tables of its pictures (RFC 2435 §4.2). */
export type JpegTables =
  /** As a quality below 100, from which the receiver computes them. */
  | 'computed'
  /** With every picture, quality 255. */
  | 'each'
  /** With every tenth picture, quality 128 + 7: the receiver keeps them. */
  | 'kept'
  /** Quality 255, and none: no receiver can show that. */
  | 'none'
  /** As a quality that means nothing. */
  | 'undefined';

export interface JpegPacketiserOptions {
  /** Largest RTP payload in bytes. */
  readonly maxPayload: number;
  readonly tables: JpegTables;
  /** Width and height are 0, as of pictures too large for the header. */
  readonly sizeless: boolean;
}

const KEPT_EVERY = 10;
const QUALITIES: Readonly<Record<JpegTables, number>> = {
  computed: RTP_JPEG_QUALITY,
  each: 255,
  kept: 135,
  none: 255,
  undefined: 110,
};

/** A JPEG, taken apart as far as RTP wants it. */
interface TakenApart {
  readonly width: number;
  readonly height: number;
  readonly type: number;
  readonly restartInterval: number;
  readonly quantisers: Buffer;
  readonly scan: Buffer;
}

/** RTP payloads of a clip's picture. */
export function jpegPayloads(clip: MjpegClip, index: number, options: JpegPacketiserOptions): Buffer[] {
  const jpeg = clip.jpegs[index];
  if (jpeg === undefined) throw new Error('no such picture');
  const { width, height, type, restartInterval, quantisers, scan } = takeApart(jpeg);
  const quality = QUALITIES[options.tables];
  const payloads: Buffer[] = [];
  for (let offset = 0; offset < scan.length;) {
    const main = Buffer.from([0, offset >> 16, (offset >> 8) & 255, offset & 255, type, quality, 0, 0]);
    if (!options.sizeless) {
      main[6] = Math.ceil(width / 8);
      main[7] = Math.ceil(height / 8);
    }
    // The whole picture has to be there before it is decoded: first and last bit, count all ones (§3.1.7).
    const restart = restartInterval > 0 ? [Buffer.from([restartInterval >> 8, restartInterval & 255, 0xff, 0xff])] : [];
    const header = [
      main,
      ...restart,
      ...(offset === 0 && quality >= 128 ? [tableHeader(index, quantisers, options)] : []),
    ];
    const room = options.maxPayload - header.reduce((sum, part) => sum + part.length, 0);
    const data = scan.subarray(offset, offset + Math.max(1, room));
    payloads.push(Buffer.concat([...header, data]));
    offset += data.length;
  }
  return payloads;
}

function tableHeader(index: number, quantisers: Buffer, { tables }: JpegPacketiserOptions): Buffer {
  const sent = tables === 'each' || (tables === 'kept' && index % KEPT_EVERY === 0) ? quantisers : Buffer.alloc(0);
  return Buffer.concat([Buffer.from([0, 0, sent.length >> 8, sent.length & 255]), sent]);
}

/** @throws Error for a JPEG that RTP has no type for */
function takeApart(jpeg: Buffer): TakenApart {
  const tables: Buffer[] = [];
  let [width, height, type, restartInterval] = [0, 0, -1, 0];
  let at = 2;
  for (;;) {
    const marker = jpeg[at + 1] ?? 0;
    const next = at + 2 + jpeg.readUInt16BE(at + 2);
    if (marker === 0xdb) {
      for (let table = at + 4; table < next; table += 65)
        tables[(jpeg[table] ?? 0) & 15] = jpeg.subarray(table + 1, table + 65);
    } else if (marker === 0xc0) {
      [height, width] = [jpeg.readUInt16BE(at + 5), jpeg.readUInt16BE(at + 7)];
      type = { 0x21: 0, 0x22: 1 }[jpeg[at + 11] ?? 0] ?? -1;
    } else if (marker === 0xdd) restartInterval = jpeg.readUInt16BE(at + 4);
    at = next;
    if (marker === 0xda) break;
  }
  if (type < 0) throw new Error('a JPEG that RTP cannot carry');
  const end = jpeg.lastIndexOf(Buffer.from([0xff, 0xd9]));
  const [luminance, chrominance = luminance] = tables;
  return {
    width,
    height,
    type: type + (restartInterval > 0 ? 64 : 0),
    restartInterval,
    quantisers: Buffer.concat([luminance ?? Buffer.alloc(0), chrominance ?? Buffer.alloc(0)]),
    scan: jpeg.subarray(at, end),
  };
}
