import { H264Config } from '../../../media/access-unit';
import { belongsInSample, isSlice, NAL, parseSliceStart, recoveryFrameCount } from '../../../media/h264/nal';
import { ParameterSets } from './parameter-sets';
import { AssemblerOptions, PictureAssembler } from './picture-assembler';

const SEI_LOOKED_AT = 512;

export interface H264AssemblerOptions extends AssemblerOptions<H264Config> {
  readonly parameterSets: ParameterSets;
}

/** Builds access units of H.264: see {@link PictureAssembler}. */
export class AccessUnitAssembler extends PictureAssembler<H264Config> {
  private idr = false;
  private recoveryPoint = false;
  private nextRecoveryPoint = false;
  private intra = false;
  /** Pictures shown before the open group of pictures we entered at refer to ones we do not have. */
  private leadingBefore: number | null = null;
  private readonly parameterSets: ParameterSets;

  constructor(options: H264AssemblerOptions) {
    super(options);
    this.parameterSets = options.parameterSets;
  }

  /** A NAL unit with this header comes in pieces. */
  openNal(header: number): void {
    this.beginNal();
    this.reserve(1);
    this.buffer[this.length++] = header;
  }

  /** @inheritdoc */
  closeNal(): void {
    const start = this.nalStart;
    if (start < 0) {
      return;
    }
    const size = this.length - start - 4;
    const type = (this.buffer[start + 4] as number) & 0x1f;
    this.nalStart = -1;
    if (type === NAL.SPS || type === NAL.PPS) {
      this.parameterSets.offer(this.buffer, start + 4, this.length);
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

  protected get keyframe(): boolean {
    return this.idr || (this.recoveryPoint && this.intra);
  }

  protected admit(keyframe: boolean, pts: number): boolean {
    const sets = this.parameterSets;
    if (!keyframe) {
      if (!this.waiting && sets.dirty) {
        // New parameter sets without a keyframe: what follows cannot be decoded with the old ones.
        this.drop();
      }
      if (this.leadingBefore !== null && pts >= this.leadingBefore) {
        this.leadingBefore = null;
      }
      return !this.waiting && this.leadingBefore === null;
    }
    const config = sets.current();
    if (config === null) {
      return false;
    }
    this.leadingBefore = this.waiting && !this.idr ? pts : null;
    this.enter(config);
    return true;
  }

  protected reset(rest: number): void {
    this.idr = false;
    this.recoveryPoint = rest > 0 && this.nextRecoveryPoint;
    this.nextRecoveryPoint = false;
    this.intra = false;
  }

  private slice(type: number, start: number, size: number): void {
    // ue(v) 0 is a single 1 bit: first_mb_in_slice without reading on.
    const first = type >= 3 && type <= 4 ? false : size > 1 && ((this.buffer[start + 5] as number) & 0x80) !== 0;
    start -= this.piece(first, first && !this.parameterSets.interlaced);
    if (this.slices === 0) {
      this.intra =
        this.recoveryPoint && parseSliceStart(this.buffer.subarray(start + 4, start + 4 + size))?.intra === true;
    }
    this.slices++;
    this.idr ||= type === NAL.IDR;
    this.afterSlices = this.length;
  }
}
