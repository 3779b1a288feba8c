import { VideoConfig } from '../../../media/access-unit';
import { CameraError } from '../../camera-error';
import { DepthHold, UnitOf } from './depth-hold';

const FIRST_CAPACITY = 32 * 1024;

export interface AssemblerOptions<Config extends VideoConfig> {
  readonly maxFrameBytes: number;
  /** Milliseconds, monotonic; asked once an access unit. */
  readonly now: () => number;
  readonly onAccessUnit: (unit: UnitOf<Config>, arrival: number) => void;
  /** Called once when delivery stops until the next keyframe. */
  readonly onLoss: () => void;
}

/**
 * Builds access units of NAL units, in one buffer that is reused for every picture of a connection; what is handed out
 * is an exact copy. A picture is handed out only whole: it begins with its first piece and nothing was lost since.
 *
 * It ends with the packet that carries RTP's marker bit. Cameras set it on every piece, or never; so the first picture is
 * held until the next packet shows whether the marker can be trusted, and without trust the next timestamp, or the next
 * first piece, ends it.
 */
export abstract class PictureAssembler<Config extends VideoConfig> {
  protected buffer = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
  protected length = 0;
  /** Where the length field of the NAL unit under way stands, -1 between NAL units. */
  protected nalStart = -1;
  /** Where what follows the last piece begins: it belongs to the next picture if one starts at the same timestamp. */
  protected afterSlices = 0;
  /** Pieces of the picture under way. */
  protected slices = 0;
  protected waiting = true;
  private ticks = 0;
  private damaged = false;
  /** -1 until the marker of the picture in the buffer was seen, then when that was. */
  private markedAt = -1;
  private marker: 'unknown' | 'trusted' | 'wrong' = 'unknown';
  private flushedTicks: number | null = null;
  private delivered = false;
  private config: Config | null = null;
  private readonly hold: DepthHold<Config>;

  protected constructor(private readonly options: AssemblerOptions<Config>) {
    this.hold = new DepthHold(options.onAccessUnit);
  }

  /** The NAL unit under way, if there is one, is whole: keeps it if it belongs into a sample, and calls {@link piece}. */
  abstract closeNal(): void;
  /** Whether decoding can begin with the picture under way. */
  protected abstract get keyframe(): boolean;
  /** Whether a whole picture may be handed out; calls {@link enter} for keyframes. */
  protected abstract admit(keyframe: boolean, pts: number): boolean;
  /** A picture is over. @param rest bytes that belong to the next one */
  protected abstract reset(rest: number): void;

  /** A packet with this presentation time comes next. */
  startPacket(ticks: number): void {
    if (ticks !== this.ticks) {
      if (this.nalStart >= 0) {
        this.damaged = true;
        this.abandonNal();
      }
      if (this.slices > 0) {
        if (this.marker === 'unknown') {
          this.marker = this.markedAt >= 0 ? 'trusted' : 'wrong';
        }
        this.flush(this.length);
      } else if (this.damaged) {
        // Nothing whole came of it: the next picture begins clean.
        this.clear(this.length);
        this.drop();
      }
      this.ticks = ticks;
    }
  }

  /** Takes a whole NAL unit, `source[start…end)`. */
  nal(source: Buffer, start: number, end: number): void {
    if (end <= start) {
      return;
    }
    this.beginNal();
    this.append(source, start, end);
    this.closeNal();
  }

  /** Takes whole NAL units, each behind its size in two bytes, `source[start…end)` (RFC 6184 §5.7.1, RFC 7798 §4.4.2). */
  aggregate(source: Buffer, start: number, end: number): void {
    let at = start;
    while (at + 2 <= end) {
      const size = ((source[at] as number) << 8) | (source[at + 1] as number);
      at += 2;
      if (at + size > end) {
        this.damage();
        return;
      }
      this.nal(source, at, at + size);
      at += size;
    }
  }

  /** More of the NAL unit under way; of one that was given up, nothing. */
  append(source: Buffer, start: number, end: number): void {
    if (this.nalStart < 0) {
      return;
    }
    this.reserve(end - start);
    source.copy(this.buffer, this.length, start, end);
    this.length += end - start;
  }

