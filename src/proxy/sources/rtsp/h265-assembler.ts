import { H265Config } from '../../../media/access-unit';
import {
  belongsInH265Sample,
  H265_HEADER_BYTES,
  H265_NAL,
  h265Layer,
  h265Type,
  isH265ParameterSet,
  isH265Slice,
  isIrap,
  isRasl,
} from '../../../media/h265/nal';
import { H265ParameterSets } from './h265-parameter-sets';
import { AssemblerOptions, PictureAssembler } from './picture-assembler';

/**
 * Builds access units of H.265 (ITU-T H.265 §7.4.2.4.4). It enters at intra random access pictures; of an open group the
 * pictures shown before its first one refer to what came before (RASL), and are left out where we do not have that.
 */
export class H265Assembler extends PictureAssembler<H265Config> {
  /** Of the picture under way, by its first piece. */
  private type = -1;
  private withoutLeading = false;

  constructor(
    options: AssemblerOptions<H265Config>,
    private readonly parameterSets: H265ParameterSets,
  ) {
    super(options);
  }

  /** A NAL unit with this header comes in pieces. */
  openNal(first: number, second: number): void {
    this.beginNal();
    this.reserve(H265_HEADER_BYTES);
    this.buffer[this.length] = first;
    this.buffer[this.length + 1] = second;
    this.length += H265_HEADER_BYTES;
  }

  /** @inheritdoc */
  closeNal(): void {
    const start = this.nalStart;
    if (start < 0) {
      return;
    }
    const at = start + 4;
    const size = this.length - at;
    const first = this.buffer[at] as number;
    const type = h265Type(first);
    this.nalStart = -1;
    const base = size > H265_HEADER_BYTES && h265Layer(first, this.buffer[at + 1] as number) === 0;
    if (base && isH265ParameterSet(type)) {
      this.parameterSets.offer(this.buffer, at, this.length);
    }
    if (!base || !belongsInH265Sample(type)) {
      this.length = start;
      return;
    }
    this.buffer.writeUInt32BE(size, start);
    if (isH265Slice(type)) {
      // first_slice_segment_in_pic_flag is the first bit behind the header.
      const begins = ((this.buffer[at + H265_HEADER_BYTES] as number) & 0x80) !== 0;
      this.piece(begins, begins);
      if (this.slices === 0) {
        this.type = type;
      }
      this.slices++;
      this.afterSlices = this.length;
    } else if (type === H265_NAL.SUFFIX_SEI && this.slices > 0) {
      this.afterSlices = this.length;
    }
  }

  protected get keyframe(): boolean {
    return isIrap(this.type);
  }

  protected admit(keyframe: boolean): boolean {
    const sets = this.parameterSets;
    if (!keyframe) {
      if (!this.waiting && sets.dirty) {
        // New parameter sets without a keyframe: what follows cannot be decoded with the old ones.
        this.drop();
      }
      return !this.waiting && !(this.withoutLeading && isRasl(this.type));
    }
    const config = sets.current();
    if (config === null) {
      return false;
    }
    const { type } = this;
    const broken = type >= H265_NAL.BLA_W_LP && type <= H265_NAL.BLA_N_LP;
    this.withoutLeading = broken || (type === H265_NAL.CRA && this.waiting);
    this.enter(config);
    return true;
  }

  protected reset(): void {
    this.type = -1;
  }
}
