import { JpegPicture } from '../../../media/access-unit';
import { JpegDepacketizer, JpegDepacketizerOptions } from './jpeg-depacketizer';
import { PacketStream } from './rtp-stream.fixture';
import { RtpReceiver } from './rtp-receiver';

/** RTP packets of a motion JPEG camera, and what comes of them. */
export class JpegStream extends PacketStream {
  readonly pictures: JpegPicture[] = [];
  readonly arrivals: number[] = [];
  now = 0;
  losses = 0;
  readonly depacketizer: JpegDepacketizer;
  readonly receiver: RtpReceiver;

  constructor(changes: Partial<JpegDepacketizerOptions> = {}) {
    super();
    this.depacketizer = new JpegDepacketizer({
      maxJpegBytes: 1 << 20,
      maxPictureSize: 8192,
      announced: null,
      now: () => this.now,
      onPicture: (picture, arrival) => {
        this.pictures.push(picture);
        this.arrivals.push(arrival);
      },
      onLoss: () => this.losses++,
      ...changes,
    });
    this.receiver = new RtpReceiver({
      depacketizer: this.depacketizer,
      clockRate: 90_000,
      payloadType: null,
      onSenderReport: () => undefined,
      onBye: () => undefined,
    });
  }

  /** A picture; of its packets those whose numbers are in `lost` never come. */
  picture(payloads: readonly Buffer[], lost: ReadonlySet<number> = new Set()): this {
    this.next();
    payloads.forEach((payload, i) => {
      if (lost.has(i)) this.lose();
      else this.packet(payload, i === payloads.length - 1);
    });
    return this;
  }
}

export interface PayloadFields {
  readonly offset: number;
  readonly type: number;
  readonly quality: number;
  /** In units of 8 pixels. */
  readonly width: number;
  readonly height: number;
  readonly typeSpecific: number;
  readonly restartInterval: number;
  /** `null`: no table header. */
  readonly tables: Buffer | null;
  /** Bit n: table n has two bytes an entry. */
  readonly precision: number;
  readonly data: Buffer;
}

/** A payload as RFC 2435 §3.1 has it: 4:2:0, 320x176, quality 50 unless told otherwise. */
export function jpegPayload(fields: Partial<PayloadFields> = {}): Buffer {
  const { offset = 0, type = 1, quality = 50, width = 40, height = 22, typeSpecific = 0 } = fields;
  const { restartInterval = 0, tables = null, precision = 0, data = Buffer.alloc(0) } = fields;
  const main = [typeSpecific, offset >> 16, (offset >> 8) & 255, offset & 255, type, quality, width, height];
  const restart = type >= 64 && type < 128 ? [restartInterval >> 8, restartInterval & 255, 0xff, 0xff] : [];
  const header = tables === null ? [] : [0, precision, tables.length >> 8, tables.length & 255];
  return Buffer.concat([Buffer.from([...main, ...restart, ...header]), tables ?? Buffer.alloc(0), data]);
}
