import { ClipAccessUnit, H264Clip } from './clips';

/** A clip's picture with its times on the stream's clock in 90 kHz ticks. */
export interface MuxedPicture {
  readonly clip: H264Clip;
  readonly unit: ClipAccessUnit;
  readonly pts: number;
  readonly dts: number;
}

/** Writes one client's stream; the first picture is a keyframe and brings the container's header along. */
export interface ContainerMuxer {
  readonly contentType: string;
  picture(picture: MuxedPicture): Buffer;
}

/** AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1) with 4-byte lengths. */
export function avcConfiguration(clip: H264Clip): Buffer {
  const { sps, pps } = clip;
  const length = (nal: Buffer): Buffer => Buffer.from([nal.length >> 8, nal.length & 0xff]);
  const head = Buffer.from([1, sps[1] ?? 0, sps[2] ?? 0, sps[3] ?? 0, 0xff, 0xe1]);
  const high = [100, 110, 122, 144].includes(sps[1] ?? 0) ? Buffer.from([0xfd, 0xf8, 0xf8, 0]) : Buffer.alloc(0);
  return Buffer.concat([head, length(sps), sps, Buffer.from([1]), length(pps), pps, high]);
}

/** NAL units behind 4-byte lengths. */
export function lengthPrefixed(nals: readonly Buffer[]): Buffer {
  return Buffer.concat(
    nals.flatMap((nal) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(nal.length);
      return [length, nal];
    }),
  );
}
