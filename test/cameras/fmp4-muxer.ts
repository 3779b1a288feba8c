import { H264Clip } from './clips';
import { avcConfiguration, ContainerMuxer, lengthPrefixed, MuxedPicture } from './container-muxer';

function u32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => bytes.writeUInt32BE(value >>> 0, 4 * i));
  return bytes;
}

function box(type: string, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([u32(8 + body.length), Buffer.from(type, 'latin1'), body]);
}

const MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

/** Fragmented MP4 (ISO/IEC 14496-12 §8.8), one fragment a picture, as some cameras and relays serve over HTTP. */
export class Fmp4Muxer implements ContainerMuxer {
  readonly contentType = 'video/mp4';
  private configured: H264Clip | null = null;
  private sequence = 0;
  private start = 0;

  picture({ clip, unit, pts, dts }: MuxedPicture): Buffer {
    if (this.sequence === 0) this.start = dts;
    const header = this.configured === clip ? [] : [init(clip)];
    this.configured = clip;
    const data = lengthPrefixed(unit.nals);
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(BigInt(Math.max(0, Math.round(dts - this.start))));
    const flags = unit.keyframe ? 0x02000000 : 0x01010000;
    const moof = (offset: number): Buffer =>
      box(
        'moof',
        box('mfhd', u32(0, this.sequence + 1)),
        box(
          'traf',
          box('tfhd', u32(0x020000, 1)),
          box('tfdt', u32(0x01000000), time),
          // data offset; per sample: duration, size, flags, signed composition offset
          box('trun', u32(0x01000f01, 1, offset, clip.frameTicks, data.length, flags, pts - dts)),
        ),
      );
    const size = moof(0).length;
    const fragment = moof(size + 8);
    this.sequence++;
    return Buffer.concat([...header, fragment, box('mdat', data)]);
  }
}

function init(clip: H264Clip): Buffer {
  const sample = Buffer.alloc(78);
  sample.writeUInt16BE(1, 6);
  sample.writeUInt16BE(clip.width, 24);
  sample.writeUInt16BE(clip.height, 26);
  sample.writeUInt32BE(0x00480000, 28);
  sample.writeUInt32BE(0x00480000, 32);
  sample.writeUInt16BE(1, 40);
  sample.writeUInt16BE(0x18, 74);
  sample.writeUInt16BE(0xffff, 76);
  const empty = (type: string): Buffer => box(type, u32(0, 0));
  const stbl = box(
    'stbl',
    box('stsd', u32(0, 1), box('avc1', sample, box('avcC', avcConfiguration(clip)))),
    ...[empty('stts'), empty('stsc'), box('stsz', u32(0, 0, 0)), empty('stco')],
  );
  const dinf = box('dinf', box('dref', u32(0, 1), box('url ', u32(1))));
  const mdia = box(
    'mdia',
    box('mdhd', u32(0, 0, 0, 90_000, 0, 0x55c40000)),
    box('hdlr', u32(0, 0), Buffer.from('vide'), u32(0, 0, 0), Buffer.from('camera\0')),
    box('minf', box('vmhd', u32(1, 0, 0)), dinf, stbl),
  );
  const size = [clip.width * 0x10000, clip.height * 0x10000];
  return Buffer.concat([
    box('ftyp', Buffer.from('isom'), u32(0x200), Buffer.from('isomiso6mp41')),
    box(
      'moov',
      box('mvhd', u32(0, 0, 0, 90_000, 0, 0x10000, 0x01000000, 0, 0), MATRIX, u32(0, 0, 0, 0, 0, 0, 2)),
      box('trak', box('tkhd', u32(3, 0, 0, 1, 0, 0, 0, 0, 0, 0), MATRIX, u32(...size)), mdia),
      box('mvex', box('trex', u32(0, 1, 1, 0, 0, 0))),
    ),
  ]);
}
