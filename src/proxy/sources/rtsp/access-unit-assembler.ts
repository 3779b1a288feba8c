import { H264AccessUnit, H264Config } from '../../../media/access-unit';
import { belongsInSample, isSlice, NAL, parseSliceStart, recoveryFrameCount } from '../../../media/h264/nal';
import { CameraError } from '../../camera-error';
import { DepthHold } from './depth-hold';
import { ParameterSets } from './parameter-sets';

const FIRST_CAPACITY = 32 * 1024;
const SEI_LOOKED_AT = 512;

export interface AssemblerOptions {
  readonly maxFrameBytes: number;
  readonly parameterSets: ParameterSets;
  /** Milliseconds, monotonic; asked once an access unit. */
  readonly now: () => number;
  readonly onAccessUnit: (unit: H264AccessUnit, arrival: number) => void;
  /** Called once when delivery stops until the next keyframe. */
  readonly onLoss: () => void;
}

/**
 * Builds access units of NAL units, in one buffer that is reused for every picture of a connection; what is handed out
 * is an exact copy. A picture is handed out only whole: it begins with its first macroblock and nothing was lost since.
 *
 * It ends with the packet that carries RTP's marker bit. Cameras set it on every slice, or never; so the first picture is
 * held until the next packet shows whether the marker can be trusted, and without trust the next timestamp, or the next
 * first macroblock, ends it.
 */
export class AccessUnitAssembler {
  private buffer = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
  private length = 0;
  /** Where the length field of the NAL unit under way stands, -1 between NAL units. */
  private nalStart = -1;
  /** Where what follows the last slice begins: it belongs to the next picture if one starts at the same timestamp. */
  private afterSlices = 0;
  private slices = 0;
  private ticks = 0;
  private idr = false;
  private recoveryPoint = false;
  private nextRecoveryPoint = false;
  private intra = false;
  private damaged = false;
  /** -1 until the marker of the picture in the buffer was seen, then when that was. */
  private markedAt = -1;
  private marker: 'unknown' | 'trusted' | 'wrong' = 'unknown';
  private flushedTicks: number | null = null;

  private waiting = true;
  private delivered = false;
  /** Pictures shown before the open group of pictures we entered at refer to ones we do not have. */
  private leadingBefore: number | null = null;
  private config: H264Config | null = null;
  private readonly hold: DepthHold;

  constructor(private readonly options: AssemblerOptions) {
    this.hold = new DepthHold(options.onAccessUnit);
  }

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
      }
      this.ticks = ticks;
    }
  }

  /** Takes a whole NAL unit, `source[start…end)`. */
  nal(source: Buffer, start: number, end: number): void {
    if (end <= start) {
      return;
    }
    this.openNal(source[start] as number);
    this.append(source, start + 1, end);
    this.closeNal();
  }

  openNal(header: number): void {
    this.nalStart = this.length;
    this.reserve(5);
    this.length += 5;
    this.buffer[this.length - 1] = header;
  }

  append(source: Buffer, start: number, end: number): void {
    this.reserve(end - start);
    source.copy(this.buffer, this.length, start, end);
    this.length += end - start;
  }

  closeNal(): void {
    const start = this.nalStart;
    const size = this.length - start - 4;
    const type = (this.buffer[start + 4] as number) & 0x1f;
    this.nalStart = -1;
    if (type === NAL.SPS || type === NAL.PPS) {
      this.options.parameterSets.offer(this.buffer, start + 4, this.length);
    }
    if (!belongsInSample(type)) {
      this.length = start;
      return;
    }
    this.buffer.writeUInt32BE(size, start);
    if (isSlice(type)) {
      this.slice(type, start, size);
    } else if (recoveryFrameCount(this.buffer.subarray(start + 4, start + 4 + Math.min(size, SEI_LOOKED_AT))) === 0) {
      if (this.slices > 0) {
        this.nextRecoveryPoint = true;
      } else {
        this.recoveryPoint = true;
      }
    }
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

  private slice(type: number, start: number, size: number): void {
    // ue(v) 0 is a single 1 bit: first_mb_in_slice without reading on.
    const first = type >= 3 && type <= 4 ? false : size > 1 && ((this.buffer[start + 5] as number) & 0x80) !== 0;
    if (this.slices > 0 && this.markedAt >= 0) {
      this.marker = first ? 'trusted' : 'wrong';
      this.markedAt = -1;
    }
    if (this.slices > 0 && first && !this.options.parameterSets.interlaced) {
      // Two pictures share a timestamp.
      const held = this.afterSlices;
      this.flush(held);
      start -= held;
    }
    if (this.slices === 0) {
      if (!first) {
        this.damaged = true;
        if (this.flushedTicks === this.ticks) {
          this.marker = 'wrong';
        }
      }
      this.intra =
        this.recoveryPoint && parseSliceStart(this.buffer.subarray(start + 4, start + 4 + size))?.intra === true;
    }
    this.slices++;
    this.idr ||= type === NAL.IDR;
    this.afterSlices = this.length;
  }

  /** Hands out the picture in `buffer[0…end)`, if it may, and keeps what follows for the next one. */
  private flush(end: number): void {
    const keyframe = this.idr || (this.recoveryPoint && this.intra);
    const pts = this.ticks;
    this.flushedTicks = pts;
    if (this.damaged) {
      this.drop();
    } else if (this.admit(keyframe, pts)) {
      const data = Buffer.allocUnsafeSlow(end);
      this.buffer.copy(data, 0, 0, end);
      const arrival = this.markedAt >= 0 ? this.markedAt : this.options.now();
      this.delivered = true;
      const config = this.config as H264Config;
      this.clear(end);
      this.hold.push(config, data, keyframe, pts, arrival);
      return;
    }
    this.clear(end);
  }

  /** Whether a whole picture may be handed out; enters at keyframes. */
  private admit(keyframe: boolean, pts: number): boolean {
    const sets = this.options.parameterSets;
    if (!keyframe && !this.waiting && sets.dirty && this.config !== null) {
      // New parameter sets without a keyframe: what follows cannot be decoded with the old ones.
      this.drop();
    }
    if (!keyframe) {
      if (this.leadingBefore !== null && pts >= this.leadingBefore) {
        this.leadingBefore = null;
      }
      return !this.waiting && this.leadingBefore === null;
    }
    const config = sets.current();
    if (config === null) {
      return false;
    }
    if (config !== this.config) {
      this.config = config;
      this.hold.configure(config);
    } else if (this.waiting) {
      this.hold.restart();
    }
    this.leadingBefore = this.waiting && !this.idr ? pts : null;
    this.waiting = false;
    return true;
  }

  private drop(): void {
    if (!this.waiting) {
      this.waiting = true;
      this.hold.release();
      if (this.delivered) {
        this.options.onLoss();
      }
    }
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
    this.idr = false;
    this.recoveryPoint = rest > 0 && this.nextRecoveryPoint;
    this.nextRecoveryPoint = false;
    this.intra = false;
    this.damaged = false;
    this.markedAt = -1;
  }

  private reserve(bytes: number): void {
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
}
