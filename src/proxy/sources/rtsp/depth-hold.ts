import { VideoAccessUnit, VideoConfig } from '../../../media/access-unit';
import { DecodeTimes } from '../../../media/h264/decode-times';

/** Enough to see the reordering of a pyramid of seven B-frames. */
const HELD_UNITS = 6;
/** A slow camera's second picture ends the hold. */
const HELD_MS = 300;
const HELD_BYTES = 8 * 1024 * 1024;

/** An access unit of one codec. */
export type UnitOf<Config extends VideoConfig> = VideoAccessUnit & {
  readonly kind: Config['kind'];
  readonly config: Config;
};

/** A whole picture that has no decode time yet. */
interface Undated<Config extends VideoConfig> {
  readonly kind: Config['kind'];
  readonly config: Config;
  readonly data: Buffer;
  readonly keyframe: boolean;
  readonly pts: number;
}

/**
 * Gives access units their decode times. Where the parameter sets keep silent about reordering, the first units of a
 * configuration are held until they show it, and then handed on at once, each with its own arrival; all others pass.
 */
export class DepthHold<Config extends VideoConfig> {
  private readonly times = new DecodeTimes(null);
  private readonly held: Undated<Config>[] = [];
  private readonly arrivals: number[] = [];
  private bytes = 0;
  private holding = false;

  /** @param deliver takes units in decode order; `arrival` in monotonic milliseconds */
  constructor(private readonly deliver: (unit: UnitOf<Config>, arrival: number) => void) {}

  /** The next unit has this configuration. */
  configure({ reorderDepth, nominalFps }: Config): void {
    this.release();
    this.times.configure(reorderDepth, nominalFps);
    this.holding = reorderDepth === null;
  }

  /** Units were lost before the next one. */
  restart(): void {
    this.times.restart();
  }

  push(config: Config, data: Buffer, keyframe: boolean, pts: number, arrival: number): void {
    if (!this.holding) {
      this.deliver({ kind: config.kind, config, data, keyframe, pts, dts: this.times.next(pts) }, arrival);
      return;
    }
    this.held.push({ kind: config.kind, config, data, keyframe, pts });
    this.arrivals.push(arrival);
    this.bytes += data.length;
    const waited = arrival - (this.arrivals[0] as number);
    if (this.held.length >= HELD_UNITS || waited >= HELD_MS || this.bytes > HELD_BYTES) {
      this.holding = false;
      this.release();
    }
  }

  /** Hands on what is held, because something else must come after it. */
  release(): void {
    if (this.held.length === 0) {
      return;
    }
    const units = this.held.splice(0);
    const arrivals = this.arrivals.splice(0);
    this.bytes = 0;
    const dates = this.times.begin(units.map(({ pts }) => pts));
    units.forEach((unit, i) => this.deliver({ ...unit, dts: dates[i] as number }, arrivals[i] as number));
  }
}
