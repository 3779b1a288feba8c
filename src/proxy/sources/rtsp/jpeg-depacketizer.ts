import { JpegPicture } from '../../../media/access-unit';
import { jfifHeader } from '../../../media/jfif-header';
import { END_OF_IMAGE } from '../../../media/jpeg';
import { QuantiserTable, quantisersOf } from '../../../media/jpeg-tables';
import { CameraError } from '../../camera-error';
import { Depacketizer } from './depacketizer';
import { FIRST_TABLE_QUALITY, JpegPayload, readJpegPayload } from './jpeg-payload';

const FIRST_CAPACITY = 64 * 1024;
/** A picture's tables are its own: they are not kept for later ones (RFC 2435 §4.2). */
const TABLES_IN_EACH_PICTURE = 255;

/** Width and height in pixels. */
interface PictureSize {
  readonly width: number;
  readonly height: number;
}

export interface JpegDepacketizerOptions {
  readonly maxJpegBytes: number;
  /** Longest side in pixels. */
  readonly maxPictureSize: number;
  /** The SDP's word, for pictures that are too large for RTP's; `null` where it says nothing. */
  readonly announced: PictureSize | null;
  /** Milliseconds, monotonic; asked once a picture. */
  readonly now: () => number;
  readonly onPicture: (picture: JpegPicture, arrival: number) => void;
  /** A picture was begun, or could not be read, and is dropped. */
  readonly onLoss: () => void;
}

/**
 * RTP payloads of motion JPEG to JPEGs (RFC 2435): types 0 and 1, with restart markers or without, quantisers computed or
 * sent. A picture is handed out only whole: all its bytes from 0 on without a hole. RTP's marker ends it; cameras that set
 * it on every packet, or never, are found out by the first picture, which is held until the next packet.
 */
export class JpegDepacketizer implements Depacketizer {
  private buffer = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
  private length = 0;
  /** Of the picture under way; `null` between pictures, and while what comes is of no use. */
  private header: Buffer | null = null;
  private size: PictureSize = { width: 0, height: 0 };
  private ticks = 0;
  /** -1 until the marker of the picture in the buffer was seen, then when that was. */
  private markedAt = -1;
  private marker: 'unknown' | 'trusted' | 'wrong' = 'unknown';
  /** Of the picture under way: a marker on a picture of one packet proves nothing. */
  private packets = 0;
  private delivered = false;
  private reason: CameraError | null = null;

  private readonly tables = new Map<number, readonly QuantiserTable[]>();
  private headerKey = '';
  private headerTables: readonly QuantiserTable[] = [];
  private lastHeader: Buffer = Buffer.alloc(0);

  constructor(private readonly options: JpegDepacketizerOptions) {}

  /** Why no picture could be made so far; `null` where nothing stands in the way. */
  get fault(): CameraError | null {
    return this.reason;
  }

  /** @inheritdoc */
  push(buffer: Buffer, start: number, end: number, ticks: number, marker: boolean): void {
    // Nothing but padding (RFC 3550 §5.1): no part of a picture, and no fault of one.
    if (end <= start) return;
    const payload = readJpegPayload(buffer, start, end);
    if (payload === null) {
      this.drop();
      return;
    }
    if (payload.offset === 0) {
      this.finish(true);
      this.begin(payload, ticks);
    } else if (this.markedAt >= 0) {
      // The marker was not its end.
      this.marker = 'wrong';
      this.markedAt = -1;
    }
    if (this.header === null) {
      return;
    }
    if (payload.offset !== this.length || ticks !== this.ticks) {
      this.drop();
      return;
    }
    this.packets++;
    this.append(buffer, payload.dataAt, end);
    if (marker && this.marker === 'trusted') {
      this.finish(false);
    } else if (marker && this.marker === 'unknown') {
      this.markedAt = this.options.now();
    }
  }

  /** @inheritdoc */
  lost(): void {
    this.drop();
  }

  /** The connection ended: a picture that waits for the next packet's word is whole if its marker was there. */
  end(): void {
    if (this.markedAt >= 0) {
      this.finish(false);
    }
  }

  private begin(payload: JpegPayload, ticks: number): void {
    const size = this.sizeOf(payload);
    this.checkType(payload);
    const tables = this.tablesOf(payload);
    this.ticks = ticks;
    this.length = 0;
    this.packets = 0;
    if (tables === null) {
      this.drop();
      return;
    }
    this.size = size;
    this.header = this.headerOf(payload, size, tables);
  }