  /** Drops the NAL unit under way. */
  abandonNal(): void {
    if (this.nalStart >= 0) {
      this.length = this.nalStart;
      this.nalStart = -1;
    }
  }

  /** RTP's marker bit: this packet ends the picture. */
  mark(): void {
    if (this.slices === 0 || this.nalStart >= 0) {
      return;
    }
    if (this.marker === 'trusted') {
      this.flush(this.length);
    } else if (this.marker === 'unknown') {
      this.markedAt = this.options.now();
    }
  }

  /** The picture under way lacks a piece; the ones before it are whole. */
  damage(): void {
    this.damaged = true;
  }

  /** Packets were lost: the picture under way, and everything up to the next keyframe, is of no use. */
  lost(): void {
    this.nalStart = -1;
    this.clear(this.length);
    this.flushedTicks = null;
    this.drop();
  }

  /** The connection ended: hands out the whole pictures that wait for their decode times. */
  end(): void {
    this.hold.release();
  }

  /** Makes room for the length field of a NAL unit. */
  protected beginNal(): void {
    this.nalStart = this.length;
    this.reserve(4);
    this.length += 4;
  }

  /**
   * The NAL unit that has just been closed is a piece of a picture, the last one in the buffer.
   * @param first it is a picture's first piece
   * @param another it begins another picture, though one is under way
   * @returns by how much it has moved to the buffer's beginning
   */
  protected piece(first: boolean, another: boolean): number {
    let moved = 0;
    if (this.slices > 0 && this.markedAt >= 0) {
      this.marker = first ? 'trusted' : 'wrong';
      this.markedAt = -1;
    }
    if (this.slices > 0 && another) {
      // Two pictures share a timestamp.
      moved = this.afterSlices;
      this.flush(moved);
    }
    if (this.slices === 0 && !first) {
      this.damaged = true;
      if (this.flushedTicks === this.ticks) {
        this.marker = 'wrong';
      }
    }
    return moved;
  }

  /** The keyframe that is handed out next has this configuration. */
  protected enter(config: Config): void {
    if (config !== this.config) {
      this.config = config;
      this.hold.configure(config);
    } else if (this.waiting) {
      this.hold.restart();
    }
    this.waiting = false;
  }

  protected drop(): void {
    if (!this.waiting) {
      this.waiting = true;
      this.hold.release();
      if (this.delivered) {
        this.options.onLoss();
      }
    }
  }

  protected reserve(bytes: number): void {
    const needed = this.length + bytes;
    if (needed <= this.buffer.length) {
      return;
    }
    if (needed > this.options.maxFrameBytes) {
      throw new CameraError(
        'camera_unsupported',
        `The camera sends a picture of more than ${this.options.maxFrameBytes >> 20} MiB: lower its resolution or bit rate.`,
      );
    }
    const larger = Buffer.allocUnsafeSlow(
      Math.min(this.options.maxFrameBytes, Math.max(needed, this.buffer.length * 2)),
    );
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }

  /** Hands out the picture in `buffer[0…end)`, if it may, and keeps what follows for the next one. */
  private flush(end: number): void {
    const { keyframe } = this;
    const pts = this.ticks;
    this.flushedTicks = pts;
    if (this.damaged) {
      this.drop();
    } else if (this.admit(keyframe, pts)) {
      const data = Buffer.allocUnsafeSlow(end);
      this.buffer.copy(data, 0, 0, end);
      const arrival = this.markedAt >= 0 ? this.markedAt : this.options.now();
      this.delivered = true;
      const config = this.config as Config;
      this.clear(end);
      this.hold.push(config, data, keyframe, pts, arrival);
      return;
    }
    this.clear(end);
  }

  private clear(end: number): void {
    const rest = this.length - end;
    if (rest > 0) {
      this.buffer.copyWithin(0, end, this.length);
    }
    if (this.nalStart >= 0) {
      this.nalStart -= end;
    }
    this.length = rest;
    this.afterSlices = 0;
    this.slices = 0;
    this.damaged = false;
    this.markedAt = -1;
    this.reset(rest);
  }
}
