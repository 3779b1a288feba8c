import { H264Clip } from './clips';
import { avcConfiguration, ContainerMuxer, lengthPrefixed, MuxedPicture } from './container-muxer';

/** Flash Video (Adobe FLV specification 10.1, annex E) with one H.264 stream and no audio. */
export class FlvMuxer implements ContainerMuxer {
  readonly contentType = 'video/x-flv';
  private configured: H264Clip | null = null;

  picture({ clip, unit, pts, dts }: MuxedPicture): Buffer {
    const ms = Math.round(dts / 90);
    const parts: Buffer[] = [];
    if (this.configured === null) parts.push(Buffer.from([0x46, 0x4c, 0x56, 1, 1, 0, 0, 0, 9, 0, 0, 0, 0]));
    if (this.configured !== clip) parts.push(tag(ms, Buffer.from([0x17, 0, 0, 0, 0]), avcConfiguration(clip)));
    this.configured = clip;
    const offset = Math.round(pts / 90) - ms;
    const head = Buffer.from([unit.keyframe ? 0x17 : 0x27, 1, (offset >> 16) & 255, (offset >> 8) & 255, offset & 255]);
    parts.push(tag(ms, head, lengthPrefixed(unit.nals)));
    return Buffer.concat(parts);
  }
}

function tag(ms: number, head: Buffer, data: Buffer): Buffer {
  const size = head.length + data.length;
  const bytes = Buffer.alloc(11 + size + 4);
  bytes[0] = 9;
  bytes.writeUIntBE(size, 1, 3);
  bytes.writeUIntBE(ms & 0xffffff, 4, 3);
  bytes[7] = Math.floor(ms / 2 ** 24) & 255;
  head.copy(bytes, 11);
  data.copy(bytes, 11 + head.length);
  bytes.writeUInt32BE(11 + size, 11 + size);
  return bytes;
}
