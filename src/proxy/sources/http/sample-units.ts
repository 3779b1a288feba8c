import { H264AccessUnit, H264Config } from '../../../media/access-unit';
import { joinSample, SplitSample } from '../../../media/fmp4/fragment-splitter';
import { parseH264Config } from '../../../media/h264/h264-config';
import { belongsInSample, isSlice, NAL, nalType, recoveryFrameCount, splitSample } from '../../../media/h264/nal';

/**
 * Makes access units of a container's samples: parameter sets and delimiters out of the data, and parameter sets that
 * change in mid-stream (FFmpeg's header keeps the first ones) into a new configuration.
 */
export class SampleUnits {
  private config: H264Config | null = null;

  /**
   * @returns `null` for a sample without a picture.
   * @throws CameraError for parameter sets beyond the bounds; BitstreamError for lengths that do not fit.
   */
  convert(sample: SplitSample): H264AccessUnit | null {
    const nals = splitSample(sample.data);
    const sps = nals.filter((nal) => nalType(nal) === NAL.SPS);
    const pps = nals.filter((nal) => nalType(nal) === NAL.PPS);
    const config = this.configFor(sample.config, sps, pps);
    const kept = nals.filter((nal) => belongsInSample(nalType(nal)));
    if (!kept.some((nal) => isSlice(nalType(nal)))) return null;
    return {
      kind: 'h264',
      config,
      data: kept.length === nals.length ? sample.data : joinSample(kept),
      keyframe: kept.some((nal) => nalType(nal) === NAL.IDR || isEntry(nal, sample)),
      pts: sample.dts + sample.cts,
      dts: sample.dts,
    };
  }

  private configFor(container: H264Config, sps: readonly Buffer[], pps: readonly Buffer[]): H264Config {
    const current = this.config ?? container;
    const nextSps = sps.length > 0 ? sps : current.sps;
    const nextPps = pps.length > 0 ? pps : current.pps;
    if (!same(nextSps, current.sps) || !same(nextPps, current.pps)) {
      this.config = parseH264Config(nextSps.map(copy), nextPps.map(copy));
    } else this.config = current;
    return this.config;
  }
}

/** A recovery point from which everything is whole serves as well as an IDR; many cameras send no second IDR. */
function isEntry(nal: Buffer, { keyframe }: SplitSample): boolean {
  return keyframe && nalType(nal) === NAL.SEI && recoveryFrameCount(nal) === 0;
}

function same(a: readonly Buffer[], b: readonly Buffer[]): boolean {
  return a.length === b.length && a.every((set, i) => set.equals(b[i] as Buffer));
}

/** Parameter sets outlive the picture they came with; a view would keep its buffer alive. */
function copy(set: Buffer): Buffer {
  return Buffer.from(set);
}