  private append(buffer: Buffer, start: number, end: number): void {
    const needed = this.length + end - start;
    const { maxJpegBytes } = this.options;
    if (needed > maxJpegBytes) {
      throw new CameraError(
        'camera_unsupported',
        `The camera sends a picture of more than ${maxJpegBytes >> 20} MiB: lower its resolution or quality.`,
      );
    }
    if (needed > this.buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(maxJpegBytes, Math.max(needed, this.buffer.length * 2)));
      this.buffer.copy(larger, 0, 0, this.length);
      this.buffer = larger;
    }
    buffer.copy(this.buffer, this.length, start, end);
    this.length = needed;
  }

  /**
   * Hands out the picture under way: nothing of it is missing.
   * @param next because the next one begins
   */
  private finish(next: boolean): void {
    const { header, length, options } = this;
    if (header === null) {
      return;
    }
    if (next && this.marker === 'unknown' && this.packets > 1) {
      this.marker = this.markedAt >= 0 ? 'trusted' : 'wrong';
    }
    const arrival = this.markedAt >= 0 ? this.markedAt : options.now();
    this.header = null;
    this.markedAt = -1;
    if (length === 0) {
      this.drop();
      return;
    }
    const ended = length >= 2 && this.buffer[length - 2] === 0xff && this.buffer[length - 1] === 0xd9;
    const data = Buffer.allocUnsafeSlow(header.length + length + (ended ? 0 : END_OF_IMAGE.length));
    header.copy(data);
    this.buffer.copy(data, header.length, 0, length);
    if (!ended) {
      END_OF_IMAGE.copy(data, header.length + length);
    }
    this.delivered = true;
    options.onPicture({ kind: 'jpeg', data, ...this.size, dts: this.ticks }, arrival);
  }

  private drop(): void {
    this.header = null;
    this.markedAt = -1;
    if (this.delivered) {
      this.options.onLoss();
    }
  }

  private sizeOf({ width, height }: JpegPayload): PictureSize {
    const size = width > 0 && height > 0 ? { width, height } : this.options.announced;
    if (size === null) {
      throw new CameraError(
        'camera_unsupported',
        "The camera sends Motion JPEG without its size, as it is larger than 2040 pixels: lower its resolution, or set the video codec to H.264 in the camera's settings.",
      );
    }
    const { maxPictureSize } = this.options;
    if (size.width > maxPictureSize || size.height > maxPictureSize) {
      throw new CameraError(
        'camera_unsupported',
        `The camera's picture of ${size.width}x${size.height} is too large: at most ${maxPictureSize} pixels a side.`,
      );
    }
    return size;
  }

  private checkType({ type, typeSpecific }: JpegPayload): void {
    if ((type & 0x3f) > 1 || type > 127) {
      throw new CameraError(
        'camera_unsupported',
        `The camera sends a kind of Motion JPEG (RTP type ${type}) that is not standard: set the video codec of this stream to H.264 in the camera's settings.`,
      );
    }
    if (typeSpecific === 1 || typeSpecific === 2) {
      throw new CameraError(
        'camera_unsupported',
        "The camera sends interlaced Motion JPEG: set this stream to progressive, or to H.264, in the camera's settings.",
      );
    }
  }

  /** A picture's quantisers; `null` where they cannot be known, and the picture not be shown. */
  private tablesOf({ quality, tables }: JpegPayload): readonly QuantiserTable[] | null {
    const { tables: known } = this;
    if (tables !== null && tables.length > 0) {
      if (quality !== TABLES_IN_EACH_PICTURE) {
        known.set(quality, tables);
      }
      this.reason = null;
      return tables;
    }
    if (quality >= 1 && quality <= 99 && !known.has(quality)) {
      known.set(quality, quantisersOf(quality));
    }
    const found = quality === TABLES_IN_EACH_PICTURE ? undefined : known.get(quality);
    this.reason =
      found === undefined
        ? new CameraError(
            'camera_unsupported',
            quality < FIRST_TABLE_QUALITY
              ? `The camera sends Motion JPEG of a quality (${quality}) that RTP does not define: set the video codec of this stream to H.264 in the camera's settings.`
              : "The camera sends Motion JPEG without its quantiser tables: set the video codec of this stream to H.264 in the camera's settings.",
          )
        : null;
    return found ?? null;
  }

  /** Made anew only where something changed; a camera's pictures are all alike. */
  private headerOf(
    { type, quality, restartInterval }: JpegPayload,
    size: PictureSize,
    quantisers: readonly QuantiserTable[],
  ): Buffer {
    const key = `${type} ${quality} ${restartInterval} ${size.width} ${size.height}`;
    if (key !== this.headerKey || !sameTables(quantisers, this.headerTables)) {
      const sampling = (type & 1) === 1 ? '4:2:0' : '4:2:2';
      this.lastHeader = jfifHeader({ ...size, sampling, quantisers, restartInterval });
      this.headerKey = key;
      this.headerTables = quantisers;
    }
    return this.lastHeader;
  }
}

function sameTables(a: readonly QuantiserTable[], b: readonly QuantiserTable[]): boolean {
  return (
    a === b ||
    (a.length === b.length &&
      a.every(({ wide, entries }, i) => wide === b[i]?.wide && entries.equals(b[i]?.entries as Buffer)))
  );
}
