import { H264Config } from '../../../media/access-unit';
import { BitReader } from '../../../media/h264/bit-reader';
import { parseCheckedSps, parseH264Config } from '../../../media/h264/h264-config';
import { MAX_PARAMETER_SET_BYTES } from '../../../media/parameter-sets';
import { NAL, nalType } from '../../../media/h264/nal';
import { CameraError } from '../../camera-error';

interface StoredSet {
  readonly nal: Buffer;
  readonly fromSdp: boolean;
}

/**
 * The parameter sets a camera has given, by their ids, from its SDP and within the stream. What is in the stream wins:
 * the SDP of many a camera describes another profile than the one it sends.
 */
export class ParameterSets {
  private readonly sps = new Map<number, StoredSet>();
  private readonly pps = new Map<number, StoredSet>();
  private config: H264Config | null = null;
  private changed = false;
  private fields = false;
  private sdpError: CameraError | null = null;

  /** True where a set came that the last {@link current} configuration does not have. */
  get dirty(): boolean {
    return this.changed;
  }

  /** True where pictures may be fields. */
  get interlaced(): boolean {
    return this.fields;
  }

  /** What was wrong with the SDP's sets, while nothing better came; `null` where nothing was. */
  get fault(): CameraError | null {
    return this.sps.size === 0 ? this.sdpError : null;
  }

  /** Takes the sets of an SDP; a broken one counts only if the stream brings no better one. */
  offerFromSdp(nals: readonly Buffer[]): void {
    for (const nal of nals) {
      try {
        this.store(nal, true);
      } catch (error) {
        if (!(error instanceof CameraError)) {
          throw error;
        }
        this.sdpError = error;
      }
    }
  }

  /**
   * Takes a set from the stream: `buffer[start…end)` is the NAL unit, copied if it is new.
   * @throws CameraError `camera_unsupported` for an SPS that is broken or too large
   */
  offer(buffer: Buffer, start: number, end: number): void {
    const sets = ((buffer[start] as number) & 0x1f) === NAL.SPS ? this.sps : this.pps;
    for (const { nal } of sets.values()) {
      if (nal.length === end - start && buffer.compare(nal, 0, nal.length, start, end) === 0) {
        return;
      }
    }
    this.store(Buffer.from(buffer.subarray(start, end)), false);
  }

  /**
   * The configuration of the sets given so far, `null` while one is missing.
   * @throws CameraError `camera_unsupported`
   */
  current(): H264Config | null {
    if (this.changed && this.sps.size > 0 && this.pps.size > 0) {
      this.config = parseH264Config(inOrder(this.sps), inOrder(this.pps));
      this.changed = false;
    }
    if (this.config === null && this.sdpError !== null) {
      throw this.sdpError;
    }
    return this.config;
  }

  private store(nal: Buffer, fromSdp: boolean): void {
    const isSps = nalType(nal) === NAL.SPS;
    const sets = isSps ? this.sps : this.pps;
    let id: number;
    if (isSps) {
      const parsed = parseCheckedSps(nal);
      id = parsed.id;
      this.fields = !parsed.frameMbsOnly;
    } else {
      const known = nal.length <= MAX_PARAMETER_SET_BYTES ? ppsId(nal) : null;
      if (known === null) {
        return;
      }
      id = known;
    }
    if (!fromSdp) {
      for (const [key, set] of sets) {
        if (set.fromSdp) {
          sets.delete(key);
        }
      }
    }
    sets.set(id, { nal, fromSdp });
    this.changed = true;
  }
}

/** Sorted by id, so that equal sets make equal configurations in whatever order they came. */
function inOrder(sets: ReadonlyMap<number, StoredSet>): Buffer[] {
  return [...sets].sort(([a], [b]) => a - b).map(([, set]) => set.nal);
}

/** `pic_parameter_set_id` (ITU-T H.264 §7.3.2.2), `null` where it is not one. */
function ppsId(nal: Buffer): number | null {
  try {
    return new BitReader(nal.subarray(1, 8)).ueMax(255, 'pic_parameter_set_id');
  } catch {
    return null;
  }
}
