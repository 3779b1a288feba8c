import { H264AccessUnit } from '../../../media/access-unit';
import { BitWriter, fullVui, makeSps, PPS, SpsFields } from '../../../media/h264/bit-writer.fixture';
import { splitSample } from '../../../media/h264/nal';
import { AccessUnitAssembler } from './access-unit-assembler';
import { H264Depacketizer } from './h264-depacketizer';
import { ParameterSets } from './parameter-sets';
import { RtpReceiver } from './rtp-receiver';

/** Announces that there are no B-frames. */
export const sps = (fields: Partial<SpsFields> = {}): Buffer => makeSps({ vui: fullVui(25, 0), ...fields });
export const SPS = sps();
/** Says nothing of B-frames. */
export const SILENT = makeSps();
let filler = 0;
/** Makes slices repeat themselves. */
export const resetFiller = (): void => {
  filler = 0;
};
/** A slice of `size` bytes with contents of its own. */
export function slice(type: 1 | 5, size = 20, firstMb = 0, sliceType = type === 5 ? 7 : 5): Buffer {
  const head = new BitWriter()
    .ue(firstMb)
    .ue(sliceType)
    .nal(type === 5 ? 0x65 : 0x41);
  return Buffer.concat([head, Buffer.alloc(size, (filler = (filler % 200) + 1))]);
}
export const idr = (size?: number): Buffer => slice(5, size);
export const inter = (size?: number): Buffer => slice(1, size);
export const RECOVERY = Buffer.from([6, 6, 1, 0xc4, 0x80]);
export const AUD = Buffer.from([9, 0x10]);

/** RTP packets of a camera, for a receiver. */
export abstract class PacketStream {
  sequence = 65530;
  ticks = 0xffffffff - 5000;
  ssrc = 1;
  abstract readonly receiver: RtpReceiver;

  packet(payload: Buffer, marker = false): this {
    const header = Buffer.alloc(12);
    header[0] = 0x80;
    header[1] = 96 | (marker ? 0x80 : 0);
    header.writeUInt16BE(this.sequence++ & 0xffff, 2);
    header.writeUInt32BE(this.ticks >>> 0, 4);
    header.writeUInt32BE(this.ssrc, 8);
    // Somewhere within a larger buffer that is written over afterwards, as in life.
    const bytes = Buffer.concat([Buffer.alloc(7, 0xee), header, payload, Buffer.alloc(9, 0xee)]);
    this.receiver.packet(bytes, 7, bytes.length - 9);
    bytes.fill(0);
    return this;
  }

  lose(count = 1): this {
    this.sequence += count;
    return this;
  }

  next(ticks = 3600): this {
    this.ticks = (this.ticks + ticks) % 2 ** 32;
    return this;
  }
}

/** RTP packets of an H.264 camera, and what comes of them. */
export class Stream extends PacketStream {
  readonly units: H264AccessUnit[] = [];
  readonly arrivals: number[] = [];
  readonly assembler: AccessUnitAssembler;
  now = 0;
  losses = 0;
  readonly sets = new ParameterSets();
  readonly receiver: RtpReceiver;

  constructor(fromSdp: Buffer[] = [SPS, PPS], maxFrameBytes = 1 << 20, clockRate = 90_000) {
    super();
    this.sets.offerFromSdp(fromSdp);
    this.assembler = new AccessUnitAssembler({
      maxFrameBytes,
      parameterSets: this.sets,
      now: () => this.now,
      onAccessUnit: (unit, arrival) => {
        this.units.push(unit);
        this.arrivals.push(arrival);
      },
      onLoss: () => this.losses++,
    });
    this.receiver = new RtpReceiver({
      depacketizer: new H264Depacketizer(this.assembler),
      clockRate,
      payloadType: null,
      onSenderReport: () => undefined,
      onBye: () => undefined,
    });
  }

  /** A picture of one packet for each NAL unit. */
  picture(...nals: Buffer[]): this {
    this.next();
    nals.forEach((nal, i) => this.packet(nal, i === nals.length - 1));
    return this;
  }

  fragments(nal: Buffer, sizes = 7, { end = true, marker = true, every = false } = {}): this {
    for (let at = 1; at < nal.length; at += sizes) {
      const last = at + sizes >= nal.length;
      const first = nal[0] as number;
      const header = (first & 0x1f) | (at === 1 ? 0x80 : 0) | (last && end ? 0x40 : 0);
      this.packet(
        Buffer.concat([Buffer.from([(first & 0xe0) | 28, header]), nal.subarray(at, at + sizes)]),
        every || (last && marker),
      );
    }
    return this;
  }

  get nals(): string[][] {
    return this.units.map((unit) => splitSample(unit.data).map((nal) => nal.toString('hex')));
  }
}
