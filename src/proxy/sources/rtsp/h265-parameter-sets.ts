import { H265Config } from '../../../media/access-unit';
import { BitReader } from '../../../media/h264/bit-reader';
import { MAX_PARAMETER_SET_BYTES } from '../../../media/parameter-sets';
import { H265Sets, parseCheckedH265Sps, parseH265Config } from '../../../media/h265/h265-config';
import { H265_HEADER_BYTES, H265_NAL, h265Type, isH265ParameterSet } from '../../../media/h265/nal';
import { CameraError } from '../../camera-error';

interface StoredSet {
  readonly nal: Buffer;
  readonly fromSdp: boolean;
}

/** The H.265 parameter sets a camera has given, by type and id, from its SDP and within the stream. The stream wins. */
export class H265ParameterSets {
  private readonly sets = new Map<number, Map<number, StoredSet>>([
    [H265_NAL.VPS, new Map()],
    [H265_NAL.SPS, new Map()],
    [H265_NAL.PPS, new Map()],
  ]);
  private config: H265Config | null = null;
  private changed = false;
  private sdpError: CameraError | null = null;

  /** True where a set came that the last {@link current} configuration does not have. */
  get dirty(): boolean {
    return this.changed;
  }

  /** What was wrong with the SDP's sets, while nothing better came; `null` where nothing was. */
  get fault(): CameraError | null {
    return this.ofType(H265_NAL.SPS).size === 0 ? this.sdpError : null;
  }

  /** Takes the sets of an SDP; a broken one counts only if the stream brings no better one. */
  offerFromSdp(nals: readonly Buffer[]): void {
    for (const nal of nals) {
      try {
        if (isH265ParameterSet(h265Type(nal[0] ?? 0))) {
          this.store(nal, true);
        }
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
    for (const { nal } of this.ofType(h265Type(buffer[start] as number)).values()) {
      if (nal.length === end - start && buffer.compare(nal, 0, nal.length, start, end) === 0) {
        return;
      }
    }
    this.store(Buffer.from(buffer.subarray(start, end)), false);
  }

  /** The configuration of the sets given so far, `null` while one is missing. @throws CameraError `camera_unsupported` */
  current(): H265Config | null {
    if (this.changed && [...this.sets.values()].every(({ size }) => size > 0)) {
      this.config = parseH265Config(this.inOrder());
      this.changed = false;
    }
    if (this.config === null && this.sdpError !== null) {
      throw this.sdpError;
    }
    return this.config;
  }

  private store(nal: Buffer, fromSdp: boolean): void {
    const type = h265Type(nal[0] as number);
    const sets = this.ofType(type);
    const id = type === H265_NAL.SPS ? parseCheckedH265Sps(nal).id : idOf(nal, type);
    if (id === null) {
      return;
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

  private ofType(type: number): Map<number, StoredSet> {
    return this.sets.get(type) as Map<number, StoredSet>;
  }

  /** Sorted by id, so that equal sets make equal configurations in whatever order they came. */
  private inOrder(): H265Sets {
    const list = (type: number): Buffer[] => [...this.ofType(type)].sort(([a], [b]) => a - b).map(([, set]) => set.nal);
    return { vps: list(H265_NAL.VPS), sps: list(H265_NAL.SPS), pps: list(H265_NAL.PPS) };
  }
}

/** Number of a VPS (§7.3.2.1) or PPS (§7.3.2.3.1), `null` where it is none. */
function idOf(nal: Buffer, type: number): number | null {
  if (nal.length <= H265_HEADER_BYTES || nal.length > MAX_PARAMETER_SET_BYTES) {
    return null;
  }
  if (type === H265_NAL.VPS) {
    return (nal[H265_HEADER_BYTES] as number) >> 4;
  }
  try {
    return new BitReader(nal.subarray(H265_HEADER_BYTES, H265_HEADER_BYTES + 4)).ueMax(63, 'pps_pic_parameter_set_id');
  } catch {
    return null;
  }
}
